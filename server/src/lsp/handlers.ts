/**
 * One short function for each message: convert, ask the engine, convert back. Nothing is computed here.
 */

import {
  type Hover,
  type HoverParams,
  type InlineCompletionItem,
  type InlineCompletionParams,
  InlineCompletionTriggerKind,
  MarkupKind,
  type SelectedCompletionInfo,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Citation, Scope } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import { hoverMarkdown } from '../base/hoverCard.js';
import { t } from '../base/l10n.js';
import type { InfillModel } from '../base/ports.js';
import type { Status } from '../base/status.js';
import { findModels, VERSION } from '../compose.js';
import type { Config } from '../engine/config.js';
import type { Engine } from '../engine/engine.js';
import type {
  AskParams,
  AskProgress,
  AskResult,
  AskScope,
  CompleteParams,
  CompleteResult,
  DeletedData,
  Diagnostics,
  ExplainFileParams,
  ExplainFileResult,
  FindModelsParams,
  FoundModels,
  HighlightParams,
  HighlightResult,
  Located,
  PauseParams,
  ReindexResult,
  SearchParams,
  TeamEmbedder,
  TextParams,
  TextResult,
  VerifyParams,
} from '../protocol/messages.js';
import { placeOf, uriOf } from './convert.js';
import type { Asked, Roots } from './roots.js';
import type { Suggestions } from './suggestions.js';

export interface ServerState {
  roots: Roots;
  config(): Config;
  /** Whether strings and comments of a file are completed, which each language may say for itself. */
  completesText(uri: string): Promise<boolean>;
  /** Formats that the client shows in a hover. */
  markdownHover: boolean;
  /** Null: nothing is suggested. */
  completer(): InfillModel | null;
  suggestions: Suggestions;
}

const DEFAULT_SEARCH_LIMIT = 20;
const MAX_SEARCH_LIMIT = 200;
const REPORT_EVERY_MS = 250;
/** A key waits so long for what goes with it to a model, and of that for the syntax of what was just typed. */
const CONTEXT_MS = 150;
const BUFFERS_MS = 50;

export async function onHover(state: ServerState, { textDocument, position }: HoverParams): Promise<Hover | null> {
  const at = state.roots.holding(textDocument.uri);
  if (!at || !state.config().settings['hover.enabled']) return null;
  await using snapshot = await at.root.engine.snapshot();
  const card = await snapshot.hover({ path: at.path, ...placeOf(position) });
  if (!card) return null;
  const link = ({ path, startLine }: Citation) => `${uriOf(at.root.folder, path)}#L${startLine}`;
  return state.markdownHover
    ? { contents: { kind: MarkupKind.Markdown, value: hoverMarkdown(card, link) } }
    : { contents: { kind: MarkupKind.PlainText, value: hoverMarkdown(card) } };
}

/** With what the model was given, for a client that shows it. */
export async function onComplete(
  state: ServerState,
  { textDocument, position, contextOnly }: CompleteParams,
  signal: AbortSignal,
  picked?: SelectedCompletionInfo,
): Promise<CompleteResult> {
  const at = state.roots.holding(textDocument.uri);
  const { settings } = state.config();
  if (!at) return { insert: '', context: [], steps: [], sent: null };
  const inText = await state.completesText(textDocument.uri);
  await using snapshot = await at.root.engine.snapshot({ buffersMs: BUFFERS_MS });
  const config = {
    contextTokens: settings['completion.contextTokens'],
    maxTokens: settings['completion.maxTokens'],
    inText,
  };
  const model = contextOnly ? null : state.completer();
  const done = await snapshot.complete({ path: at.path, ...placeOf(position) }, config, {
    model,
    contextMs: CONTEXT_MS,
    picked: picked && { start: placeOf(picked.range.start), end: placeOf(picked.range.end), text: picked.text },
    signal,
  });
  return { ...done, context: done.context.map((item) => ({ ...item, uri: uriOf(at.root.folder, item.path) })) };
}

/** Null where no model is set, or nothing is to be said: an item is text alone, with no command beside it. */
export async function onInlineCompletion(
  state: ServerState,
  params: InlineCompletionParams,
  document: TextDocument | undefined,
  signal: AbortSignal,
): Promise<InlineCompletionItem[] | null> {
  const { textDocument, position, context } = params;
  if (!document || !state.completer()) return null;
  // What is chosen in the list of names is not in the text yet. An editor shows only what goes on from there.
  const picked = context.selectedCompletionInfo;
  const { range, text: chosen } = picked ?? { range: { start: position, end: position }, text: '' };
  const text = document.getText();
  const spot = {
    uri: textDocument.uri,
    prefix: text.slice(0, document.offsetAt(range.start)) + chosen,
    suffix: text.slice(document.offsetAt(range.end)),
  };
  const ask = async (ending: AbortSignal) =>
    (await onComplete(state, { textDocument, position }, ending, picked)).insert;
  const insert = await state.suggestions.at(spot, ask, {
    explicit: context.triggerKind === InlineCompletionTriggerKind.Invoked,
    pauseMs: state.config().settings['completion.debounceMilliseconds'],
    signal,
  });
  return insert ? [{ insertText: chosen + insert, range }] : null;
}

export async function onAsk(
  state: ServerState,
  params: AskParams,
  signal: AbortSignal,
  report: (progress: AskProgress) => void,
): Promise<AskResult> {
  const asked = state.roots.asked(params.scopeUri);
  const scope = params.scope && scopeOf(asked, params.scope);
  const { settings } = state.config();
  await Promise.all(asked.engines.map((engine) => untilIndexed(engine, signal, report)));
  await using snapshot = await asked.snapshot();
  const answer = await snapshot.ask(
    { question: params.question, history: params.history ?? [], scope },
    { contextTokens: settings['answer.contextTokens'], maxAnswerTokens: settings['model.maxAnswerTokens'] },
    {
      signal,
      onProgress: (progress) =>
        report(progress.kind === 'sources' ? { ...progress, sources: locate(asked, progress.sources) } : progress),
    },
  );
  return { ...answer, citations: locate(asked, answer.citations), sources: locate(asked, answer.sources) };
}

/** Throws where nothing of what was chosen lies in a folder that is open. */
function scopeOf(asked: Asked, { uris, lines }: AskScope): Scope | undefined {
  const path = lines && asked.pathOf(lines.uri);
  const within = uris.map((uri) => asked.pathOf(uri)).filter((found) => found !== null);
  if (path) within.push(path);
  if (within.length === 0)
    throw new EngineError('unavailable', t('What the question was asked about lies in no folder that is open'));
  // A folder of the workspace is all there is in it.
  if (within.includes('')) return undefined;
  return { within, ...(path && { lines: { ...lines, path } }) };
}

/** A question that comes before the first index waits for it, and is told how far that is. */
async function untilIndexed(
  engine: Engine,
  signal: AbortSignal,
  report: (progress: AskProgress) => void,
): Promise<void> {
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const tell = async () => {
    const { progress } = await engine.status();
    if (progress?.step === 'indexing') report({ kind: 'step', note: indexingNote(progress) });
  };
  const timer = setInterval(() => tell().catch(() => {}), REPORT_EVERY_MS);
  try {
    await Promise.race([engine.answerable(), stopped]);
  } finally {
    clearInterval(timer);
    stopped.catch(() => {});
  }
}

function indexingNote({ done, total }: { done: number; total: number }): string {
  return t('Building the index: {0} of {1} files', done.toLocaleString('en'), total.toLocaleString('en'));
}

export async function onSearch(state: ServerState, { query, limit, scopeUri }: SearchParams) {
  const asked = state.roots.asked(scopeUri);
  await Promise.all(asked.engines.map((engine) => engine.answerable()));
  await using snapshot = await asked.snapshot();
  return locate(asked, await snapshot.search(query, Math.min(limit ?? DEFAULT_SEARCH_LIMIT, MAX_SEARCH_LIMIT)));
}

export async function onReindex(state: ServerState, signal: AbortSignal): Promise<ReindexResult> {
  const reports = await state.roots.update({ everything: true, signal });
  const sum = (pick: (report: (typeof reports)[number]) => number) => reports.reduce((all, one) => all + pick(one), 0);
  return {
    files: sum((report) => report.files),
    chunks: sum((report) => report.chunks),
    seconds: Math.max(0, ...reports.map((report) => report.seconds.total)),
    failed: sum((report) => report.failed.length),
  };
}

export function onStatus(state: ServerState): Promise<Status[]> {
  return state.roots.statuses();
}

export function onTeamEmbedders(state: ServerState): Promise<TeamEmbedder[]> {
  return state.roots.teamEmbedders();
}

export function onFindModels(
  trusted: boolean,
  { places }: FindModelsParams,
  signal: AbortSignal,
): Promise<FoundModels[]> {
  if (!trusted) throw new EngineError('unavailable', t('In Restricted Mode no model is looked for'));
  return findModels(places, signal);
}

export function onPause({ roots }: ServerState, { on }: PauseParams): void {
  roots.pause(on);
}

export function onDeleteData({ roots }: ServerState): Promise<DeletedData> {
  return roots.deleteData();
}

export function onDiagnostics(): Diagnostics {
  return {
    version: VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    residentBytes: process.memoryUsage.rss(),
    upSeconds: process.uptime(),
  };
}

export async function onVerify(state: ServerState, { citations }: VerifyParams): Promise<(Citation & Located)[]> {
  return Promise.all(
    citations.map(async (citation) => {
      const at = state.roots.holding(citation.uri);
      if (!at) return { ...citation, verified: false };
      await using snapshot = await at.root.engine.snapshot();
      const [checked] = await snapshot.verify([{ ...citation, path: at.path }]);
      // In a question to several folders the path begins with the folder's name, and keeps it.
      return { ...citation, ...checked!, path: citation.path };
    }),
  );
}

export async function onExplainFile(state: ServerState, { uri }: ExplainFileParams): Promise<ExplainFileResult> {
  const at = state.roots.holding(uri);
  if (!at) return { path: uri, indexed: false, reason: t('It lies in no folder of the workspace') };
  return at.root.engine.explain(at.path);
}

export function onText(state: ServerState, { uri }: TextParams): Promise<TextResult> {
  const at = state.roots.holding(uri);
  if (!at) throw new EngineError('unavailable', t('{0} is not in a folder that is open', uri));
  return at.root.engine.documentText(at.path);
}

/** Any engine's threads will do: code is the same everywhere. Without a folder nothing is coloured. */
export async function onHighlight({ roots }: ServerState, { pieces }: HighlightParams): Promise<HighlightResult> {
  const engine = roots.all()[0]?.engine;
  return { runs: engine ? await engine.highlight(pieces) : pieces.map(() => null) };
}

function locate<T extends { path: string }>(asked: Asked, items: readonly T[]): (T & Located)[] {
  return items.map((item) => ({ ...item, uri: asked.uriOf(item.path) }));
}
