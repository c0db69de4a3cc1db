/**
 * A language model behind an OpenAI-compatible address, by way of OpenAI's own client library.
 *
 * Always streams: several servers notice only on a stream that the reader has gone. Where a request goes and what
 * opens it is what the options say; the library's environment variables have no say. A failed request is repeated
 * only while no text has been handed out, so no reply is ever stitched from two.
 */
import { t } from '../base/l10n.js';
import type { ChatMessage, GenerateOptions, LanguageModel } from '../base/ports.js';
import { parseAddress, parseKey, readableNotes } from './address.js';
import { attemptReply, type Model } from './attempt.js';
import { failureOf, wantsOtherLimit } from './failures.js';
import { startPatience } from './patience.js';
import { quoteWithout } from './quote.js';
import { pauseOrThrow, type RetryOptions } from './retry.js';
import { LANGUAGE_MODEL } from './service.js';

export interface OpenaiOptions extends RetryOptions {
  /** `http` or `https`, usually ending in `/v1`. */
  baseUrl: string;
  /** Empty: the first model that the server lists. */
  name: string;
  apiKey?: string;
  /** The longest wait for the headers and for each piece, in milliseconds. */
  timeoutMs: number;
  /** The longest whole reply, repetitions included, in milliseconds. Default half an hour. */
  totalTimeoutMs?: number;
}

const TOTAL_TIMEOUT_MS = 30 * 60_000;

/** Throws a `usage` error when the address or the key cannot be used at all. */
export function openaiModel(options: OpenaiOptions): LanguageModel {
  const address = parseAddress(options.baseUrl, LANGUAGE_MODEL);
  const apiKey = parseKey(options.apiKey, LANGUAGE_MODEL);
  for (const note of readableNotes(address)) options.log?.('warn', note);
  const model: Model = { address, apiKey, name: options.name.trim(), limitName: 'max_tokens' };
  return {
    get name() {
      return model.name || t('the first model listed');
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
    service: LANGUAGE_MODEL,
    origin: address.origin,
    signal: generate.signal,
  });
  const quote = quoteWithout(
    messages.map(({ content }) => content),
    apiKey,
  );
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
        const asked = { ...address, model: model.name, hasKey: apiKey !== '', nowMs, quote };
        const failure = failureOf(thrown, { ...asked, hasText });
        // A model that was picked from the list may have been taken off it.
        if (failure.error.kind === 'model-not-found') model.name = options.name.trim();
        await pauseOrThrow(failure, attempt, LANGUAGE_MODEL, options, patience);
      }
    }
  } finally {
    patience.end();
  }
}
