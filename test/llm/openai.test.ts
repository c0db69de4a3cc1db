/** What the adapter sends, waits for, repeats and stops, over a real wire. Broken replies are in `faults.test.ts`. */
import { expect, test, vi } from 'vitest';
import type { LanguageModel } from '../../server/src/base/ports.js';
import { type OpenaiOptions, openaiModel } from '../../server/src/llm/openai.js';
import * as scripted from '../support/scriptedModel.js';
import { inTurn, json, says } from '../support/scriptedModel.js';
import { ask, checkMessage, KEY, MESSAGES, PROMPT, start } from './ask.js';

test('a reply arrives piece by piece', async () => {
  const server = await start(inTurn(says(['Lamps ', 'hang', ' in the tower [1].'])));
  const { pieces, error } = await ask({ baseUrl: server.baseUrl });
  expect(error).toBeNull();
  expect(pieces).toEqual(['Lamps ', 'hang', ' in the tower [1].']);
  expect(server.requests[0]!.body).toEqual({ model: 'scripted', messages: MESSAGES, max_tokens: 64, stream: true });
  expect(await server.requests[0]!.ended).toBe('finished');
});

test('an endless reply is stopped, and so is the server', async () => {
  const server = await start(inTurn(scripted.endless('tick tock '.repeat(1000))));
  const { error, text } = await ask({ baseUrl: server.baseUrl });
  checkMessage(error, 'model-cut', 'past all bounds');
  expect(text.length).toBeLessThanOrEqual(1_000_000);
  expect(await server.requests[0]!.ended).toBe('dropped');
});

const LATE: { name: string; reply: scripted.Reply; text: string; options: Partial<OpenaiOptions>; says: string }[] = [
  {
    name: 'no headers',
    reply: scripted.hangsAfter(),
    text: '',
    options: { timeoutMs: 60 },
    says: 'sent nothing for 0.06 s',
  },
  {
    name: 'no further piece',
    reply: scripted.hangsAfter('Half'),
    text: 'Half',
    options: { timeoutMs: 60 },
    says: 'scholia.model.timeoutSeconds',
  },
  {
    name: 'a drip that never ends',
    reply: scripted.endless('', 10),
    text: '',
    options: { totalTimeoutMs: 80 },
    says: 'had not finished after 0.08 s',
  },
];

test.each(LATE)('late: $name', async ({ reply, text, options, says: part }) => {
  const server = await start(inTurn(reply));
  const outcome = await ask({ baseUrl: server.baseUrl, ...options });
  checkMessage(outcome.error, 'model-timeout', part);
  expect(outcome.text).toBe(text);
  expect(server.requests).toHaveLength(1);
  expect(await server.requests[0]!.ended).toBe('dropped');
});

test('a slow reply is no late one', async () => {
  const server = await start(inTurn(says(['a', 'b', 'c', 'd', 'e'], { delayMs: 40 })));
  expect(await ask({ baseUrl: server.baseUrl, timeoutMs: 120 })).toMatchObject({ text: 'abcde', error: null });
});

test('a passing failure is repeated with growing pauses', async () => {
  const server = await start(inTurn(json(503, {}), json(500, {}), scripted.diesAfter(), says('At last')));
  const pausesMs: number[] = [];
  const outcome = await ask({ baseUrl: server.baseUrl, maxAttempts: 4 }, pausesMs);
  expect(outcome).toMatchObject({ text: 'At last', error: null });
  expect(server.requests).toHaveLength(4);
  pausesMs.forEach((pauseMs, i) => {
    expect(pauseMs).toBeGreaterThanOrEqual(250 * 2 ** i);
    expect(pauseMs).toBeLessThanOrEqual(500 * 2 ** i);
  });
});

test.each([
  ['7', 7000],
  [new Date(9000).toUTCString(), 5000],
  [new Date(1000).toUTCString(), 0],
])('Retry-After %s is kept', async (header, pauseMs) => {
  const server = await start(inTurn(json(429, {}, { 'retry-after': header }), says('Now')));
  const pausesMs: number[] = [];
  const outcome = await ask({ baseUrl: server.baseUrl, clock: { now: () => 4000 } }, pausesMs);
  expect(outcome.text).toBe('Now');
  expect(pausesMs).toEqual([pauseMs]);
});

test('nothing is repeated once text was handed out', async () => {
  const server = await start(inTurn(scripted.diesAfter('Half'), says('Whole')));
  const { error, text } = await ask({ baseUrl: server.baseUrl });
  checkMessage(error, 'model-cut', 'broke off');
  expect(text).toBe('Half');
  expect(server.requests).toHaveLength(1);
});

test('the other name of the token limit is tried and remembered', async () => {
  const refusal = {
    message: "Use 'max_completion_tokens' instead.",
    param: 'max_tokens',
    code: 'unsupported_parameter',
  };
  const server = await start((request) => (request.body['max_tokens'] ? json(400, { error: refusal }) : says('Yes')));
  const model = openaiModel({ baseUrl: server.baseUrl, name: 'o', timeoutMs: 2000 });
  for (let i = 0; i < 2; i++) expect(await textOf(model)).toBe('Yes');
  expect(server.requests.map((request) => request.body['max_completion_tokens'])).toEqual([undefined, 9, 9]);
});

const ABORTS: { name: string; reply: scripted.Reply }[] = [
  { name: 'before headers', reply: scripted.hangsAfter() },
  { name: 'between pieces', reply: scripted.hangsAfter('Half') },
  { name: 'in an endless reply', reply: scripted.endless('tick ', 1) },
];

test.each(ABORTS)('an abort $name rejects with its reason and closes the connection', async ({ reply }) => {
  const abort = new AbortController();
  const reason = new Error('The person pressed stop');
  const server = await start(() => {
    setTimeout(() => abort.abort(reason), 30);
    return reply;
  });
  const { error } = await ask({ baseUrl: server.baseUrl }, [], abort.signal);
  expect(error).toBe(reason);
  expect(await server.requests[0]!.ended).toBe('dropped');
});

test('an abort ends a pause between attempts', async () => {
  const server = await start(inTurn(json(503, {})));
  const abort = new AbortController();
  const reason = new Error('stop');
  const sleep = (_milliseconds: number, signal: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('not this one')));
      setTimeout(() => abort.abort(reason), 10);
    });
  expect((await ask({ baseUrl: server.baseUrl, sleep }, [], abort.signal)).error).toBe(reason);
  expect(server.requests).toHaveLength(1);
});

test('an abort from before sends nothing', async () => {
  const server = await start(inTurn(says('Hi')));
  const { error } = await ask({ baseUrl: server.baseUrl }, [], AbortSignal.abort('gone'));
  expect(error).toBe('gone');
  expect(server.requests).toHaveLength(0);
});

test('leaving the loop closes the connection', async () => {
  const server = await start(inTurn(scripted.endless('tick ', 1)));
  const model = openaiModel({ baseUrl: server.baseUrl, name: 'scripted', timeoutMs: 2000 });
  for await (const piece of model.stream(MESSAGES, { maxTokens: 9 })) if (piece) break;
  expect(await server.requests[0]!.ended).toBe('dropped');
});

test('no name means the first model listed', async () => {
  const server = await start(inTurn(says('Hi')), ['first', 'second']);
  const model = openaiModel({ baseUrl: `${server.baseUrl}/`, name: '', apiKey: KEY, timeoutMs: 2000 });
  expect(model.name).toBe('the first model listed');
  await textOf(model);
  await textOf(model);
  expect(model.name).toBe('first');
  expect(server.requests.map((request) => request.body.model)).toEqual(['first', 'first']);
  expect(server.otherRequests).toHaveLength(1);
  expect(server.otherRequests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
});

test('an empty list of models is said', async () => {
  const server = await start(inTurn(says('Hi')), []);
  checkMessage((await ask({ baseUrl: server.baseUrl, name: ' ' })).error, 'model-not-found', 'lists no model');
});

test('a missing /v1 is said', async () => {
  const server = await start(inTurn(says('Hi')));
  for (const name of ['', 'scripted']) {
    checkMessage((await ask({ baseUrl: server.origin, name })).error, 'model-not-found', 'often ends in /v1');
  }
});

test.each([
  ['http://127.0.0.1:1234/v1', 0],
  ['http://localhost:1234', 0],
  ['http://[::1]:1234/', 0],
  ['https://example.org/v1?version=1#part', 0],
  ['http://llm.local/v1', 1],
  ['http://192.168.1.7:8080/v1', 1],
])('plain HTTP is warned of only when it leaves the machine: %s', (baseUrl, warnings) => {
  const log = vi.fn();
  const model = openaiModel({ baseUrl, name: 'm', timeoutMs: 1000, log });
  expect(log).toHaveBeenCalledTimes(warnings);
  expect(model.destination).toBe(new URL(baseUrl).origin);
});

test('a query of the address is kept', async () => {
  const server = await start(inTurn(says('Hi')));
  await ask({ baseUrl: `${server.baseUrl}/?version=1` });
  expect(server.otherRequests[0]?.path ?? server.requests[0]?.path).toBe('/v1/chat/completions?version=1');
});

test('a redirect is not followed, not even on the same server', async () => {
  const target = await start(inTurn(says('Stolen')));
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await start(inTurn(scripted.redirects(`${target.baseUrl}/chat/completions`, status)));
    checkMessage((await ask({ baseUrl: server.baseUrl })).error, 'model-rejected', 'does not follow');
  }
  expect(target.requests).toHaveLength(0);
  expect(target.otherRequests).toHaveLength(0);
});

test('logs hold neither key nor prompt', async () => {
  const log = vi.fn();
  const server = await start(inTurn(json(500, { error: { message: `${KEY} ${PROMPT}` } }), says('Hi')));
  await ask({ baseUrl: server.baseUrl, log });
  expect(log).toHaveBeenCalledOnce();
  expect(JSON.stringify(log.mock.calls)).not.toMatch(/sk-test|harbour/);
});

const HOSTILE_ENVIRONMENT = {
  OPENAI_API_KEY: 'sk-ambient',
  OPENAI_ADMIN_KEY: 'sk-ambient-admin',
  OPENAI_BASE_URL: 'http://127.0.0.1:9/ambient',
  OPENAI_ORG_ID: 'ambient-organisation',
  OPENAI_PROJECT_ID: 'ambient-project',
  OPENAI_WEBHOOK_SECRET: 'ambient-secret',
  OPENAI_LOG: 'debug',
};

test.each([['Authorization: Bearer ambient\nX-Ambient: 1'], ['not a header name: 1']])(
  'the environment has no say, with custom headers %j',
  async (customHeaders) => {
    const output = (['log', 'info', 'debug', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const environment = { ...HOSTILE_ENVIRONMENT, OPENAI_CUSTOM_HEADERS: customHeaders };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const server = await start(inTurn(says('Hi')));
    for (const apiKey of [KEY, '']) {
      expect(await ask({ baseUrl: server.baseUrl, name: '', apiKey })).toMatchObject({ text: 'Hi', error: null });
    }
    const received = [...server.otherRequests, ...server.requests].map(({ headers }) => headers);
    expect(JSON.stringify(received)).not.toMatch(/ambient|stainless|openai/i);
    expect(received.map((headers) => headers.authorization)).toEqual([
      `Bearer ${KEY}`,
      undefined,
      `Bearer ${KEY}`,
      undefined,
    ]);
    for (const spy of output) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(process.env['OPENAI_CUSTOM_HEADERS']).toBe(customHeaders);
  },
);

async function textOf(model: LanguageModel): Promise<string> {
  let text = '';
  for await (const piece of model.stream(MESSAGES, { maxTokens: 9 })) text += piece;
  return text;
}
