/**
 * Whether what was found can answer at all. Pure.
 *
 * The measure is absolute: a logistic regression on a few signals, each of which means the same for every question and
 * every code base. An answer has two rivals. A question about something else finds its words scattered over many
 * passages, and its rare ones in none; one whose answer is not in the index finds code that uses the very thing and no
 * definition of it, in many files of which none stands out. Passages are judged one by one: several together hold the
 * words of almost any question.
 */

import { countOf, type Tell, t } from '../base/l10n.js';
import { tellAs } from '../base/languages.js';
import type { TermStatistics } from '../index/lexical.js';
import { tokensOf, wordTokens } from '../index/tokens.js';
import { type Query, spelled } from './query.js';
import { termWeights } from './rank.js';
import { ANSWERABLE, CALIBRATION, JUDGED_PASSAGES, LEAD_SHARPNESS, RANKED_FOR_LEAD } from './weights.js';

/** A type and no interface, so that it is a record of numbers. */
export type Signals = {
  /** The share of the question's term weight that one passage holds, 0 to 1. */
  coverage: number;
  /** Mean weight of the question's terms; those that are nowhere here weigh most. */
  rarity: number;
  /**
   * The share of the question that one name holds which the best passages call or have as a type and which nothing here
   * defines, or which their files import from elsewhere; 0 to 1.
   */
  unresolved: number;
  /** Cosine of the question and the passage that is nearest to it. */
  nearness?: number;
  /** Of the question and the passage that ranks first: less where words and meaning point to different places. */
  agreement?: number;
  /** The share of one file in what the first order gives to all the best passages, 0 to 1. */
  lead?: number;
  /** Mean score of the best passages. */
  strength?: number;
};

export interface Judgement {
  answerable: boolean;
  /** How likely it is that what was found answers, 0 to 1, calibrated. */
  answerability: number;
  signals: Signals;
  /** Terms of the question that none of the passages holds, weightiest first; `absent`: that nothing here holds. */
  missing: string[];
  absent: string[];
  /** The name that fits the question better than any that is defined here; null when none does. */
  undefinedName: string | null;
}

export interface Found {
  /** The best passages with their paths and names. */
  texts: readonly string[];
  statistics: TermStatistics;
  /** The question names something that is defined here. */
  named: boolean;
  /** What the best passages refer to, and their files import. */
  names: readonly { name: string; isDefined: boolean }[];
  /** Null without vectors. */
  near: Near | null;
}

export interface Near {
  /** Cosines by the bundled embedder: of the nearest passage, and of the one that ranks first. */
  nearest: number;
  first: number;
  /** The best passages, with scores that they would have were each the first of its file. */
  ranked: readonly { path: string; score: number }[];
  /** The best score of the first order. */
  best: number;
}

export function judge(query: Query, { texts, statistics, named, names, near }: Found): Judgement {
  const weights = termWeights(statistics);
  const documents = new Map(statistics.terms.map((term) => [term.term, term.documents]));
  const asked = query.terms.filter((term) => weights.has(term));
  const weigh = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weights.get(term)!, 0);
  const all = weigh(asked);
  const shareOf = (tokens: ReadonlySet<string>) =>
    all > 0 ? weigh(asked.filter((term) => tokens.has(term))) / all : 0;
  const held = texts.map((text) => new Set(tokensOf(text)));
  const missing = asked.filter((term) => !held.some((tokens) => tokens.has(term)));
  missing.sort((a, b) => weights.get(b)! - weights.get(a)!);
  const fits = names.map(({ name, isDefined }) => ({ name, isDefined, share: shareOf(new Set(wordTokens(name))) }));
  const bestFit = (isDefined: boolean) =>
    fits.filter((fit) => fit.isDefined === isDefined).reduce((a, b) => (b.share > a.share ? b : a), NO_FIT);
  const [definedFit, undefinedFit] = [bestFit(true), bestFit(false)];
  const signals: Signals = {
    coverage: Math.max(0, ...held.map(shareOf)),
    rarity: all / Math.max(1, asked.length),
    unresolved: undefinedFit.share,
    ...(near && {
      nearness: near.nearest,
      agreement: near.first,
      lead: leadOf(near),
      strength: strengthOf(near),
    }),
  };
  const answerability = texts.length > 0 && asked.length > 0 ? likelihood(signals) : 0;
  const isEnough =
    answerability >= ANSWERABLE.likely ||
    (isInOtherWords(query.text) && (signals.nearness ?? 0) >= ANSWERABLE.acrossLanguages);
  // A name alone is also answered by its uses.
  const isUsed = query.names.length > 0 && undefinedFit.share === 1;
  return {
    answerable: texts.length > 0 && (named || isUsed || isEnough),
    answerability,
    signals,
    missing,
    absent: missing.filter((term) => documents.get(term) === 0),
    undefinedName: undefinedFit.share > definedFit.share ? undefinedFit.name : null,
  };
}

/** Scores are turned to shares by softmax; a list that is too short is filled up with passages that score nothing. */
function leadOf({ ranked, best }: Near): number {
  const files = new Map<string, number>();
  for (const { path, score } of ranked) {
    const odds = Math.exp((LEAD_SHARPNESS * score) / (best || 1));
    files.set(path, (files.get(path) ?? 0) + odds);
  }
  const sums = [...files.values()];
  const all = sums.reduce((sum, value) => sum + value, Math.max(0, RANKED_FOR_LEAD - ranked.length));
  return Math.max(0, ...sums) / all;
}

function strengthOf({ ranked }: Near): number {
  return ranked.slice(0, JUDGED_PASSAGES).reduce((sum, { score }) => sum + score, 0) / JUDGED_PASSAGES;
}

const NO_FIT = { name: '', share: 0 };

/** That it is answered here, rather than about something else or answered by what is not in the index. */
function likelihood(signals: Signals): number {
  const { foreign, gone } = signals.nearness === undefined ? CALIBRATION.byWords : CALIBRATION.byBoth;
  return 1 / (1 + odds(foreign, signals) + odds(gone, signals));
}

function odds({ bias, ...weights }: { bias: number } & Partial<Signals>, signals: Signals): number {
  const told = Object.entries(weights) as [keyof Signals, number][];
  return Math.exp(told.reduce((sum, [name, weight]) => sum + weight * signals[name]!, bias));
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Most of its letters are of a language that code is seldom written in. */
function isInOtherWords(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return (text.match(CJK)?.length ?? 0) > letters / 2;
}

/** What was searched, how much could not be, and how old it is. */
export interface Searched {
  files: number;
  chunks: number;
  failed: number;
  /** ISO 8601; null before the first scan. */
  scannedAt: string | null;
  /** Files that are being indexed and are not searched yet. */
  waiting: number;
}

/** Without a full stop. Words are the question's own, not their stems. */
export function whyRefused(query: Query, { missing, absent, undefinedName }: Judgement): string {
  const tell = tellAs(query.text);
  if (query.terms.length === 0) return tell('The question has no word to search for');
  const words = (terms: readonly string[]) =>
    spelled(query, terms)
      .slice(0, MAX_MISSING)
      .map((word) => tell('“{0}”', word))
      .join(tell(', '));
  if (absent.length > 0) return tell('Nothing here speaks of {0}', words(absent));
  if (undefinedName) return tell('“{0}” is used here, but what is searched does not define it', undefinedName);
  if (missing.length > 0) return tell('What comes closest does not speak of {0}', words(missing));
  return tell('The words of the question stand here, but nothing that comes closest to what it asks');
}

const MAX_MISSING = 5;

export function searchedSentence(searched: Searched, nowMs: number, tell: Tell = t): string {
  const { files, chunks, failed, scannedAt } = searched;
  if (!scannedAt) return partialSentence(searched, tell) || tell('Nothing is indexed here yet.');
  const told = [
    countOf(chunks, 'passage', tell),
    countOf(files, 'file', tell),
    agoOf(nowMs - Date.parse(scannedAt), tell),
  ];
  return failed > 0
    ? tell('Searched {0} of {1}, indexed {2}; {3} could not be indexed.', ...told, countOf(failed, 'file', tell))
    : tell('Searched {0} of {1}, indexed {2}.', ...told);
}

/** Empty when everything that is to be indexed is. */
export function partialSentence({ files, waiting }: Searched, tell: Tell = t): string {
  if (waiting === 0) return '';
  const searched = files.toLocaleString('en');
  return waiting === 1
    ? tell('Only {0} files are searched so far: 1 file is still being indexed.', searched)
    : tell(
        'Only {0} files are searched so far: {1} files are still being indexed.',
        ...[searched, waiting.toLocaleString('en')],
      );
}

function agoOf(milliseconds: number, tell: Tell): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return tell('just now');
  if (minutes < 90) return tell(minutes === 1 ? '{0} minute ago' : '{0} minutes ago', minutes);
  const hours = Math.round(minutes / 60);
  return hours < 36 ? tell('{0} hours ago', hours) : tell('{0} days ago', Math.round(hours / 24));
}
