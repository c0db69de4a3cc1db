/**
 * Whether what was found can answer at all. Pure.
 *
 * The measure is absolute: the share of the question's term weight that one passage holds. A question about something
 * else finds its words scattered over many passages, and its rare ones in none. Passages are judged one by one: several
 * together hold the words of almost any question (measured: area under the ROC curve .72 for five, .79 for one).
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
  const asked = query.terms.filter((term) => weights.has(term));
  const weigh = (terms: readonly string[]) => terms.reduce((sum, term) => sum + weights.get(term)!, 0);
  const held = texts.map((text) => new Set(tokensOf(text)));
  const all = weigh(asked);
  const shares = held.map((tokens) => (all > 0 ? weigh(asked.filter((term) => tokens.has(term))) / all : 0));
  const coverage = Math.max(0, ...shares);
  const missing = asked.filter((term) => !held.some((tokens) => tokens.has(term)));
  missing.sort((a, b) => weights.get(b)! - weights.get(a)!);
  return { answerable: texts.length > 0 && (named || coverage >= ANSWERABLE), coverage, missing };
}
