/** Graphs over vectors in a real compute process, with the slow truth beside each. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EmbedderIdentity, VectorGraph, VectorRows } from '../../server/src/base/embedding.js';
import { openVectorGraph } from '../../server/src/gpu/graph.js';
import { type ComputeHost, type ComputeHostOptions, createComputeHost } from '../../server/src/gpu/host.js';
import { type Chance, newChance } from '../support/chance.js';
import { dist, scratchFolder } from '../support/engine.js';
import { clusteredVectors, recallOf, type VectorSource } from '../support/vectors.js';

export const DIMENSIONS = 32;
export const identity: EmbedderIdentity = { name: 'test', dimensions: DIMENSIONS, digest: 'a'.repeat(64) };
export const expected = { identity, store: 'store-1' };

export function startHost(options: Partial<ComputeHostOptions> = {}): ComputeHost {
  const host = createComputeHost({
    entry: join(dist, 'server/computeHost.cjs'),
    native: join(dist, 'native'),
    backOffMs: 1,
    ...options,
  });
  onTestFinished(() => host.close());
  return host;
}

export interface Setup {
  host: ComputeHost;
  folder: string;
  graph: VectorGraph;
  chance: Chance;
  source: VectorSource;
  /** What the graph should hold. */
  truth: Map<number, Float32Array>;
  add(ids: readonly number[]): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
  /** Mean recall@10 of some searches; also checks order, similarities and that nothing else is found. */
  recall(of?: VectorGraph): Promise<number>;
}

/** An empty graph. */
export async function setUp(seed?: number, options: Partial<ComputeHostOptions> = {}): Promise<Setup> {
  const host = startHost(options);
  const folder = scratchFolder();
  // A busy machine must not make a scan of a search.
  const graph = await openVectorGraph(host, folder, 60_000);
  const chance = newChance(seed);
  const source = clusteredVectors(chance, DIMENSIONS);
  const truth = new Map<number, Float32Array>();
  return {
    host,
    folder,
    graph,
    chance,
    source,
    truth,
    async add(ids) {
      const vectors = source.rows(ids);
      remember(truth, vectors);
      await graph.add(vectors);
    },
    async remove(ids) {
      for (const id of ids) truth.delete(id);
      await graph.remove(ids);
    },
    async recall(of = graph) {
      let sum = 0;
      const queries = 20;
      for (let i = 0; i < queries; i++) sum += await recallOfSearch(of, source.next(), truth);
      return sum / queries;
    },
  };
}

function remember(truth: Map<number, Float32Array>, { ids, rows }: VectorRows): void {
  ids.forEach((id, i) => void truth.set(id, rows.slice(i * DIMENSIONS, (i + 1) * DIMENSIONS)));
}

async function recallOfSearch(
  graph: VectorGraph,
  query: Float32Array,
  truth: ReadonlyMap<number, Float32Array>,
): Promise<number> {
  const found = await graph.search(query, 10);
  if (!found) throw new Error('There is no graph');
  const { ids, similarities } = found;
  ids.forEach((id, i) => {
    const vector = truth.get(id);
    if (!vector) throw new Error(`${id} should not be there`);
    const similarity = vector.reduce((sum, value, at) => sum + value * query[at]!, 0);
    if (!(Math.abs(similarity - similarities[i]!) < 1e-4))
      throw new Error(`${id}: ${similarities[i]} for ${similarity}`);
    if (i > 0 && similarities[i]! > similarities[i - 1]!) throw new Error('not the nearest first');
  });
  if (new Set(ids).size !== ids.length) throw new Error('one was found twice');
  return recallOf(ids, query, truth, 10);
}

/** Numbers from `from` on. */
export function numbers(count: number, from = 1): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}
