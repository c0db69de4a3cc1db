/**
 * A question that leans on the one before it, made whole: “and who calls it?” after “How does `totalPrice` work?” is
 * read as “who calls `totalPrice`?”. Pure, and without a model.
 *
 * What is spoken of is the name in the last question that had one, else the first name in its answer. A question that
 * names something itself is taken as it is. Where nothing can be put in for “it”, the question before goes along.
 */
import { escaped } from '../index/tokens.js';
import { toQuery, withHistory } from './query.js';

export interface AnsweredQuestion {
  question: string;
  answer: string;
}

const OPENING =
  /^(?:(?:and|but|so|then|also|ok(?:ay)?|now|well|那么?|然后|而且|还有)(?:[,，]\s*|\s+|(?=\p{Script=Han})))+/iu;
const KIND = '(?:functions?|methods?|class(?:es)?|types?|interfaces?|modules?|components?|helpers?|constants?|ones?)';
/** Stands for what was spoken of. “That” alone does so only where the sentence ends; elsewhere it joins clauses. */
const POINTERS: readonly [RegExp, (name: string) => string][] = [
  [/\bits (?:own )?(\p{L}+)/giu, (name) => `the $1 of ${name}`],
  [new RegExp(`\\b(?:this|that|these|those|the same) ${KIND}\\b`, 'gi'), (name) => name],
  [/\b(?:it|them|they)\b(?!\s+(?:is |was )?(?:possible|true|likely|necessary)\b)/gi, (name) => name],
  [
    /\b(?:this|that|these|those)\b(?=\s*(?:[?.!,]|$|\b(?:do|does|work|used|called|tested|defined|return|come)))/gi,
    (name) => name,
  ],
  [/(?:它们?|这个?(?:函数|方法|类)|那个?(?:函数|方法|类))/g, (name) => name],
];
/** “And `b`?”, “what about `b`?”: the question before, of another name. */
const OF_ANOTHER =
  /^(?:(?:and|but|or)\s+)?(?:(?:what|how) about|and for)?\s*(?<name>`?[A-Za-z_$][\w$.]*`?)\s*(?:呢)?[?？.]*$/iu;
const MAX_OWN_TERMS = 4;
const MAX_OWN_HAN = 24;

/** The question as it is to be searched for; the same text where it stands by itself. */
export function readAs(question: string, history: readonly AnsweredQuestion[]): string {
  if (history.length === 0) return question;
  const bare = question.trim().replace(OPENING, '');
  const another = history.at(-1) && ofAnother(question, bare, history);
  if (another) return another;
  const { names, terms } = toQuery(bare);
  // Chinese is written without spaces, so that a sentence looks like one name and has many terms.
  const isHan = /\p{Script=Han}/u.test(bare);
  if (names.some((name) => !/\p{Script=Han}/u.test(name)) && /\s|\p{Script=Han}/u.test(bare)) return question;
  if (isHan ? bare.length > MAX_OWN_HAN : terms.length > MAX_OWN_TERMS) return withHistory(question, history);
  const subject = subjectOf(history);
  const resolved = subject ? put(`\`${subject}\``, bare) : bare;
  return resolved === bare ? withHistory(question, history) : resolved;
}

function put(name: string, question: string): string {
  return POINTERS.reduce((text, [pointer, form]) => text.replace(pointer, form(name)), question);
}

/** The last question again with another name in it. */
function ofAnother(question: string, bare: string, history: readonly AnsweredQuestion[]): string | null {
  const name = OF_ANOTHER.exec(question.trim())?.groups?.['name'];
  const last = history.at(-1)!;
  const before = readAs(last.question, history.slice(0, -1)).split('\n')[0]!;
  const [subject] = toQuery(before).names;
  const isElliptic = bare !== question.trim() || /^(?:what|how) about/i.test(bare) || /呢/.test(bare);
  // Of a word that is not spelled as a name nobody can tell whether it is one.
  if (!name || !subject || !isElliptic || toQuery(`about ${name}`).names.length === 0) return null;
  return before.replace(new RegExp(`\`?${escaped(subject)}\`?`), () => `\`${name.replaceAll('`', '')}\``);
}

function subjectOf(history: readonly AnsweredQuestion[]): string | undefined {
  const last = history.at(-1);
  if (!last) return undefined;
  const [named] = toQuery(last.question).names;
  if (named) return named;
  const isFollowUp = POINTERS.some(([pointer]) => last.question.search(pointer) >= 0);
  return (isFollowUp && subjectOf(history.slice(0, -1))) || firstNameIn(last.answer);
}

/** What an answer sets as code and what could be the name of a definition. */
function firstNameIn(answer: string): string | undefined {
  return /`([\p{L}_$][\p{L}\p{N}_$]{2,79})(?:\(\))?`/u.exec(answer)?.[1];
}
