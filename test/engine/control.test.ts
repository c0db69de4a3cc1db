/** Indexing under a person's hand: paused, cancelled, asked before it is done, and everything deleted. */
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { deleteAllData, openEngine } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { collectStores } from '../../server/src/index/store/collect.js';
import { disk } from '../../server/src/workspace/disk.js';
import { dist, engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';

const LANTERNS: Files = Object.fromEntries(
  Array.from({ length: 400 }, (_, i) => [`src/f${i}.ts`, `/** Lantern ${i}. */\nexport const lantern${i} = ${i};\n`]),
);

/** An engine that has indexed nothing yet, on a disk that takes its time for each file. */
async function slowEngine(files: Files, milliseconds = 20): Promise<Engine> {
  const root = join(scratchFolder(), 'root');
  await writeFiles(root, files);
  const slow: typeof disk = {
    ...disk,
    async read(path, maxBytes) {
      if (path.endsWith('.ts')) await sleep(milliseconds);
      return disk.read(path, maxBytes);
    },
  };
  const engine = await openEngine({ root, storeBase: scratchFolder(), dist, files: slow });
  onTestFinished(() => engine.close());
  return engine;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

async function ask(engine: Engine, question: string) {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, { contextTokens: 2000, maxAnswerTokens: 100 });
}

test('a question is answered while indexing goes on, and says that it is from a part', async () => {
  const engine = await slowEngine(LANTERNS);
  const indexing = engine.update();
  await until(async () => (await engine.status()).files > 0);
  const early = await ask(engine, 'Where is a lantern?');
  expect(early.citations.length).toBeGreaterThan(0);
  expect(early.reason).toMatch(/^Only \d+ files are searched so far: \d+ files are still being indexed\.$/);
  await indexing;
  expect((await ask(engine, 'Where is a lantern?')).reason).toBe('');
});

test('a question that comes first waits for a small index to be whole', async () => {
  const engine = await slowEngine({ 'a.ts': 'export const lantern = 1;\n' }, 300);
  const updated = engine.update();
  await engine.answerable();
  expect(await engine.status()).toMatchObject({ files: 1, state: 'ready' });
  await updated;
});

test('a question to an index that nobody is making is not kept waiting', async () => {
  const engine = await slowEngine(LANTERNS);
  await engine.answerable();
  expect(await ask(engine, 'Where is a lantern?')).toMatchObject({ refused: true });
});

test('a paused index stands still, answers, and goes on where it stopped', async () => {
  const engine = await slowEngine(LANTERNS);
  const indexing = engine.update();
  await until(async () => (await engine.status()).files > 0);
  engine.pause(true);
  await sleep(300);
  const paused = await engine.status();
  expect(paused.state).toBe('paused');
  await sleep(300);
  expect((await engine.status()).progress).toEqual(paused.progress);
  expect((await ask(engine, 'Where is a lantern?')).citations.length).toBeGreaterThan(0);
  engine.pause(false);
  await indexing;
  expect(await engine.status()).toMatchObject({ state: 'ready', files: 400 });
});

test('a pause can be cancelled out of', async () => {
  const engine = await slowEngine(LANTERNS);
  const controller = new AbortController();
  const indexing = engine.update({ signal: controller.signal });
  engine.pause(true);
  controller.abort();
  await expect(indexing).rejects.toThrow();
});

test('what was done before a cancel is kept', async () => {
  const engine = await slowEngine(LANTERNS);
  const controller = new AbortController();
  const indexing = engine.update({ signal: controller.signal });
  await until(async () => ((await engine.status()).progress?.done ?? 0) > 20);
  controller.abort();
  await expect(indexing).rejects.toThrow();
  await until(async () => (await engine.status()).files > 20);
});

test('open files come first, then those that were written last', async () => {
  const engine = await slowEngine({ ...LANTERNS, 'zz/open.ts': 'export const anchor = 1;\n' });
  const recent = new Date(Date.now() + 60_000);
  utimesSync(join(engine.root, 'src/f399.ts'), recent, recent);
  engine.openBuffer('zz/open.ts', 'export const anchor = 2;\n');
  const indexing = engine.update();
  await until(async () => (await engine.status()).files > 0);
  engine.closeBuffer('zz/open.ts');
  await using snapshot = await engine.snapshot();
  expect((await snapshot.search('anchor', 5, { arm: 'lexical' })).map((hit) => hit.path)).toEqual(['zz/open.ts']);
  expect((await snapshot.search('lantern399', 1)).map((hit) => hit.path)).toEqual(['src/f399.ts']);
  expect((await engine.status()).files).toBeLessThan(400);
  await indexing;
});

test('all data can be deleted, but for what another engine is using', async () => {
  const storeBase = scratchFolder();
  const closed = await engineOn({ 'a.ts': 'let a;\n' }, { storeBase });
  await closed.close();
  const open = await engineOn({ 'b.ts': 'let b;\n' }, { storeBase });
  expect(await deleteAllData(storeBase)).toMatchObject({ stores: 1, inUse: 1 });
  expect(await open.status()).toMatchObject({ files: 1 });
  await open.close();
  expect(await deleteAllData(storeBase)).toMatchObject({ stores: 1, inUse: 0 });
  expect(readdirSync(join(storeBase, 'roots'))).toEqual([]);
});

test('beyond the size that is allowed, the store that was not opened for longest goes first', async () => {
  const storeBase = scratchFolder();
  const roots = join(storeBase, 'roots');
  const names: string[] = [];
  for (const name of ['old', 'new', 'open']) {
    const engine = await engineOn({ [`${name}.ts`]: 'let a;\n' }, { storeBase });
    const added = readdirSync(roots).find((folder) => !names.includes(folder))!;
    names.push(added);
    if (name === 'open') continue;
    await engine.close();
    const age = new Date(Date.now() - (name === 'old' ? 20 : 10) * 24 * 3600 * 1000);
    utimesSync(join(roots, added, 'owner.db'), age, age);
  }
  const sizes = names.map((name) =>
    readdirSync(join(roots, name)).reduce((sum, file) => sum + statSync(join(roots, name, file)).size, 0),
  );
  const there = () => names.map((name) => existsSync(join(roots, name)));
  expect(collectStores(roots, sizes[1]! + sizes[2]!, Date.now())).toMatchObject({ stores: 1 });
  expect(there()).toEqual([false, true, true]);
  expect(collectStores(roots, 1_000_000_000, Date.now() + 85 * 24 * 3600 * 1000)).toMatchObject({ stores: 1 });
  expect(there()).toEqual([false, false, true]);
  expect(collectStores(roots, 0, Date.now())).toEqual({ stores: 0, bytes: 0, inUse: 1 });
});

test('an engine that was closed begins no thread that would hold the program', async () => {
  const engine = await engineOn({ 'a.ts': 'let a;\n' });
  await engine.close();
  await expect(engine.status()).rejects.toThrow('The index was closed');
});
