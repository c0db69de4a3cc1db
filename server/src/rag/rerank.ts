/**
 * The best passages judged once more, by a model that reads question and passage together.
 *
 * It takes time, so it has a budget; past it, or when it fails, the order is what it was, and the reason is told.
 */

import type { SearchModel } from '../base/answer.js';
import { withDeadline } from '../base/async.js';
import type { Reranker } from '../base/embedding.js';
import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Ranked } from './rank.js';
import { RERANKED, RERANKER } from './weights.js';

export interface Reranking {
  reranker: Reranker;
  /** Milliseconds. */
  budget: number;
}

/**
 * `passages` are in order, best first; they come back as they were when the model fails. `texts` by their numbers.
 */
export async function rerank(
  question: string,
  passages: readonly Ranked[],
  texts: ReadonlyMap<number, string>,
  { reranker, budget }: Reranking,
): Promise<{ passages: Ranked[]; model: SearchModel }> {
  const judged = passages.slice(0, RERANKED);
  const shown = judged.map(({ id, path, symbol }) => [path, symbol, texts.get(id)].filter(Boolean).join('\n'));
  const { name, device } = reranker;
  const model: SearchModel = { role: 'reranker', name, device, question, passages: shown.length, failure: '' };
  try {
    const scores = await withDeadline(
      reranker.score(question, shown, AbortSignal.timeout(budget)),
      budget,
      t('Reranking with {0}', name),
    );
    return { passages: [...inOrder(judged, scores), ...passages.slice(RERANKED)], model };
  } catch (error) {
    return { passages: [...passages], model: { ...model, failure: messageOf(error) } };
  }
}

/** Adds what the reranker says to what was known, as a share of the best score. */
function inOrder(passages: readonly Ranked[], scores: readonly number[]): Ranked[] {
  const least = Math.min(...scores);
  const range = Math.max(...scores) - least || 1;
  const top = Math.max(...passages.map(({ score }) => score), 0);
  const judged = passages.map((passage, i) => {
    const part = (RERANKER * top * (scores[i]! - least)) / range;
    return { ...passage, score: passage.score + part, why: { ...passage.why, reranker: part } };
  });
  // The sort is stable, so equals stay in the order they had.
  return judged.sort((a, b) => b.score - a.score);
}
