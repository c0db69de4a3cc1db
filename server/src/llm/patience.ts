/**
 * How long one reply may take: each wait on its own, all of them together, and no longer than the caller wants it.
 *
 * Every wait of a reply goes through `within`, so an abort is felt at once whatever is being waited for. The first
 * reason to stop wins, becomes the rejection, and fires `signal`, which closes the connection.
 */

import { EngineError } from '../base/errors.js';
import { phrase, t } from '../base/l10n.js';
import type { Peer } from './connection.js';
import { told } from './service.js';

export interface Patience {
  /** Fires when the reply is over, for whatever reason. */
  readonly signal: AbortSignal;
  /** Awaits `work`, for at most the time of one wait. */
  within<T>(work: Promise<T>): Promise<T>;
  /** Awaits `work` without the limit of one wait. */
  until<T>(work: Promise<T>): Promise<T>;
  /** Stops the clocks and whatever still runs. */
  end(): void;
}

/** Who is being waited for is for the sentences. */
export interface PatienceOptions extends Peer {
  /** The longest single wait. */
  timeoutMs: number;
  /** The longest whole reply. */
  totalTimeoutMs: number;
  signal?: AbortSignal;
}

export function startPatience({ timeoutMs, totalTimeoutMs, service, origin, signal }: PatienceOptions): Patience {
  const over = new AbortController();
  const forward = () => over.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener('abort', forward, { once: true });
  const { noun, otherTimeout } = told(service);
  const total = expire(
    totalTimeoutMs,
    phrase('The {0} at {1} had not finished after {2} s: {3}'),
    t('ask for less, or choose a faster model'),
  );

  function expire(milliseconds: number, sentence: string, advice: string): NodeJS.Timeout {
    const message = t(sentence, noun, origin, milliseconds / 1000, advice);
    return setTimeout(() => over.abort(new EngineError(`${service.kind}-timeout`, message)), milliseconds);
  }

  async function until<T>(work: Promise<T>): Promise<T> {
    let stop = () => {};
    const stopped = new Promise<never>((_resolve, reject) => {
      stop = () => reject(over.signal.reason);
    });
    over.signal.addEventListener('abort', stop, { once: true });
    if (over.signal.aborted) stop();
    try {
      return await Promise.race([stopped, work]);
    } catch (thrown) {
      // The work may have heard of the end first, and rejected with a reason of its own.
      throw over.signal.aborted ? over.signal.reason : thrown;
    } finally {
      over.signal.removeEventListener('abort', stop);
    }
  }

  async function within<T>(work: Promise<T>): Promise<T> {
    const timer = expire(timeoutMs, phrase('The {0} at {1} sent nothing for {2} s: {3}'), otherTimeout);
    try {
      return await until(work);
    } finally {
      clearTimeout(timer);
    }
  }

  function end(): void {
    clearTimeout(total);
    signal?.removeEventListener('abort', forward);
    over.abort();
  }

  return { signal: over.signal, within, until, end };
}
