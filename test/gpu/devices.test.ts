/** Which device is tried when, what is told of the others, batches, and a process that dies at work. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestBatchTokens, groupByLength, isOutOfMemory, runHalving } from '../../server/src/gpu/batches.js';
import { devicesToTry, openFirst } from '../../server/src/gpu/devices.js';
import type { ModelWish } from '../../server/src/gpu/onnxCalls.js';
import { openOnnxEmbedder } from '../../server/src/gpu/onnxEmbedder.js';
import { openOnnxReranker } from '../../server/src/gpu/onnxReranker.js';
import { computeHost, copiedModel, fixtureModels } from '../support/computeHost.js';
import { PASSAGES } from '../support/onnx/golden.js';
import { killRounds, watchedHost } from './onnxSeries.js';

test('devices are tried in the order of the platform, the processor last', () => {
  expect(devicesToTry('auto', 'linux')).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(devicesToTry('auto', 'win32')).toEqual(['cuda', 'dml', 'webgpu', 'cpu']);
  expect(devicesToTry('auto', 'darwin')).toEqual(['coreml', 'webgpu', 'cpu']);
  expect(devicesToTry('auto', 'freebsd')).toEqual(['cpu']);
  expect(devicesToTry('dml', 'linux')).toEqual(['dml', 'cpu']);
  expect(devicesToTry('cpu', 'linux')).toEqual(['cpu']);
});

test('a failure becomes a note and the next is tried; the folder’s own ends the search', async () => {
  const notes: string[] = [];
  const failing = async (device: string) => {
    if (device === 'cpu') return 'open';
    throw new Error(`no ${device} here\nand a page of details`);
  };
  const isFatal = (error: unknown) => String(error).includes('folder');
  const chosen = await openFirst(['cuda', 'webgpu', 'cpu'], failing, { notes, isFatal });
  expect(chosen).toEqual({ device: 'cpu', opened: 'open' });
  expect(notes).toEqual(['CUDA is not used: no cuda here', 'WebGPU is not used: no webgpu here']);
  const fatal = openFirst(['cuda', 'cpu'], () => Promise.reject(new Error('bad folder')), { notes: [], isFatal });
  await expect(fatal).rejects.toThrow('bad folder');
});

test('a device that this machine does not have: its reason in the notes, and the processor', async () => {
  // No name of a device is dropped without a word, though the runtime does that in lists.
  for (const device of ['dml', 'coreml'] as const) {
    if (devicesToTry('auto').includes(device)) continue;
    const host = computeHost();
    const embedder = await openOnnxEmbedder({ host, folder: join(fixtureModels, 'bert'), device });
    expect(embedder.device).toBe('cpu');
    expect(embedder.notes).toEqual([expect.stringMatching(/^(DirectML|CoreML) is not used: .*backend not found/)]);
  }
});

test('whatever is there, “auto” ends with a device that gives the processor’s vectors', async () => {
  const folder = join(fixtureModels, 'modern');
  const auto = await openOnnxEmbedder({ host: computeHost(), folder, device: 'auto' });
  expect(auto.notes).toHaveLength(devicesToTry('auto').indexOf(auto.device as 'cpu'));
  const cpu = await openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu' });
  expect(auto.identity).toEqual(cpu.identity);
  const [a, b] = [await auto.embedQuery('the total'), await cpu.embedQuery('the total')];
  for (const [i, value] of a.entries()) expect(value).toBeCloseTo(b[i]!, 3);
});

test('groups hold each text once, as many as fit, the longest first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(600)), fc.integer({ min: 1, max: 3000 }), (lengths, budget) => {
      const groups = groupByLength(lengths, budget);
      expect(groups.flat().sort((a, b) => a - b)).toEqual(lengths.map((_length, i) => i));
      const inOrder = groups.flat().map((i) => lengths[i]!);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => b - a));
      for (const group of groups)
        expect(group.length === 1 || group.length * Math.max(...group.map((i) => lengths[i]!)) <= budget).toBe(true);
    }),
  );
});

test('a batch that does not fit in memory is halved until it does, and order stays', async () => {
  const tooLarge: number[] = [];
  const run = async (rows: readonly number[]) => {
    if (rows.length > 3) throw new Error('[ONNXRuntimeError] Failed to allocate memory for requested buffer of size 9');
    return rows.map((row) => row * 10);
  };
  const rows = Array.from({ length: 11 }, (_one, i) => i);
  expect(await runHalving(rows, run, (count) => tooLarge.push(count))).toEqual(rows.map((row) => row * 10));
  expect(tooLarge).toEqual([11, 6, 5]);
  const never = () => Promise.reject(new Error('CUDA out of memory'));
  await expect(runHalving([1, 2], never, () => {})).rejects.toThrow('out of memory');
  const other = () => Promise.reject(new Error('device lost'));
  await expect(runHalving([1, 2], other, () => expect.fail('halved'))).rejects.toThrow('device lost');
  expect(isOutOfMemory('std::bad_alloc')).toBe(true);
});

test('the size of batches: the fastest, unless a smaller one is nearly as fast', async () => {
  const rates = new Map([
    [128, 100],
    [512, 300],
    [1024, 310],
    [2048, 500],
  ]);
  const measured: number[] = [];
  const best = (stopAt: number) =>
    bestBatchTokens([...rates.keys()], async (tokens) => {
      measured.push(tokens);
      return tokens === stopAt ? null : rates.get(tokens)!;
    });
  expect(await best(Number.NaN)).toBe(2048);
  expect(await best(2048)).toBe(512);
  measured.length = 0;
  expect(await best(512)).toBe(128);
  expect(measured).toEqual([128, 512]);
});

test('two batches are under way at most, however many texts there are', async () => {
  let underWay = 0;
  let most = 0;
  const count = (name: string, change: number) => {
    if (name === 'embedTexts') most = Math.max(most, (underWay += change));
  };
  const host = watchedHost(
    computeHost(),
    (name) => count(name, 1),
    (name) => count(name, -1),
  );
  const embedder = await openOnnxEmbedder({ host, folder: join(fixtureModels, 'bert'), device: 'cpu' });
  const many = Array.from({ length: 500 }, (_one, i) => ({ ...PASSAGES[i % PASSAGES.length]!, path: `file ${i}` }));
  expect(await embedder.embedPassages(many)).toHaveLength(500);
  expect(most).toBe(2);
});

test('killed at work, the process starts again and every vector comes', async () => {
  const kills = await killRounds(4);
  expect(kills.openModel + kills.embedTexts).toBe(4);
});

test('embedder and reranker in one process, killed between calls', async () => {
  const host = computeHost();
  const embedder = await openOnnxEmbedder({ host, folder: join(fixtureModels, 'bert'), device: 'cpu' });
  const reranker = await openOnnxReranker({ host, folder: join(fixtureModels, 'cross'), device: 'cpu' });
  const before = [await embedder.embedQuery('tax'), await reranker.score('tax', ['cart', 'price'])];
  process.kill(host.pid!, 'SIGKILL');
  expect([await embedder.embedQuery('tax'), await reranker.score('tax', ['cart', 'price'])]).toEqual(before);
  expect(embedder.notes).toEqual([]);
});

test('a process that dies of every text costs the call, with a sentence, and not the embedder', async () => {
  const host = computeHost();
  const embedder = await openOnnxEmbedder({ host, folder: join(fixtureModels, 'bert'), device: 'cpu' });
  let isDeadly = true;
  const killing = watchedHost(host, (name) => {
    if (isDeadly && name === 'embedTexts') process.kill(host.pid!, 'SIGKILL');
  });
  const victim = await openOnnxEmbedder({ host: killing, folder: join(fixtureModels, 'bert'), device: 'cpu' });
  await expect(victim.embedQuery('tax')).rejects.toMatchObject({
    kind: 'embedder-failed',
    message: expect.stringMatching(/^bert failed again and again: The compute process ended/),
  });
  isDeadly = false;
  expect(await victim.embedQuery('tax')).toEqual(await embedder.embedQuery('tax'));
});

test('a device that fails again and again is given up for the next, and no work is lost', async () => {
  const host = computeHost();
  const folder = join(fixtureModels, 'bert');
  const calm = await openOnnxEmbedder({ host: computeHost(), folder, device: 'cpu' });
  const tried: string[] = [];
  const batches: (number | null)[] = [];
  // Says that it is WebGPU, and ends with each batch there.
  const frail = Object.create(host, {
    remote: {
      value: {
        openModel(wish: ModelWish) {
          tried.push(wish.device);
          batches.push(wish.batchTokens);
          return host.remote.openModel({ ...wish, device: 'cpu' });
        },
        embedTexts(id: number, texts: string[]) {
          if (tried.at(-1) === 'webgpu') process.kill(host.pid!, 'SIGKILL');
          return host.remote.embedTexts(id, texts);
        },
      },
    },
  });
  const embedder = await openOnnxEmbedder({ host: frail, folder, device: 'webgpu' });
  expect(embedder.device).toBe('webgpu');
  expect(await embedder.embedPassages(PASSAGES)).toEqual(await calm.embedPassages(PASSAGES));
  expect(tried).toEqual(['webgpu', 'webgpu', 'webgpu', 'cpu']);
  // Each time half, in case it was memory that it died of; the next device finds its own.
  expect(batches).toEqual([null, expect.any(Number), batches[1]! / 2, null]);
  expect(embedder.device).toBe('cpu');
  expect(embedder.notes).toEqual(['WebGPU was given up after it failed 3 times: The compute process ended: SIGKILL']);
});

test('a folder that became another model in between is not mixed with what it was', async () => {
  const host = computeHost();
  const folder = copiedModel('bert');
  const embedder = await openOnnxEmbedder({ host, folder, device: 'cpu' });
  cpSync(join(fixtureModels, 'modern'), folder, { recursive: true });
  expect(await embedder.embedQuery('tax')).toHaveLength(32);
  process.kill(host.pid!, 'SIGKILL');
  await expect(embedder.embedQuery('tax')).rejects.toMatchObject({
    kind: 'embedder-unavailable',
    message: expect.stringContaining('is another model than before'),
  });
});
