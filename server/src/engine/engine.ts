/**
 * The library's front door: one folder, its index, and what can be asked of it.
 *
 * The engine is the only owner of change; one update runs at a time, and whatever answers takes a `Snapshot`. It
 * reaches the outside through the parts it is given and nothing else, so it runs the same from a terminal, a language
 * server and a test.
 */
import { serialise, unlessAborted } from '../base/async.js';
import { kindOf, messageOf } from '../base/errors.js';
import type { Clock, LanguageModel, Log, Workspace } from '../base/ports.js';
import type { FileFailure, IndexCounts, Status } from '../base/status.js';
import { decodeText } from '../base/text.js';
import type { ParsePool } from '../index/parsePool.js';
import { type Masked, maskSecrets } from '../index/secrets.js';
import type { Overview } from '../index/store/reader.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { Searched } from '../rag/refuse.js';
import type { Config } from './config.js';
import { askKeeper, attend, SILENT_KEEPER } from './neighbours.js';
import { createOverlay } from './overlay.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { type UpdateOptions, type UpdateTimes, updateAll, updatePaths } from './update.js';

export interface EngineParts {
  workspace: Workspace;
  store: StoreThreads;
  /** Where the store lies, for the status. */
  storePath: string;
  parsers: ParsePool;
  /** The model as it is set now; null: answers are extracts. */
  model(): LanguageModel | null;
  config: Config;
  clock: Clock;
  log: Log;
  version: string;
}

export interface IndexReport extends IndexCounts {
  embedder: null;
  seconds: UpdateTimes & { embed: number; graph: number };
  degraded: string[];
  failed: FileFailure[];
}

export interface Engine {
  readonly root: string;
  /** Brings the index up to date with the disk. Updates run one after another. */
  update(options?: UpdateOptions): Promise<IndexReport>;
  /** Reads the whole store, once the updates before it are done, and builds it anew when it is not what was written. */
  check(): Promise<void>;
  /** Resolves when there is an index to ask: at once, or with the end of the first update, whatever became of it. */
  indexed(): Promise<void>;
  /** Files that were saved, created, renamed or deleted. */
  filesChanged(paths: readonly string[]): Promise<void>;
  /** A buffer's text counts instead of the file's, unless the file is one that the index leaves out. */
  openBuffer(path: string, text: string): void;
  closeBuffer(path: string): void;
  snapshot(): Promise<Snapshot>;
  status(): Promise<Status>;
  /** Told whenever the status may have changed. Returns how to stop listening. */
  onStatusChange(listener: () => void): () => void;
  close(): Promise<void>;
}

const NO_EMBEDDER = 'There is no embedder yet: search is by words and names, not by meaning';

/** From the first update to the look at the whole store, which short commands do not live to see. Milliseconds. */
const CHECK_AFTER_MS = 30_000;

export function createEngine(parts: EngineParts): Engine {
  const { workspace, store, parsers, config, clock, log } = parts;
  const overlay = createOverlay(parsers, (path) => workspace.includes(path));
  const oneAtATime = serialise();
  const listeners = new Set<() => void>();
  const { promise: firstUpdate, resolve: firstUpdateEnded } = Promise.withResolvers<void>();
  let progress: Status['progress'] = null;
  let failure: string | null = null;
  let isKeeperSilent = false;
  let checkTimer: NodeJS.Timeout | undefined;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  async function realText(path: string): Promise<string | null> {
    const open = overlay.textOf(path);
    if (open !== undefined) return open;
    const bytes = await workspace.read(path).catch(() => null);
    return bytes ? (decodeText(bytes)?.text ?? null) : null;
  }

  /** The one way on which a file's text comes to an answer past the index: masked here as it is there. */
  async function currentText(path: string): Promise<Masked | null> {
    const text = await realText(path);
    return text === null ? null : maskSecrets(text);
  }

  async function searched(): Promise<Searched> {
    const { files, chunks, failed, scannedAt } = await store.read((reader) => reader.overview());
    return { files, chunks, failed: failed.length, scannedAt };
  }

  async function runUpdate(options: UpdateOptions): Promise<IndexReport> {
    const start = clock.now();
    let times: UpdateTimes = { scan: 0, parse: 0, store: 0, total: 0 };
    const stopped = () => {
      progress = null;
    };
    options.signal?.addEventListener('abort', stopped);
    try {
      // Another process may keep this index; then ours is to ask that one, and to take over when it is gone.
      if (!store.owner && !(await store.tryOwn())) isKeeperSilent = !(await askKeeper(store, clock, options.signal));
      if (store.owner) times = await bringUpToDate(options);
      failure = null;
    } catch (error) {
      if (!options.signal?.aborted) failure = messageOf(error);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', stopped);
      progress = null;
      firstUpdateEnded();
      changed();
    }
    const overview = await store.read((reader) => reader.overview());
    log('info', `generation ${overview.generation}: ${overview.files} files, ${clock.now() - start} ms`);
    const { files, chunks, lines, bytes, failed } = overview;
    const seconds = { ...times, embed: 0, graph: 0 };
    return { files, chunks, lines, bytes, embedder: null, seconds, degraded: degradations(overview), failed };
  }

  async function bringUpToDate(options: UpdateOptions): Promise<UpdateTimes> {
    const update = () => updateAll({ workspace, store, parsers, clock }, { ...options, onProgress: report(options) });
    checkTimer ??= setTimeout(() => void check().catch(() => {}), CHECK_AFTER_MS).unref();
    return update().catch((error) => {
      // The damaged store was set aside meanwhile; the same again fills the fresh one.
      if (kindOf(error) !== 'store-damaged') throw error;
      return update();
    });
  }

  /** What is found is mended by the update that `onRenewed` begins. */
  async function check(): Promise<void> {
    await oneAtATime(async () => {
      if (!store.owner) return;
      await store.check().catch((error) => {
        if (kindOf(error) !== 'store-damaged') throw error;
      });
    });
  }

  const update = (options: UpdateOptions = {}) =>
    unlessAborted(
      oneAtATime(() => runUpdate(options)),
      options.signal,
    );
  store.onRenewed(() => void update().catch((error) => log('error', messageOf(error))));
  const stopAttending = attend(store, { update, check });

  function report({ onProgress, signal }: UpdateOptions): NonNullable<UpdateOptions['onProgress']> {
    return (now) => {
      // What was read when it was stopped may still come in.
      if (signal?.aborted) return;
      progress = now;
      onProgress?.(now);
      changed();
    };
  }

  function degradations(overview: Overview): string[] {
    const found = [NO_EMBEDDER, ...config.complaints, ...overview.notes];
    found.push(...store.notes);
    if (!store.owner && isKeeperSilent) found.push(SILENT_KEEPER);
    if (failure) found.push(failure);
    return found;
  }

  return {
    root: workspace.root,
    update,
    check,
    async indexed() {
      const { scannedAt } = await store.read((reader) => reader.overview());
      if (scannedAt) return;
      await firstUpdate;
      // A store that was built anew is filled by an update after the first.
      await oneAtATime(async () => {});
    },
    filesChanged: (paths) =>
      oneAtATime(async () => {
        if (!store.owner) return void (await store.request('update'));
        await updatePaths({ workspace, store, parsers, clock }, paths);
        changed();
      }),
    openBuffer: (path, text) => overlay.set(path, text),
    closeBuffer: (path) => overlay.delete(path),
    async snapshot() {
      return takeSnapshot(store, await overlay.read(), { currentText, searched, model: parts.model(), clock });
    },
    async status() {
      const overview = await store.read((reader) => reader.overview());
      const { files, chunks, lines, bytes, failed, skipped, scannedAt, generation } = overview;
      const { name, destination } = parts.model() ?? { name: 'extractive', destination: '' };
      return {
        root: workspace.root,
        state: progress ? 'indexing' : failure ? 'failed' : scannedAt ? 'ready' : 'empty',
        progress,
        files,
        chunks,
        lines,
        bytes,
        scannedAt,
        generation,
        store: { path: parts.storePath, bytes: overview.storeBytes, role: store.owner ? 'owner' : 'reader' },
        embedder: null,
        model: { name, destination },
        failed,
        skipped,
        degraded: degradations(overview),
        version: parts.version,
      };
    },
    onStatusChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopAttending();
      clearTimeout(checkTimer);
      await Promise.all([parsers.close(), store.close()]);
    },
  };
}
