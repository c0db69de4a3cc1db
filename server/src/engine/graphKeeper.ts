/**
 * Keeps the graph over vectors in step with the store: built in the background once scanning would be slow, fed with what
 * is new, told what is gone, and built anew when a quarter of it is.
 */
import type { EmbedderIdentity, GraphMark, VectorGraph } from '../base/embedding.js';
import { messageOf } from '../base/errors.js';
import type { Clock, Log } from '../base/ports.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { VectorCoverage } from '../index/store/vectorQueries.js';

/** Fewer vectors are scanned in some five milliseconds (docs/evaluation.md). */
export const GRAPH_FROM = 300_000;
const MOST_GONE = 0.25;
const WORTH_SAVING = 0.02;
const ROWS_AT_ONCE = 2000;

export interface GraphKeeperParts {
  store: StoreThreads;
  graph: VectorGraph;
  clock: Clock;
  log: Log;
  /** Waits while indexing is held back. */
  turn(): Promise<void>;
}

/** Seconds that it took. A graph that fails is no failure: vectors are scanned instead. */
export async function keepGraph(
  { store, graph, clock, log, turn }: GraphKeeperParts,
  identity: EmbedderIdentity,
  { embedded, storeId }: VectorCoverage,
  signal?: AbortSignal,
): Promise<number> {
  const start = clock.now();
  try {
    const expected = { identity, store: storeId };
    const mark = fitting(graph.mark(), expected) ?? (await graph.load(expected));
    const gone = mark ? await store.read((reader) => reader.goneChunks(mark.through)) : [];
    let through = mark?.through ?? 0;
    if (!mark || gone.length > MOST_GONE * mark.count) {
      await graph.begin(expected, embedded);
      through = 0;
    } else await graph.remove(gone);
    let added = 0;
    for (;;) {
      await turn();
      signal?.throwIfAborted();
      const rows = await store.read((reader) => reader.vectorRows(identity.digest, through, ROWS_AT_ONCE));
      if (rows.ids.length === 0) break;
      await graph.add(rows);
      through = rows.ids.at(-1)!;
      added += rows.ids.length;
    }
    // To save takes longer than to add a few again at the next start.
    if (!graph.mark() || added + gone.length > WORTH_SAVING * embedded) await graph.finish(through);
    else graph.reach(through);
  } catch (error) {
    if (!signal?.aborted) log('warn', `The graph over vectors is not used: ${messageOf(error)}`);
  }
  return (clock.now() - start) / 1000;
}

function fitting(mark: GraphMark | null, expected: Pick<GraphMark, 'identity' | 'store'>): GraphMark | null {
  return mark?.identity.digest === expected.identity.digest && mark.store === expected.store ? mark : null;
}
