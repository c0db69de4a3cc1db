/**
 * The reranker that the settings name: opened when it is first needed. One that cannot be opened is a note, and is tried
 * again after a while, since questions, hovers and every look at the status ask for it.
 */

import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Clock, Log } from '../base/ports.js';
import type { Reranking } from '../rag/rerank.js';

export interface KeptReranking {
  current(): Promise<Reranking | null>;
  /** What works less well than it could: sentences. */
  notes(): string[];
}

const RETRY_AFTER_MS = 30_000;

/** `open` rejects with a sentence for the status. */
export function keepReranking(open: () => Promise<Reranking | null>, clock: Clock, log: Log): KeptReranking {
  let known: Reranking | null = null;
  let failure: { reason: string; at: number } | null = null;
  return {
    async current() {
      if (failure && clock.now() - failure.at < RETRY_AFTER_MS) return null;
      try {
        known = await open();
        failure = null;
      } catch (error) {
        known = null;
        failure = { reason: t('The reranker is not used: {0}', messageOf(error)), at: clock.now() };
        log('warn', failure.reason);
      }
      return known;
    },
    notes: () => [...(known?.reranker.notes ?? []), ...(failure ? [failure.reason] : [])],
  };
}
