/** ONNX cross-encoders in the real compute process, held against scores that were worked out without it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openOnnxReranker } from '../../server/src/gpu/onnxReranker.js';
import { computeHost, fixtureModels, writtenModel } from '../support/computeHost.js';
import { tiny } from '../support/onnx/folders.js';
import { type GoldenScores, goldenScores, PASSAGES } from '../support/onnx/golden.js';

const openAt = (folder: string) => openOnnxReranker({ host: computeHost(), folder, device: 'cpu' });

test('scores equal the reference, in the order of the passages', async () => {
  const golden = JSON.parse(readFileSync(join(fixtureModels, 'cross/golden.json'), 'utf8')) as GoldenScores[];
  const reranker = await openAt(join(fixtureModels, 'cross'));
  expect(reranker).toMatchObject({ name: 'cross', device: 'cpu', notes: [] });
  for (const { query, passages } of golden) {
    const scores = await reranker.score(
      query,
      passages.map(({ passage }) => passage),
    );
    for (const [i, { score }] of passages.entries()) expect(scores[i]).toBeCloseTo(score, 4);
    expect(new Set(scores.map((score) => score.toFixed(4))).size).toBeGreaterThan(1);
  }
  expect(await reranker.score('nothing to judge', [])).toEqual([]);
});

test('pairs are cut where both are long, one is, and whatever the room is', async () => {
  for (const maxTokens of [16, 17]) {
    const model = tiny({ head: 'score', seed: 4 }, { maxTokens });
    const reranker = await openAt(writtenModel(model));
    for (const { query, passages } of goldenScores(model)) {
      const scores = await reranker.score(
        query,
        passages.map(({ passage }) => passage),
      );
      for (const [i, { score }] of passages.entries()) expect(scores[i]).toBeCloseTo(score, 4);
    }
  }
});

test('an abort ends the work between batches', async () => {
  const host = computeHost();
  const reranker = await openOnnxReranker({ host, folder: join(fixtureModels, 'cross'), device: 'cpu' });
  const abort = new AbortController();
  const texts = Array.from({ length: 3000 }, (_one, i) => `the tax of cart ${i} `.repeat(10));
  const work = reranker.score('total', texts, abort.signal);
  abort.abort(new Error('late'));
  await expect(work).rejects.toThrow('late');
  // Were all of them still on their way, this one would wait for them.
  expect(await reranker.score('total', ['tax'])).toHaveLength(1);
});

test('a score that is no number is a named failure', async () => {
  const model = tiny({ head: 'score' });
  const poison = model.tokenizer.numbers('tax')[0]!;
  const reranker = await openAt(writtenModel({ ...model, shape: { ...model.shape, poison } }));
  await expect(reranker.score('what', ['cart', 'tax'])).rejects.toMatchObject({
    kind: 'reranker-failed',
    message: 'tiny has no score for a passage: the model gives what is no number',
  });
  expect(
    await reranker.score(
      'what',
      PASSAGES.slice(3).map(({ path }) => path),
    ),
  ).toHaveLength(3);
});

test('an embedder is no reranker, and the other way round', async () => {
  await expect(openAt(join(fixtureModels, 'bert'))).rejects.toMatchObject({
    kind: 'reranker-unavailable',
    message: expect.stringContaining('last_hidden_state of shape'),
  });
});
