/**
 * The library's front door: one folder, its index, and what can be asked of it.
 *
 * The engine is the only owner of change; one update runs at a time, and whatever answers takes a `Snapshot`. It
 * reaches the outside through the parts it is given and nothing else, so it runs the same from a terminal, a language
 * server and a test.
 */
import { serialise } from '../base/async.js';
import { documentFormat } from '../base/document.js';
import { EngineError, messageOf } from '../base/errors.js';
import type { Clock, LanguageModel, Log, Workspace } from '../base/ports.js';
import type { FileFailure, IndexCounts, Status } from '../base/status.js';
import { decodeText } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { ParsePool } from '../index/parsePool.js';
import { maskSecrets } from '../index/secrets.js';
import type { Overview } from '../index/store/reader.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { Searched } from '../rag/refuse.js';
import type { CurrentFile } from '../rag/view.js';
import type { Config } from './config.js';
import { createDocumentTexts } from './documents.js';
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
  /** Resolves when there is an index to ask: at once, or with the end of the first update, whatever became of it. */
  indexed(): Promise<void>;
  /** Files that were saved, created, renamed or deleted. */
  filesChanged(paths: readonly string[]): Promise<void>;
  /** A buffer's text counts instead of the file's, unless the file is one that the index leaves out. */
  openBuffer(path: string, text: string): void;
  closeBuffer(path: string): void;
  snapshot(): Promise<Snapshot>;
  /** A document of the index as text, secrets masked. Throws an `unavailable` error for anything else. */
  documentText(path: string): Promise<DocumentPage>;
  status(): Promise<Status>;
  /** Told whenever the status may have changed. Returns how to stop listening. */
  onStatusChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface DocumentPage {
  text: string;
  /** The editor's language id. */
  language: string;
}

const NO_EMBEDDER = 'There is no embedder yet: search is by words and names, not by meaning';

export function createEngine(parts: EngineParts): Engine {
  const { workspace, store, parsers, config, clock, log } = parts;
  const overlay = createOverlay(parsers, (path) => workspace.includes(path));
  const documents = createDocumentTexts(parsers);
  const oneAtATime = serialise();
  const listeners = new Set<() => void>();
  const { promise: firstUpdate, resolve: firstUpdateEnded } = Promise.withResolvers<void>();
  let progress: Status['progress'] = null;
  let failure: string | null = null;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  async function contentOf(path: string): Promise<Uint8Array | string | null> {
    return overlay.textOf(path) ?? (await workspace.read(path).catch(() => null));
  }

  /** The one way on which a file's text comes to an answer past the index: masked here as it is there. */
  async function currentText(path: string): Promise<CurrentFile | null> {
    const content = await contentOf(path);
    if (content === null) return null;
    if (documentFormat(path)) {
      const converted = await documents.textOf(path, content);
      return 'failed' in converted ? null : converted;
    }
    const text = typeof content === 'string' ? content : decodeText(content)?.text;
    return text === undefined ? null : maskSecrets(text);
  }

  async function documentText(path: string): Promise<DocumentPage> {
    const content = documentFormat(path) && (await workspace.includes(path)) ? await contentOf(path) : null;
    if (content === null) throw new EngineError('unavailable', `There is no document ${path} in the index`);
    const converted = await documents.textOf(path, content);
    if ('failed' in converted) throw new EngineError('unavailable', `${path} gives no text: ${converted.failed}`);
    return { text: converted.text, language: languageOf(converted.name).id };
  }

  async function searched(): Promise<Searched> {
    const { files, chunks, failed, scannedAt } = await store.read((reader) => reader.overview());
    return { files, chunks, failed: failed.length, scannedAt };
  }

  async function runUpdate(options: UpdateOptions): Promise<IndexReport> {
    const start = clock.now();
    let times: UpdateTimes = { scan: 0, parse: 0, store: 0, total: 0 };
    // Another process may keep this index; then ours is to read it, and to take over when that process is gone.
    if (store.owner || (await store.tryOwn())) {
      try {
        times = await updateAll({ workspace, store, parsers, clock }, { ...options, onProgress: report(options) });
        failure = null;
      } catch (error) {
        if (!options.signal?.aborted) failure = messageOf(error);
        throw error;
      } finally {
        progress = null;
        firstUpdateEnded();
        changed();
      }
    }
    const overview = await store.read((reader) => reader.overview());
    log('info', `generation ${overview.generation}: ${overview.files} files, ${clock.now() - start} ms`);
    const { files, chunks, lines, bytes, failed } = overview;
    const seconds = { ...times, embed: 0, graph: 0 };
    return { files, chunks, lines, bytes, embedder: null, seconds, degraded: degradations(overview), failed };
  }

  function report({ onProgress }: UpdateOptions): NonNullable<UpdateOptions['onProgress']> {
    return (now) => {
      progress = now;
      onProgress?.(now);
      changed();
    };
  }

  function degradations(overview: Overview): string[] {
    const found = [NO_EMBEDDER, ...config.complaints, ...overview.notes];
    if (store.rebuilt) found.push(store.rebuilt);
    if (!store.owner) found.push('Another Scholia process keeps this index up to date; this one reads it');
    if (failure) found.push(failure);
    return found;
  }

  return {
    root: workspace.root,
    update: (options = {}) => oneAtATime(() => runUpdate(options)),
    async indexed() {
      const { scannedAt } = await store.read((reader) => reader.overview());
      if (!scannedAt && store.owner) await firstUpdate;
    },
    filesChanged: (paths) =>
      oneAtATime(async () => {
        if (!store.owner) return;
        await updatePaths({ workspace, store, parsers, clock }, paths);
        changed();
      }),
    openBuffer(path, text) {
      // Only a notebook is text that an editor can hold; a buffer of another document shows its bytes.
      if ((documentFormat(path) ?? 'ipynb') === 'ipynb') overlay.set(path, text);
    },
    closeBuffer: (path) => overlay.delete(path),
    async snapshot() {
      return takeSnapshot(store, await overlay.read(), { currentText, searched, model: parts.model(), clock });
    },
    documentText,
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
      await Promise.all([parsers.close(), store.close()]);
    },
  };
}
