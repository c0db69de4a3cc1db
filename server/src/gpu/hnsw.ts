/**
 * One graph of hnswlib, with the ways closed in which the library lies or ends the process: no number that is none and no
 * row of another length reaches it, it is never given a filter, never more than it has room for, and a file only after
 * graphFile.ts has judged it.
 *
 * Its labels have 32 bits, so they are places in a table of our own. A label is never used again: replacing an entry
 * costs several times an insertion.
 */

import type { NearVectors, VectorRows } from '../base/embedding.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';

/** What is used of hnswlib-node. It is not always installed, and neither are its types. */
interface HierarchicalNSW {
  initIndex(maxElements: number, m: number, efConstruction: number): void;
  readIndex(file: string): Promise<boolean>;
  writeIndex(file: string): Promise<boolean>;
  resizeIndex(maxElements: number): void;
  /** Plain arrays only. */
  addPoint(point: number[], label: number): void;
  markDelete(label: number): void;
  searchKnn(query: number[], limit: number): { distances: number[]; neighbors: number[] };
  setEf(ef: number): void;
  getCurrentCount(): number;
  getMaxElements(): number;
}

export interface HnswLibrary {
  HierarchicalNSW: new (space: 'ip', dimensions: number) => HierarchicalNSW;
}

export type Neighbours = Omit<NearVectors, 'through'>;

export interface Hnsw {
  readonly dimensions: number;
  /** The number at each label; GONE where the entry is deleted. */
  readonly table: readonly number[];
  readonly deleted: number;
  /** Numbers that it holds already stay as they are. Rows that are no numbers are left out: nothing is near them. */
  add(vectors: VectorRows): void;
  /** Numbers that it does not hold are passed over. */
  remove(ids: readonly number[]): void;
  search(query: Float32Array, limit: number): Neighbours;
  /** Neither added to nor removed from meanwhile. Says nothing of failure: judge the file. */
  write(file: string): Promise<void>;
}

export const GONE = -1;
/** Edges of each entry; twice as many on the lowest level. */
export const EDGES = 16;
/** Entries looked at for the edges of a new one. */
const EF_CONSTRUCTION = 200;
/** Entries looked at in a search, at least: recall@10 of questions is .977 at 300,000 vectors (docs/evaluation.md). */
const EF_SEARCH = 512;
const GROWTH = 1.25;

/** An empty graph with room for so many. */
export function newHnsw(library: HnswLibrary, dimensions: number, capacity: number): Hnsw {
  const index = new library.HierarchicalNSW('ip', dimensions);
  index.initIndex(Math.max(capacity, 1), EDGES, EF_CONSTRUCTION);
  return hnswOf(index, dimensions, []);
}

/** Reads a file that was judged to be whole. Throws when the library disagrees. */
export async function readHnsw(
  library: HnswLibrary,
  dimensions: number,
  file: string,
  table: readonly number[],
): Promise<Hnsw> {
  const index = new library.HierarchicalNSW('ip', dimensions);
  if ((await index.readIndex(file)) !== true) throw failed(t('the library did not read it'));
  if (index.getCurrentCount() !== table.length) throw failed(t('the library read another number of entries'));
  return hnswOf(index, dimensions, [...table]);
}

function hnswOf(index: HierarchicalNSW, dimensions: number, table: number[]): Hnsw {
  const labels = new Map<number, number>();
  table.forEach((id, label) => {
    if (id !== GONE) labels.set(id, label);
  });

  function makeRoom(rows: number): void {
    const needed = table.length + rows;
    if (needed > index.getMaxElements()) index.resizeIndex(Math.ceil(needed * GROWTH));
  }

  return {
    dimensions,
    table,
    get deleted() {
      return table.length - labels.size;
    },
    add({ ids, rows }) {
      if (rows.length !== ids.length * dimensions)
        throw failed(t('{0} vectors of {1} dimensions are not {2} numbers', ids.length, dimensions, rows.length));
      makeRoom(ids.length);
      ids.forEach((id, i) => {
        const row = rows.subarray(i * dimensions, (i + 1) * dimensions);
        if (labels.has(id) || !row.every(Number.isFinite)) return;
        const label = table.length;
        index.addPoint(Array.from(row), label);
        labels.set(id, label);
        table.push(id);
      });
    },
    remove(ids) {
      for (const id of ids) {
        const label = labels.get(id);
        if (label === undefined) continue;
        index.markDelete(label);
        labels.delete(id);
        table[label] = GONE;
      }
    },
    search(query, limit) {
      if (query.length !== dimensions)
        throw failed(t('a query of {0} dimensions among vectors of {1}', query.length, dimensions));
      const count = Math.min(limit, labels.size);
      if (count < 1 || !query.every(Number.isFinite)) return { ids: [], similarities: [] };
      index.setEf(Math.max(EF_SEARCH, count));
      const { neighbors, distances } = index.searchKnn(Array.from(query), count);
      return {
        ids: neighbors.map((label) => table[label]!),
        similarities: distances.map((distance) => 1 - distance),
      };
    },
    async write(file) {
      await index.writeIndex(file);
    },
  };
}

function failed(what: string): EngineError {
  return new EngineError('graph-failed', t('The graph over vectors: {0}', what));
}
