/**
 * How well a list of passages holds what was wanted. Pure.
 *
 * Lists are best first; ranks count from 1. What a measure does not apply to is null, and is left out of its means.
 */
import type { LineRange } from '../base/answer.js';

/** A place that should be found: a file, or lines of it. Several of one file are several places. */
export interface Wanted {
  /** Relative to the repository, with `/`. */
  path: string;
  lines?: LineRange;
}

export interface Passage extends LineRange {
  path: string;
  /** The lines of the range that it shows; all when absent. */
  shown?: readonly LineRange[];
}

/** The files of a list, each at the rank of its first passage. */
export function filesOf(list: readonly { path: string }[]): string[] {
  return [...new Set(list.map(({ path }) => path))];
}

/** One divided by the rank of the first wanted item; 0 when there is none. */
export function reciprocalRank<T>(list: readonly T[], wanted: ReadonlySet<T>): number {
  const at = list.findIndex((item) => wanted.has(item));
  return at < 0 ? 0 : 1 / (at + 1);
}

/** Share of the wanted items among the first `k`. */
export function recallAt<T>(k: number, list: readonly T[], wanted: ReadonlySet<T>): number {
  return foundAt(k, list, wanted) / wanted.size;
}

/** 1 when any wanted item is among the first `k`. */
export function hitAt<T>(k: number, list: readonly T[], wanted: ReadonlySet<T>): number {
  return Number(foundAt(k, list, wanted) > 0);
}

/** 1 when every wanted item is among the first `k`. */
export function allAt<T>(k: number, list: readonly T[], wanted: ReadonlySet<T>): number {
  return Number(foundAt(k, list, wanted) === wanted.size);
}

/** Normalised discounted cumulative gain of the first `k`, with one grade. An item counts at its first rank only. */
export function ndcgAt<T>(k: number, list: readonly T[], wanted: ReadonlySet<T>): number {
  const ranks = [...wanted].map((item) => list.indexOf(item)).filter((rank) => rank >= 0);
  return gainAt(k, ranks) / idealAt(k, wanted.size);
}

/**
 * The same over passages and places, as the semble benchmark counts: each place takes the rank of the first passage on
 * it, a rank that several places share gains once, and further passages on a place gain nothing though they use up a
 * rank. Paths agree when they are equal or one ends with `/` and the other.
 */
export function placesNdcgAt(k: number, list: readonly Passage[], wanted: readonly Wanted[]): number {
  if (wanted.length === 0) return 0;
  const ranks = wanted.map((place) => list.findIndex((passage) => isOn(passage, place)));
  return gainAt(k, [...new Set(ranks.filter((rank) => rank >= 0))]) / idealAt(k, wanted.length);
}

/** 1 when one of the first `k` passages overlaps wanted lines; null when no lines are known. */
export function passageHitAt(k: number, list: readonly Passage[], wanted: readonly Wanted[]): number | null {
  const known = wanted.filter(({ lines }) => lines);
  if (known.length === 0) return null;
  const hits = (passage: Passage) =>
    known.some(
      ({ path, lines }) =>
        path === passage.path && (passage.shown ?? [passage]).some((range) => overlap(range, lines!)),
    );
  return Number(list.slice(0, k).some(hits));
}

/** The nearest-rank quantile; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function foundAt<T>(k: number, list: readonly T[], wanted: ReadonlySet<T>): number {
  return new Set(list.slice(0, k).filter((item) => wanted.has(item))).size;
}

/** Summed from the best rank on, so that equal lists give equal bits. Ranks count from 0 here. */
function gainAt(k: number, ranks: readonly number[]): number {
  const counted = ranks.filter((rank) => rank < k).sort((a, b) => a - b);
  return counted.reduce((sum, rank) => sum + 1 / Math.log2(rank + 2), 0);
}

function idealAt(k: number, wanted: number): number {
  return gainAt(
    k,
    Array.from({ length: Math.min(k, wanted) }, (_, rank) => rank),
  );
}

function isOn(passage: Passage, { path, lines }: Wanted): boolean {
  return samePath(passage.path, path) && (!lines || overlap(passage, lines));
}

function samePath(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

export function overlap(a: LineRange, b: LineRange): boolean {
  return a.startLine <= b.endLine && a.endLine >= b.startLine;
}
