/** The pause between two attempts at one request, and the decision against another. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Log } from '../base/ports.js';
import type { Failure } from './connection.js';
import type { Patience } from './patience.js';
import type { Service } from './service.js';

export interface RetryOptions {
  /** How often one request is sent at most. Default 3. */
  maxAttempts?: number;
  /** A server that asks for a longer pause is not asked again. Default 20 s: a person waits at the other end. */
  maxPauseMs?: number;
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  clock?: Clock;
  log?: Log;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 20_000;

/** Waits before the next attempt, longer each time, or throws the failure when there is to be none. */
export async function pauseOrThrow(
  failure: Failure,
  attempt: number,
  service: Service,
  options: RetryOptions,
  patience: Patience,
): Promise<void> {
  const { error, retry, retryAfterMs } = failure;
  // Jitter, so that many editors do not return to a struggling server all at once.
  const pauseMs = Math.round(retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  const { maxAttempts = 3, maxPauseMs = MAX_PAUSE_MS } = options;
  if (!retry || attempt >= maxAttempts || pauseMs > maxPauseMs) throw error;
  options.log?.('info', `Asking the ${service.noun} again in ${pauseMs} ms after a failure (${error.kind})`);
  const sleep = options.sleep ?? ((milliseconds, signal) => delay(milliseconds, undefined, { signal }));
  await patience.until(sleep(pauseMs, patience.signal));
}
