/**
 * Recipe: a question to a cited answer.
 *
 * retrieve → pack → judge → expand (for a model) → write (model, or extracts) → verify citations. A model that fails
 * costs the prose, never the answer: the extracts take its place and the reason says why.
 */
import type { Answer, LineHistory, LineRange, Scope, Source } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import { paragraph, t } from '../base/l10n.js';
import { tellAs } from '../base/languages.js';
import type { Clock, LanguageModel } from '../base/ports.js';
import { recordingSent } from '../base/sent.js';
import { takeFilter } from '../index/filter.js';
import type { Pointed } from '../index/pointed.js';
import { identifierKey } from '../index/tokens.js';
import { pointedAt, pointsAtScope, withScope } from './askedAbout.js';
import { type ReadChanges, readChanges, withChanges } from './changes.js';
import { cite } from './cite.js';
import { expand } from './expand.js';
import { extract, narrow, narrowToCalls } from './extract.js';
import { type AnsweredQuestion, readAs } from './followUp.js';
import { type Packed, pack } from './pack.js';
import { buildPrompt, withinContext } from './prompt.js';
import { type Query, spelled, toQuery } from './query.js';
import {
  type Found,
  type Judgement,
  judge,
  type Near,
  partialSentence,
  type Searched,
  searchedSentence,
  whyRefused,
} from './refuse.js';
import type { Reranking } from './rerank.js';
import { type Retrieved, retrieve } from './retrieve.js';
import { type Flow, startTrace, type Tracer } from './trace.js';
import type { CurrentText, IndexView } from './view.js';
import {
  JUDGED_PASSAGES,
  MAX_SOURCES,
  RANKED_FOR_LEAD,
  type RankingWeights,
  READ_FOR_NAMES,
  TELLING,
} from './weights.js';

export interface RagContext {
  view: IndexView;
  /** When it was asked for, by the clock. */
  openedAt: number;
  currentText: CurrentText;
  /**
   * What stands at a name, given by its offsets in a text; null where there is no grammar to tell it by, or no time.
   */
  pointed(path: string, text: string, name: { start: number; end: number }): Promise<Pointed | 'keyword' | null>;
  /** Whether the index takes a file of this name, be it there or not. */
  includes(path: string): Promise<boolean>;
  /** Of lines as `currentText` has them. Rejects with an `unavailable` error, a sentence, where it cannot be told. */
  lineHistory(path: string, range: LineRange, signal?: AbortSignal): Promise<LineHistory>;
  /** What there is to search, for a refusal to tell. */
  searched(): Promise<Searched>;
  /** Null: answers are extracts. */
  model: LanguageModel | null;
  clock: Clock;
  weights: RankingWeights;
  /** Null: what was found is not judged once more. */
  reranking: Reranking | null;
  flow: Flow;
}

const MAX_NEAREST = 3;

export interface ChatTurn {
  question: string;
  history: readonly AnsweredQuestion[];
  /** Where to look only; everywhere when absent. */
  scope?: Scope;
}

export interface ChatConfig {
  contextTokens: number;
  maxAnswerTokens: number;
}

export type ChatProgress =
  | { kind: 'step'; note: string }
  | { kind: 'sources'; sources: Source[] }
  | { kind: 'text'; delta: string };

export interface ChatOptions {
  onProgress?: (progress: ChatProgress) => void;
  signal?: AbortSignal;
}

export function chat(ctx: RagContext, turn: ChatTurn, config: ChatConfig, options: ChatOptions = {}): Promise<Answer> {
  const tracer = startTrace(ctx.flow, ctx.clock);
  return recordingSent(tracer.trace.requests, () => answered(ctx, turn, config, tracer, options));
}

async function answered(
  ctx: RagContext,
  turn: ChatTurn,
  wished: ChatConfig,
  tracer: Tracer,
  { onProgress = () => {}, signal }: ChatOptions,
): Promise<Answer> {
  const config = withinContext(wished, ctx.model?.contextTokens ?? null, turn);
  const read = pointsAtScope(turn) ? turn.question : readAs(turn.question, turn.history);
  if (read !== turn.question) tracer.trace.readAs = read;
  const query = withScope(toQuery(read), turn.scope);
  onProgress({ kind: 'step', note: t('Searching the code base') });
  const found = await tracer.step(
    'retrieve',
    async () => {
      const all = await retrieve(ctx.view, query, 4 * MAX_SOURCES, { weights: ctx.weights, reranking: ctx.reranking });
      return { ...all, passages: await pointedAt(ctx.view, query, all.passages, turn.scope) };
    },
    retrievedNote,
  );
  const known = found.statistics.terms.map(({ term }) => term).filter((term) => query.terms.includes(term));
  tracer.trace.terms = spelled(query, known);
  tracer.trace.searchModels = found.models;
  signal?.throwIfAborted();

  const { changed } = found;
  const history = changed && (await tracer.step('history', () => readChanges(ctx, changed, signal), historyNote));
  const packed = await tracer.step('pack', () => packPassages(ctx.view, found, history, config), packedNote);
  tracer.trace.dropped.push(...packed.dropped);
  tracer.trace.tokens = packed.tokens;
  const judgement = judge(query, {
    texts: judgedTexts(packed),
    statistics: found.statistics,
    named: isNamed(found),
    names: await namesIn(ctx.view, found),
    near: await nearOf(ctx.view, query, found),
  });
  tracer.trace.answerability = judgement.answerability;
  tracer.trace.signals = judgement.signals;
  if (!judgement.answerable) return refusal(ctx, turn, query, packed, judgement, tracer);
  const searched = await ctx.searched();
  const sources = ctx.model ? await expand(ctx.view, packed, found.passages, config.contextTokens) : packed.sources;
  onProgress({ kind: 'sources', sources });
  const definitions = await ctx.view.definitionsIn(sources);
  await ctx.view.end();
  const { weights } = found;
  const task: Task = {
    turn,
    sources,
    narrowed: sources.map(
      (source, i) =>
        narrowToCalls(source, found.edges) ?? (source.changes ? source : narrow(source, definitions[i]!, weights)),
    ),
    weights,
    doWordsTell: judgement.signals.coverage >= TELLING,
    maxTokens: config.maxAnswerTokens,
  };
  const draft = await tracer.step('write', () => write(ctx, task, tracer, { onProgress, signal }), draftNote);
  signal?.throwIfAborted();
  const cited = await tracer.step(
    'verify',
    () => cite(draft.text, draft.sources, ctx.currentText),
    ({ citations, dropped }) => t('{0} citations hold, {1} dropped', citations.length, dropped.length),
  );
  tracer.trace.dropped.push(...cited.dropped);
  const reasons = [
    draft.reason,
    history?.reason && t('{0}.', history.reason),
    partialSentence(searched),
    droppedReason(cited.dropped),
    uncitedReason(cited.citations.length),
  ];
  return {
    answer: cited.text,
    refused: false,
    reason: paragraph(reasons),
    ...(searched.waiting > 0 && { waiting: searched.waiting }),
    citations: cited.citations,
    sources: draft.sources,
    trace: tracer.trace,
  };
}

async function packPassages(
  view: IndexView,
  { passages, changed }: Retrieved,
  history: ReadChanges | null,
  config: ChatConfig,
): Promise<Packed> {
  const texts = await view.texts(passages);
  const found = passages.map((passage, i) => ({ passage, text: texts[i]! }));
  const told = changed && history ? withChanges(found, changed, history) : found;
  return pack(
    told.map(({ passage }) => passage),
    told.map(({ text }) => text),
    { maxTokens: config.contextTokens },
  );
}

interface Task {
  turn: ChatTurn;
  sources: Source[];
  /** The sources as extracts show them: cut down to the definitions that matter. */
  narrowed: Source[];
  weights: ReadonlyMap<string, number>;
  /** The question was found by its words, and not by its meaning alone. */
  doWordsTell: boolean;
  maxTokens: number;
}

interface Draft {
  text: string;
  /** What its markers speak of. */
  sources: Source[];
  /** Why it is not what was asked for; empty otherwise. */
  reason: string;
}

/** The model's words, or the extracts where there is no model or it fails. */
async function write(
  ctx: RagContext,
  { turn, sources, narrowed, weights, doWordsTell, maxTokens }: Task,
  { trace }: Tracer,
  { onProgress = () => {}, signal }: ChatOptions,
): Promise<Draft> {
  const extracts = (reason: string) => ({
    text: extract(narrowed, weights, { doWordsTell, tell: tellAs(turn.question) }),
    sources: narrowed,
    reason,
  });
  if (!ctx.model) return extracts('');
  const { name, destination } = ctx.model;
  trace.model = { name, destination };
  const messages = buildPrompt(turn.question, sources, turn.history);
  trace.sent = messages;
  onProgress({ kind: 'step', note: t('Asking {0}', name || t('the model')) });
  try {
    let text = '';
    for await (const delta of ctx.model.stream(messages, { maxTokens, signal })) {
      text += delta;
      onProgress({ kind: 'text', delta });
    }
    return { text, sources, reason: '' };
  } catch (error) {
    if (signal?.aborted || !(error instanceof EngineError)) throw error;
    trace.model = { name: 'extractive', destination };
    return extracts(t('{0}. These are extracts instead of a written answer.', error.message));
  }
}

async function refusal(
  ctx: RagContext,
  { question }: ChatTurn,
  query: Query,
  packed: Packed,
  judgement: Judgement,
  { trace }: Tracer,
): Promise<Answer> {
  const why = whyRefused(query, judgement);
  const searched = await ctx.searched();
  const tell = tellAs(query.text);
  const share = Math.round(100 * judgement.signals.coverage);
  const closest = tell('the closest passage holds {0} % of what was asked', share);
  return {
    answer: tell("I don't know. {0}. {1}", why, searchedSentence(searched, ctx.clock.now(), tell)),
    refused: true,
    reason: `${why} (${closest})`,
    refusal: {
      missing: spelled(query, judgement.missing),
      nearest: share,
      ...searched,
      ...(query.filter && { everywhere: takeFilter(question).text }),
    },
    ...(searched.waiting > 0 && { waiting: searched.waiting }),
    citations: [],
    sources: packed.sources.slice(0, MAX_NEAREST),
    trace,
  };
}

function judgedTexts({ sources }: Packed): string[] {
  return sources.slice(0, JUDGED_PASSAGES).map(({ path, symbol, text }) => `${path}\n${symbol}\n${text}`);
}

/** The question points at something that is here: a definition, a file, the project itself. */
function isNamed(found: Retrieved): boolean {
  const pointers = ['definition', 'file', 'pattern', 'overview', 'caller', 'callee', 'changed', 'scope'];
  return found.passages.slice(0, JUDGED_PASSAGES).some(({ why }) => pointers.some((part) => (why[part] ?? 0) > 0));
}

/**
 * What the best passages call or name as a type, or their files import from elsewhere, and whether it is defined here; a
 * name may come with both.
 */
async function namesIn(view: IndexView, { passages }: Retrieved): Promise<Found['names']> {
  const best = passages.slice(0, READ_FOR_NAMES);
  const paths = [...new Set(best.map(({ path }) => path))];
  const [sites, imports] = await Promise.all([view.referencesIn(best), view.imports(paths)]);
  const fromElsewhere = new Set(imports.flat().flatMap(({ names, files }) => (files.length === 0 ? names : [])));
  const names = [...new Set([...sites.flat().map(({ name }) => name), ...fromElsewhere])];
  const defined = new Set((await view.definitions(names)).map(({ name }) => identifierKey(name)));
  return [
    ...names.map((name) => ({ name, isDefined: defined.has(identifierKey(name)) })),
    // What an import finds nowhere here is not what else is called so.
    ...[...fromElsewhere].map((name) => ({ name, isDefined: false })),
  ];
}

async function nearOf(view: IndexView, query: Query, { passages, best }: Retrieved): Promise<Near | null> {
  const near = await view.nearness(
    query.text,
    query.filter,
    passages.slice(0, 1).map(({ id }) => id),
  );
  const ranked = passages.slice(0, RANKED_FOR_LEAD).map(({ path, score, why }) => ({
    path,
    score: WITHOUT.reduce((rest, part) => rest - (why[part] ?? 0), score),
  }));
  return near && { nearest: near.nearest, first: near.chunks[0] ?? 0, ranked, best };
}

/** Parts of a score by which no file leads: that there are better passages of it, and a reranker's, on a scale of its own. */
const WITHOUT = ['repeat', 'ranker repeat', 'spread', 'copy', 'reranker'];

function retrievedNote({ passages, statistics, models }: Retrieved): string {
  const found = t('{0} passages of {1} for {2} terms', passages.length, statistics.chunks, statistics.terms.length);
  const failed = models.flatMap(({ role, name, failure }) =>
    failure
      ? [
          role === 'embedder'
            ? t('the embedder {0} failed: {1}', name, failure)
            : t('the reranker {0} failed: {1}', name, failure),
        ]
      : [],
  );
  return [found, ...failed].join('; ');
}

function historyNote({ changes, reason }: ReadChanges): string {
  const commits = changes.reduce((sum, each) => sum + (each?.commits.length ?? 0), 0);
  return [t('{0} commits last changed what is asked about', commits), reason].filter(Boolean).join('; ');
}

function packedNote({ sources, tokens }: Packed): string {
  return t('{0} passages, about {1} tokens', sources.length, tokens.toLocaleString('en'));
}

function draftNote({ text }: Draft): string {
  return t('{0} characters', text.length);
}

function droppedReason(dropped: readonly { what: string; reason: string }[]): string {
  if (dropped.length === 0) return '';
  const list = dropped.slice(0, 5).map(({ what, reason }) => `${what} (${reason})`);
  return t('Dropped citations that do not hold: {0}.', list.join(t(', ')));
}

function uncitedReason(citations: number): string {
  return citations === 0 ? t('Nothing in this answer is cited; treat it as a guess.') : '';
}
