/** Parse threads that hang, die and swell: the file that did it is cut by lines, the others never notice. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { kept, tellKept } from '../../server/src/base/l10n.js';
import { unpack } from '../../server/src/base/packed.js';
import { createParsePool, type ParsePool } from '../../server/src/index/parsePool.js';
import { dist } from '../support/engine.js';

function unrulyPool(threads = 2): ParsePool & { started: Worker[] } {
  const started: Worker[] = [];
  const pool = createParsePool({
    threads,
    deadlineMs: 1000,
    documentDeadlineMs: 1000,
    graceMs: 1000,
    spawn() {
      const worker = new Worker(join(import.meta.dirname, '../support/unrulyWorker.mjs'));
      started.push(worker);
      return worker;
    },
  });
  onTestFinished(() => pool.close());
  return Object.assign(pool, { started });
}

/** How a file was cut, and why. */
async function cutOf(pool: ParsePool, path: string): Promise<{ cut: string; notes: string[] }> {
  const result = await pool.parse(path, 'text');
  if (result.kind !== 'indexed') throw new Error(result.reason);
  const { digest, notes } = unpack(result.file);
  return { cut: digest.split(' ')[0]!, notes: notes.map(tellKept) };
}

const WHOLE = { cut: 'syntax', notes: [] };

for (const [path, why] of [
  ['hang.ts', 'parsing took longer than 2000 ms'],
  ['die.ts', 'the thread that parsed it ended: exit code 3'],
  ['crash.ts', 'the thread that parsed it ended: the thread fell over'],
  ['refuse.ts', 'refused'],
] as const)
  test(`a thread given ${path} costs that file its grammar, and the others nothing`, async () => {
    const pool = unrulyPool();
    const paths = ['a.ts', 'b.ts', path, 'c.ts', 'd.ts', 'e.ts'];
    const cuts = await Promise.all(paths.map((each) => cutOf(pool, each)));
    expect(cuts[2]).toEqual({ cut: 'lines', notes: [why] });
    expect(cuts.toSpliced(2, 1)).toEqual([WHOLE, WHOLE, WHOLE, WHOLE, WHOLE]);
    expect(await cutOf(pool, 'after.ts')).toEqual(WHOLE);
  });

test('a file that fails its thread twice is an error, and the next file is fine', async () => {
  const pool = unrulyPool(1);
  await expect(pool.parse('always-hang.ts', '')).rejects.toThrow('Parsing always-hang.ts took longer than 2000 ms');
  await expect(pool.parse('always-die.ts', '')).rejects.toThrow('A worker thread ended');
  expect(await cutOf(pool, 'after.ts')).toEqual(WHOLE);
});

for (const [path, reason] of [
  ['hang.pdf', kept('parsing took longer than {0} ms', 2000)],
  ['die.docx', kept('the thread that parsed it ended: {0}', 'exit code 3')],
] as const)
  test(`a thread given ${path} fails that document, which nobody tries again`, async () => {
    const pool = unrulyPool(1);
    expect(await pool.parse(path, 'text')).toMatchObject({ kind: 'failed', reason });
    expect(pool.started).toHaveLength(1);
    expect(await pool.convert(path, 'text')).toEqual({ failed: reason });
    expect(await cutOf(pool, 'after.ts')).toEqual(WHOLE);
  });

test('there are never more threads at work than were allowed, and one serves file after file', async () => {
  const pool = unrulyPool(2);
  await Promise.all(Array.from({ length: 30 }, (_, i) => pool.parse(`f${i}.ts`, '')));
  expect(pool.started).toHaveLength(2);
});

test('a thread whose memory has swollen is replaced, and its file is whole', async () => {
  const pool = unrulyPool(1);
  expect(await cutOf(pool, 'swell.ts')).toEqual(WHOLE);
  expect(await cutOf(pool, 'after.ts')).toEqual(WHOLE);
  expect(pool.started).toHaveLength(2);
});

test('a thread that died while it was idle costs the next file nothing', async () => {
  const pool = unrulyPool(1);
  await cutOf(pool, 'a.ts');
  await pool.started[0]!.terminate();
  expect(await cutOf(pool, 'b.ts')).toEqual(WHOLE);
});

test('a pool that was closed starts no thread again', async () => {
  const pool = unrulyPool(1);
  const parses = ['hang.ts', 'b.ts', 'c.ts'].map((path) => pool.parse(path, '').catch(() => 'rejected'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pool.close();
  const outcome = Promise.all(parses).then((all) => all.join(' '));
  const late = new Promise((resolve) => setTimeout(() => resolve('still waiting'), 1000));
  expect(await Promise.race([outcome, late])).toBe('rejected rejected rejected');
  await expect(pool.parse('d.ts', '')).rejects.toThrow();
  expect(pool.started).toHaveLength(1);
});

test('the real worker parses a file by its grammar', async () => {
  const worker = () => new Worker(join(dist, 'server/parseWorker.cjs'), { workerData: { assets: dist } });
  const pool = createParsePool({ threads: 1, spawn: worker });
  onTestFinished(() => pool.close());
  const outcome = await pool.parse('a.ts', 'export function a() {}\n');
  if (outcome.kind !== 'indexed') throw new Error(outcome.reason);
  expect(unpack(outcome.file)).toMatchObject({ notes: [], symbols: [{ name: 'a' }] });
});
