/**
 * A model behind an address, with what its server says of it and whether it was there the last time: for the budget of
 * tokens and for the status. A look sends nothing but names of models.
 */
import { kindOf, messageOf } from '../base/errors.js';
import type { LanguageModel } from '../base/ports.js';
import type { ServerFacts } from './serverFacts.js';

export interface WatchedModel extends LanguageModel {
  /** Looks at the server now. Never rejects: what is amiss is in `failure`. */
  look(): Promise<void>;
}

/** `name`: as it is set; empty for the first one listed. */
export function watchedModel(model: LanguageModel, name: string, readFacts: () => Promise<ServerFacts>): WatchedModel {
  let facts: ServerFacts | null = null;
  let failure = '';
  return {
    get name() {
      return name || facts?.models[0]?.name || model.name;
    },
    destination: model.destination,
    get contextTokens() {
      const own = facts?.models.find((each) => each.name === name);
      return (name ? own : facts?.models[0])?.contextTokens ?? null;
    },
    get failure() {
      return failure;
    },
    async look() {
      try {
        facts = await readFacts();
        failure = '';
      } catch (error) {
        // A server may answer questions and have no list; who asks it will find out.
        failure = kindOf(error) === 'model-not-found' ? '' : messageOf(error);
      }
    },
    async *stream(messages, options) {
      try {
        yield* model.stream(messages, options);
        failure = '';
      } catch (error) {
        if (!options.signal?.aborted) failure = messageOf(error);
        throw error;
      }
    },
  };
}
