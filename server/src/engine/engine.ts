/**
 * The library's front door: one folder, its index, and what can be asked of it.
 *
 * The engine is the only owner of change; one update runs at a time, and whatever answers takes a `Snapshot`. It
 * reaches the outside through the parts it is given and nothing else, so it runs the same from a terminal, a language
 * server and a test.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { serialise } from '../base/async.js';
import { documentFormat } from '../base/document.js';
import { EngineError, messageOf } from '../base/errors.js';
import type { Clock, History, LanguageModel, Log, Workspace } from '../base/ports.js';
import type { FileFailure, IndexCounts, Status } from '../base/status.js';
import { decodeText } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { ParsePool } from '../index/parsePool.js';
import { maskSecrets } from '../index/secrets.js';
import type { KnownFile, Overview } from '../index/store/reader.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { Searched } from '../rag/refuse.js';
import type { CurrentFile } from '../rag/view.js';
import type { Config } from './config.js';
import { createDocumentTexts } from './documents.js';
import { updateHistory } from './history.js';
import type { UpdateParts } from './indexFiles.js';
import { createOverlay } from './overlay.js';
import { type Snapshot, takeSnapshot } from './snapshot.js';
import { createTeamFile, TEAM_FILE } from './teamFile.js';
import type { TeamProblem } from './teamSettings.js';
import { type UpdateOptions, type UpdateTimes, updateAll, updatePaths } from './update.js';

export interface EngineParts {
  workspace: Workspace;
  store: StoreThreads;
  /** Where the store lies, for the status. */
  storePath: string;
  parsers: ParsePool;
  /** Null in a workspace that is not trusted: then no git is run. */
  history: History | null;
  /** The model as it is set now; null: answers are extracts. */
  model(): LanguageModel | null;
  isOnBattery(): Promise<boolean>;
  config: Config;
  /** False: nothing that the workspace says of itself is followed, but for its ignore files. */
  trusted: boolean;
  clock: Clock;
  log: Log;
  version: string;
}

/** Whether a path is in the index, and if not, why: a sentence. */
export interface Explanation {
  path: string;
  indexed: boolean;
  reason: string | null;
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
  /**
   * Resolves when there is an index to ask: at once, or with the end of the first update, whatever became of it, but
   * after three seconds with whatever is indexed by then.
   */
  answerable(): Promise<void>;
  /** Holds indexing back, or lets it go on. Questions are answered meanwhile, and open buffers count. */
  pause(on: boolean): void;
  /** Files that were saved, created, renamed or deleted. */
  filesChanged(paths: readonly string[]): Promise<void>;
  /** A buffer's text counts instead of the file's, unless the file is one that the index leaves out. */
  openBuffer(path: string, text: string): void;
  closeBuffer(path: string): void;
  snapshot(): Promise<Snapshot>;
  /** A document of the index as text, secrets masked. Throws an `unavailable` error for anything else. */
  documentText(path: string): Promise<DocumentPage>;
  status(): Promise<Status>;
  explain(path: string): Promise<Explanation>;
  /** What `scholia.json` says that does not count as it stands. */
  teamProblems(): readonly TeamProblem[];
  /** Told whenever the status may have changed. Returns how to stop listening. */
  onStatusChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Before each of a few files that are indexed at a time: a fifth of the usual speed, or less. */
const BATTERY_REST_MS = 50;
/** How long a question waits for the first index before it is answered from a part of it. */
const FIRST_ANSWER_MS = 3000;
export interface DocumentPage {
  text: string;
  /** The editor's language id. */
  language: string;
}

const NO_EMBEDDER = 'There is no embedder yet: search is by words and names, not by meaning';

export async function createEngine(parts: EngineParts): Promise<Engine> {
  const { workspace, store, parsers, config, clock, log } = parts;
  const team = createTeamFile(workspace, parts.trusted);
  await team.read();
  const overlay = createOverlay(parsers, async (path) => {
    const taken = await workspace.includes(path);
    return taken && { ...taken, chunkCharacters: team.settings.chunkCharacters };
  });
  const documents = createDocumentTexts(parsers);
  const oneAtATime = serialise();
  const listeners = new Set<() => void>();
  const { promise: firstUpdate, resolve: firstUpdateEnded } = Promise.withResolvers<void>();
  let progress: Status['progress'] = null;
  let failure: string | null = null;
  let isCollected = false;
  const maxStoreBytes = config.settings['index.maxStoreMegabytes'] * 1_000_000;
  let paused: PromiseWithResolvers<void> | null = null;
  const update: UpdateParts = {
    workspace,
    store,
    parsers,
    clock,
    turn,
    get chunkCharacters() {
      return team.settings.chunkCharacters;
    },
  };
  let historyFailure: string | null = null;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  async function turn(): Promise<void> {
    await paused?.promise;
    if (await parts.isOnBattery()) await sleep(BATTERY_REST_MS);
  }

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
    return { files, chunks, failed: failed.length, scannedAt, waiting: progress ? progress.total - progress.done : 0 };
  }

  async function runUpdate(options: UpdateOptions): Promise<IndexReport> {
    const start = clock.now();
    let times: UpdateTimes = { scan: 0, parse: 0, store: 0, total: 0 };
    await team.read();
    // Another process may keep this index; then ours is to read it, and to take over when that process is gone.
    if (store.owner || (await store.tryOwn())) {
      try {
        const openPaths = overlay.paths();
        times = await updateAll(update, { ...options, openPaths, onProgress: report(options) });
        if (parts.history) historyFailure = await updateHistory(parts.history, store, options);
        times.total = (clock.now() - start) / 1000;
        failure = null;
        await collectOnce().catch((error) => log('warn', `No space was made: ${messageOf(error)}`));
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

  /** Other folders' stores that nobody needs any more make room, once for each start. */
  async function collectOnce(): Promise<void> {
    if (isCollected) return;
    isCollected = true;
    const { stores, bytes } = await store.writer.collect(maxStoreBytes, clock.now());
    if (stores > 0) log('info', `${stores} unused stores removed, ${bytes} bytes`);
  }

  function report({ onProgress }: UpdateOptions): NonNullable<UpdateOptions['onProgress']> {
    return (now) => {
      progress = now;
      onProgress?.(now);
      changed();
    };
  }

  function degradations(overview: Overview): string[] {
    const found = [NO_EMBEDDER, ...config.complaints, ...team.notes(), ...overview.notes];
    if (store.rebuilt) found.push(store.rebuilt);
    if (!store.owner) found.push('Another Scholia process keeps this index up to date; this one reads it');
    if (overview.storeBytes > maxStoreBytes)
      found.push(
        'The index alone takes more space than scholia.index.maxStoreMegabytes allows for all: raise it, or leave files out',
      );
    if (historyFailure) found.push(historyFailure);
    if (failure) found.push(failure);
    return found;
  }

  return {
    root: workspace.root,
    update: (options = {}) => oneAtATime(() => runUpdate(options)),
    async answerable() {
      const { scannedAt } = await store.read((reader) => reader.overview());
      if (scannedAt || !store.owner) return;
      const indexed = firstUpdate.then(() => true);
      let isOver = await Promise.race([indexed, sleep(FIRST_ANSWER_MS, false)]);
      while (!isOver && !paused && (await store.read((reader) => reader.overview())).files === 0)
        isOver = await Promise.race([indexed, sleep(200, false)]);
    },
    pause(on) {
      if (on) paused ??= Promise.withResolvers();
      else paused?.resolve();
      if (!on) paused = null;
      changed();
    },
    filesChanged: (paths) =>
      oneAtATime(async () => {
        if (paths.includes(TEAM_FILE)) await team.read();
        if (store.owner) await updatePaths(update, paths);
        changed();
      }),
    openBuffer(path, text) {
      // Only a notebook is text that an editor can hold; a buffer of another document shows its bytes.
      if ((documentFormat(path) ?? 'ipynb') === 'ipynb') overlay.set(path, text);
    },
    closeBuffer: (path) => overlay.delete(path),
    async snapshot() {
      const { weights, flow } = team.settings;
      const model = parts.model();
      return takeSnapshot(store, await overlay.read(), { currentText, searched, model, clock, weights, flow });
    },
    documentText,
    async status() {
      const overview = await store.read((reader) => reader.overview());
      const { files, chunks, lines, bytes, failed, skipped, scannedAt, generation } = overview;
      const { name, destination } = parts.model() ?? { name: 'extractive', destination: '' };
      return {
        root: workspace.root,
        state: paused ? 'paused' : progress ? 'indexing' : failure ? 'failed' : scannedAt ? 'ready' : 'empty',
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
    async explain(path) {
      const left = await workspace.explain(path);
      if (left) return { path, indexed: false, reason: left };
      const [known] = await store.read((reader) => reader.knownFiles([path]));
      const reason = contentReason(path, known);
      return { path, indexed: reason === null, reason };
    },
    teamProblems: () => team.problems,
    onStatusChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await Promise.all([parsers.close(), store.close()]);
    },
  };
}

const BY_CONTENT: Readonly<Record<string, string>> = {
  binary: 'its content is not text',
  generated: 'it says of itself that a tool generated it',
  'minified or data': 'a line of it is far longer than people write: minified code or data',
};

function contentReason(path: string, known: KnownFile | undefined): string | null {
  if (!known) return `${path} is not in the index yet: it will be with the next scan`;
  if (known.state === 'done') return null;
  if (known.state === 'failed') return `${path} could not be indexed: ${known.reason}`;
  return `${path} is left out: ${BY_CONTENT[known.reason] ?? known.reason}`;
}
