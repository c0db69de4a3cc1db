/** A remote embedder over a real wire: what it sends and in which batches, its identity, and its end. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { cutText } from '../../server/src/llm/cutText.js';
import { costOf, type RemoteEmbedderOptions } from '../../server/src/llm/embeddings.js';
import * as scripted from '../support/scriptedModel.js';
import { inTurn, json, type Script } from '../support/scriptedModel.js';
import { checkMessage, KEY, start } from './ask.js';
import { afterOpening, answers, expectVectors, open, PASSAGES, textsOf } from './embedders.js';

const good: Script = (request) => answers(request);

test('passages and queries become unit vectors, each with its prefix', async () => {
  const server = await start(good);
  const embedder = await open(server.baseUrl, { queryPrefix: 'query: ', passagePrefix: 'passage: ' });
  expect(embedder).toMatchObject({ device: server.origin, identity: { name: 'scripted', dimensions: 4 }, notes: [] });
  const vectors = await embedder.embedPassages([...PASSAGES, { path: 'a.md', name: 'Title > Part', text: 'x' }]);
  expectVectors(
    vectors,
    [...textsOf(PASSAGES), 'a.md\nTitle > Part\nx'].map((text) => `passage: ${text}`),
  );
  expectVectors([await embedder.embedQuery('where?')], ['query: where?']);
  expect(await embedder.embedQuery(' \n')).toEqual(new Float32Array(4));
  expect(await embedder.embedPassages([])).toEqual([]);
  expect(server.requests).toHaveLength(3);
  expect(Object.keys(server.requests[1]!.body)).toEqual(['model', 'input']);
});

test('only headers of our own are sent, whatever OPENAI_* variables say', async () => {
  for (const name of ['API_KEY', 'BASE_URL', 'ORG_ID', 'PROJECT_ID', 'CUSTOM_HEADERS'])
    vi.stubEnv(`OPENAI_${name}`, `https://attacker.invalid/${name}`);
  const server = await start(good);
  await (await open(server.baseUrl)).embedQuery('where?');
  for (const { headers } of server.requests) {
    expect(headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(headers)).not.toContain('attacker');
    expect(Object.keys(headers).filter((name) => /^(openai|x)-/.test(name))).toEqual([]);
  }
  await open(server.baseUrl, { apiKey: '' });
  expect(server.requests.at(-1)!.headers.authorization).toBeUndefined();
});

test('many passages go in batches and come back in order', async () => {
  const server = await start(good);
  const embedder = await open(server.baseUrl);
  const passages = Array.from({ length: 150 }, (_, i) => ({
    path: `${i}.ts`,
    name: '',
    text: `${i} `.repeat(i % 7 === 0 ? 1500 : 10),
  }));
  expectVectors(await embedder.embedPassages(passages), textsOf(passages));
  for (const { body } of server.requests.slice(1)) {
    expect(body.input!.length).toBeLessThanOrEqual(32);
    expect(body.input!.join('').length).toBeLessThanOrEqual(32_000);
  }
});

test('a passage of ten megabytes is cut at a line, and an empty one is sent as its path', async () => {
  const server = await start(good);
  const embedder = await open(server.baseUrl);
  const text = 'let 🏮 = 1;\n'.repeat(900_000);
  const [long, empty] = await embedder.embedPassages([
    { path: 'a.ts', name: '', text },
    { path: 'b.ts', name: '', text: '' },
  ]);
  const [sent] = server.requests[1]!.body.input!;
  expect(sent!.length).toBeLessThanOrEqual(8000);
  expect(sent).toMatch(/= 1;$/);
  expectVectors([long!, empty!], [sent!, 'b.ts']);
});

test('a server that hangs is left after its time', async () => {
  const server = await start(afterOpening(inTurn(scripted.hangsAfter())));
  const embedder = await open(server.baseUrl, { timeoutMs: 60 });
  const error = await embedder.embedPassages(PASSAGES).catch((thrown) => thrown);
  checkMessage(error, 'embedder-timeout', 'sent nothing for 0.06 s: check that it runs');
  expect(await server.requests[1]!.ended).toBe('dropped');
});

test('an abort rejects with its reason, closes the connections and stops further batches', async () => {
  const abort = new AbortController();
  const reason = new Error('The person pressed stop');
  const server = await start(
    afterOpening(() => {
      if (server.requests.length === 3) setTimeout(() => abort.abort(reason), 20);
      return scripted.hangsAfter();
    }),
  );
  const embedder = await open(server.baseUrl);
  const many = Array.from({ length: 200 }, () => PASSAGES).flat();
  await expect(embedder.embedPassages(many, abort.signal)).rejects.toBe(reason);
  expect(server.requests).toHaveLength(3);
  for (const request of server.requests.slice(1)) expect(await request.ended).toBe('dropped');
});

test('a closed embedder lets go of what is under way, and takes nothing more', async () => {
  const server = await start(afterOpening(inTurn(scripted.hangsAfter())));
  const embedder = await open(server.baseUrl);
  const work = embedder.embedPassages(PASSAGES);
  setTimeout(() => embedder.close(), 20);
  await expect(work).rejects.toMatchObject({ kind: 'embedder-unavailable' });
  await expect(embedder.embedQuery('where?')).rejects.toMatchObject({ kind: 'embedder-unavailable' });
});

test('one failed batch ends the other', async () => {
  const server = await start(
    afterOpening(() => (server.requests.length === 2 ? scripted.hangsAfter() : json(401, {}))),
  );
  const embedder = await open(server.baseUrl, { timeoutMs: 60_000 });
  const many = Array.from({ length: 20 }, () => PASSAGES).flat();
  await expect(embedder.embedPassages(many)).rejects.toMatchObject({ kind: 'embedder-unauthorised' });
  expect(await server.requests[1]!.ended).toBe('dropped');
});

test('the key goes to its origin alone', async () => {
  const other = await start(good);
  const server = await start(inTurn(scripted.redirects(`${other.baseUrl}/embeddings`, 308)));
  const error = await open(server.baseUrl).catch((thrown) => thrown);
  checkMessage(error, 'embedder-rejected', 'does not follow');
  expect([...other.requests, ...other.otherRequests]).toEqual([]);
});

test('an identity tells apart all that decides a vector', async () => {
  const [one, two] = [await start(good), await start(good)];
  const three = await start((request) =>
    answers(request, (rows) => rows.map((row) => ({ ...row, embedding: [1, 2] }))),
  );
  const embedders = [
    await open(one.baseUrl),
    await open(two.baseUrl),
    await open(three.baseUrl),
    await open(one.baseUrl, { name: 'other' }),
    await open(one.baseUrl, { queryPrefix: 'a' }),
    await open(one.baseUrl, { passagePrefix: 'a' }),
  ];
  const digests = embedders.map(({ identity }) => identity.digest);
  expect(new Set(digests).size).toBe(digests.length);
  expect((await open(`${one.baseUrl}/`, { apiKey: '' })).identity).toEqual(embedders[0]!.identity);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
});

const UNUSABLE: { name: string; options: Partial<RemoteEmbedderOptions>; says: string }[] = [
  { name: 'no address', options: { baseUrl: ' ' }, says: 'scholia.embedder.baseUrl' },
  { name: 'another scheme', options: { baseUrl: 'file:///etc/passwd' }, says: 'http://' },
  { name: 'a password', options: { baseUrl: `https://user:${KEY}@example.org/v1` }, says: 'must not contain' },
  { name: 'no name', options: { name: ' ' }, says: 'scholia.embedder.name' },
  { name: 'a key in two lines', options: { apiKey: `${KEY}\nX: y` }, says: 'Set an API Key' },
];

test.each(UNUSABLE)('unusable: $name', async ({ options, says }) => {
  checkMessage(await open('https://example.org/v1', options).catch((thrown) => thrown), 'usage', says);
});

test('what a build costs is told by its characters', () => {
  expect(costOf(3_000_000, 0)).toEqual({ tokens: 1_000_000, cost: 0 });
  expect(costOf(3_000_000, 0.02).cost).toBeCloseTo(0.02, 9);
  expect(costOf(1, 1).tokens).toBe(1);
});

test('a cut leaves a beginning of whole characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '🏮', '漢', ' ') }),
      fc.integer({ min: 1, max: 40 }),
      (text, most) => {
        const cut = cutText(text, most);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(cut.isWellFormed()).toBe(true);
        if (text.length > most) expect(cut.length).toBeGreaterThanOrEqual(Math.floor(most * 0.75) - 1);
        else expect(cut).toBe(text);
      },
    ),
  );
});
