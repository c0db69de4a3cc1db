/** Who was asked on the way to an answer, from the engine: it stays in the answer's record, whatever is set later. */
import { expect, test } from 'vitest';
import type { Reranker } from '../../server/src/base/embedding.js';
import { EngineError } from '../../server/src/base/errors.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { snapshotOfAll } from '../../server/src/engine/snapshot.js';
import { choosing, wordEmbedder } from '../support/embedder.js';
import { engineOn } from '../support/engine.js';

const FILES = {
  'src/lamp.ts': '/** Lights the lamp with oil. */\nexport function light(oil: number) {\n  return oil > 0;\n}\n',
  'src/rope.ts': '/** Ties a rope to the quay, by the lamp. */\nexport function moor() {\n  return true;\n}\n',
};
const FAR = 'https://vectors.example';
const QUESTION = 'How is the lamp lit with oil?';
const CONFIG = { contextTokens: 4000, maxAnswerTokens: 500 };

function reranker(fails = false): Reranker {
  return {
    name: 'order',
    device: 'https://order.example',
    notes: ['The connection is slow'],
    async score(_query, passages) {
      if (fails) throw new EngineError('reranker-failed', 'order has had enough');
      return passages.map((_, i) => -i);
    },
    close: async () => {},
  };
}

async function traceOf(engine: Engine, question = QUESTION) {
  await using snapshot = await engine.snapshot();
  const { trace } = await snapshot.ask({ question, history: [] }, CONFIG);
  return trace;
}

const asked = { role: 'embedder', device: FAR, name: 'far', question: QUESTION, passages: 0, failure: '' };

test('an answer records who embedded the question and who put the passages in order', async () => {
  const engine = await engineOn(FILES, { services: choosing(wordEmbedder('far', { device: FAR }), true, reranker()) });
  const { searchModels } = await traceOf(engine);
  expect(searchModels).toEqual([
    asked,
    { ...asked, role: 'reranker', name: 'order', device: 'https://order.example', passages: 2 },
  ]);
  expect((await traceOf(engine, `lang:typescript ${QUESTION}`)).searchModels[0]!.question.trim()).toBe(QUESTION);
  // Calls that are asked for are not put in order.
  expect((await traceOf(engine, 'Who calls light?')).searchModels.map(({ role }) => role)).toEqual(['embedder']);
  expect(await engine.status()).toMatchObject({
    embedder: { name: 'far', device: FAR },
    nextEmbedder: null,
    reranker: { name: 'order', device: 'https://order.example' },
    degraded: ['The connection is slow'],
  });
});

test('what was sent in vain is recorded too, with the reason, and told at the step', async () => {
  const far = wordEmbedder('far', { device: FAR });
  const engine = await engineOn(FILES, { services: choosing(far, true, reranker(true)) });
  far.failAfter = 0;
  const { searchModels, steps } = await traceOf(engine);
  expect(searchModels).toMatchObject([
    { ...asked, failure: expect.stringContaining('far has had enough') },
    { role: 'embedder', device: 'cpu', failure: '' },
    {
      role: 'reranker',
      name: 'order',
      passages: 2,
      failure: expect.stringContaining('order has had enough'),
    },
  ]);
  expect(steps.find(({ step }) => step === 'retrieve')!.note).toMatch(
    /; the embedder far failed: far has had enough; the reranker order failed: order has had enough$/,
  );
});

test('an embedder that is still given passages is in the status, and is not asked about questions', async () => {
  const far = wordEmbedder('far', { device: FAR });
  far.failAfter = 1;
  const engine = await engineOn(FILES, { services: choosing(far) });
  expect(await engine.status()).toMatchObject({
    embedder: { device: 'cpu' },
    nextEmbedder: { name: 'far', dimensions: 64, device: FAR },
    reranker: null,
  });
  expect((await traceOf(engine)).searchModels.map(({ device }) => device)).toEqual(['cpu']);
});

test('without an embedder nobody is asked', async () => {
  const engine = await engineOn(FILES, { settings: { 'embedder.kind': 'off' } });
  expect(await engine.status()).toMatchObject({ embedder: null, nextEmbedder: null });
  expect((await traceOf(engine)).searchModels).toEqual([]);
});

test('folders of several embedders name each once', async () => {
  const services = choosing(wordEmbedder('far', { device: FAR }));
  const engines = [await engineOn(FILES, { services }), await engineOn(FILES, { services }), await engineOn(FILES)];
  await using snapshot = await snapshotOfAll(engines.map((engine, i) => ({ name: `part${i}`, engine })));
  const { trace } = await snapshot.ask({ question: QUESTION, history: [] }, CONFIG);
  expect(trace.searchModels).toMatchObject([asked, { device: 'cpu' }]);
  expect(trace.searchModels).toHaveLength(2);
});

test('a reranker that cannot be opened is told, and tried again after a while', async () => {
  let tries = 0;
  let now = 0;
  const services = {
    ...choosing(wordEmbedder('far')),
    async reranking() {
      if (++tries === 1) throw new EngineError('reranker-unavailable', 'There is no such folder');
      return { reranker: reranker(), budget: 1000 };
    },
  };
  const engine = await engineOn(FILES, { services, clock: { now: () => now } });
  const told = 'The reranker is not used: There is no such folder';
  for (let look = 0; look < 3; look++)
    expect(await engine.status()).toMatchObject({ reranker: null, degraded: [told] });
  expect((await traceOf(engine)).searchModels.map(({ role }) => role)).toEqual(['embedder']);
  expect(tries).toBe(1);
  now += 60_000;
  expect(await engine.status()).toMatchObject({ reranker: { name: 'order' }, degraded: ['The connection is slow'] });
});
