/**
 * The library's front door: one folder, its index, and what can be asked of it.
 *
 * The engine is the only owner of change; one update runs at a time, and whatever answers takes a `Snapshot`. It
 * reaches the outside through the parts it is given and nothing else, so it runs the same from a terminal, a language
 * server and a test.
 */

import type { FileLines, LineRange } from '../base/answer.js';
import { documentFormat, placeAt } from '../base/document.js';
import type { Embedder, VectorGraph } from '../base/embedding.js';
import { EngineError } from '../base/errors.js';
import { phrase, t, tellKept } from '../base/l10n.js';
import type { Clock, History, LanguageModel, Log, Workspace } from '../base/ports.js';
import type { FileFailure, IndexCounts, Status } from '../base/status.js';
import { decodeText, lineAt, lineCount, linesOf, sliceLines } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { ParsePool } from '../index/parsePool.js';
import { maskSecrets } from '../index/secrets.js';
import type { Overview } from '../index/store/overview.js';
import type { KnownFile } from '../index/store/reader.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { RagContext } from '../rag/chat.js';
import type { Searched } from '../rag/refuse.js';
import type { Reranking } from '../rag/rerank.js';
import type { CurrentFile } from '../rag/view.js';
import type { Config } from './config.js';
import { createDocumentTexts } from './documents.js';
import { chooseEmbedder, type EmbedderDecision } from './embedderChoice.js';
import { createIndexing, type Indexing } from './indexing.js';
import { createOverlay } from './overlay.js';
import { keepReranking } from './reranking.js';
import { openContext, type Snapshot, snapshotOf } from './snapshot.js';
import { createTeamFile } from './teamFile.js';
import type { TeamProblem } from './teamSettings.js';
import type { UpdateOptions, UpdateTimes } from './update.js';
import { createVectors } from './vectors.js';

export interface EngineParts {
  workspace: Workspace;
  store: StoreThreads;
  /** Where the store lies, for the status. */
  storePath: string;
  parsers: ParsePool;
  /** Null when its files are damaged. */
  bundled: Embedder | null;
  /** Opens what was chosen besides; null for nothing. Whoever gave it closes it. Rejects with a sentence for the status. */
  openEmbedder(decision: EmbedderDecision): Promise<Embedder | null>;
  /** Whether the chosen one may be given so many characters, if that costs something. */
  mayEmbed(embedder: Embedder, characters: number): Promise<boolean>;
  /** Null: what was found is not judged once more. Rejects with a sentence for the status. */
  reranking(): Promise<Reranking | null>;
  /** Opened when there are enough vectors for it. Rejects with a sentence for the status where there can be none. */
  openGraph(): Promise<VectorGraph>;
  /** Null in a workspace that is not trusted: then no git is run. */
  history: History | null;
  /** The model as it is set now; null: answers are extracts. */
  model(): LanguageModel | null;
  /** Names of downloaded models. */
  installedModels(): Promise<readonly string[]>;
  /** The digest of the `scholia.json` whose embedder the person approved; null for none. */
  approvedTeamFile(): string | null;
  isOnBattery(): Promise<boolean>;
  /** How long a hover waits for the grammar to say what the pointer is on, in milliseconds. */
  pointedMs: number;
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
  embedder: Status['embedder'];
  seconds: UpdateTimes & { graph: number };
  degraded: string[];
  failed: FileFailure[];
}

export interface Engine {
  readonly root: string;
  /** Brings the index up to date with the disk. Updates run one after another. */
  update(options?: UpdateOptions): Promise<IndexReport>;
  check: Indexing['check'];
  answerable: Indexing['answerable'];
  pause: Indexing['pause'];
  filesChanged: Indexing['filesChanged'];
  /** A buffer's text counts instead of the file's, unless the file is one that the index leaves out. */
  openBuffer(path: string, text: string): void;
  closeBuffer(path: string): void;
  /** A buffer whose parse takes past `buffersMs` counts as it was parsed before; without it every parse is waited for. */
  snapshot(options?: { buffersMs?: number }): Promise<Snapshot>;
  /** For a snapshot of several engines; whoever takes one ends its view. */
  context(): Promise<RagContext>;
  /** A document of the index as text, secrets masked. Throws an `unavailable` error for anything else. */
  documentText(path: string): Promise<DocumentPage>;
  /**
   * Lines of a file that the index takes, as they are now, secrets masked. Throws an `unavailable` error that says why
   * for any other.
   */
  readLines(path: string, range: LineRange): Promise<FileLines>;
  /** The coloured runs of pieces of code. */
  highlight: ParsePool['highlight'];
  status(): Promise<Status>;
  explain(path: string): Promise<Explanation>;
  /** The team's suggestion that waits for the person's approval; null when none does. */
  awaitingEmbedder(): Promise<AwaitingEmbedder | null>;
  /** What `scholia.json` says that does not count as it stands. */
  teamProblems(): readonly TeamProblem[];
  /** Told whenever the status may have changed. Returns how to stop listening. */
  onStatusChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export interface AwaitingEmbedder {
  name: string;
  /** The origin that code would be sent to. */
  destination: string;
  /** Of the `scholia.json` as it is now: approval is for this one. */
  digest: string;
}

export interface DocumentPage {
  text: string;
  /** The editor's language id. */
  language: string;
}

const EXTRACTIVE: Status['model'] = { name: 'extractive', destination: '' };

const TOO_LARGE = phrase(
  'The index alone takes more space than scholia.index.maxStoreMegabytes allows for all: raise it, or leave files out',
);

export async function createEngine(parts: EngineParts): Promise<Engine> {
  const { workspace, store, parsers, config, clock, log } = parts;
  const team = createTeamFile(workspace, parts.trusted);
  await team.read();
  const overlay = createOverlay(parsers, async (path) => {
    const taken = await workspace.includes(path);
    return taken && { ...taken, chunkCharacters: team.settings.chunkCharacters };
  });
  const documents = createDocumentTexts(parsers);
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  const maxStoreBytes = config.settings['index.maxStoreMegabytes'] * 1_000_000;
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const openPaths = () => overlay.paths();
  const indexing = createIndexing({ ...parts, team, openPaths, maxStoreBytes, changed });
  async function decision(): Promise<EmbedderDecision> {
    return chooseEmbedder({
      settings: config.settings,
      suggestion: team.settings.embedder,
      approved: team.digest !== null && team.digest === parts.approvedTeamFile(),
      installed: await parts.installedModels(),
      trusted: parts.trusted,
    });
  }

  const vectors = createVectors({ ...parts, turn: indexing.turn, changed });
  await vectors.choose(await decision());

  const reranking = keepReranking(
    async () => (!parts.trusted && config.settings['reranker.kind'] === 'server' ? null : parts.reranking()),
    clock,
    log,
  );

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

  /** Git is given the text as it is, to compare it with what is committed; nothing of it comes back. */
  const lineHistory: RagContext['lineHistory'] = async (path, range, signal) => {
    if (!parts.history) throw new EngineError('unavailable', t('History is read in trusted workspaces only'));
    const content = documentFormat(path) ? null : await contentOf(path);
    const text = typeof content === 'string' ? content : content && decodeText(content)?.text;
    if (typeof text !== 'string') throw new EngineError('unavailable', t('{0} has no lines that git knows', path));
    return parts.history.ofLines(
      path,
      text,
      range,
      signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
    );
  };

  const pointed: RagContext['pointed'] = async (path, text, name) => {
    const { cut } = languageOf(path, lineAt(linesOf(text.slice(0, 1000)), 1));
    return cut.by === 'syntax' ? parsers.point({ text, cut, name, deadlineMs: parts.pointedMs }) : null;
  };

  async function documentText(path: string): Promise<DocumentPage> {
    const content = documentFormat(path) && (await workspace.includes(path)) ? await contentOf(path) : null;
    if (content === null) throw new EngineError('unavailable', t('There is no document {0} in the index', path));
    const converted = await documents.textOf(path, content);
    if ('failed' in converted)
      throw new EngineError('unavailable', t('{0} gives no text: {1}', path, tellKept(converted.failed)));
    return { text: converted.text, language: languageOf(converted.name).id };
  }

  async function readLines(path: string, { startLine, endLine }: LineRange): Promise<FileLines> {
    const left = await workspace.explain(path);
    const current = left ? null : await currentText(path);
    if (!current)
      throw new EngineError('unavailable', left ?? t('{0} gives no text: it is binary, or cannot be read', path));
    const lines = linesOf(current.text);
    // What follows the last line end is no line, and nothing is none.
    const count = lineCount(lines) - (/(^|[\r\n])$/.test(current.text) ? 1 : 0);
    const range = { startLine, endLine: Math.min(endLine, count) };
    const place = placeAt(current.anchors ?? [], startLine);
    return { path, ...range, place, text: sliceLines(lines, range), lines: count };
  }

  async function searched(): Promise<Searched> {
    const { files, chunks, failed, scannedAt } = await store.read((reader) => reader.overview());
    const { done, total } = indexing.progress ?? { done: 0, total: 0 };
    return { files, chunks, failed: failed.length, scannedAt, waiting: total - done };
  }

  async function context({ buffersMs }: { buffersMs?: number } = {}): Promise<RagContext> {
    const openedAt = clock.now();
    const { weights, flow } = team.settings;
    const model = parts.model();
    return openContext(store, await overlay.read(buffersMs), vectors.meaning, {
      openedAt,
      currentText,
      pointed,
      includes: async (path) => (await workspace.explain(path)) === null,
      lineHistory,
      searched,
      model,
      clock,
      weights,
      reranking: await reranking.current(),
      flow,
    });
  }

  async function update(options: UpdateOptions = {}): Promise<IndexReport> {
    const times = await indexing.update(options);
    await vectors.choose(await decision());
    const { embed, graph } = await vectors.update(options);
    const overview = await store.read((reader) => reader.overview());
    log('info', `generation ${overview.generation}: ${overview.files} files, ${Math.round(1000 * times.total)} ms`);
    const { files, chunks, lines, bytes, failed } = overview;
    const seconds = { ...times, embed: times.embed + embed, graph, total: times.total + embed };
    return {
      files,
      chunks,
      lines,
      bytes,
      embedder: (await vectors.embedders()).embedder,
      seconds,
      degraded: await degradations(overview),
      failed: failed.map(told),
    };
  }

  async function degradations(overview: Overview): Promise<string[]> {
    const { note } = await decision();
    const found = [
      ...config.complaints,
      ...team.notes(),
      ...(note ? [note] : []),
      ...overview.notes.map(tellKept),
      ...indexing.notes(),
      ...vectors.notes(),
      ...reranking.notes(),
    ];
    if (overview.storeBytes > maxStoreBytes) found.push(t(TOO_LARGE));
    return found;
  }

  return {
    root: workspace.root,
    update,
    check: indexing.check,
    answerable: indexing.answerable,
    pause: indexing.pause,
    filesChanged: indexing.filesChanged,
    openBuffer(path, text) {
      // Only a notebook is text that an editor can hold; a buffer of another document shows its bytes.
      if ((documentFormat(path) ?? 'ipynb') === 'ipynb') overlay.set(path, text);
    },
    closeBuffer: (path) => overlay.delete(path),
    snapshot: async (options) => snapshotOf(await context(options)),
    context,
    documentText,
    readLines,
    highlight: parsers.highlight,
    async status() {
      const overview = await store.read((reader) => reader.overview());
      const { files, chunks, lines, bytes, failed, skipped, scannedAt, generation } = overview;
      const reranker = (await reranking.current())?.reranker;
      const model = parts.model();
      return {
        root: workspace.root,
        state: stateOf(indexing, scannedAt),
        progress: indexing.progress ?? vectors.progress,
        files,
        chunks,
        lines,
        bytes,
        scannedAt,
        generation,
        store: { path: parts.storePath, bytes: overview.storeBytes, role: store.owner ? 'owner' : 'reader' },
        ...(await vectors.embedders()),
        reranker: reranker ? { name: reranker.name, device: reranker.device } : null,
        model: model ? modelStatus(model) : EXTRACTIVE,
        failed: failed.map(told),
        skipped,
        degraded: await degradations(overview),
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
    async awaitingEmbedder() {
      const { awaiting } = await decision();
      const { settings, digest } = team;
      return awaiting && digest ? { name: settings.embedder!.name!, destination: awaiting, digest } : null;
    },
    teamProblems: () => team.problems,
    onStatusChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closing.abort();
      indexing.close();
      await vectors.close();
      await Promise.all([parsers.close(), store.close()]);
    },
  };
}

function modelStatus({ name, destination, contextTokens = null, failure = '' }: LanguageModel): Status['model'] {
  return { name, destination, contextTokens, failure };
}

function stateOf({ isPaused, progress, failure }: Indexing, scannedAt: string | null): Status['state'] {
  if (isPaused) return 'paused';
  if (progress) return 'indexing';
  return failure ? 'failed' : scannedAt ? 'ready' : 'empty';
}

function told({ path, reason }: FileFailure): FileFailure {
  return { path, reason: tellKept(reason) };
}

const BY_CONTENT: Readonly<Record<string, string>> = {
  binary: phrase('its content is not text'),
  generated: phrase('it says of itself that a tool generated it'),
  'minified or data': phrase('a line of it is far longer than people write: minified code or data'),
};

function contentReason(path: string, known: KnownFile | undefined): string | null {
  if (!known) return t('{0} is not in the index yet: it will be with the next scan', path);
  if (known.state === 'done') return null;
  if (known.state === 'failed') return t('{0} could not be indexed: {1}', path, tellKept(known.reason));
  return t('{0} is left out: {1}', path, t(BY_CONTENT[known.reason] ?? known.reason));
}
