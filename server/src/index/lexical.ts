/**
 * BM25 of a chunk that is not in the store: an open buffer's, scored with the store's term statistics.
 *
 * The same arithmetic as SQLite's FTS5 `bm25()` (k1 1.2, b 0.75, fields weighted before saturation), so that a chunk
 * scores the same before and after it is saved; a property test holds the two together.
 * https://www.sqlite.org/fts5.html#the_bm25_function
 */
import type { FieldTokens } from './parse.js';
import type { LexicalQuery, TermStatistics } from './store/reader.js';

const K1 = 1.2;
const B = 0.75;
/** A term in more than half of all chunks still counts a trifle, as FTS5 has it. */
const LEAST_WEIGHT = 1e-6;

export function scoreChunk(fields: FieldTokens, weights: LexicalQuery['weights'], statistics: TermStatistics): number {
  const { chunks, averageTokens, terms } = statistics;
  const lists = [fields.path, fields.symbol, fields.signature, fields.comment, fields.body].map((tokens) =>
    tokens === '' ? [] : tokens.split(' '),
  );
  const length = lists.reduce((sum, tokens) => sum + tokens.length, 0);
  let score = 0;
  for (const { term, documents } of terms) {
    const frequency = lists.reduce(
      (sum, tokens, field) => sum + weights[field]! * tokens.filter((token) => token === term).length,
      0,
    );
    if (frequency === 0) continue;
    const weight = Math.max(LEAST_WEIGHT, Math.log((chunks - documents + 0.5) / (documents + 0.5)));
    const normalised = K1 * (1 - B + (B * length) / Math.max(1, averageTokens));
    score += (weight * frequency * (K1 + 1)) / (frequency + normalised);
  }
  return score;
}
