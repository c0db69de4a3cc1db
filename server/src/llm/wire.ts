/**
 * The one door to the network: a `fetch` that says little and believes little.
 *
 * Only the headers written here leave, whatever the client library or the environment would add. No redirect is
 * followed, so a key and a prompt reach the configured server and no other. A reply is bounded in bytes before it
 * reaches a parser, and a web page in place of a reply is refused by name. What the text means is not known here.
 */
import { EngineError } from '../base/errors.js';
import { type Address, BASE_URL_SETTING } from './address.js';

/** Far above any reply that is kept: a piece of a few letters travels in some 300 bytes. */
const MAX_REPLY_BYTES = 128 * 1024 * 1024;
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

export function openWire(address: Address, apiKey: string): Wire {
  let lines = watchLines();

  async function guardedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { method, body, signal } = init;
    lines = watchLines();
    const response = await fetch(input, { method, body, signal, headers: headersOf(body, apiKey), redirect: 'manual' });
    const complaint = complaintAbout(response, address, Boolean(body));
    if (complaint) {
      await response.body?.cancel();
      throw complaint;
    }
    if (!response.body) return response;
    const { status, statusText, headers } = response;
    const bounded = response.body.pipeThrough(response.ok ? checkedReply(lines) : cutAt(MAX_ERROR_BYTES));
    return new Response(bounded, { status, statusText, headers });
  }

  return { fetch: guardedFetch, sawEnd: () => lines.sawEnd() };
}

function headersOf(body: unknown, apiKey: string): Record<string, string> {
  return {
    accept: body ? 'text/event-stream' : 'application/json',
    'user-agent': 'scholia',
    ...(body ? { 'content-type': 'application/json' } : {}),
    ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
  };
}

function complaintAbout(response: Response, address: Address, wantsStream: boolean): EngineError | null {
  if (response.status >= 300 && response.status < 400) {
    const target = URL.parse(response.headers.get('location') ?? '', `${address.baseUrl}/`);
    const where = target ? `to ${target.origin}${target.pathname}` : 'elsewhere';
    return new EngineError(
      'model-rejected',
      `${address.origin} sends requests on ${where}, which Scholia does not follow: write the right address in ${BASE_URL_SETTING}`,
    );
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.ok && /html/i.test(type)) {
    return new EngineError(
      'model-rejected',
      `${address.shown} answers with a web page, not as a language model: correct ${BASE_URL_SETTING}; it often ends in /v1`,
    );
  }
  if (response.ok && wantsStream && /json/i.test(type)) {
    return new EngineError(
      'model-rejected',
      `The server at ${address.shown} does not stream its replies, which Scholia needs: use another server in ${BASE_URL_SETTING}`,
    );
  }
  return null;
}

function checkedReply(lines: LineWatch): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length;
      lines.see(chunk);
      if (bytes > MAX_REPLY_BYTES || lines.longest() > MAX_LINE_BYTES) {
        controller.error(
          new EngineError('model-cut', 'The language model sent far more than was asked for: ask again'),
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
