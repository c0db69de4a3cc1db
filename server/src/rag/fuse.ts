/**
 * Two searches as one order: by words and by meaning. Pure.
 *
 * Both ways give each candidate a share from either search, never below zero, and its score is their sum, so that what
 * speaks for a passage can be told. Their scales differ: BM25 has no upper end, a cosine has one that nothing reaches.
 */
import { BACKGROUND, FAR, MEANING, RANK_CONSTANT } from './weights.js';

export interface Scored {
  /** BM25; zero where no word was found. */
  lexical: number;
  /** A cosine; null where there is no vector. */
  similarity: number | null;
}

export interface Fused {
  lexical: number;
  meaning: number;
}

export type Fusion = (candidates: readonly Scored[]) => Fused[];

/**
 * Weighted sum of standard scores: how many standard deviations a score lies over the least of its list. What a list
 * says nothing about has its least. In a list of a few, chance would look like a difference: so many passages that have
 * nothing to do with the question count as if they were in it.
 */
export const weightedSum: Fusion = (candidates) => {
  const lexical = standardised(candidates.map((candidate) => candidate.lexical));
  const meaning = standardised(candidates.map(({ similarity }) => similarity));
  return candidates.map((_, i) => ({ lexical: (1 - MEANING) * lexical[i]!, meaning: MEANING * meaning[i]! }));
};

/**
 * Reciprocal ranks (Cormack, Clarke and Büttcher 2009): only the order counts. Scaled so that the first of a list has
 * all of its share. The search by meaning always has a second and a third; what is far from the first is near nothing.
 */
export const reciprocalRanks: Fusion = (candidates) => {
  const lexical = reciprocals(candidates.map((candidate) => candidate.lexical || null));
  const nearest = Math.max(0, ...candidates.map(({ similarity }) => similarity ?? 0));
  const near = candidates.map(({ similarity }) =>
    similarity !== null && similarity < FAR * nearest ? null : similarity,
  );
  const meaning = reciprocals(near);
  return candidates.map((_, i) => ({ lexical: (1 - MEANING) * lexical[i]!, meaning: MEANING * meaning[i]! }));
};

function standardised(values: readonly (number | null)[]): number[] {
  const known = values.filter((value) => value !== null);
  const count = known.length + BACKGROUND;
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  const squares = known.reduce((sum, value) => sum + value ** 2, 0);
  const deviation = Math.sqrt(squares / count - mean ** 2);
  const least = known.length > 1 ? Math.min(...known) : Math.min(0, ...known);
  return values.map((value) => (value === null || deviation === 0 ? 0 : (value - least) / deviation));
}

/** Of the first 1, of what has no value 0. */
export function reciprocals(values: readonly (number | null)[]): number[] {
  const order = values.flatMap((value, i) => (value === null ? [] : [{ value, i }])).sort((a, b) => b.value - a.value);
  const shares = values.map(() => 0);
  let rank = 0;
  for (const [position, { value, i }] of order.entries()) {
    // Equal values share a rank, so that the order in which they came does not count.
    if (position === 0 || value !== order[position - 1]!.value) rank = position + 1;
    shares[i] = (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank);
  }
  return shares;
}
