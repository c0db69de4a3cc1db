/** What is compared: ways from a question to a list of passages. */
import type { Arm } from '../base/answer.js';
import type { Engine } from '../engine/engine.js';
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

export const ARMS: Arms = {
  grep: openGrep,
  lexical: engineArm('lexical'),
  dense: engineArm('dense'),
  hybrid: engineArm('hybrid'),
  full: engineArm('full'),
};

/** The arm that the others are compared with. */
export const BASE_ARM = 'lexical';

/** The engine's own ways, by the name under which its search knows them. */
function engineArm(arm: Arm): Open {
  return async (engine) => {
    const snapshot = await engine.snapshot();
    return {
      search: ({ query }, limit) => snapshot.search(query, limit, { arm }),
      close: async () => snapshot[Symbol.asyncDispose](),
    };
  };
}
