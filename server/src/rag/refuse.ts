/**
 * Whether what was found can answer at all. Pure.
 *
 * The measure is absolute: the share of the question's term weight that the best passages hold. A question about
 * something else shares its common words with any code base, but not its rare ones.
 */

import type { TermStatistics } from '../index/store/reader.js';
import { tokensOf } from '../index/tokens.js';
import type { Query } from './query.js';
import { termWeights } from './rank.js';
import { ANSWERABLE } from './weights.js';

export interface Judgement {
  answerable: boolean;
  /** 0 to 1. */
  coverage: number;
  /** Terms of the question that none of the passages holds, weightiest first. */
  missing: string[];
}

/** `texts` are the best passages with their paths and names. `named`: the question names something that is defined here. */
export function judge(query: Query, texts: readonly string[], statistics: TermStatistics, named: boolean): Judgement {
  const weights = termWeights(statistics);
  const held = new Set(texts.flatMap((text) => tokensOf(text)));
  const asked = query.terms.filter((term) => weights.has(term));
  const weigh = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weights.get(term)!, 0);
  const missing = asked.filter((term) => !held.has(term)).sort((a, b) => weights.get(b)! - weights.get(a)!);
  const coverage = asked.length > 0 ? 1 - weigh(missing) / weigh(asked) : 0;
  return { answerable: texts.length > 0 && (named || coverage >= ANSWERABLE), coverage, missing };
}
