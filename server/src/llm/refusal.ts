/**
 * From a reply that is an error to a sentence for a person, and whether to try again.
 *
 * Servers agree on little: a prompt that is too long is a 400, a 413 or a 500, told by a type, a code, two numbers or
 * prose. All such knowledge is here. A sentence names the setting that helps and quotes the server only through `quote`.
 */
import { EngineError, type ServiceFailure } from '../base/errors.js';
import type { Failure, Peer } from './connection.js';
import type { Quote } from './quote.js';

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
  const { service, origin, shown, model, hasKey, quote } = asked;
  const { noun, baseUrlSetting, nameSetting, keySetting, otherName, again } = service;
  const said = quote(body.message);
  if (isTooLong(status, body)) {
    const sizes =
      typeof body.promptTokens === 'number' && typeof body.contextTokens === 'number'
        ? ` (${body.promptTokens} tokens, it takes ${body.contextTokens})`
        : '';
    return [
      'context',
      `${service.tooLong.what} is too long for the model “${model}”${sizes}: ${service.tooLong.advice}`,
    ];
  }
  if (status === 401) {
    return [
      'unauthorised',
      `The ${noun} at ${origin} ${hasKey ? 'refused the API key' : 'asks for an API key'}: set it with ${keySetting}`,
    ];
  }
  if (status === 403) {
    return [
      'unauthorised',
      `The ${noun} at ${origin} does not let ${hasKey ? 'this API key' : 'a request without an API key'} use the model “${model}”: check ${nameSetting}, and set the key with ${keySetting}`,
    ];
  }
  if (/model_not_found/.test(body.labels) || (status === 404 && /model/i.test(body.message))) {
    return ['not-found', `${origin} has no model “${model}”: ${otherName}`];
  }
  if (status === 404 || status === 405) {
    return [
      'not-found',
      `There is no OpenAI-compatible ${noun} at ${shown}: correct ${baseUrlSetting}; it often ends in /v1`,
    ];
  }
  if (/insufficient_quota/.test(body.labels) || status === 402) {
    return ['rate-limited', `The account at ${origin} has no credit left: add some there, or change ${baseUrlSetting}`];
  }
  if (status === 429) {
    const wait = waitMs ? `${Math.ceil(waitMs / 1000)} s` : 'a little';
    return [
      'rate-limited',
      `The ${noun} at ${origin} takes no more requests just now: wait ${wait} and ${again}${said}`,
    ];
  }
  if (status === 408) return ['timeout', `The ${noun} at ${origin} gave up waiting for the request: ${again}`];
  if (status >= 500 && status !== 501 && !isLasting(body)) {
    return ['unreachable', `The ${noun} at ${origin} fails just now (${status}): look at its log, or ${again}${said}`];
  }
  if (status === 0) return ['cut', `The ${noun} at ${origin} broke off its reply${said || `: ${again}`}`];
  return ['rejected', `The ${noun} at ${origin} refused the request (${status}): check ${nameSetting}${said}`];
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
