/**
 * One question to a server that answers with one JSON value: sent, waited for, repeated where that may help.
 *
 * The client library has no part in it: nothing is streamed, and other services' paths are unknown to it.
 */

import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type Address, parseAddress, parseKey } from './address.js';
import { connectionFailure, type Failure } from './connection.js';
import { type Patience, startPatience } from './patience.js';
import { quoteWithout } from './quote.js';
import { type Asked, type Refusal, refusalFailure } from './refusal.js';
import { pauseOrThrow, type RetryOptions } from './retry.js';
import { type Service, told } from './service.js';
import { openWire } from './wire.js';

export interface ServerOptions extends RetryOptions {
  /** `http` or `https`, usually ending in `/v1`. */
  baseUrl: string;
  name: string;
  apiKey?: string;
  /** The longest wait for one reply, in milliseconds. */
  timeoutMs?: number;
}

export interface Server {
  address: Address;
  name: string;
  apiKey: string;
}

/** How patient one request is; what is absent is as the server's options say. */
export interface RequestOptions {
  timeoutMs?: number;
  totalTimeoutMs: number;
  maxAttempts: number;
  maxPauseMs: number;
  signal?: AbortSignal;
  /** The reply as one value; undefined for what says nothing. JSON when absent. */
  read?(text: string): unknown;
}

const TIMEOUT_MS = 120_000;

/** Throws a `usage` error when the address, the name or the key cannot be used at all. */
export function parseServer(options: ServerOptions, service: Service): Server {
  const address = parseAddress(options.baseUrl, service);
  const name = options.name.trim();
  if (name === '')
    throw new EngineError(
      'usage',
      t(
        'The {0} at {1} needs a model’s name: write it in {2}',
        told(service).noun,
        address.shown,
        told(service).nameSetting,
      ),
    );
  return { address, name, apiKey: parseKey(options.apiKey, service) };
}

/** The parsed reply to `body`, sent to `path` under the address; without a body it is asked for and nothing is sent. `sent` is what messages must not repeat. */
export async function askServer(
  server: Server,
  path: string,
  body: Record<string, unknown> | null,
  sent: readonly string[],
  options: ServerOptions,
  request: RequestOptions,
): Promise<unknown> {
  const { address, apiKey, name } = server;
  const { signal, totalTimeoutMs } = request;
  const timeoutMs = request.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS;
  const patience = startPatience({ ...address, timeoutMs, totalTimeoutMs, signal });
  const retry = { ...options, maxAttempts: options.maxAttempts ?? request.maxAttempts, maxPauseMs: request.maxPauseMs };
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await attemptRequest(server, path, body, patience, request.read ?? parsed);
      } catch (thrown) {
        // Whatever an abort or a time-out broke on its way, they are the reason.
        if (patience.signal.aborted) throw patience.signal.reason;
        const nowMs = options.clock?.now() ?? Date.now();
        const quote = quoteWithout(sent, apiKey);
        const failure = failureOf(thrown, { ...address, model: name, hasKey: apiKey !== '', nowMs, quote });
        await pauseOrThrow(failure, attempt, address.service, retry, patience);
      }
    }
  } finally {
    patience.end();
  }
}

class RefusalError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('refused');
    this.refusal = refusal;
  }
}

async function attemptRequest(
  { address, apiKey }: Server,
  path: string,
  body: Record<string, unknown> | null,
  { signal, within }: Patience,
  read: (text: string) => unknown,
): Promise<unknown> {
  const url = new URL(address.baseUrl);
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  const wire = openWire(address, apiKey, 'json');
  const { response, text } = await within(
    wire
      .fetch(url, { ...(body ? { method: 'POST', body: JSON.stringify(body) } : { method: 'GET' }), signal })
      .then(async (response) => ({
        response,
        text: await response.text(),
      })),
  );
  const reply = read(text);
  if (!response.ok) {
    const { status, headers } = response;
    throw new RefusalError({ status, headers, error: errorIn(reply) ?? reply });
  }
  // Some gateways answer 200 and put the failure in the body.
  const error = errorIn(reply);
  if (error) throw new RefusalError({ status: undefined, headers: response.headers, error });
  if (typeof reply !== 'object' || reply === null) throw unreadable(address);
  return reply;
}

/** What is no JSON, such as a proxy's page, says nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorIn(reply: unknown): unknown {
  return (reply as { error?: unknown } | null | undefined)?.error || undefined;
}

export function unreadable({ service, origin }: Address): EngineError {
  return new EngineError(
    `${service.kind}-cut`,
    t(
      'The {0} at {1} sent a reply that cannot be read: check {2}; it often ends in /v1',
      told(service).noun,
      origin,
      told(service).baseUrlSetting,
    ),
  );
}

function failureOf(thrown: unknown, asked: Asked): Failure {
  if (thrown instanceof EngineError) return { error: thrown, retry: false, retryAfterMs: null };
  if (thrown instanceof RefusalError) return refusalFailure(thrown.refusal, asked);
  return connectionFailure(thrown as Error, asked);
}
