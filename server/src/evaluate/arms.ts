/** What is compared: ways from a question to a list of passages. */
import type { Arm } from '../base/answer.js';
import type { Engine } from '../engine/engine.js';
import { SIGNALS, type Signal } from '../rag/retrieve.js';
import { openGrep } from './grep.js';
import type { Passage } from './metrics.js';
import type { Case } from './suite.js';

/** One way on one tree. */
export interface Searcher {
  search(one: Pick<Case, 'query' | 'cursor'>, limit: number): Promise<readonly Passage[]>;
  close(): Promise<void>;
}

/** Rejects with an `unavailable` error where the engine cannot go this way; so may a search. */
export type Open = (engine: Engine) => Promise<Searcher>;

export type Arms = Readonly<Record<string, Open>>;

const ENGINE_ARMS: readonly Arm[] = ['lexical', 'dense', 'hybrid', 'full'];

/** Of suites that ask questions. */
export const ARMS: Arms = {
  grep: openGrep,
  ...Object.fromEntries(ENGINE_ARMS.map((arm) => [arm, engineArm(arm, [])])),
};

/** The arm that the others are compared with. */
export const BASE_ARM = 'lexical';

/** By name; one of the engine's arms may be without signals, as `full-path-history` is. Null for another name. */
export function openerOf(name: string, arms: Arms = ARMS): Open | null {
  if (Object.hasOwn(arms, name)) return arms[name]!;
  const [first, ...without] = name.split('-');
  const arm = ENGINE_ARMS.find((known) => known === first);
  return arm && arms === ARMS && without.every(isSignal) ? engineArm(arm, without) : null;
}

function isSignal(name: string): name is Signal {
  return SIGNALS.some((known) => known === name);
}

/** What may be named, as a message lists it. */
export function armsText(arms: readonly Arms[]): string {
  const names = new Set(arms.flatMap((own) => Object.keys(own)));
  const without = arms.includes(ARMS) ? `; without a signal, as in full-${SIGNALS[0]}: ${SIGNALS.join(', ')}` : '';
  return `${[...names].join(', ')}${without}`;
}

/** The engine's own ways, by the name under which its search knows them. */
function engineArm(arm: Arm, without: readonly Signal[]): Open {
  return async (engine) => {
    const snapshot = await engine.snapshot();
    return {
      search: ({ query }, limit) => snapshot.search(query, limit, { arm, without }),
      close: async () => snapshot[Symbol.asyncDispose](),
    };
  };
}
