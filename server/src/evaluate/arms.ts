/** What is compared: ways from a question to a list of passages. */
import type { Arm } from '../base/answer.js';
import type { Engine } from '../engine/engine.js';
import { SIGNALS, type Signal } from '../rag/retrieve.js';
import { openGrep } from './grep.js';
import type { Passage } from './metrics.js';

/** One way on one tree. */
export interface Searcher {
  search(query: string, limit: number): Promise<readonly Passage[]>;
  close(): Promise<void>;
}

/** Rejects with an `unavailable` error where the engine cannot go this way; so may a search. */
type Open = (engine: Engine) => Promise<Searcher>;

export const ARMS = ['grep', 'lexical', 'dense', 'hybrid', 'full'] as const;

/** The arm that the others are compared with. */
export const BASE_ARM = 'lexical';

/** By name: one of `ARMS`, or one of the engine's without a signal, as in `full-path`. Null for another name. */
export function openerOf(name: string): Open | null {
  const [arm, ...without] = name.split('-');
  if (!ARMS.some((known) => known === arm) || !without.every(isSignal)) return null;
  if (arm === 'grep') return without.length === 0 ? openGrep : null;
  return engineArm(arm as Arm, without);
}

/** What may be named, as a message lists it. */
export function armsText(): string {
  return `${ARMS.join(', ')}; or one of the last four without a signal, as in full-${SIGNALS[0]}: ${SIGNALS.join(', ')}`;
}

function isSignal(name: string): name is Signal {
  return SIGNALS.some((known) => known === name);
}

/** The engine's own ways, by the name under which its search knows them. */
function engineArm(arm: Arm, without: readonly Signal[]): Open {
  return async (engine) => {
    const snapshot = await engine.snapshot();
    return {
      search: (query, limit) => snapshot.search(query, limit, { arm, without }),
      close: async () => snapshot[Symbol.asyncDispose](),
    };
  };
}
