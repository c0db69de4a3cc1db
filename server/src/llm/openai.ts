/**
 * A language model behind an OpenAI-compatible address, by way of OpenAI's own client library.
 *
 * Always streams: several servers notice only on a stream that the reader has gone. Where a request goes and what
 * opens it is what the options say; the library's environment variables have no say. A failed request is repeated
 * only while no text has been handed out, so no reply is ever stitched from two.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChatMessage, Clock, GenerateOptions, LanguageModel, Log } from '../base/ports.js';
import { parseAddress, parseKey } from './address.js';
import { attemptReply, type Model } from './attempt.js';
import type { Failure } from './connection.js';
import { type Asked, failureOf, wantsOtherLimit } from './failures.js';
import { type Patience, startPatience } from './patience.js';
import { quoteWithout } from './quote.js';

export interface OpenaiOptions {
  /** `http` or `https`, usually ending in `/v1`. */
  baseUrl: string;
  /** Empty: the first model that the server lists. */
  name: string;
  apiKey?: string;
  /** The longest wait for the headers and for each piece, in milliseconds. */
  timeoutMs: number;
  /** The longest whole reply, repetitions included, in milliseconds. Default half an hour. */
  totalTimeoutMs?: number;
  /** How often one request is sent at most. Default 3. */
  maxAttempts?: number;
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  clock?: Clock;
  log?: Log;
}

const TOTAL_TIMEOUT_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 500;
/** A server that asks for a longer pause is not asked again: a person waits at the other end. */
const MAX_PAUSE_MS = 20_000;

/** Throws a `usage` error when the address or the key cannot be used at all. */
export function openaiModel(options: OpenaiOptions): LanguageModel {
  const address = parseAddress(options.baseUrl);
  const apiKey = parseKey(options.apiKey);
  if (address.readable) {
    options.log?.(
      'warn',
      `The connection to ${address.origin} is not encrypted: others on the network can read what is sent`,
    );
  }
  const model: Model = { address, apiKey, name: options.name.trim(), limitName: 'max_tokens' };
  return {
    get name() {
      return model.name || 'the first model listed';
    },
    destination: address.origin,
    stream: (messages, generate) => streamReply(model, options, messages, generate),
  };
}

async function* streamReply(
  model: Model,
  options: OpenaiOptions,
  messages: readonly ChatMessage[],
  generate: GenerateOptions,
): AsyncGenerator<string> {
  const { address, apiKey } = model;
  const patience = startPatience({
    timeoutMs: options.timeoutMs,
    totalTimeoutMs: options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS,
    origin: address.origin,
    signal: generate.signal,
  });
  const quote = quoteWithout(messages, apiKey);
  let hasText = false;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const text of attemptReply(model, messages, generate.maxTokens, patience)) {
          hasText = true;
          yield text;
        }
        return;
      } catch (thrown) {
        // Whatever an abort or a time-out broke on its way, they are the reason.
        if (patience.signal.aborted) throw patience.signal.reason;
        if (!hasText && model.limitName === 'max_tokens' && wantsOtherLimit(thrown)) {
          model.limitName = 'max_completion_tokens';
          continue;
        }
        const nowMs = options.clock?.now() ?? Date.now();
        const { origin, shown } = address;
        const asked: Asked = { origin, shown, model: model.name, hasKey: apiKey !== '', hasText, nowMs, quote };
        const failure = failureOf(thrown, asked);
        // A model that was picked from the list may have been taken off it.
        if (failure.error.kind === 'model-not-found') model.name = options.name.trim();
        await pauseOrThrow(failure, attempt, options, patience);
      }
    }
  } finally {
    patience.end();
  }
}

/** Waits before the next attempt, longer each time, or throws the failure when there is to be none. */
async function pauseOrThrow(
  failure: Failure,
  attempt: number,
  options: OpenaiOptions,
  patience: Patience,
): Promise<void> {
  const { error, retry, retryAfterMs } = failure;
  // Jitter, so that many editors do not return to a struggling server all at once.
  const pauseMs = Math.round(retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  if (!retry || attempt >= (options.maxAttempts ?? 3) || pauseMs > MAX_PAUSE_MS) throw error;
  options.log?.('info', `Asking the language model again in ${pauseMs} ms after a failure (${error.kind})`);
  const sleep = options.sleep ?? ((milliseconds, signal) => delay(milliseconds, undefined, { signal }));
  await patience.until(sleep(pauseMs, patience.signal));
}
