/**
 * Vectors for every chunk that has none: those that the bundled embedder did not give at once because the index is of an
 * earlier version, and those of the embedder that the user chose. What is stored is kept, so that a stop costs nothing.
 */
import type { Embedder } from '../base/embedding.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { Unembedded } from '../index/store/vectorQueries.js';
import { quantise } from '../index/vectors.js';

export interface EmbeddingOptions {
  signal?: AbortSignal;
  /** Chunks done of chunks found. */
  onProgress?(done: number, total: number): void;
  /** Waits while indexing is held back. */
  turn(): Promise<void>;
}

/** Read, embedded and stored at a time. */
const CHUNKS_AT_ONCE = 256;

/** Embeds whatever has no vector of this embedder; in how many files. Rejects with what the embedder or the store rejects with. */
export async function embedMissing(
  store: StoreThreads,
  embedder: Embedder,
  { signal, onProgress = () => {}, turn }: EmbeddingOptions,
): Promise<number> {
  const { digest } = embedder.identity;
  const coverage = () => store.read((reader) => reader.vectorCoverage(digest));
  const before = await coverage();
  let { embedded } = before;
  let count = 0;
  let after = 0;
  for (;;) {
    await turn();
    signal?.throwIfAborted();
    const files = await store.read((reader) => reader.unembedded(digest, after, CHUNKS_AT_ONCE));
    if (files.length === 0) break;
    const rows = await embedFiles(embedder, files, signal);
    await store.writer.putVectors(rows);
    after = files.at(-1)!.file;
    count += rows.length;
    embedded += files.reduce((sum, { passages }) => sum + passages.length, 0);
    onProgress(Math.min(embedded, before.chunks), before.chunks);
  }
  // Files may have come and gone meanwhile.
  const now = count > 0 ? await coverage() : before;
  if (!now.isComplete && now.embedded === now.chunks) await store.writer.completeVectors(embedder.identity);
  return count;
}

async function embedFiles(embedder: Embedder, files: readonly Unembedded[], signal: AbortSignal | undefined) {
  const { identity } = embedder;
  const { dimensions } = identity;
  const wanted = files.flatMap(({ passages, known }) => passages.filter((_, i) => known[i] === null));
  const embedded = quantise(await embedder.embedPassages(wanted, signal), dimensions);
  let at = 0;
  return files.map(({ file, known }) => {
    const data = new Int8Array(known.length * dimensions);
    for (const [i, row] of known.entries()) data.set(row ?? embedded.subarray(at, (at += dimensions)), i * dimensions);
    return { file, vectors: { embedder: identity, data } };
  });
}
