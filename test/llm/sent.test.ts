/** What is noted of requests: exactly what a server got, each attempt, and never a key. */
import { expect, test } from 'vitest';
import type { SentRequest } from '../../server/src/base/answer.js';
import { noteSent, recordingSent } from '../../server/src/base/sent.js';
import { remoteReranker } from '../../server/src/llm/rerank.js';
import { json, says } from '../support/scriptedModel.js';
import { ask, KEY, MESSAGES, start } from './ask.js';

const sentIn = async (run: () => Promise<unknown>) => {
  const requests: SentRequest[] = [];
  await recordingSent(requests, run);
  return requests;
};

test('every attempt is noted, byte for byte as it came to the server', async () => {
  let tries = 0;
  const server = await start(() =>
    ++tries === 1
      ? json(503, {})
      : tries === 2
        ? json(400, { error: { message: "Use 'max_completion_tokens'" } })
        : says('Yes'),
  );
  const sent = await sentIn(() => ask({ baseUrl: server.baseUrl, name: '', apiKey: KEY }));
  const came = [...server.otherRequests, ...server.requests];
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET ${server.baseUrl}/models`,
    ...Array(3).fill(`POST ${server.baseUrl}/chat/completions`),
  ]);
  expect(sent.map(({ body }) => body)).toEqual(came.map(({ bytes }) => bytes.toString('utf8')));
  expect(sent.map(({ bytes }) => bytes)).toEqual(came.map(({ bytes }) => bytes.length));
  expect(JSON.parse(sent.at(-1)!.body)).toMatchObject({
    messages: MESSAGES,
    max_completion_tokens: expect.any(Number),
  });
  expect(came.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(JSON.stringify(sent)).not.toContain(KEY);
});

test('a key in an address or in a body is not noted', async () => {
  const server = await start(() => says(''));
  const reranker = remoteReranker({
    baseUrl: `${server.baseUrl}?key=${KEY}`,
    name: 'm',
    apiKey: KEY,
    pause: async () => {},
  } as never);
  const sent = await sentIn(() => reranker.score(`Is ${KEY} 钥匙?`, ['灯']).catch(() => {}));
  expect(server.otherRequests[0]!.path).toBe(`/v1/rerank?key=${KEY}`);
  expect(sent[0]).toMatchObject({ method: 'POST', url: `${server.baseUrl}/rerank?…` });
  expect(sent[0]!.body).toContain(`Is ${'*'.repeat(KEY.length)} 钥匙?`);
  expect(sent[0]!.bytes).toBe(server.otherRequests[0]!.bytes.length);
  expect(JSON.stringify(sent)).not.toContain(KEY);
});

test('what is kept is bounded, and says how much there was', async () => {
  const body = '灯'.repeat(400_000);
  const sent = await sentIn(async () => {
    for (let i = 0; i < 100; i++) noteSent({ method: 'POST', url: 'http://127.0.0.1', body });
  });
  expect(sent.length).toBeLessThan(100);
  expect(sent.reduce((sum, one) => sum + one.body.length, 0)).toBeLessThanOrEqual(600_000);
  expect(sent[0]).toMatchObject({ body, bytes: 1_200_000 });
  expect(sent[1]).toMatchObject({ body: body.slice(200_000), bytes: 1_200_000 });
  // Of what nobody asked about nothing is kept, such as embedding an index.
  const { length } = sent;
  noteSent({ method: 'POST', url: 'http://127.0.0.1', body });
  expect(sent).toHaveLength(length);
});
