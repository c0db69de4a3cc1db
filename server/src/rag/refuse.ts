/**
 * Whether what was found can answer at all. Pure.
 *
 * The measure is absolute: the share of the question's term weight that one passage holds, and how near the nearest one
 * is in meaning. A question about something else finds its words scattered over many passages, and its rare ones in none. Passages are judged one by one: several
 * together hold the words of almost any question (measured: area under the ROC curve .72 for five, .79 for one).
 */

import type { TermStatistics } from '../index/lexical.js';
import { tokensOf } from '../index/tokens.js';
import type { Query } from './query.js';
import { termWeights } from './rank.js';
import { ANSWERABLE, CALIBRATION } from './weights.js';

export interface Judgement {
  answerable: boolean;
  /** 0 to 1. */
  coverage: number;
  /** How likely it is that what was found answers, 0 to 1, calibrated; without vectors it is the coverage. */
  answerability: number;
  /** Terms of the question that none of the passages holds, weightiest first. */
  missing: string[];
}

export interface Found {
  /** The best passages with their paths and names. */
  texts: readonly string[];
  statistics: TermStatistics;
  /** The question names something that is defined here. */
  named: boolean;
  /** Cosine of the question and the passage that the bundled embedder finds nearest; null without vectors. */
  nearness: number | null;
}

export function judge(query: Query, { texts, statistics, named, nearness }: Found): Judgement {
  const weights = termWeights(statistics);
  const asked = query.terms.filter((term) => weights.has(term));
  const weigh = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weights.get(term)!, 0);
  const held = texts.map((text) => new Set(tokensOf(text)));
  const all = weigh(asked);
  const shares = held.map((tokens) => (all > 0 ? weigh(asked.filter((term) => tokens.has(term))) / all : 0));
  const coverage = Math.max(0, ...shares);
  const missing = asked.filter((term) => !held.some((tokens) => tokens.has(term)));
  missing.sort((a, b) => weights.get(b)! - weights.get(a)!);
  const answerability = nearness === null ? coverage : likelihood(coverage, nearness);
  const isEnough =
    answerability >= (nearness === null ? ANSWERABLE.byWords : ANSWERABLE.byBoth) ||
    (isInOtherWords(query.text) && (nearness ?? 0) >= ANSWERABLE.acrossLanguages);
  return { answerable: texts.length > 0 && (named || isEnough), coverage, answerability, missing };
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Most of its letters are of a language that code is seldom written in. */
function isInOtherWords(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return (text.match(CJK)?.length ?? 0) > letters / 2;
}

/** Logistic regression on both, fitted as docs/evaluation.md tells. */
function likelihood(coverage: number, nearness: number): number {
  const { bias, coverage: byCoverage, nearness: byNearness } = CALIBRATION;
  return 1 / (1 + Math.exp(-(bias + byCoverage * coverage + byNearness * nearness)));
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
export function whyRefused(query: Query, { missing }: Judgement): string {
  if (query.terms.length === 0) return 'The question has no word to search for';
  const words = [...new Set(missing.map((term) => query.spelling.get(term) ?? term))].slice(0, MAX_MISSING);
  return words.length > 0
    ? `Nothing here speaks of ${words.map((word) => `“${word}”`).join(', ')}`
    : 'The words of the question stand here, but nowhere together';
}

const MAX_MISSING = 5;

export function searchedSentence(searched: Searched, nowMs: number): string {
  const { files, chunks, failed, scannedAt } = searched;
  if (!scannedAt) return partialSentence(searched) || 'Nothing is indexed here yet.';
  const count = (n: number, thing: string) => `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;
  const left = failed > 0 ? `; ${count(failed, 'file')} could not be indexed` : '';
  return `Searched ${count(chunks, 'passage')} of ${count(files, 'file')}, indexed ${agoOf(nowMs - Date.parse(scannedAt))}${left}.`;
}

/** Empty when everything that is to be indexed is. */
export function partialSentence({ files, waiting }: Searched): string {
  if (waiting === 0) return '';
  const more = waiting === 1 ? '1 file is' : `${waiting.toLocaleString('en')} files are`;
  return `Only ${files.toLocaleString('en')} files are searched so far: ${more} still being indexed.`;
}

function agoOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 90) return `${minutes} minute${minutes === 1 ? '' : 's'} ago`;
  const hours = Math.round(minutes / 60);
  return hours < 36 ? `${hours} hours ago` : `${Math.round(hours / 24)} days ago`;
}
