/**
 * What says the same as a better passage of another file says nothing new: vendored copies, generated variants, the same
 * page under two names. Such a copy comes after everything else that was looked at, and is not lost. Pure.
 */
import { adjusted, byScore, isPointedAt, type Ranked } from './rank.js';
import { COPY, COPY_DEPTH, COPY_LIKENESS } from './weights.js';

/** Shorter lines (a brace, `end`) are everywhere. */
const MIN_LINE = 4;
/** Of fewer lines it cannot be told. */
const MIN_LINES = 3;

/** `passages` in order; `texts` by their numbers. */
export function lessenCopies(passages: readonly Ranked[], texts: ReadonlyMap<number, string>): Ranked[] {
  const first = passages.slice(0, COPY_DEPTH);
  const lines = first.map(({ id }) => linesIn(texts.get(id) ?? ''));
  const best = first[0]?.score ?? 0;
  const lessened = first.map((passage, i) => {
    const isCopy =
      !isPointedAt(passage) &&
      first.slice(0, i).some(({ path }, j) => path !== passage.path && likeness(lines[i]!, lines[j]!) >= COPY_LIKENESS);
    return isCopy ? adjusted(passage, 'copy', -COPY * best) : passage;
  });
  return [...lessened, ...passages.slice(COPY_DEPTH)].sort(byScore);
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
