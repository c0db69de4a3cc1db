/** A remote reranker over a real wire: what it sends, and what it makes of bad servers. */
import { expect, test } from 'vitest';
import type { ErrorKind } from '../../server/src/base/errors.js';
import type { ServerOptions } from '../../server/src/llm/request.js';
import { remoteReranker } from '../../server/src/llm/rerank.js';
import * as scripted from '../support/scriptedModel.js';
import { inTurn, json, type Reply, type Script, type ScriptedRequest } from '../support/scriptedModel.js';
import { checkMessage, KEY, PROMPT, start } from './ask.js';

const PASSAGES = ['a rope', 'a brass lantern in the tower', 'lanterns'];

/** Best first, as servers send it, by the number of shared letters; not of any scale. */
const answers = (request: ScriptedRequest, change: (rows: object[]) => object[] = (rows) => rows): Reply => {
  const rows = request.body.documents!.map((document, index) => ({ index, relevance_score: scoreOf(document) }));
  return json(200, { results: change(rows.sort((a, b) => b.relevance_score - a.relevance_score)) });
};

const scoreOf = (document: string) => document.split('lantern').length * 3 - 7 - document.length / 1000;

function reranker(baseUrl: string, options: Partial<ServerOptions> = {}) {
  const sleep = async () => {};
  return remoteReranker({ baseUrl, name: 'scripted', apiKey: KEY, timeoutMs: 2000, sleep, ...options });
}

test('scores come back in the order of the passages', async () => {
  const server = await start((request) => answers(request));
  const { name, device, notes, score } = reranker(server.baseUrl);
  expect({ name, device, notes }).toEqual({ name: 'scripted', device: server.origin, notes: [] });
  expect(await score(PROMPT, PASSAGES)).toEqual(PASSAGES.map(scoreOf));
  expect(server.requests[0]!.body).toEqual({ model: 'scripted', query: PROMPT, documents: PASSAGES });
  expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(await score(PROMPT, [])).toEqual([]);
  expect(server.requests).toHaveLength(1);
});

test('passages that are too long are halved until they fit', async () => {
  const refusal = json(500, { error: { message: 'input (601 tokens) is too large to process' } });
  const server = await start((request) =>
    request.body.documents!.some((document) => document.length > 600) ? refusal : answers(request),
  );
  const long = `${'lantern '.repeat(5000)}`;
  const scores = await reranker(server.baseUrl).score(PROMPT, [...PASSAGES, long]);
  expect(scores.slice(0, 3)).toEqual(PASSAGES.map(scoreOf));
  expect(server.requests.map(({ body }) => body.documents!.at(-1)!.length)).toEqual([2000, 1000, 500]);
});

const edit =
  (change: (rows: object[]) => object[]): Script =>
  (request) =>
    answers(request, change);

const FAULTS: { name: string; script: Script; kind: ErrorKind; says: string | RegExp; attempts?: number }[] = [
  { name: 'fewer', script: edit((rows) => rows.slice(1)), kind: 'reranker-failed', says: '2 scores for 3 passages' },
  { name: 'more', script: edit((rows) => [...rows, rows[0]!]), kind: 'reranker-failed', says: '4 scores' },
  {
    name: 'one twice',
    script: edit((rows) => rows.map((row) => ({ ...row, index: 0 }))),
    kind: 'reranker-failed',
    says: 'no clear order',
  },
  {
    name: 'no number',
    script: edit((rows) => rows.map((row) => ({ ...row, relevance_score: null }))),
    kind: 'reranker-failed',
    says: 'no number',
  },
  {
    name: 'text for a number',
    script: edit((rows) => rows.map((row) => ({ ...row, relevance_score: '0.5' }))),
    kind: 'reranker-failed',
    says: 'no number',
  },
  { name: 'another shape', script: inTurn(json(200, { scores: [1] })), kind: 'reranker-cut', says: 'cannot be read' },
  { name: 'a web page', script: inTurn(scripted.page()), kind: 'reranker-rejected', says: 'scholia.reranker.baseUrl' },
  {
    name: 'off',
    script: inTurn(json(501, { error: { message: 'Start it with `--rerank`' } })),
    kind: 'reranker-rejected',
    says: '--rerank',
  },
  {
    name: 'a wrong key',
    script: inTurn(json(401, { error: { message: KEY } })),
    kind: 'reranker-unauthorised',
    says: 'SCHOLIA_RERANKER_API_KEY',
  },
  { name: 'busy', script: inTurn(json(429, {})), kind: 'reranker-rate-limited', says: 'wait', attempts: 2 },
  { name: 'fails', script: inTurn(json(500, {})), kind: 'reranker-unreachable', says: '(500)', attempts: 2 },
  {
    name: 'always too long',
    script: inTurn(json(413, {})),
    kind: 'reranker-context',
    says: 'The question with a passage',
  },
  {
    name: 'elsewhere',
    script: inTurn(scripted.redirects('https://attacker.invalid/rerank')),
    kind: 'reranker-rejected',
    says: 'does not follow',
  },
];

test.each(FAULTS)('fault: $name', async ({ script, kind, says, attempts = 1 }) => {
  const server = await start(script);
  const work = reranker(server.baseUrl).score(PROMPT, PASSAGES);
  checkMessage(await work.catch((thrown) => thrown), kind, says);
  expect(server.requests).toHaveLength(attempts);
});

test('a budget of time that is over closes the connection', async () => {
  const server = await start(inTurn(scripted.hangsAfter()));
  const budget = AbortSignal.timeout(60);
  const error = await reranker(server.baseUrl)
    .score(PROMPT, PASSAGES, budget)
    .catch((thrown) => thrown);
  expect(error).toBe(budget.reason);
  expect(await server.requests[0]!.ended).toBe('dropped');
});

test('a closed reranker scores nothing more', async () => {
  const server = await start((request) => answers(request));
  const closed = reranker(server.baseUrl);
  await closed.close();
  await expect(closed.score(PROMPT, PASSAGES)).rejects.toMatchObject({ kind: 'reranker-unavailable' });
});
