/**
 * The dense half of the index: which embedder answers, bringing vectors up to date, and the graph over them.
 *
 * Only the process that owns the store embeds. What the bundled embedder lacks is made up for at once; what the chosen
 * one lacks may take hours, so it is stored as it comes and counts when it is whole.
 */

import { serialise } from '../base/async.js';
import type { Embedder, VectorGraph } from '../base/embedding.js';
import { messageOf } from '../base/errors.js';
import { phrase, t } from '../base/l10n.js';
import type { Clock, Log } from '../base/ports.js';
import type { EmbedderStatus, Status } from '../base/status.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { EmbedderDecision } from './embedderChoice.js';
import { embedMissing } from './embedding.js';
import { GRAPH_FROM, keepGraph } from './graphKeeper.js';
import type { IndexOptions } from './indexFiles.js';
import { createMeaning, type Meaning } from './meaning.js';

export interface VectorsParts {
  store: StoreThreads;
  bundled: Embedder | null;
  openEmbedder(decision: EmbedderDecision): Promise<Embedder | null>;
  mayEmbed(embedder: Embedder, characters: number): Promise<boolean>;
  openGraph(): Promise<VectorGraph>;
  turn(): Promise<void>;
  clock: Clock;
  log: Log;
  /** Called whenever the status may have changed. */
  changed(): void;
}

export interface Vectors {
  readonly meaning: Meaning;
  readonly progress: Status['progress'];
  /** Opens the embedder that counts from now on, if it is another one than before. One that cannot be opened is a note. */
  choose(decision: EmbedderDecision): Promise<void>;
  /** Embeds what lacks a vector. Resolves with the seconds that embedding and the graph took; a failure is a note. */
  update(options: IndexOptions): Promise<{ embed: number; graph: number }>;
  /** Which one answers now, and which one will when it has embedded everything. */
  embedders(): Promise<Pick<Status, 'embedder' | 'nextEmbedder'>>;
  /** What works less well than it could: sentences. */
  notes(): string[];
  close(): Promise<void>;
}

const FEW_CHUNKS = 200;
const NO_EMBEDDER = phrase('There is no embedder: search is by words and names, not by meaning');

export function createVectors(parts: VectorsParts): Vectors {
  const { store, turn, clock, changed } = parts;
  const oneAtATime = serialise();
  const closing = new AbortController();
  const failures = new Map<string, string>();
  let bundled = parts.bundled;
  let chosen: Embedder | null = null;
  let decided = '';
  let graph: VectorGraph | null = null;
  let progress: Status['progress'] = null;
  const failed = (what: string) => (reason: string | null) => {
    if (reason === null) failures.delete(what);
    else failures.set(what, reason);
  };
  const meaning = createMeaning({
    store,
    embedders: () => ({ bundled, chosen }),
    graph: () => graph,
    failed: failed('question'),
  });

  async function choose(decision: EmbedderDecision): Promise<void> {
    const { kind, name } = decision;
    const now = JSON.stringify([kind, name]);
    // What could not be opened is tried again.
    if (now === decided && !failures.has('opening')) return;
    decided = now;
    failures.clear();
    bundled = kind === 'off' ? null : parts.bundled;
    chosen = await parts.openEmbedder(decision).catch((error) => {
      failures.set('opening', messageOf(error));
      return null;
    });
    changed();
  }

  async function answering(): Promise<Embedder | null> {
    if (!chosen) return bundled;
    const { digest } = chosen.identity;
    const { isComplete } = await store.read((reader) => reader.vectorCoverage(digest));
    return isComplete ? chosen : bundled;
  }

  /** A few chunks more are not asked about. */
  async function mayBuild(embedder: Embedder): Promise<boolean> {
    const { name, digest } = embedder.identity;
    const { chunks, embedded } = await store.read((reader) => reader.vectorCoverage(digest));
    if (chunks - embedded <= FEW_CHUNKS) return true;
    const { bytes } = await store.read((reader) => reader.overview());
    const may = await parts.mayEmbed(embedder, Math.round((bytes * (chunks - embedded)) / chunks));
    failed(name)(
      may ? null : t('{0} embeds nothing, since you did not agree to the cost: re-index to be asked again', name),
    );
    return may;
  }

  async function embed(embedder: Embedder, { signal, onProgress }: IndexOptions): Promise<void> {
    const { name } = embedder.identity;
    const note = failed(name);
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
      const used = [bundled, chosen].flatMap((one) => one?.identity.digest ?? []);
      // What another one left is of no more use, now that this one knows everything.
      if (files > 0) await store.writer.keepVectorsOf(used);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (!closing.signal.aborted) note(t('{0} has not embedded everything yet: {1}', name, messageOf(error)));
    } finally {
      progress = null;
    }
  }

  async function keep({ identity }: Embedder): Promise<number> {
    const coverage = await store.read((reader) => reader.vectorCoverage(identity.digest));
    if (coverage.embedded < GRAPH_FROM) return 0;
    try {
      graph ??= await parts.openGraph();
      failures.delete('graph');
    } catch (error) {
      failures.set('graph', messageOf(error));
      return 0;
    }
    return keepGraph({ ...parts, graph }, identity, coverage, closing.signal);
  }

  async function update(options: IndexOptions): Promise<{ embed: number; graph: number }> {
    if (!store.owner || closing.signal.aborted) return { embed: 0, graph: 0 };
    const start = clock.now();
    if (bundled) await embed(bundled, options);
    if (chosen && (await mayBuild(chosen))) await embed(chosen, options);
    const seconds = (clock.now() - start) / 1000;
    const active = await answering();
    return { embed: seconds, graph: active ? await keep(active) : 0 };
  }

  return {
    meaning,
    get progress() {
      return progress;
    },
    choose,
    update: (options) => oneAtATime(() => update(options)),
    async embedders() {
      const active = await answering();
      return { embedder: shown(active), nextEmbedder: active === chosen ? null : shown(chosen) };
    },
    notes() {
      const missing = bundled || chosen ? [] : [t(NO_EMBEDDER)];
      return [...missing, ...(chosen?.notes ?? []), ...(graph?.notes ?? []), ...failures.values()];
    },
    async close() {
      closing.abort();
      await graph?.close();
    },
  };
}

function shown(embedder: Embedder | null): EmbedderStatus | null {
  if (!embedder) return null;
  const { identity, device } = embedder;
  return { name: identity.name, dimensions: identity.dimensions, device };
}
