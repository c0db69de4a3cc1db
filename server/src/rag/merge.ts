/**
 * Small to big among what was found: chunks of a file that follow one another, and were both found, are one passage.
 *
 * They are read together anyway, and each would take the place of something else. Pure.
 */
import type { Ranked } from './rank.js';
import { MERGED_DEPTH, MERGED_LINES } from './weights.js';

/** Blank lines between chunks belong to none. */
const GAP = 2;

/** `passages` in order; a chunk joins the best one that it touches, and takes the place of nothing any more. */
export function mergeNeighbours(passages: readonly Ranked[]): Ranked[] {
  const merged: Ranked[] = [];
  for (const passage of passages.slice(0, MERGED_DEPTH)) {
    const at = merged.findIndex((better) => touch(better, passage));
    if (at < 0) merged.push(passage);
    else merged[at] = { ...merged[at]!, ...hull(merged[at]!, passage) };
  }
  return [...merged, ...passages.slice(MERGED_DEPTH)];
}

function touch(a: Ranked, b: Ranked): boolean {
  // Pages and cells are cited by their own place, sections by their own heading.
  if (a.path !== b.path || a.place || b.place) return false;
  if (a.symbol !== b.symbol && (a.kind === 'section' || b.kind === 'section')) return false;
  const { startLine, endLine } = hull(a, b);
  const between = Math.max(a.startLine, b.startLine) - Math.min(a.endLine, b.endLine) - 1;
  return between <= GAP && endLine - startLine < MERGED_LINES;
}

function hull(a: Ranked, b: Ranked): Pick<Ranked, 'startLine' | 'endLine'> {
  return { startLine: Math.min(a.startLine, b.startLine), endLine: Math.max(a.endLine, b.endLine) };
}
