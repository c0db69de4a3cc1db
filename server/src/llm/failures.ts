/**
 * From anything that went wrong on the way to a sentence for a person, and whether to try again.
 *
 * Servers agree on little: a prompt that is too long is a 400 or a 413, told by a type, a code, two numbers or prose.
 * All such knowledge is here. A sentence names the setting that helps and quotes the server only through `quote`.
 */
import { APIConnectionError, APIError } from 'openai';
import { EngineError, type ErrorKind } from '../base/errors.js';
import { BASE_URL_SETTING, KEY_SETTING, NAME_SETTING } from './address.js';
import { codeOf, connectionFailure, type Failure } from './connection.js';
import type { Quote } from './quote.js';

/** Who was asked, for the sentence. */
export interface Asked {
  origin: string;
  /** Origin and path. */
  shown: string;
  model: string;
  hasKey: boolean;
  /** Text of the reply has been handed out. */
  hasText: boolean;
  nowMs: number;
  quote: Quote;
}

/** Load and luck; 529 is how some services say overloaded. 409 and 501 never mend themselves. */
const PASSING_STATUS = new Set([408, 429, 500, 502, 503, 504, 529]);

export function failureOf(thrown: unknown, asked: Asked): Failure {
  const own = ownError(thrown);
  if (own) return final(own);
  if (asked.hasText) return final(cutReply(thrown, asked));
  if (thrown instanceof APIConnectionError) return connectionFailure(thrown, asked);
  if (thrown instanceof APIError) return refusal(thrown, asked);
  // Between the headers and the first text the transport fails with a plain `TypeError`.
  if (thrown instanceof TypeError && codeOf(thrown)) return connectionFailure(thrown, asked);
  return final(
    new EngineError('model-cut', `The language model at ${asked.origin} sent a reply that cannot be read: ask again`),
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
    `The language model at ${asked.origin} broke off its reply${note || ': ask again'}`,
  );
}

interface ErrorBody {
  message: string;
  /** `code` and `type`, in small letters. */
  labels: string;
  param: string;
  code: unknown;
  promptTokens: unknown;
  contextTokens: unknown;
}

function bodyOf(error: APIError): ErrorBody {
  const raw: unknown = error.error;
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

/** The server does not know `max_tokens`: newer models of OpenAI want it under another name. */
export function wantsOtherLimit(thrown: unknown): boolean {
  if (!(thrown instanceof APIError) || thrown.status !== 400) return false;
  const { param, message } = bodyOf(thrown);
  return message.includes('max_completion_tokens') && (param === '' || param === 'max_tokens');
}

function refusal(thrown: APIError, asked: Asked): Failure {
  const body = bodyOf(thrown);
  // An error inside a stream came under status 200; some servers put the real one in the body.
  const status = thrown.status ?? (Number(body.code) || 0);
  const waitMs = retryAfterMs(thrown.headers, asked.nowMs);
  const [kind, sentence] = sentenceFor(status, body, waitMs, asked);
  return {
    error: new EngineError(kind, sentence),
    retry: PASSING_STATUS.has(status) && kind !== 'model-context' && !isLasting(body),
    retryAfterMs: waitMs,
  };
}

/** Failures under a passing status that no repetition mends: spent quota, and inputs that llama.cpp refuses with 500. */
function isLasting(body: ErrorBody): boolean {
  return (
    /insufficient_quota/.test(body.labels) || /too large to process|not supported|failed to parse/i.test(body.message)
  );
}

function sentenceFor(status: number, body: ErrorBody, waitMs: number | null, asked: Asked): [ErrorKind, string] {
  const { origin, shown, model, hasKey, quote } = asked;
  const said = quote(body.message);
  if (isTooLong(status, body)) {
    const sizes =
      typeof body.promptTokens === 'number' && typeof body.contextTokens === 'number'
        ? ` (${body.promptTokens} tokens, it takes ${body.contextTokens})`
        : '';
    return [
      'model-context',
      `The question with its sources is too long for the model “${model}”${sizes}: lower scholia.answer.contextTokens or ask in a new chat`,
    ];
  }
  if (status === 401) {
    return [
      'model-unauthorised',
      `The language model at ${origin} ${hasKey ? 'refused the API key' : 'asks for an API key'}: set it with ${KEY_SETTING}`,
    ];
  }
  if (status === 403) {
    return [
      'model-unauthorised',
      `The language model at ${origin} does not let ${hasKey ? 'this API key' : 'a request without an API key'} use the model “${model}”: check ${NAME_SETTING}, and set the key with ${KEY_SETTING}`,
    ];
  }
  if (/model_not_found/.test(body.labels) || (status === 404 && /model/i.test(body.message))) {
    return [
      'model-not-found',
      `${origin} has no model “${model}”: correct ${NAME_SETTING}, or leave it empty for the first one listed`,
    ];
  }
  if (status === 404 || status === 405) {
    return [
      'model-not-found',
      `There is no OpenAI-compatible language model at ${shown}: correct ${BASE_URL_SETTING}; it often ends in /v1`,
    ];
  }
  if (/insufficient_quota/.test(body.labels) || status === 402) {
    return [
      'model-rate-limited',
      `The account at ${origin} has no credit left: add some there, or change ${BASE_URL_SETTING}`,
    ];
  }
  if (status === 429) {
    const wait = waitMs ? `${Math.ceil(waitMs / 1000)} s` : 'a little';
    return [
      'model-rate-limited',
      `The language model at ${origin} takes no more requests just now: wait ${wait} and ask again${said}`,
    ];
  }
  if (status === 408)
    return ['model-timeout', `The language model at ${origin} gave up waiting for the request: ask again`];
  if (status >= 500 && status !== 501 && !isLasting(body)) {
    return [
      'model-unreachable',
      `The language model at ${origin} fails just now (${status}): look at its log, or ask again later${said}`,
    ];
  }
  if (status === 0) return ['model-cut', `The language model at ${origin} broke off its reply${said || ': ask again'}`];
  return [
    'model-rejected',
    `The language model at ${origin} refused the request (${status}): check ${NAME_SETTING}${said}`,
  ];
}

function isTooLong(status: number, body: ErrorBody): boolean {
  if (/exceed_context_size|context_length_exceeded/.test(body.labels)) return true;
  if (typeof body.promptTokens === 'number' && typeof body.contextTokens === 'number') return true;
  const prose = /(context|prompt|input)\b.{0,40}\b(length|size|window|too long|exceed)|too many tokens/i;
  return (status === 400 || status === 413 || status === 422) && prose.test(body.message);
}

function retryAfterMs(headers: Headers | undefined, nowMs: number): number | null {
  const value = headers?.get('retry-after')?.trim();
  if (!value) return null;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(wait) ? Math.max(0, wait) : null;
}
