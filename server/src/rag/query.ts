/**
 * A question as the index understands it: terms to look for, and names that it may be about.
 *
 * Pure. Words that every question has are dropped unless nothing else is left. Neighbouring words are also tried as
 * one identifier, since people write `parse pool` for `parsePool`.
 */
import { type ChunkFilter, takeFilter } from '../index/filter.js';
import { identifierKey, wordTokens } from '../index/tokens.js';
import { type Pattern, takePattern } from './pattern.js';

export interface Query {
  text: string;
  /** Where to look only, as `lang:go path:server` say; null: everywhere. */
  filter: ChunkFilter | null;
  /** A regular expression that the question holds; its literal parts are in its place in `text`. */
  pattern: Pattern | null;
  /** Tokens of the words that carry the question, without repeats. */
  terms: string[];
  /** The word of the question that each term came from. */
  spelling: ReadonlyMap<string, string>;
  /** Whole-identifier forms of neighbouring words; searched for, but never missed. */
  joined: string[];
  /** Names written as identifiers: `parsePool`, `parse_pool`, in backticks, or a question of one word. */
  names: string[];
}

/** Characters. A longer question is a pasted log; its beginning says what it is about. */
export const MAX_QUESTION_CHARACTERS = 20_000;

/** As they stand in the question, and each once: *price*, of which the index has *pric*. */
export function spelled({ spelling }: Query, terms: readonly string[]): string[] {
  return [...new Set(terms.map((term) => spelling.get(term) ?? term))];
}

const STOP_WORDS = new Set(
  `a about all an and any are as at be been being but by can could did do does doing done for from get gets give
  given had has have how i if in into is it its just like let make me my need no not of on only or our out over please
  shall should show so some such tell than that the their them then there these they this those to too under up us use
  used uses using very want was way we were what when where whether which while who whom whose why will with without
  work works would you your explain describe find happens happen`
    .split(/\s+/)
    .flatMap((word) => wordTokens(word)),
);

const WORD = /[\p{L}\p{M}\p{N}_$]+/gu;
const LOOKS_LIKE_IDENTIFIER = /[_$]|\p{Ll}\p{Lu}|\p{L}\p{N}+\p{L}|^\p{Lu}{2,}\p{Ll}/u;

export function toQuery(question: string): Query {
  const { text: asked, filter } = takeFilter(question.slice(0, MAX_QUESTION_CHARACTERS));
  const { text, pattern } = takePattern(asked);
  const words = text.match(WORD) ?? [];
  const spelling = new Map(words.flatMap((word) => wordTokens(word).map((token) => [token, word])));
  const tokens = [...spelling.keys()];
  const content = tokens.filter((token) => !STOP_WORDS.has(token));
  const quoted = [...text.matchAll(/`([^`\n]{1,80})`/g)].flatMap((match) => match[1]!.match(WORD) ?? []);
  const names = [...quoted, ...words.filter((word) => LOOKS_LIKE_IDENTIFIER.test(word))];
  if (words.length === 1) names.push(words[0]!);
  return {
    text,
    filter,
    pattern,
    terms: content.length > 0 ? content : tokens,
    spelling,
    joined: joinedWords(words),
    names: [...new Set(names)].slice(0, 50),
  };
}

/** A follow-up leans on the question before it when it is short or points back. */
export function withHistory(question: string, history: readonly { question: string }[]): string {
  const last = history.at(-1);
  if (!last) return question;
  const pointsBack =
    /\b(it|its|that|this|those|these|they|them|there|he|she|above|same)\b|^(and|but|also|what about)\b/i;
  return toQuery(question).terms.length < 3 || pointsBack.test(question) ? `${question}\n${last.question}` : question;
}

function joinedWords(words: readonly string[]): string[] {
  const joined = new Set<string>();
  for (let i = 0; i + 1 < words.length && i < 200; i++)
    for (let length = 2; length <= 3 && i + length <= words.length; length++) {
      const run = words.slice(i, i + length);
      if (!run.every((word) => STOP_WORDS.has(word.toLowerCase()))) joined.add(identifierKey(run.join('')));
    }
  return [...joined];
}
