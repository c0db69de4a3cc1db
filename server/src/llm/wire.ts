/**
 * The one door to the network: a `fetch` that says little and believes little.
 *
 * Only the headers written here leave, whatever the client library or the environment would add. No redirect is
 * followed, so a key and a prompt reach the configured server and no other. A reply is bounded in bytes before it
 * reaches a parser, and a web page in place of a reply is refused by name. What the text means is not known here; that
 * it was sent is noted for whoever asked.
 */

import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { noteSent } from '../base/sent.js';
import type { Address } from './address.js';
import { told } from './service.js';

/** Far above any reply that is kept: a piece of a few letters travels in some 300 bytes. */
const MAX_STREAM_BYTES = 128 * 1024 * 1024;
/** Far above any batch of vectors. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;
/** One event, which the client library holds in memory whole. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** The part of an error's body that is read. */
const MAX_ERROR_BYTES = 64 * 1024;
const LINE_FEED = 10;

export interface Wire {
  fetch: typeof fetch;
  /** The last reply held the line that ends a stream, which the client library swallows. */
  sawEnd(): boolean;
}

/** What is asked for: a stream of events, or one JSON value. Requests without a body are answered by JSON in any case. */
export type Expected = 'events' | 'json';

export function openWire(address: Address, apiKey: string, expected: Expected): Wire {
  let lines = watchLines();

  async function guardedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { method, body, signal } = init;
    const wantsStream = Boolean(body) && expected === 'events';
    const sent = headersOf(Boolean(body), wantsStream, apiKey);
    lines = watchLines();
    noteSent(requestOf(input, init, apiKey));
    const response = await fetch(input, { method, body, signal, headers: sent, redirect: 'manual' });
    const complaint = complaintAbout(response, address, wantsStream);
    if (complaint) {
      await response.body?.cancel();
      throw complaint;
    }
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    const bounded = response.body.pipeThrough(
      response.ok ? checkedReply(address, expected, lines) : cutAt(MAX_ERROR_BYTES),
    );
    return new Response(bounded, { status, statusText, headers });
  }

  return { fetch: guardedFetch, sawEnd: () => lines.sawEnd() };
}

/** What whoever asked may see of it. A body that is no text is none of ours. */
function requestOf(input: string | URL | Request, { method = 'GET', body }: RequestInit, apiKey: string) {
  const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input);
  const text = typeof body === 'string' ? body : '';
  return {
    method,
    url: `${origin}${pathname}${search && '?…'}`,
    body: apiKey ? text.replaceAll(apiKey, '*'.repeat(apiKey.length)) : text,
  };
}

function headersOf(hasBody: boolean, wantsStream: boolean, apiKey: string): Record<string, string> {
  return {
    accept: wantsStream ? 'text/event-stream' : 'application/json',
    'user-agent': 'scholia',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
  };
}

function complaintAbout(response: Response, address: Address, wantsStream: boolean): EngineError | null {
  const { kind, noun, baseUrlSetting } = told(address.service);
  if (response.status >= 300 && response.status < 400) {
    const target = URL.parse(response.headers.get('location') ?? '', `${address.baseUrl}/`);
    const where = target ? target.origin + target.pathname : t('another address');
    return new EngineError(
      `${kind}-rejected`,
      t(
        '{0} sends requests on to {1}, which Scholia does not follow: write the right address in {2}',
        address.origin,
        where,
        baseUrlSetting,
      ),
    );
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && /html/i.test(type)) {
    return new EngineError(
      `${kind}-rejected`,
      t(
        '{0} answers with a web page, where the {1} should be: correct {2}; it often ends in /v1',
        ...[address.shown, noun, baseUrlSetting],
      ),
    );
  }
  if (response.ok && wantsStream && /json/i.test(type)) {
    return new EngineError(
      `${kind}-rejected`,
      t(
        'The server at {0} does not stream its replies, which Scholia needs: use another server in {1}',
        address.shown,
        baseUrlSetting,
      ),
    );
  }
  return null;
}

function checkedReply(
  { service }: Address,
  expected: Expected,
  lines: LineWatch,
): TransformStream<Uint8Array, Uint8Array> {
  const [maxBytes, maxLine] =
    expected === 'events' ? [MAX_STREAM_BYTES, MAX_LINE_BYTES] : [MAX_JSON_BYTES, MAX_JSON_BYTES];
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      lines.see(chunk);
      if (bytes > maxBytes || lines.longest() > maxLine) {
        controller.error(
          new EngineError(
            `${service.kind}-cut`,
            t('The {0} sent far more than was asked for: {1}', told(service).noun, told(service).again),
          ),
        );
      } else controller.enqueue(chunk);
    },
  });
}

function cutAt(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let left = maxBytes;
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.terminate();
    },
  });
}

interface LineWatch {
  see(bytes: Uint8Array): void;
  /** Bytes of the longest line so far, the one under way included. */
  longest(): number;
  sawEnd(): boolean;
}

/** Follows the lines of an event stream without keeping them. */
function watchLines(): LineWatch {
  let start = '';
  let length = 0;
  let longest = 0;
  let ended = false;
  const isEnd = () => /^data: ?\[DONE\]\s*$/.test(start);

  function see(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const lineFeed = bytes.indexOf(LINE_FEED, from);
      const to = lineFeed < 0 ? bytes.length : lineFeed;
      // Sixteen letters tell the end line from every other.
      if (start.length < 16) start += String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 16)));
      length += to - from;
      longest = Math.max(longest, length);
      if (lineFeed < 0) return;
      ended ||= isEnd();
      start = '';
      length = 0;
      from = to + 1;
    }
  }

  return { see, longest: () => longest, sawEnd: () => ended || isEnd() };
}
