/**
 * What says the same as a better passage of another file says nothing new: vendored copies, generated variants, the same
 * page under two names. Such a copy comes last of what was looked at, and is not lost. Pure.
 */
import { adjusted, isPointedAt, type Ranked } from './rank.js';
import { COPY_DEPTH, COPY_LIKENESS } from './weights.js';

/** Shorter lines (a brace, `end`) are everywhere. */
const MIN_LINE = 4;
/** Of fewer lines it cannot be told. */
const MIN_LINES = 3;

/** `passages` in order; `texts` by their numbers. */
export function lessenCopies(passages: readonly Ranked[], texts: ReadonlyMap<number, string>): Ranked[] {
  const first = passages.slice(0, COPY_DEPTH);
  const lines = first.map(({ id }) => linesIn(texts.get(id) ?? ''));
  const isCopy = first.map(
    (passage, i) =>
      !isPointedAt(passage) &&
      first.slice(0, i).some(({ path }, j) => path !== passage.path && likeness(lines[i]!, lines[j]!) >= COPY_LIKENESS),
  );
  const last = first.at(-1)?.score ?? 0;
  const copies = first.filter((_, i) => isCopy[i]).map((copy) => adjusted(copy, 'copy', last - copy.score));
  return [...first.filter((_, i) => !isCopy[i]), ...copies, ...passages.slice(COPY_DEPTH)];
}

function linesIn(text: string): Set<string> {
  const lines = text.split('\n').map((line) => line.trim());
  return new Set(lines.filter((line) => line.length >= MIN_LINE));
}

/** Jaccard's: the share of all lines that both have. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (Math.min(a.size, b.size) < MIN_LINES) return 0;
  const shared = a.intersection(b).size;
  return shared / (a.size + b.size - shared);
}
