/** What a marker of an answer stands for. Pure. */
import type { Citation, Source } from '../../../../server/src/base/answer.js';
import type { Turn } from '../messages.js';

/**
 * Its first citation. While nothing is verified yet it is its source; once the answer is done, a number without a
 * citation is only text, since its lines were not read again.
 */
export function citedAs(turn: Turn, n: number): (Citation | Source) | undefined {
  const cited = turn.citations.find((citation) => citation.n === n);
  return cited ?? (turn.state === 'done' ? undefined : sourceOf(turn, n));
}

export function sourceOf(turn: Turn, n: number): Source | undefined {
  return turn.sources.find((source) => source.n === n);
}
