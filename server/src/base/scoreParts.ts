/**
 * What the record of an answer calls its steps and the parts of a score, for people: each part with what it says for a
 * passage; below zero it says that the passage does so less than others that were found. What begins with `ranker` was
 * learned from questions about other repositories.
 */
import { phrase, t } from './l10n.js';

const STEPS = {
  retrieve: phrase('retrieve'),
  history: phrase('history'),
  pack: phrase('pack'),
  write: phrase('write'),
  verify: phrase('verify'),
} as const;

/** The steps from a question to an answer. */
export type Step = keyof typeof STEPS;

/** As it is for one that is not known. */
export function traceStepName(step: string): string {
  return t(STEPS[step as Step] ?? step);
}

const PARTS: ReadonlyMap<string, { name: string; meaning: string }> = new Map([
  ['lexical', { name: phrase('lexical'), meaning: phrase('holds words of the question, and rare ones count most') }],
  ['meaning', { name: phrase('meaning'), meaning: phrase('is near the question in meaning, as the embedder has it') }],
  ['definition', { name: phrase('definition'), meaning: phrase('defines a name that the question mentions') }],
  ['path', { name: phrase('path'), meaning: phrase('has words of the question in its path') }],
  [
    'agreement',
    { name: phrase('agreement'), meaning: phrase('is the best of a file that speaks of the question throughout') },
  ],
  ['repeat', { name: phrase('repeat'), meaning: phrase('comes after better passages of its file') }],
  ['file', { name: phrase('file'), meaning: phrase('stands in a file that the question names') }],
  ['frame', { name: phrase('frame'), meaning: phrase('holds a line that a stack trace in the question names') }],
  ['pattern', { name: phrase('pattern'), meaning: phrase('is matched by the regular expression in the question') }],
  ['word', { name: phrase('word'), meaning: phrase('holds the one word that was asked about, which is rare here') }],
  ['overview', { name: phrase('overview'), meaning: phrase('introduces the project, which the question is about') }],
  ['history', { name: phrase('history'), meaning: phrase('stands in a file whose commits speak of the question') }],
  ['caller', { name: phrase('caller'), meaning: phrase('makes a call that is asked for') }],
  ['callee', { name: phrase('callee'), meaning: phrase('is what is called') }],
  ['changed', { name: phrase('changed'), meaning: phrase('holds lines whose last change is asked for') }],
  ['scope', { name: phrase('scope'), meaning: phrase('is what the question was asked about') }],
  [
    'ranker words',
    {
      name: phrase('ranker words'),
      meaning: phrase('holds more of the question, and closer together, than the other passages'),
    },
  ],
  [
    'ranker meaning',
    { name: phrase('ranker meaning'), meaning: phrase('is nearer in meaning than the other passages') },
  ],
  [
    'ranker file',
    { name: phrase('ranker file'), meaning: phrase('is of a file that answers better than the other files') },
  ],
  [
    'ranker neighbours',
    {
      name: phrase('ranker neighbours'),
      meaning: phrase('stands in a folder, or is imported by files, that were found too'),
    },
  ],
  [
    'ranker path',
    { name: phrase('ranker path'), meaning: phrase('is of a file that is named by words of the question') },
  ],
  ['ranker symbol', { name: phrase('ranker symbol'), meaning: phrase('is named by words of the question') }],
  [
    'ranker history',
    { name: phrase('ranker history'), meaning: phrase('was changed by commits that speak of the question') },
  ],
  [
    'ranker role',
    { name: phrase('ranker role'), meaning: phrase('plays the part in the project that such questions are about') },
  ],
  [
    'ranker kind',
    { name: phrase('ranker kind'), meaning: phrase('is of the kind, size and place that answers such questions') },
  ],
  ['ranker repeat', { name: phrase('ranker repeat'), meaning: phrase('comes after better passages of its file') }],
  ['spread', { name: phrase('spread'), meaning: phrase('comes after better passages of its file') }],
  ['copy', { name: phrase('copy'), meaning: phrase('says the same as a better passage of another file') }],
  [
    'reranker',
    {
      name: phrase('reranker'),
      meaning: phrase('was judged by the reranker, which reads question and passage together'),
    },
  ],
  ['docs', { name: phrase('docs'), meaning: phrase('is documentation, and no source') }],
  ['test', { name: phrase('test'), meaning: phrase('is a test, and no source') }],
  ['example', { name: phrase('example'), meaning: phrase('is an example, and no source') }],
  ['changelog', { name: phrase('changelog'), meaning: phrase('is of a changelog, and no source') }],
]);

/** As it is for one that is not known. */
export function scorePartName(part: string): string {
  return t(PARTS.get(part)?.name ?? part);
}

/** Without a subject, which is the passage; empty for a part that is not known. */
export function scorePartMeaning(part: string): string {
  return t(PARTS.get(part)?.meaning ?? '');
}
