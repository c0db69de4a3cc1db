/**
 * What OpenAI's client library and the stream under it throw, as a sentence for a person, and whether to try again.
 */

import { APIConnectionError, APIError } from 'openai';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { codeOf, connectionFailure, type Failure } from './connection.js';
import { type Asked, bodyOf, refusalFailure } from './refusal.js';

/** `hasText`: text of the reply has been handed out. */
export function failureOf(thrown: unknown, asked: Asked & { hasText: boolean }): Failure {
  const own = ownError(thrown);
  if (own) return final(own);
  if (asked.hasText) return final(cutReply(thrown, asked));
  if (thrown instanceof APIConnectionError) return connectionFailure(thrown, asked);
  if (thrown instanceof APIError) return refusalFailure(thrown, asked);
  // Between the headers and the first text the transport fails with a plain `TypeError`.
  if (thrown instanceof TypeError && codeOf(thrown)) return connectionFailure(thrown, asked);
  return final(
    new EngineError(
      'model-cut',
      t('The language model at {0} sent a reply that cannot be read: ask again', asked.origin),
    ),
  );
}

function final(error: EngineError): Failure {
  return { error, retry: false, retryAfterMs: null };
}

/** Thrown by us inside the client library, which wraps what its `fetch` throws. */
function ownError(thrown: unknown): EngineError | null {
  const inner = thrown instanceof APIConnectionError ? thrown.cause : thrown;
  return inner instanceof EngineError ? inner : null;
}

function cutReply(thrown: unknown, asked: Asked): EngineError {
  const note = thrown instanceof APIError ? asked.quote(bodyOf(thrown).message) : '';
  return new EngineError(
    'model-cut',
    t('The language model at {0} broke off its reply{1}', asked.origin, note || t(': ask again')),
  );
}

/** The server does not know `max_tokens`: newer models of OpenAI want it under another name. */
export function wantsOtherLimit(thrown: unknown): boolean {
  if (!(thrown instanceof APIError) || thrown.status !== 400) return false;
  const { param, message } = bodyOf(thrown);
  return message.includes('max_completion_tokens') && (param === '' || param === 'max_tokens');
}
