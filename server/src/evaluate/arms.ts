/** What is compared: ways from a question to a list of passages. */
import type { Hit } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import type { Engine } from '../engine/engine.js';
import { openGrep } from './grep.js';
import type { Passage } from './metrics.js';

/** One way on one tree. */
export interface Searcher {
  search(query: string, limit: number): Promise<readonly Passage[]>;
  close(): Promise<void>;
}

/** Rejects with an `unavailable` error where the engine cannot go this way; so may a search. */
type Open = (engine: Engine) => Promise<Searcher>;

export const ARMS: Readonly<Record<string, Open>> = {
  grep: openGrep,
  lexical: engineArm('lexical'),
  dense: engineArm('dense'),
  hybrid: engineArm('hybrid'),
  full: engineArm('full'),
};

/** The arm that the others are compared with. */
export const BASE_ARM = 'lexical';

/** Those that the engine has; the others are told as not available. */
const BUILT = ['lexical'];

/** The engine's own ways, by the name under which its search knows them. */
interface ArmedSearch {
  search(query: string, limit: number, options: { arm: string }): Promise<Hit[]>;
}

function engineArm(arm: string): Open {
  return async (engine) => {
    if (!BUILT.includes(arm))
      throw new EngineError('unavailable', `The ${arm} arm needs an embedder, and there is none yet`);
    const snapshot: ArmedSearch & AsyncDisposable = await engine.snapshot();
    return {
      search: (query, limit) => snapshot.search(query, limit, { arm }),
      close: async () => snapshot[Symbol.asyncDispose](),
    };
  };
}
