/** A remote embedder over a real wire: what it waits for and repeats, and what it makes of every bad server. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorKind } from '../../server/src/base/errors.js';
import { halve } from '../../server/src/llm/cutText.js';
import * as scripted from '../support/scriptedModel.js';
import { inTurn, json, type Reply, type Script, type ScriptedRequest } from '../support/scriptedModel.js';
import { checkMessage, KEY, PROMPT, start } from './ask.js';
import { afterOpening, answers, body, expectVectors, open, PASSAGES, textsOf } from './embedders.js';

const REPLIES: { name: string; change: (rows: { index: number; embedding: unknown }[]) => unknown }[] = [
  { name: 'in another order', change: (rows) => rows.reverse() },
  { name: 'without an index', change: (rows) => rows.map(({ embedding }) => ({ embedding })) },
  {
    name: 'in base64',
    change: (rows) =>
      rows.map((row) => ({
        ...row,
        embedding: Buffer.from(Float32Array.from(row.embedding as number[]).buffer).toString('base64'),
      })),
  },
  {
    name: 'far from length one',
    change: (rows) =>
      rows.map((row) => ({ ...row, embedding: (row.embedding as number[]).map((value) => value * 1e30) })),
  },
];

test.each(REPLIES)('handled: vectors $name', async ({ change }) => {
  const server = await start((request) => answers(request, (rows) => change(rows as never)));
  const embedder = await open(server.baseUrl);
  expectVectors(await embedder.embedPassages(PASSAGES), textsOf(PASSAGES));
});

const edit = (index: number, embedding: unknown) => (request: ScriptedRequest) =>
  answers(request, (rows) => rows.map((row, i) => (i === index ? { ...row, embedding } : row)));

const TRIES = 6;

const FAULTS: { name: string; script: Script; kind: ErrorKind; says: string | RegExp; attempts?: number }[] = [
  {
    name: 'fewer vectors',
    script: (request) => answers(request, (rows) => rows.slice(1)),
    kind: 'embedder-failed',
    says: '2 vectors for 3 texts',
  },
  {
    name: 'more vectors',
    script: (request) => answers(request, (rows) => [...rows, rows[0]]),
    kind: 'embedder-failed',
    says: '4 vectors for 3 texts',
  },
  {
    name: 'one place twice',
    script: (request) => answers(request, (rows) => rows.map((row) => ({ ...row, index: 1 }))),
    kind: 'embedder-failed',
    says: 'no clear order',
  },
  {
    name: 'a place that was not asked',
    script: (request) => answers(request, (rows) => rows.map((row, i) => ({ ...row, index: i + 1 }))),
    kind: 'embedder-failed',
    says: 'no clear order',
  },
  { name: 'other dimensions', script: edit(2, [1, 2, 3]), kind: 'embedder-failed', says: '3 numbers instead of 4' },
  { name: 'no number', script: edit(1, [1, null, 3, 4]), kind: 'embedder-failed', says: 'without a direction' },
  { name: 'text for a number', script: edit(1, [1, '2', 3, 4]), kind: 'embedder-failed', says: 'without a direction' },
  {
    name: 'infinite',
    script: inTurn(body('{"data":[{"embedding":[1,2,3,1e999]},{"embedding":[1,2,3,4]},{"embedding":[1,2,3,4]}]}')),
    kind: 'embedder-failed',
    says: 'without a direction',
  },
  { name: 'zeros', script: edit(0, [0, 0, 0, 0]), kind: 'embedder-failed', says: 'without a direction' },
  { name: 'empty vectors', script: edit(0, []), kind: 'embedder-failed', says: 'a vector of 0 numbers' },
  { name: 'base64 that is cut', script: edit(0, 'AAAA'), kind: 'embedder-cut', says: 'cannot be read' },
  { name: 'an object for a vector', script: edit(0, { a: 1 }), kind: 'embedder-cut', says: 'cannot be read' },
  {
    name: 'JSON of another shape',
    script: inTurn(json(200, { embeddings: [[1, 2]] })),
    kind: 'embedder-cut',
    says: /cannot be read.*scholia\.embedder\.baseUrl.*\/v1/,
  },
  { name: 'no object', script: inTurn(json(200, 'hello')), kind: 'embedder-cut', says: 'cannot be read' },
  { name: 'bad JSON', script: inTurn(body('{"data": [{"ind')), kind: 'embedder-cut', says: 'cannot be read' },
  { name: 'nothing', script: inTurn(body('')), kind: 'embedder-cut', says: 'cannot be read' },
  {
    name: 'a web page',
    script: inTurn(scripted.page()),
    kind: 'embedder-rejected',
    says: /web page, where the embedder should be.*scholia\.embedder\.baseUrl \(or SCHOLIA_EMBEDDER_BASE_URL\)/,
  },
  {
    name: 'a web page called JSON',
    script: inTurn(body('<!doctype html><title>Sign in</title>')),
    kind: 'embedder-cut',
    says: 'cannot be read',
  },
  { name: 'a huge body', script: inTurn(huge), kind: 'embedder-cut', says: 'far more than was asked for' },
  {
    name: 'a wrong key',
    script: inTurn(json(401, { error: { message: `Incorrect key ${KEY}` } })),
    kind: 'embedder-unauthorised',
    says: /refused the API key.*SCHOLIA_EMBEDDER_API_KEY/,
  },
  {
    name: 'a key without the right',
    script: inTurn(json(403, {})),
    kind: 'embedder-unauthorised',
    says: 'scholia.embedder.name',
  },
  {
    name: 'an unknown model',
    script: inTurn(json(404, { error: { message: 'model "scripted" not found' } })),
    kind: 'embedder-not-found',
    says: /no model “scripted”: correct scholia\.embedder\.name/,
  },
  {
    name: 'an unknown path',
    script: inTurn(json(404, {})),
    kind: 'embedder-not-found',
    says: 'no OpenAI-compatible embedder',
  },
  {
    name: 'embeddings are off',
    script: inTurn(json(501, { error: { message: 'Start it with `--embeddings`' } })),
    kind: 'embedder-rejected',
    says: '--embeddings',
  },
  {
    name: 'no credit',
    script: inTurn(json(429, { error: { code: 'insufficient_quota' } })),
    kind: 'embedder-rate-limited',
    says: 'credit',
  },
  {
    name: 'busy',
    script: inTurn(json(429, {})),
    kind: 'embedder-rate-limited',
    says: 'wait a little',
    attempts: TRIES,
  },
  {
    name: 'busy for long',
    script: inTurn(json(429, {}, { 'retry-after': '3600' })),
    kind: 'embedder-rate-limited',
    says: 'wait 3600 s',
  },
  {
    name: 'fails',
    script: inTurn(json(500, { error: { message: 'CUDA error' } })),
    kind: 'embedder-unreachable',
    says: /\(500\).*CUDA error/,
    attempts: TRIES,
  },
  { name: 'loading', script: inTurn(json(503, {})), kind: 'embedder-unreachable', says: '(503)', attempts: TRIES },
  {
    name: 'an error under status 200',
    script: inTurn(json(200, { error: { message: 'No worker' } })),
    kind: 'embedder-cut',
    says: 'No worker',
  },
  {
    name: 'a complaint that repeats the text',
    script: (request) => json(400, { error: { message: `Bad: ${request.body.input!.join(' ')}` } }),
    kind: 'embedder-rejected',
    says: /SCHOLIA_EMBEDDER_MODEL\)$/,
  },
  {
    name: 'dead before headers',
    script: inTurn((response) => void response.destroy()),
    kind: 'embedder-unreachable',
    says: 'connection',
    attempts: TRIES,
  },
  { name: 'dead in the body', script: inTurn(dies), kind: 'embedder-unreachable', says: 'connection', attempts: TRIES },
  {
    name: 'elsewhere',
    script: inTurn(scripted.redirects('https://attacker.invalid/v1?key=1')),
    kind: 'embedder-rejected',
    says: /on to https:\/\/attacker\.invalid\/v1, /,
  },
];

test.each(FAULTS)('fault: $name', async ({ script, kind, says, attempts = 1 }) => {
  const server = await start(afterOpening(script));
  const pausesMs: number[] = [];
  const embedder = await open(server.baseUrl, {}, pausesMs);
  const passages = PASSAGES.map((passage) => ({ ...passage, text: PROMPT }));
  const error = await embedder.embedPassages(passages).then(
    () => null,
    (thrown) => thrown,
  );
  checkMessage(error, kind, says);
  expect(server.requests).toHaveLength(1 + attempts);
  expect(pausesMs).toHaveLength(attempts - 1);
});

test.each(FAULTS.filter(({ name }) => ['a web page', 'zeros', 'a wrong key', 'an unknown path'].includes(name)))(
  'fault at opening: $name',
  async ({ script, kind, says }) => {
    const server = await start(script);
    checkMessage(await open(server.baseUrl).catch((thrown) => thrown), kind, says);
  },
);

test('whatever is in a reply, it becomes unit vectors or an error with a name', async () => {
  let reply: unknown;
  const server = await start(afterOpening(() => json(200, reply)));
  const embedder = await open(server.baseUrl, { maxAttempts: 1 });
  const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom<unknown>(null, '1', 1e300, 1e-320));
  const embedding = fc.oneof(
    fc.array(number, { minLength: 3, maxLength: 5 }),
    fc.base64String({ minLength: 16, maxLength: 24 }),
    fc.jsonValue(),
  );
  const row = fc.oneof(
    fc.record({ index: fc.oneof(fc.integer({ min: -1, max: 3 }), number), embedding }),
    fc.jsonValue(),
  );
  const replies = fc.oneof(fc.record({ data: fc.array(row, { minLength: 2, maxLength: 4 }) }), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(replies, async (given) => {
      reply = given;
      const found = await embedder.embedPassages(PASSAGES).catch((thrown) => thrown);
      if (!Array.isArray(found)) expect(found).toMatchObject({ kind: expect.stringMatching(/^embedder-/) });
      else for (const vector of found) expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }),
    { numRuns: 200 },
  );
});

test('what is too long is halved by itself, the others stay whole', async () => {
  const refusals = [
    json(400, { error: { type: 'exceed_context_size_error', n_prompt_tokens: 720, n_ctx: 512 } }),
    json(500, { error: { message: 'input (601 tokens) is too large to process. increase the physical batch size' } }),
    json(400, { error: { message: 'the input length exceeds the context length' } }),
    json(413, {}),
  ];
  for (const refusal of refusals) {
    const server = await start((request) =>
      request.body.input!.some((text) => text.length > 300) ? refusal : answers(request),
    );
    const embedder = await open(server.baseUrl);
    const long = { path: 'long.ts', name: '', text: 'const a = 1;\n'.repeat(80) };
    const vectors = await embedder.embedPassages([PASSAGES[0]!, long, PASSAGES[1]!]);
    const sent = halve(halve(textsOf([long])[0]!));
    expectVectors(vectors, [textsOf(PASSAGES)[0]!, sent, textsOf(PASSAGES)[1]!]);
    expect(sent.length).toBeGreaterThan(240);
  }
});

test('a model for which every text is too long is told, after few attempts', async () => {
  const server = await start(afterOpening(inTurn(json(413, {}))));
  const embedder = await open(server.baseUrl);
  const work = embedder.embedPassages([{ path: 'a.ts', name: '', text: 'x'.repeat(100_000) }]);
  checkMessage(await work.catch((thrown) => thrown), 'embedder-context', 'Even a short passage is too long');
  expect(server.requests.length).toBeLessThan(12);
});

test('limits of rates are sat out for passages, and not for a query', async () => {
  const limited = json(429, {}, { 'retry-after': '30' });
  const pausesMs: number[] = [];
  let turn = 0;
  const server = await start(afterOpening((request) => (turn++ < 2 ? limited : answers(request))));
  const embedder = await open(server.baseUrl, {}, pausesMs);
  expectVectors(await embedder.embedPassages(PASSAGES), textsOf(PASSAGES));
  expect(pausesMs).toEqual([30_000, 30_000]);

  const busy = await start(afterOpening(inTurn(limited)));
  const other = await open(busy.baseUrl, {}, pausesMs);
  checkMessage(await other.embedQuery(PROMPT).catch((thrown) => thrown), 'embedder-rate-limited', 'wait 30 s');
  expect(busy.requests).toHaveLength(2);
});

async function huge(...[response, gone]: Parameters<Reply>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  const piece = '0.125,'.repeat(20_000);
  response.write('{"data":[{"embedding":[');
  while (!gone.aborted) if (!response.write(piece)) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function dies(...[response]: Parameters<Reply>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[{"embedding":[0.1,');
  await new Promise((resolve) => setTimeout(resolve, 20));
  response.destroy();
}
