/**
 * Replies whole and broken, one a row: what the server does, and what a person is told.
 * `checkMessage` holds in every row that no message repeats the key or the prompt.
 */
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { ErrorKind } from '../../server/src/base/errors.js';
import { connectionFailure } from '../../server/src/llm/connection.js';
import { type OpenaiOptions, openaiModel } from '../../server/src/llm/openai.js';
import { LANGUAGE_MODEL } from '../../server/src/llm/service.js';
import * as scripted from '../support/scriptedModel.js';
import { event, inTurn, json, says, startScriptedModel, streams } from '../support/scriptedModel.js';
import { ask, checkMessage, KEY, MESSAGES, start } from './ask.js';

const GOOD_REPLIES: { name: string; reply: scripted.Reply; text: string }[] = [
  { name: 'the limit of tokens ends it', reply: says('Cut sho', { finishReason: 'length' }), text: 'Cut sho' },
  { name: 'no finish reason but an end line', reply: says('Whole', { finishReason: null }), text: 'Whole' },
  { name: 'a finish reason but no end line', reply: says('Whole', { done: false }), text: 'Whole' },
  {
    name: 'an end line without a line end',
    reply: streams(event({ content: 'Whole' }), 'data: [DONE]'),
    text: 'Whole',
  },
  { name: 'blank pieces inside', reply: says(['\n', ' a', '  ', '\n', 'b', '\n']), text: '\n a  \nb\n' },
  {
    name: 'thoughts are left out',
    reply: streams(event({ reasoning_content: 'Hm' }), event({ content: 'Yes' }, 'stop')),
    text: 'Yes',
  },
  {
    name: 'chunks without choices',
    reply: streams('data: {"usage":{}}\n\n', event({ content: 'Yes' }, 'stop')),
    text: 'Yes',
  },
  {
    name: 'comments and other line ends',
    reply: streams(': busy\r\n\r\n', event({ content: 'Yes' }).replaceAll('\n', '\r\n'), 'data:[DONE]\r\n\r\n'),
    text: 'Yes',
  },
  { name: 'letters cut between packets', reply: splitBytes(event({ content: 'Grüße 🏮' }, 'stop')), text: 'Grüße 🏮' },
  { name: 'the end line as text', reply: says('data: [DONE]'), text: 'data: [DONE]' },
  { name: 'markup is only text here', reply: says(scripted.HOSTILE_MARKUP), text: scripted.HOSTILE_MARKUP },
  {
    name: 'bytes that are not UTF-8',
    reply: streams(Buffer.from(event({ content: 'a\u00ffb' }, 'stop'), 'latin1')),
    text: 'a\ufffdb',
  },
];

test.each(GOOD_REPLIES)('whole: $name', async ({ reply, text }) => {
  const server = await start(inTurn(reply));
  expect(await ask({ baseUrl: server.baseUrl })).toMatchObject({ text, error: null });
});

const FAULTS: {
  name: string;
  reply: scripted.Reply;
  kind: ErrorKind;
  says: string | RegExp;
  text?: string;
  attempts?: number;
}[] = [
  {
    name: 'wrong key',
    reply: json(401, { error: { message: `Incorrect API key provided: ${KEY}` } }),
    kind: 'model-unauthorised',
    says: /refused the API key.*“Scholia: Set an API Key”.*SCHOLIA_API_KEY/,
  },
  {
    name: 'key without the right',
    reply: json(403, { error: { message: `Key ${KEY} may not` } }),
    kind: 'model-unauthorised',
    says: 'scholia.model.name',
  },
  {
    name: 'unknown model',
    reply: json(404, { error: { message: 'model "scripted" not found, try pulling it first' } }),
    kind: 'model-not-found',
    says: /no model “scripted”.*scholia\.model\.name/,
  },
  {
    name: 'unknown model by code',
    reply: json(400, { error: { message: 'No.', code: 'model_not_found' } }),
    kind: 'model-not-found',
    says: 'scholia.model.name',
  },
  {
    name: 'unknown path',
    reply: json(404, { error: { message: 'File Not Found' } }),
    kind: 'model-not-found',
    says: /scholia\.model\.baseUrl.*\/v1/,
  },
  { name: 'unknown path as a page', reply: scripted.page(404), kind: 'model-not-found', says: '/v1' },
  {
    name: 'busy',
    reply: json(429, { error: { message: 'Slow down' } }),
    kind: 'model-rate-limited',
    says: 'it says “Slow down”',
    attempts: 3,
  },
  {
    name: 'busy for long',
    reply: json(429, {}, { 'retry-after': '120' }),
    kind: 'model-rate-limited',
    says: 'wait 120 s',
  },
  {
    name: 'no credit',
    reply: json(429, { error: { code: 'insufficient_quota' } }),
    kind: 'model-rate-limited',
    says: 'credit',
  },
  {
    name: 'too long for llama.cpp',
    reply: json(400, { error: { code: 400, type: 'exceed_context_size_error', n_prompt_tokens: 720, n_ctx: 512 } }),
    kind: 'model-context',
    says: /720 tokens, it takes 512.*scholia\.answer\.contextTokens/,
  },
  {
    name: 'too long by numbers alone',
    reply: json(500, { error: { n_prompt_tokens: 720, n_ctx: 512 } }),
    kind: 'model-context',
    says: '720',
    attempts: 1,
  },
  {
    name: 'too long for OpenAI',
    reply: json(400, { error: { code: 'context_length_exceeded' } }),
    kind: 'model-context',
    says: 'scholia.answer.contextTokens',
  },
  {
    name: 'too long in prose',
    reply: json(400, { error: { message: "This model's maximum context length is 4096 tokens" } }),
    kind: 'model-context',
    says: 'scholia.answer.contextTokens',
  },
  {
    name: 'bad request',
    reply: json(400, { error: { message: "'messages' is required" } }),
    kind: 'model-rejected',
    says: "(400): check scholia.model.name (or SCHOLIA_MODEL): it says “'messages' is required”",
  },
  {
    name: 'complaint that repeats the prompt',
    reply: json(422, { error: { message: `Cannot parse: ${JSON.stringify(MESSAGES)}` } }),
    kind: 'model-rejected',
    says: /\(422\): check scholia\.model\.name \(or SCHOLIA_MODEL\)$/,
  },
  {
    name: 'complaint that repeats the key',
    reply: json(400, { error: { message: `Odd header Bearer ${KEY}` } }),
    kind: 'model-rejected',
    says: /SCHOLIA_MODEL\)$/,
  },
  {
    name: 'long complaint',
    reply: json(400, { error: { message: 'x'.repeat(5000) } }),
    kind: 'model-rejected',
    says: /^.{0,400}$/,
  },
  { name: 'page of an error without end', reply: endlessError, kind: 'model-rejected', says: '(400)' },
  {
    name: 'server error',
    reply: json(500, { error: { message: 'CUDA error' } }),
    kind: 'model-unreachable',
    says: /\(500\).*CUDA error/,
    attempts: 3,
  },
  { name: 'bad gateway', reply: scripted.page(502), kind: 'model-unreachable', says: '(502)', attempts: 3 },
  {
    name: 'loading',
    reply: json(503, { error: { message: 'Loading model' } }),
    kind: 'model-unreachable',
    says: 'Loading model',
    attempts: 3,
  },
  { name: 'feature off', reply: json(501, { error: { message: 'Not here' } }), kind: 'model-rejected', says: '(501)' },
  {
    name: 'lasting 500',
    reply: json(500, { error: { message: 'image input is not supported' } }),
    kind: 'model-rejected',
    says: '(500)',
  },
  { name: 'odd body of an error', reply: json(418, ['a', null]), kind: 'model-rejected', says: '(418)' },
  { name: 'a web page', reply: scripted.page(), kind: 'model-rejected', says: /web page.*scholia\.model\.baseUrl/ },
  {
    name: 'a whole reply',
    reply: json(200, { choices: [{ message: { content: 'Hi' } }] }),
    kind: 'model-rejected',
    says: 'does not stream',
  },
  {
    name: 'cut after text',
    reply: scripted.cutsAfter('Half of'),
    kind: 'model-cut',
    says: 'broke off',
    text: 'Half of',
  },
  { name: 'cut before text', reply: scripted.cutsAfter(), kind: 'model-cut', says: 'broke off' },
  {
    name: 'dead after text',
    reply: scripted.diesAfter('Half of'),
    kind: 'model-cut',
    says: 'broke off',
    text: 'Half of',
  },
  { name: 'dead before text', reply: scripted.diesAfter(), kind: 'model-unreachable', says: 'connection', attempts: 3 },
  {
    name: 'dead before headers',
    reply: (response, _gone) => void response.destroy(),
    kind: 'model-unreachable',
    says: 'connection',
    attempts: 3,
  },
  { name: 'bad JSON', reply: streams('data: {"choices":[{"de\n\n'), kind: 'model-cut', says: 'cannot be read' },
  {
    name: 'bad JSON after text',
    reply: streams(event({ content: 'Half' }), 'data: nonsense\n\n'),
    kind: 'model-cut',
    says: 'broke off',
    text: 'Half',
  },
  { name: 'JSON of another shape', reply: streams('data: 42\n\n'), kind: 'model-cut', says: 'cannot be read' },
  {
    name: 'text that is none',
    reply: streams(event({ content: { a: 1 } })),
    kind: 'model-cut',
    says: 'cannot be read',
  },
  {
    name: 'garbage',
    reply: streams(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
    kind: 'model-cut',
    says: 'broke off',
  },
  {
    name: 'error in the stream',
    reply: streams('data: {"error":{"message":"No worker"}}\n\n'),
    kind: 'model-cut',
    says: 'No worker',
  },
  {
    name: 'error as text in the stream',
    reply: streams('data: {"error":"No worker"}\n\n'),
    kind: 'model-cut',
    says: 'No worker',
  },
  {
    name: 'error after text',
    reply: streams(event({ content: 'Half' }), 'data: {"error":{"code":503,"message":"No worker"}}\n\n'),
    kind: 'model-cut',
    says: 'No worker',
    text: 'Half',
  },
  {
    name: 'busy in the stream',
    reply: streams('data: {"error":{"code":429,"message":"Slow down"}}\n\n'),
    kind: 'model-rate-limited',
    says: 'Slow down',
    attempts: 3,
  },
  {
    name: 'too long in the stream',
    reply: streams('data: {"error":{"code":"context_length_exceeded"}}\n\n'),
    kind: 'model-context',
    says: 'scholia.answer.contextTokens',
  },
  { name: 'nothing', reply: says([]), kind: 'model-empty', says: 'answered nothing' },
  { name: 'only blanks', reply: says(['  ', '\n', '\t']), kind: 'model-empty', says: 'answered nothing' },
  {
    name: 'withheld',
    reply: says([], { finishReason: 'content_filter' }),
    kind: 'model-empty',
    says: 'content filter',
  },
  {
    name: 'thoughts only',
    reply: streams(event({ reasoning_content: 'Hm' }), event({}, 'length')),
    kind: 'model-empty',
    says: 'scholia.model.maxAnswerTokens',
  },
  { name: 'one huge piece', reply: says('x'.repeat(5_000_000)), kind: 'model-cut', says: 'past all bounds' },
  {
    name: 'one endless line',
    reply: streams(`data: "${'x'.repeat(9 * 1024 * 1024)}`),
    kind: 'model-cut',
    says: 'far more than was asked for',
  },
  {
    name: 'elsewhere',
    reply: scripted.redirects('https://attacker.invalid/v1/chat/completions?key=1'),
    kind: 'model-rejected',
    says: /sends requests on to https:\/\/attacker\.invalid\/v1\/chat\/completions, .*scholia\.model\.baseUrl/,
  },
];

test.each(FAULTS)('fault: $name', async ({ reply, kind, says: part, text = '', attempts = 1 }) => {
  const server = await start(inTurn(reply));
  const pausesMs: number[] = [];
  const outcome = await ask({ baseUrl: server.baseUrl }, pausesMs);
  checkMessage(outcome.error, kind, part);
  expect(outcome.text).toBe(text);
  expect(server.requests).toHaveLength(attempts);
  expect(pausesMs).toHaveLength(attempts - 1);
});

const NOWHERE: { name: string; baseUrl: string; says: string | RegExp; attempts: number }[] = [
  {
    name: 'nothing listens',
    baseUrl: 'http://127.0.0.1:{closed}/v1',
    says: /No language model answers.*scholia\.model\.baseUrl \(or SCHOLIA_BASE_URL\)/,
    attempts: 3,
  },
  { name: 'HTTPS to an HTTP port', baseUrl: 'https://127.0.0.1:{open}/v1', says: 'does not speak HTTPS', attempts: 1 },
  { name: 'a port that fetch refuses', baseUrl: 'http://127.0.0.1:1/v1', says: 'failed: check', attempts: 1 },
];

test.each(NOWHERE)('nowhere: $name', async ({ baseUrl, says: part, attempts }) => {
  const server = await start(inTurn(says('Hi')));
  const closed = await startScriptedModel(() => says('Hi'));
  await closed.close();
  const port = (origin: string) => new URL(origin).port;
  const pausesMs: number[] = [];
  const url = baseUrl.replace('{open}', port(server.origin)).replace('{closed}', port(closed.origin));
  checkMessage((await ask({ baseUrl: url }, pausesMs)).error, 'model-unreachable', part);
  expect(pausesMs).toHaveLength(attempts - 1);
});

const UNUSABLE: { name: string; options: Partial<OpenaiOptions>; says: string }[] = [
  { name: 'no address', options: { baseUrl: ' ' }, says: 'scholia.model.baseUrl' },
  { name: 'no scheme', options: { baseUrl: 'localhost:11434/v1' }, says: 'http://' },
  { name: 'another scheme', options: { baseUrl: 'file:///etc/passwd' }, says: 'http://' },
  { name: 'plain HTTP to the world', options: { baseUrl: 'http://example.org/v1' }, says: 'must begin with https://' },
  {
    name: 'a host that looks like this one',
    options: { baseUrl: 'http://127.0.0.1.example.org/v1' },
    says: 'https://',
  },
  { name: 'a password', options: { baseUrl: `https://user:${KEY}@example.org/v1` }, says: 'must not contain' },
  {
    name: 'a key in two lines',
    options: { baseUrl: 'https://example.org/v1', apiKey: `${KEY}\nX: y` },
    says: 'Set an API Key',
  },
];

test.each(UNUSABLE)('unusable: $name', ({ options, says: part }) => {
  const make = () => openaiModel({ baseUrl: '', name: '', timeoutMs: 1000, ...options });
  expect(make).toThrow(part);
  expect(make).not.toThrow(KEY);
});

// What needs a resolver, an authority or a dead network to happen.
test.each([
  ['ENOTFOUND', 'no host by the name', false],
  ['EAI_AGAIN', '(EAI_AGAIN): check', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted', false],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'NODE_EXTRA_CA_CERTS', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is not trusted', false],
  ['UND_ERR_CONNECT_TIMEOUT', '(UND_ERR_CONNECT_TIMEOUT): check', true],
])('nowhere: %s', (code, part, retry) => {
  const cause = new TypeError('fetch failed', { cause: Object.assign(new Error('inner'), { code }) });
  const failure = connectionFailure(new Error('Connection error.', { cause }), {
    service: LANGUAGE_MODEL,
    origin: 'https://example.org',
  });
  checkMessage(failure.error, 'model-unreachable', part);
  expect(failure.retry).toBe(retry);
});

async function endlessError(response: ServerResponse, gone: AbortSignal): Promise<void> {
  response.writeHead(400);
  while (!gone.aborted) if (!response.write('x'.repeat(10_000))) await delay(1);
}

/** Every byte in a packet of its own. */
function splitBytes(text: string): scripted.Reply {
  return streams(...Array.from(Buffer.from(text), (byte) => Uint8Array.of(byte)));
}
