/**
 * Fielded BM25: how well a chunk fits a query's terms. Pure.
 *
 * Each field has its own weight and its own length normalisation, and the weighted frequencies are added before they
 * saturate, so that a name in the path and in the body counts as one term seen twice, not as two terms. Everything that
 * scores, the store's search and the chunks of open buffers, goes through these functions.
 * Robertson, Zaragoza, Taylor: Simple BM25 Extension to Multiple Weighted Fields (CIKM 2004).
 */
import { type FileTerms, postingsIn } from './fileTerms.js';
import { FIELD_COUNT, visitPostings } from './postings.js';

export interface LexicalParameters {
  /** How soon further occurrences stop counting. */
  k1: number;
  /** One for each field, in the order of `FIELD_NAMES`. `b`: 0 ignores the field's length, 1 divides by it. */
  fields: readonly { weight: number; b: number }[];
}

export interface TermStatistics {
  /** The terms that were searched for, rarest first, with the number of chunks that hold each. */
  terms: { term: string; documents: number }[];
  chunks: number;
  /**
   * Mean number of tokens in each field, over the chunks that have any in it: where few chunks have a comment, one of
   * usual length is no long one.
   */
  averageLengths: readonly number[];
  /** Over how many chunks each mean is taken. */
  filled: readonly number[];
}

/** Weight of a term by how rare it is; a term in no chunk weighs most. */
export function rarity(chunks: number, documents: number): number {
  return Math.log(1 + (chunks - documents + 0.5) / (documents + 0.5));
}

/**
 * What one term adds to a chunk's score, before its rarity: between 0 and k1 + 1.
 * The chunk's field lengths stand in `lengths` from `offset` on.
 */
export function saturated(
  frequencies: ArrayLike<number>,
  lengths: ArrayLike<number>,
  offset: number,
  { k1, fields }: LexicalParameters,
  averageLengths: readonly number[],
): number {
  let weighted = 0;
  for (let field = 0; field < FIELD_COUNT; field++) {
    const count = frequencies[field]!;
    if (count === 0) continue;
    const { weight, b } = fields[field]!;
    weighted += (weight * count) / (1 - b + (b * lengths[offset + field]!) / Math.max(1, averageLengths[field]!));
  }
  return (weighted * (k1 + 1)) / (k1 + weighted);
}

/** The scores of a file's chunks that are not in the store, in order, by the store's statistics. */
export function scoreFile(file: FileTerms, parameters: LexicalParameters, statistics: TermStatistics): Float64Array {
  const { lengths } = file;
  const scores = new Float64Array(lengths.length / FIELD_COUNT);
  // In one fixed order, so that sums are the same to the last bit wherever they are made.
  const terms = [...statistics.terms].sort((a, b) => (a.term < b.term ? -1 : 1));
  for (const { term, documents } of terms) {
    const weight = rarity(statistics.chunks, documents);
    visitPostings(postingsIn(file, term), (chunk, frequencies) => {
      const offset = (chunk - 1) * FIELD_COUNT;
      scores[chunk - 1]! += weight * saturated(frequencies, lengths, offset, parameters, statistics.averageLengths);
    });
  }
  return scores;
}
