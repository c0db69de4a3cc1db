/**
 * From a reply that is an error to a sentence for a person, and whether to try again.
 *
 * Servers agree on little: a prompt that is too long is a 400, a 413 or a 500, told by a type, a code, two numbers or
 * prose. All such knowledge is here. A sentence names the setting that helps and quotes the server only through `quote`.
 */

import { EngineError, type ServiceFailure } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Failure, Peer } from './connection.js';
import type { Quote } from './quote.js';
import { told } from './service.js';

/** Who was asked, for the sentence. */
export interface Asked extends Peer {
  /** Origin and path. */
  shown: string;
  model: string;
  hasKey: boolean;
  nowMs: number;
  quote: Quote;
}

/** A reply whose status or body says that it is an error. */
export interface Refusal {
  status: number | undefined;
  headers: Headers | undefined;
  /** What was said: an object with `message` and the like, a text, or nothing. */
  error: unknown;
}

/** Load and luck; 529 is how some services say overloaded. 409 and 501 never mend themselves. */
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504, 529]);

interface ErrorBody {
  message: string;
  /** `code` and `type`, in small letters. */
  labels: string;
  param: string;
  code: unknown;
  promptTokens: unknown;
  contextTokens: unknown;
}

export function bodyOf({ error: raw }: Pick<Refusal, 'error'>): ErrorBody {
  const body = (typeof raw === 'object' && raw ? raw : {}) as Record<string, unknown>;
  return {
    message: [raw, body['message'], body['detail']].find((text) => typeof text === 'string') ?? '',
    labels: `${body['code']} ${body['type']}`.toLowerCase(),
    param: String(body['param'] ?? ''),
    code: body['code'],
    promptTokens: body['n_prompt_tokens'],
    contextTokens: body['n_ctx'],
  };
}

export function refusalFailure(refusal: Refusal, asked: Asked): Failure {
  const body = bodyOf(refusal);
  // An error inside a stream came under status 200; some servers put the real one in the body.
  const status = refusal.status ?? (Number(body.code) || 0);
  const waitMs = retryAfterMs(refusal.headers, asked.nowMs);
  const [failure, sentence] = sentenceFor(status, body, waitMs, asked);
  return {
    error: new EngineError(`${asked.service.kind}-${failure}`, sentence),
    retry: PASSING_STATUS.has(status) && failure !== 'context' && !isLasting(body),
    retryAfterMs: waitMs,
  };
}

/** Failures under a passing status that no repetition mends: spent quota, and inputs that llama.cpp refuses with 500. */
function isLasting(body: ErrorBody): boolean {
  return /insufficient_quota/.test(body.labels) || /not supported|failed to parse/i.test(body.message);
}

function sentenceFor(status: number, body: ErrorBody, waitMs: number | null, asked: Asked): [ServiceFailure, string] {
  const { origin, shown, model, hasKey, quote } = asked;
  const service = told(asked.service);
  const { noun, baseUrlSetting, nameSetting, keySetting, otherName, again } = service;
  const said = quote(body.message);
  if (isTooLong(status, body)) {
    const sizes =
      typeof body.promptTokens === 'number' && typeof body.contextTokens === 'number'
        ? ` (${t('{0} tokens, it takes {1}', body.promptTokens, body.contextTokens)})`
        : '';
    return [
      'context',
      t('{0} is too long for the model “{1}”{2}: {3}', service.tooLong.what, model, sizes, service.tooLong.advice),
    ];
  }
  if (status === 401) {
    return [
      'unauthorised',
      hasKey
        ? t('The {0} at {1} refused the API key: set it with {2}', noun, origin, keySetting)
        : t('The {0} at {1} asks for an API key: set it with {2}', noun, origin, keySetting),
    ];
  }
  if (status === 403) {
    return [
      'unauthorised',
      t(
        'The {0} at {1} does not let {2} use the model “{3}”: check {4}, and set the key with {5}',
        ...[noun, origin, hasKey ? t('this API key') : t('a request without an API key')],
        ...[model, nameSetting, keySetting],
      ),
    ];
  }
  if (/model_not_found/.test(body.labels) || (status === 404 && /model/i.test(body.message))) {
    return ['not-found', t('{0} has no model “{1}”: {2}', origin, model, otherName)];
  }
  if (status === 404 || status === 405) {
    return [
      'not-found',
      t('There is no OpenAI-compatible {0} at {1}: correct {2}; it often ends in /v1', noun, shown, baseUrlSetting),
    ];
  }
  if (/insufficient_quota/.test(body.labels) || status === 402) {
    return [
      'rate-limited',
      t('The account at {0} has no credit left: add some there, or change {1}', origin, baseUrlSetting),
    ];
  }
  if (status === 429) {
    const wait = waitMs ? `${Math.ceil(waitMs / 1000)} s` : t('a little');
    return [
      'rate-limited',
      t('The {0} at {1} takes no more requests just now: wait {2} and {3}{4}', noun, origin, wait, again, said),
    ];
  }
  if (status === 408) return ['timeout', t('The {0} at {1} gave up waiting for the request: {2}', noun, origin, again)];
  if (status >= 500 && status !== 501 && !isLasting(body)) {
    return [
      'unreachable',
      t('The {0} at {1} fails just now ({2}): look at its log, or {3}{4}', noun, origin, status, again, said),
    ];
  }
  if (status === 0) return ['cut', t('The {0} at {1} broke off its reply{2}', noun, origin, said || t(': {0}', again))];
  return [
    'rejected',
    t('The {0} at {1} refused the request ({2}): check {3}{4}', noun, origin, status, nameSetting, said),
  ];
}

function isTooLong(status: number, body: ErrorBody): boolean {
  if (/exceed_context_size|context_length_exceeded/.test(body.labels)) return true;
  if (typeof body.promptTokens === 'number' && typeof body.contextTokens === 'number') return true;
  if (status === 413 || /too large to process/i.test(body.message)) return true;
  const prose = /(context|prompt|input)\b.{0,40}\b(length|size|window|too long|exceed)|too many tokens/i;
  return (status === 400 || status === 422) && prose.test(body.message);
}

function retryAfterMs(headers: Headers | undefined, nowMs: number): number | null {
  const value = headers?.get('retry-after')?.trim();
  if (!value) return null;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
