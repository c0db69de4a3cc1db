/**
 * The remote embedder and reranker against a real llama.cpp server. Its model is made by hand: vectors say which
 * letters a text has, scores say nothing, and all around them is real.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRemoteEmbedder } from '../../server/src/llm/embeddings.js';
import { remoteReranker } from '../../server/src/llm/rerank.js';
import { describeLlama, type LlamaServer, SERVER_KEY, startLlama } from './server.js';

const SCRIPTS = { main: 'Nobody asks this model to say anything.' };
const LONG = 'export const lantern = 1;\n'.repeat(2000);

await describeLlama({ embeddings: checkEmbedder, rerank: checkReranker });

function checkEmbedder(): void {
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlama({ scripts: SCRIPTS, mode: 'embeddings' });
  });
  afterAll(() => server?.close());

  const options = (changes = {}) => ({ baseUrl: server.baseUrl, name: 'tiny', apiKey: SERVER_KEY, ...changes });
  const passage = (text: string) => ({ path: 'src/lantern.ts', name: '', text });

  test('vectors of length one, the same for the same text whatever is beside it', async () => {
    const embedder = await openRemoteEmbedder(options());
    expect(embedder.identity).toMatchObject({ name: 'tiny', dimensions: 64 });
    const texts = [
      'brass lantern',
      'harbour ropes',
      '',
      'Grüße 🏮 漢字',
      ...Array.from({ length: 60 }, (_, i) => `n${i}`),
    ];
    const vectors = await embedder.embedPassages(texts.map(passage));
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    const [alone] = await embedder.embedPassages([passage('harbour ropes')]);
    expect(cosine(alone!, vectors[1]!)).toBeCloseTo(1, 4);
    expect(cosine(vectors[0]!, vectors[1]!)).toBeLessThan(0.9999);
    expect(Math.hypot(...(await embedder.embedQuery('where are the ropes?')))).toBeCloseTo(1, 5);
  });

  test('what is longer than a batch of the server is halved, and its neighbours are not', async () => {
    const embedder = await openRemoteEmbedder(options());
    const [before, long, after] = await embedder.embedPassages(['a rope', LONG, 'a boat'].map(passage));
    const [rope, boat] = await embedder.embedPassages(['a rope', 'a boat'].map(passage));
    expect(cosine(before!, rope!)).toBeCloseTo(1, 4);
    expect(cosine(after!, boat!)).toBeCloseTo(1, 4);
    expect(Math.hypot(...long!)).toBeCloseTo(1, 5);
  });

  test('a wrong key, a path that is not there, and a reranker that is off', async () => {
    await expect(openRemoteEmbedder(options({ apiKey: 'sk-wrong' }))).rejects.toMatchObject({
      kind: 'embedder-unauthorised',
    });
    await expect(openRemoteEmbedder(options({ baseUrl: `${server.baseUrl}/none` }))).rejects.toMatchObject({
      kind: 'embedder-not-found',
    });
    await expect(remoteReranker(options()).score('rope', ['a', 'b'])).rejects.toMatchObject({
      kind: 'reranker-rejected',
    });
  });
}

function checkReranker(): void {
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlama({ scripts: SCRIPTS, mode: 'rerank', contextTokens: 512 });
  });
  afterAll(() => server?.close());

  test('one score for each passage, in their order, also for those that are too long', async () => {
    const reranker = remoteReranker({ baseUrl: server.baseUrl, name: 'tiny', apiKey: SERVER_KEY });
    const passages = ['brass lantern', LONG, 'harbour ropes'];
    const scores = await reranker.score('where is the lantern?', passages);
    expect(scores).toHaveLength(3);
    const backwards = await reranker.score('where is the lantern?', [...passages].reverse());
    for (const [i, score] of scores.entries()) expect(backwards[2 - i]).toBeCloseTo(score, 3);
  });
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
