/**
 * The graph over vectors against the slow truth, and through everything that may befall its files, its process and its
 * library: the worst that may come of it is that there is no graph.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kindOf } from '../../server/src/base/errors.js';
import { openVectorGraph } from '../../server/src/gpu/graph.js';
import { scratchFolder } from '../support/engine.js';
import { DIMENSIONS, expected, identity, numbers, setUp, startHost } from './graphs.js';

test('after any adds, removals, saves and loads it finds 95 of the nearest 100', async () => {
  const { graph, chance, truth, add, remove, recall } = await setUp();
  await graph.begin(expected, 50);
  // Larger than a label may be.
  let next = 2 ** 40;
  await add(numbers(300, next));
  next += 300;
  await graph.finish(1);
  for (let round = 2; round < 12; round++) {
    const step = chance.below(4);
    const count = chance.below(400);
    if (step <= 1) {
      await add(numbers(count, next));
      next += count;
    } else if (step === 2) {
      await remove([...truth.keys()].filter(() => chance.below(4) === 0));
    } else {
      await graph.finish(round);
      expect(await graph.load(expected)).toMatchObject({ through: round, identity, store: 'store-1' });
      await graph.finish(round);
    }
    expect(await recall(), `seed ${chance.seed}, round ${round}`).toBeGreaterThanOrEqual(0.95);
    const { count: entries, deleted } = graph.mark()!;
    expect(entries - deleted).toBe(truth.size);
  }
});

test('a graph is searched from its end on, says up to where it reaches, and is gone when another begins', async () => {
  const { graph, source, add } = await setUp();
  expect(await graph.search(source.next(), 5)).toBeNull();
  await graph.begin(expected, 10);
  await add(numbers(20));
  expect([graph.mark(), await graph.search(source.next(), 5)]).toEqual([null, null]);
  await graph.finish(7);
  expect(graph.mark()).toEqual({ ...expected, through: 7, count: 20, deleted: 0 });
  expect(await graph.search(source.next(), 5)).toMatchObject({ through: 7 });
  graph.reach(8);
  expect(await graph.search(source.next(), 5)).toMatchObject({ through: 8 });
  await graph.begin(expected, 10);
  expect([graph.mark(), await graph.search(source.next(), 5)]).toEqual([null, null]);
  await graph.finish(9);
  expect(graph.mark()).toEqual({ ...expected, through: 9, count: 0, deleted: 0 });
});

test('odd vectors and limits do no harm', async () => {
  const { graph, source, add, recall } = await setUp();
  await graph.begin(expected, 0);
  await graph.finish(1);
  expect(await graph.search(source.next(), 5)).toEqual({ ids: [], similarities: [], through: 1 });
  await add(numbers(50));
  const odd = new Float32Array(4 * DIMENSIONS);
  odd[0] = Number.NaN;
  odd[DIMENSIONS] = Number.POSITIVE_INFINITY;
  await graph.add({ ids: [98, 99, 100, 1], rows: odd });
  // Of the four, the one of zeros came in; a number that was there stays what it was.
  expect(graph.mark()).toMatchObject({ count: 51, deleted: 0 });
  await graph.remove([100, 100, 98, 12345]);
  expect(graph.mark()).toMatchObject({ count: 51, deleted: 1 });
  expect(await recall()).toBeGreaterThanOrEqual(0.95);
  expect((await graph.search(source.next(), 1000))?.ids).toHaveLength(50);
  expect((await graph.search(new Float32Array(DIMENSIONS).fill(Number.NaN), 5))?.ids).toEqual([]);
  await graph.remove(numbers(50));
  expect((await graph.search(source.next(), 5))?.ids).toEqual([]);
});

test('vectors of another length are refused, and leave no graph', async () => {
  const { graph, source, add } = await setUp();
  await graph.begin(expected, 10);
  await add(numbers(20));
  await graph.finish(1);
  await expect(graph.add({ ids: [21], rows: new Float32Array(7) })).rejects.toThrow(
    '1 vectors of 32 dimensions are not 7 numbers',
  );
  expect(graph.mark()).toBeNull();
  await expect(graph.add({ ids: [21], rows: source.next() })).rejects.toThrow('begin it again');
  expect(await graph.load(expected)).toMatchObject({ count: 20 });
  expect(await graph.search(new Float32Array(7), 5)).toBeNull();
  expect(graph.mark()).toBeNull();
});

test('no saved graph is taken for one of another store, model, or width', async () => {
  const { graph, folder, add } = await setUp();
  await graph.begin(expected, 10);
  await add(numbers(20));
  await graph.finish(1);
  const others = [
    { identity, store: 'store-2' },
    { identity: { ...identity, digest: 'b'.repeat(64) }, store: 'store-1' },
    { identity: { ...identity, dimensions: 2 * DIMENSIONS }, store: 'store-1' },
  ];
  for (const other of others) expect(await graph.load(other)).toBeNull();
  const fresh = await openVectorGraph(startHost(), folder);
  expect(await fresh.load(expected)).toMatchObject({ count: 20 });
  await fresh.finish(2);
  expect(await graph.load(expected)).toEqual({ ...expected, through: 2, count: 20, deleted: 0 });
});

test('of altered files none is loaded, whatever was altered', async () => {
  const { graph, chance, folder, add, host } = await setUp();
  await graph.begin(expected, 300);
  await add(numbers(300));
  await graph.finish(1);
  await graph.close();
  const { pid } = host;
  const fresh = await openVectorGraph(host, folder);
  for (const name of ['graph.hnsw', 'graph.json']) {
    const path = join(folder, name);
    const whole = readFileSync(path);
    const altered: [string, () => void][] = [
      ['removed', () => rmSync(path)],
      ['empty', () => truncateSync(path)],
      ['longer', () => writeFileSync(path, Buffer.concat([whole, Buffer.of(0)]))],
      ['shorter', () => truncateSync(path, whole.length - 2)],
      ['prose', () => writeFileSync(path, 'This is no graph. '.repeat(500))],
    ];
    const region = Math.ceil(whole.length / 60);
    for (let at = 0; at < whole.length; at += region) {
      const byte = Math.min(whole.length - 1, at + chance.below(region));
      altered.push([
        `byte ${byte}`,
        () =>
          writeFileSync(
            path,
            whole.map((value, i) => (i === byte ? value ^ (1 + chance.below(255)) : value)),
          ),
      ]);
    }
    for (const [how, alter] of altered) {
      alter();
      expect(await fresh.load(expected), `${name}: ${how}, seed ${chance.seed}`).toBeNull();
      writeFileSync(path, whole);
    }
  }
  expect(await fresh.load(expected)).toMatchObject({ count: 300 });
  expect(host.pid).toBe(pid);
});

test('a graph that cannot be saved is used as it is, and the status is told why', async () => {
  const { graph, folder, add, recall } = await setUp();
  await graph.begin(expected, 10);
  await add(numbers(100));
  await graph.finish(1);
  rmSync(folder, { recursive: true });
  await graph.finish(2);
  expect(graph.notes).toEqual([expect.stringMatching(/^The graph over vectors was not saved in .*: .*no such file/)]);
  expect(graph.mark()).toMatchObject({ through: 2, count: 100 });
  expect(await recall()).toBeGreaterThanOrEqual(0.95);
});

test('a disk that takes no more costs neither the graph in use nor the saved one', async () => {
  const { graph, folder, host, add, recall } = await setUp();
  await graph.begin(expected, 10);
  await add(numbers(100));
  await graph.finish(1);
  // Files of the process may not grow past this, which the library does not notice.
  const limit = (bytes: number | 'unlimited') =>
    expect(spawnSync('prlimit', ['--pid', String(host.pid), `--fsize=${bytes}:`]).status).toBe(0);
  for (const bytes of [0, 50, 10_000, 18_000, statSync(join(folder, 'graph.hnsw')).size + 100]) {
    limit(bytes);
    await add(numbers(20, 1000 + bytes));
    await graph.finish(2);
    expect(graph.notes, `${bytes} bytes`).toEqual([expect.stringMatching(/^The graph over vectors was not saved in /)]);
    expect(await recall()).toBeGreaterThanOrEqual(0.95);
    limit('unlimited');
    expect(readdirSync(folder).sort()).toEqual(['graph.hnsw', 'graph.json']);
    const again = await openVectorGraph(startHost(), folder);
    expect(await again.load(expected)).toMatchObject({ through: 1, count: 100 });
  }
}, 60_000);

test('a folder without the library gives a sentence instead of a graph', async () => {
  const host = startHost({ native: join(scratchFolder(), 'nowhere') });
  const failure = await openVectorGraph(host, scratchFolder()).catch((error) => error);
  expect(kindOf(failure)).toBe('graph-unavailable');
  expect(failure.message).toBe(
    "Near vectors are found by comparing each, without a graph: Cannot find module 'hnswlib-node'",
  );
});
