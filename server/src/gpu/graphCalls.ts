/**
 * What the compute process does for graphs over vectors. Each is known by the folder that it is saved in, so that the
 * windows of several roots share one process.
 *
 * Searches are a service of their own: a save takes a second or more, and changes alone must wait for it.
 */

import type { GraphMark, VectorRows } from '../base/embedding.js';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type GraphFacts, loadGraph, saveGraph } from './graphFile.js';
import { type Hnsw, type HnswLibrary, type Neighbours, newHnsw } from './hnsw.js';
import { loadNative } from './native.js';

export type Size = Pick<GraphMark, 'count' | 'deleted'>;

export interface GraphChanges {
  /** Throws `graph-unavailable` where the library cannot be loaded. */
  graphCheck(): void;
  graphLoad(folder: string, expected: Pick<GraphMark, 'identity' | 'store'>): Promise<(Size & GraphFacts) | null>;
  /** An empty graph in place of the one that is there. */
  graphBegin(folder: string, dimensions: number, capacity: number): void;
  graphAdd(folder: string, vectors: VectorRows): Size;
  graphRemove(folder: string, ids: readonly number[]): Size;
  graphSave(folder: string, facts: GraphFacts): Promise<void>;
  graphDrop(folder: string): void;
}

export interface GraphSearches {
  graphSearch(folder: string, query: Float32Array, limit: number): Neighbours;
}

/** `native` is the folder from which the library is resolved. */
export function graphServices(native: string): [GraphChanges, GraphSearches] {
  const graphs = new Map<string, Hnsw>();
  let library: HnswLibrary | null = null;

  function loaded(): HnswLibrary {
    try {
      library ??= loadNative<HnswLibrary>(native, 'hnswlib-node');
      return library;
    } catch (error) {
      const [reason] = messageOf(error).split('\n');
      throw new EngineError(
        'graph-unavailable',
        t('Near vectors are found by comparing each, without a graph: {0}', reason ?? ''),
      );
    }
  }

  function graphOf(folder: string): Hnsw {
    const graph = graphs.get(folder);
    if (!graph) throw new EngineError('graph-failed', t('The graph over vectors is gone'));
    return graph;
  }

  function drop(folder: string): void {
    // Memory of the library is given back by the collector, which does not know how much it is.
    if (graphs.delete(folder)) globalThis.gc?.();
  }

  const changes: GraphChanges = {
    graphCheck: () => void loaded(),
    async graphLoad(folder, expected) {
      drop(folder);
      const found = await loadGraph(folder, loaded(), expected);
      if (!found) return null;
      graphs.set(folder, found.hnsw);
      return { ...expected, through: found.through, ...sizeOf(found.hnsw) };
    },
    graphBegin(folder, dimensions, capacity) {
      drop(folder);
      graphs.set(folder, newHnsw(loaded(), dimensions, capacity));
    },
    graphAdd(folder, vectors) {
      const graph = graphOf(folder);
      graph.add(vectors);
      return sizeOf(graph);
    },
    graphRemove(folder, ids) {
      const graph = graphOf(folder);
      graph.remove(ids);
      return sizeOf(graph);
    },
    graphSave: (folder, facts) => saveGraph(folder, graphOf(folder), facts),
    graphDrop: drop,
  };
  return [changes, { graphSearch: (folder, query, limit) => graphOf(folder).search(query, limit) }];
}

function sizeOf({ table, deleted }: Hnsw): Size {
  return { count: table.length, deleted };
}
