/** A language model that says what it is told to, at the engine's port. */
import { EngineError, type ErrorKind } from '../../server/src/base/errors.js';
import type { ChatMessage, GenerateOptions, LanguageModel } from '../../server/src/base/ports.js';

export interface ToldModel extends LanguageModel {
  /** What was sent, a list of messages for each question. */
  readonly asked: (readonly ChatMessage[])[];
}

/** Text to yield, a failure to throw, or something to do between pieces. */
export type Piece = string | Error | ((options: GenerateOptions) => Promise<void> | void);

export function modelThatSays(...pieces: Piece[]): ToldModel {
  const asked: (readonly ChatMessage[])[] = [];
  return {
    name: 'told',
    destination: 'http://model.test',
    asked,
    async *stream(messages, options) {
      asked.push(messages);
      for (const piece of pieces) {
        options.signal?.throwIfAborted();
        if (piece instanceof Error) throw piece;
        if (typeof piece === 'string') yield piece;
        else await piece(options);
      }
    },
  };
}

export function modelThatFails(kind: ErrorKind, message = 'The model at http://model.test does not answer'): ToldModel {
  return modelThatSays(new EngineError(kind, message));
}
