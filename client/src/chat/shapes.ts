/**
 * What each message for the page looks like, field by field. Each table has a row for every field of its type, or the
 * compiler complains. Values of other shapes come from other scripts of the frame, or from a mistake: both are ignored.
 */
import type { Citation, Refusal, Source, Trace } from '../../../server/src/base/answer.js';
import type { CodeColours, Overview, ScopeChip, ToPage, Turn, TurnHead } from './messages.js';

type Check = (value: unknown) => boolean;
type Shape<T> = { [Field in keyof Required<T>]: Check };
type Message<Kind extends ToPage['kind']> = Omit<Extract<ToPage, { kind: Kind }>, 'kind'>;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const number: Check = (value) => typeof value === 'number';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  <T extends string>(...values: T[]): Check =>
  (value) =>
    values.includes(value as T);
const recordOf =
  (check: Check): Check =>
  (value) =>
    isRecord(value) && Object.values(value).every(check);
const numbers = recordOf(number);

/** Fields beyond these are let through: the page reads none. */
function record<T>(shape: Shape<T>): Check {
  const checks = Object.entries<Check>(shape);
  return (value) => isRecord(value) && checks.every(([field, check]) => check(value[field]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const citation = record<Citation>({
  n: count,
  path: text,
  place: optional(text),
  startLine: count,
  endLine: count,
  quote: text,
  verified: flag,
  masked: optional(flag),
});

const source = record<Source>({
  n: count,
  path: text,
  place: optional(text),
  startLine: count,
  endLine: count,
  symbol: text,
  kind: text,
  signature: text,
  language: text,
  text,
  score: number,
  why: numbers,
  // The page does not draw it.
  changes: () => true,
});

const trace = record<Trace>({
  flow: text,
  readAs: optional(text),
  steps: listOf(record<Trace['steps'][number]>({ step: text, milliseconds: number, note: text })),
  answerability: number,
  signals: numbers,
  terms: listOf(text),
  searchModels: listOf(
    record<Trace['searchModels'][number]>({
      role: oneOf('embedder', 'reranker'),
      name: text,
      device: text,
      question: text,
      passages: count,
      failure: text,
    }),
  ),
  tokens: optional(count),
  dropped: listOf(record<Trace['dropped'][number]>({ what: text, reason: text })),
  model: record<Trace['model']>({ name: text, destination: text }),
  sent: listOf(record<Trace['sent'][number]>({ role: text, content: text })),
  requests: listOf(record<Trace['requests'][number]>({ method: text, url: text, body: text, bytes: count })),
});

const refusal = record<Refusal>({
  missing: listOf(text),
  nearest: optional(count),
  files: count,
  chunks: count,
  failed: count,
  waiting: count,
  scannedAt: orNull(text),
  everywhere: optional(text),
});

const chip = record<ScopeChip>({
  id: count,
  kind: oneOf<ScopeChip['kind']>('folder', 'file', 'selection', 'language'),
  label: text,
  detail: text,
});

const runs = listOf(count);
const colours = recordOf(runs);
const codeColours = listOf(record<CodeColours>({ line: count, length: count, runs }));
const state = oneOf<Turn['state']>('waiting', 'asking', 'done', 'stopped', 'failed', 'unanswered');
const head = record<TurnHead>({ id: count, question: text, state });

const turn = record<Turn>({
  id: count,
  question: text,
  scope: listOf(chip),
  state,
  note: text,
  answer: text,
  refused: flag,
  reason: text,
  refusal: optional(refusal),
  waiting: optional(count),
  citations: listOf(citation),
  sources: listOf(source),
  colours,
  codeColours,
  trace: orNull(trace),
  error: text,
  restarted: flag,
});

const overview = record<Overview>({
  state: oneOf<Overview['state']>('starting', 'stopped', 'none', 'empty', 'indexing', 'paused', 'ready', 'failed'),
  progress: orNull(record<NonNullable<Overview['progress']>>({ done: number, total: number, step: text })),
  files: number,
  lines: number,
  failed: number,
  model: record<Overview['model']>({ name: text, destination: text, isHere: flag }),
  search: listOf(record<Overview['search'][number]>({ where: text, sentence: text })),
  degraded: listOf(text),
  trusted: flag,
  examples: listOf(text),
});

export const messagesToPage: { [Kind in ToPage['kind']]: Check } = {
  conversation: record<Message<'conversation'>>({ turns: listOf(head) }),
  turn: record<Message<'turn'>>({ turn }),
  cut: record<Message<'cut'>>({ id: count }),
  note: record<Message<'note'>>({ id: count, note: text }),
  sources: record<Message<'sources'>>({ id: count, sources: listOf(source) }),
  text: record<Message<'text'>>({ id: count, delta: text }),
  colours: record<Message<'colours'>>({ id: count, colours, codeColours }),
  checked: record<Message<'checked'>>({ id: count, citations: listOf(citation) }),
  scope: record<Message<'scope'>>({ chips: listOf(chip) }),
  theme: record<Message<'theme'>>({ colours: recordOf(text) }),
  overview: record<Message<'overview'>>({ overview }),
  focus: () => true,
};
