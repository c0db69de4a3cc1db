/**
 * The dense half of the index: which embedder answers, bringing vectors up to date, and the graph over them.
 *
 * Only the process that owns the store embeds. What the bundled embedder lacks is made up for at once; what the chosen
 * one lacks may take hours, so it is stored as it comes and counts when it is whole.
 */
import { serialise } from '../base/async.js';
import type { Embedder, VectorGraph } from '../base/embedding.js';
import { messageOf } from '../base/errors.js';
import type { Clock, Log } from '../base/ports.js';
import type { Status } from '../base/status.js';
import type { StoreThreads } from '../index/store/threads.js';
import { embedMissing } from './embedding.js';
import { keepGraph } from './graphKeeper.js';
import type { IndexOptions } from './indexFiles.js';
import { createMeaning, type Embedders, type Meaning } from './meaning.js';

export interface VectorsParts {
  store: StoreThreads;
  embedders: Embedders;
  /** Null where vectors are only scanned. */
  graph: VectorGraph | null;
  turn(): Promise<void>;
  clock: Clock;
  log: Log;
  /** Called whenever the status may have changed. */
  changed(): void;
}

export interface Vectors {
  readonly meaning: Meaning;
  readonly progress: Status['progress'];
  /** Embeds what lacks a vector. Resolves with the seconds that embedding and the graph took; a failure is a note. */
  update(options: IndexOptions): Promise<{ embed: number; graph: number }>;
  /** Which one answers now. */
  embedder(): Promise<Status['embedder']>;
  /** What works less well than it could: sentences. */
  notes(): string[];
  close(): Promise<void>;
}

const NO_EMBEDDER = 'There is no embedder: search is by words and names, not by meaning';

export function createVectors(parts: VectorsParts): Vectors {
  const { store, embedders, graph, turn, clock, changed } = parts;
  const { bundled, chosen } = embedders;
  const digests = [bundled, chosen].flatMap((embedder) => embedder?.identity.digest ?? []);
  const oneAtATime = serialise();
  const closing = new AbortController();
  const failures = new Map<string, string>();
  let progress: Status['progress'] = null;
  const failed = (what: string) => (reason: string | null) => {
    if (reason === null) failures.delete(what);
    else failures.set(what, reason);
  };
  const meaning = createMeaning({ store, embedders, graph, failed: failed('question') });

  async function answering(): Promise<Embedder | null> {
    if (!chosen) return bundled;
    const { isComplete } = await store.read((reader) => reader.vectorCoverage(chosen.identity.digest));
    return isComplete ? chosen : bundled;
  }

  async function embed(embedder: Embedder, { signal, onProgress }: IndexOptions): Promise<void> {
    const note = failed(embedder.identity.name);
    try {
      const files = await embedMissing(store, embedder, {
        turn,
        signal: AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]),
        onProgress(done, total) {
          progress = { step: 'embedding', done, total };
          onProgress?.({ step: 'embedding', done, total });
          changed();
        },
      });
      note(null);
      // What another one left is of no more use, now that this one knows everything.
      if (files > 0) await store.writer.keepVectorsOf(digests);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (!closing.signal.aborted)
        note(`${embedder.identity.name} has not embedded everything yet: ${messageOf(error)}`);
    } finally {
      progress = null;
    }
  }

  async function update(options: IndexOptions): Promise<{ embed: number; graph: number }> {
    if (!store.owner || closing.signal.aborted) return { embed: 0, graph: 0 };
    const start = clock.now();
    for (const embedder of [bundled, chosen]) if (embedder) await embed(embedder, options);
    const seconds = (clock.now() - start) / 1000;
    const active = await answering();
    const graphSeconds = graph && active ? await keepGraph({ ...parts, graph }, active.identity, closing.signal) : 0;
    return { embed: seconds, graph: graphSeconds };
  }

  return {
    meaning,
    get progress() {
      return progress;
    },
    update: (options) => oneAtATime(() => update(options)),
    async embedder() {
      const active = await answering();
      if (!active) return null;
      const { identity, device } = active;
      return { name: identity.name, dimensions: identity.dimensions, device };
    },
    notes() {
      const missing = bundled || chosen ? [] : [NO_EMBEDDER];
      return [...missing, ...(chosen?.notes ?? []), ...failures.values()];
    },
    async close() {
      closing.abort();
      await graph?.close();
    },
  };
}
