/**
 * Several files among the first ten: each further passage of a file loses a little more (a form of maximal marginal
 * relevance, Carbonell and Goldstein 1998, in which passages are alike when they are of one file). Pure.
 */
import { adjusted, byScore, isPointedAt, type Ranked } from './rank.js';
import { SPREAD } from './weights.js';

/** `passages` in order. What a question points at is in its place, but counts. */
export function spread(passages: readonly Ranked[]): Ranked[] {
  const best = passages[0]?.score ?? 0;
  const seen = new Map<string, number>();
  return passages
    .map((passage) => {
      const before = seen.get(passage.path) ?? 0;
      seen.set(passage.path, before + 1);
      return isPointedAt(passage) ? passage : adjusted(passage, 'spread', -SPREAD * before * best);
    })
    .sort(byScore);
}
