/** ONNX embedders in the real compute process, held against values that were worked out without it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EmbeddablePassage, Embedder } from '../../server/src/base/embedding.js';
import { openOnnxEmbedder } from '../../server/src/gpu/onnxEmbedder.js';
import { computeHost, fixtureModels, writtenModel } from '../support/computeHost.js';
import { TINY_MODELS, type TinyModel, tiny } from '../support/onnx/folders.js';
import { type Golden, goldenVectors, PASSAGES } from '../support/onnx/golden.js';
import { fixtureFiles } from '../support/onnx/make.js';

const openAt = (folder: string) => openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu' });
const open = (model: TinyModel) => openAt(writtenModel(model));

/** Largest difference of any number. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

async function holdAgainst(embedder: Embedder, golden: Golden): Promise<void> {
  const vectors = await embedder.embedPassages(golden.passages.map(({ passage }) => passage));
  for (const [i, { vector }] of golden.passages.entries()) expect(apart(vectors[i]!, vector)).toBeLessThan(1e-4);
  for (const { query, vector } of golden.queries)
    expect(apart(await embedder.embedQuery(query), vector)).toBeLessThan(1e-4);
}

test('the committed models are what their makers make', () => {
  for (const [path, content] of fixtureFiles())
    expect(readFileSync(join(fixtureModels, path)).equals(content), path).toBe(true);
});

test.each(['bert', 'modern'])('%s: vectors equal the reference, prefixes and cutting among it', async (name) => {
  const golden = JSON.parse(readFileSync(join(fixtureModels, name, 'golden.json'), 'utf8')) as Golden;
  const embedder = await openAt(join(fixtureModels, name));
  expect(embedder.identity).toMatchObject({ name, dimensions: 32, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(embedder.device).toBe('cpu');
  expect(embedder.notes).toEqual([]);
  await holdAgainst(embedder, golden);
});

test.each(['mean', 'cls', 'last'] as const)('pooling by %s', async (pooling) => {
  for (const kind of ['bert', 'modern'] as const) {
    const model = tiny({ kind, layers: 2, seed: 3 }, { pooling });
    await holdAgainst(await open(model), goldenVectors(model));
  }
});

test('prefixes that are given count instead of the folder’s, one by one', async () => {
  const folder = join(fixtureModels, 'modern');
  const given = { query: 'find: ', passage: '' };
  const own = await openAt(folder);
  const other = await openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu', prefixes: given });
  expect(other.identity.digest).not.toBe(own.identity.digest);
  const model = { ...TINY_MODELS.modern, prefixes: { ...TINY_MODELS.modern.prefixes, query: 'find: ' } };
  await holdAgainst(other, goldenVectors(model));
});

test('a text has the same vector alone as among others, in any order', async () => {
  const embedder = await openAt(join(fixtureModels, 'modern'));
  const together = await embedder.embedPassages(PASSAGES);
  const backwards = await embedder.embedPassages(PASSAGES.toReversed());
  for (const [i, passage] of PASSAGES.entries()) {
    const [alone] = await embedder.embedPassages([passage]);
    expect(apart(alone!, together[i]!)).toBeLessThan(1e-5);
    expect(apart(alone!, backwards.at(-1 - i)!)).toBeLessThan(1e-5);
  }
});

test('nothing, empty texts, ten megabytes, odd characters', async () => {
  const embedder = await openAt(join(fixtureModels, 'bert'));
  expect(await embedder.embedPassages([])).toEqual([]);
  const odd: EmbeddablePassage[] = [
    { path: '', name: '', text: '' },
    { path: 'big', name: '', text: 'tax '.repeat(2_500_000) },
    { path: 'one', name: 'word', text: 'x'.repeat(10_000_000) },
    { path: 'zero', name: '', text: '\0\u0001\ud800 \udfff\ufffe [CLS][PAD] 漢字 🏮'.repeat(1000) },
  ];
  const vectors = await embedder.embedPassages(odd);
  for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  // Only the beginning counts.
  const [cut] = await embedder.embedPassages([{ ...odd[1]!, text: 'tax '.repeat(100) }]);
  expect(apart(cut!, vectors[1]!)).toBeLessThan(1e-5);
});

test('a small int8 model gives nearly the vectors of the exact one', async () => {
  const model = tiny({ seed: 5 });
  const exact = await (await open(model)).embedPassages(PASSAGES);
  const small = await (await open(tiny({ seed: 5, int8: true }))).embedPassages(PASSAGES);
  for (const [i, vector] of small.entries()) {
    const cosine = vector.reduce((sum, value, j) => sum + value * exact[i]![j]!, 0);
    expect(cosine).toBeGreaterThan(0.99);
    expect(cosine).toBeLessThan(0.9999999);
  }
});

test('a vector that is no number is an error that names its passage, and others go on', async () => {
  const model = tiny({});
  const poison = model.tokenizer.numbers('tax')[0]!;
  const embedder = await open({ ...model, shape: { ...model.shape, poison } });
  const sick = embedder.embedPassages([...PASSAGES.slice(2), { path: 'sick.py', name: '', text: 'the tax' }]);
  await expect(sick).rejects.toMatchObject({
    kind: 'embedder-failed',
    message: 'tiny has no vector for sick.py: the model gives what is no number',
  });
  await expect(embedder.embedQuery('tax')).rejects.toMatchObject({ kind: 'embedder-failed' });
  expect(await embedder.embedPassages(PASSAGES.slice(2))).toHaveLength(4);
});

test('an abort rejects at once with its reason, and the embedder goes on', async () => {
  const embedder = await openAt(join(fixtureModels, 'bert'));
  const abort = new AbortController();
  const reason = new Error('enough');
  const many = Array.from({ length: 2000 }, (_one, i) => ({ path: `${i}`, name: '', text: 'the tax of a cart' }));
  const work = embedder.embedPassages(many, abort.signal);
  abort.abort(reason);
  await expect(work).rejects.toBe(reason);
  await expect(embedder.embedQuery('tax', AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await embedder.embedQuery('tax')).toHaveLength(32);
  await embedder.close();
  await expect(embedder.embedQuery('tax')).rejects.toMatchObject({ kind: 'embedder-unavailable' });
});
