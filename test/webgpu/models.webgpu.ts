/**
 * ONNX models on WebGPU against the processor and against the values worked out without either, on a driver in software.
 *
 * A command of its own, `npm run test:webgpu`, because it fetches packages on the first run. Where it cannot run, it says
 * so in one line, and fails where nobody reads lines (CI).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Device } from '../../server/src/gpu/devices.js';
import { openOnnxEmbedder } from '../../server/src/gpu/onnxEmbedder.js';
import { openOnnxReranker } from '../../server/src/gpu/onnxReranker.js';
import { computeHost, fixtureModels, writtenModel } from '../support/computeHost.js';
import { tiny } from '../support/onnx/folders.js';
import { type Golden, type GoldenScores, PASSAGES } from '../support/onnx/golden.js';
import { lavapipe } from './lavapipe.js';

const driver = await lavapipe();
if ('reason' in driver) {
  console.log(`not run: WebGPU ${driver.reason}`);
  test(`not run: WebGPU ${driver.reason}`, () => {
    expect(process.env['CI'], 'CI must be able to run this').not.toBe('true');
  });
} else {
  // The compute process inherits these, and only it loads drivers.
  Object.assign(process.env, driver.environment);
  describe('WebGPU', checkDevice);
}

const golden = <Content>(name: string) =>
  JSON.parse(readFileSync(join(fixtureModels, name, 'golden.json'), 'utf8')) as Content;

/** Largest difference of any number. */
function apart(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  return Math.max(...a.flatMap((row, i) => Array.from(row, (value, j) => Math.abs(value - b[i]![j]!))));
}

function checkDevice(): void {
  const open = async (folder: string, device: Device) => {
    const embedder = await openOnnxEmbedder({ host: computeHost(), folder, device });
    expect([embedder.device, ...embedder.notes]).toEqual([device]);
    return embedder;
  };

  test.each(['bert', 'modern'])('%s: the processor’s vectors, and the reference’s', async (name) => {
    const folder = join(fixtureModels, name);
    const there = await (await open(folder, 'webgpu')).embedPassages(PASSAGES);
    const here = await (await open(folder, 'cpu')).embedPassages(PASSAGES);
    const reference = golden<Golden>(name).passages.map(({ vector }) => vector);
    console.log(`${name}: WebGPU differs from the processor by at most ${apart(there, here).toExponential(1)}`);
    expect(apart(there, here)).toBeLessThan(1e-4);
    expect(apart(there, reference)).toBeLessThan(1e-4);
  });

  test('a cross-encoder’s scores', async () => {
    const reranker = await openOnnxReranker({
      host: computeHost(),
      folder: join(fixtureModels, 'cross'),
      device: 'webgpu',
    });
    expect(reranker.device).toBe('webgpu');
    for (const { query, passages } of golden<GoldenScores[]>('cross')) {
      const scores = await reranker.score(
        query,
        passages.map(({ passage }) => passage),
      );
      expect(apart([scores], [passages.map(({ score }) => score)])).toBeLessThan(1e-4);
    }
  });

  test('a wider model, of which several batches are made', async () => {
    const folder = writtenModel(tiny({ hidden: 128, layers: 2, heads: 4, inner: 512 }));
    const many = Array.from({ length: 40 }, (_one, i) => ({ ...PASSAGES[i % PASSAGES.length]!, path: `file ${i}` }));
    const there = await (await open(folder, 'webgpu')).embedPassages(many);
    expect(apart(there, await (await open(folder, 'cpu')).embedPassages(many))).toBeLessThan(1e-4);
  });

  test('killed at work, it starts on the same device again', async () => {
    const host = computeHost();
    const embedder = await openOnnxEmbedder({ host, folder: join(fixtureModels, 'bert'), device: 'webgpu' });
    const before = await embedder.embedPassages(PASSAGES);
    const work = embedder.embedPassages(PASSAGES);
    process.kill(host.pid!, 'SIGKILL');
    expect(apart(await work, before)).toBeLessThan(1e-5);
    expect([embedder.device, ...embedder.notes]).toEqual(['webgpu']);
  });
}
