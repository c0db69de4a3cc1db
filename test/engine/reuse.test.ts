/** Work that is not done twice: contents that come back, and roots that hold the same files. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.js';
import { engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { contentOf, damageIn, onlyRoot, openCopy, openStoreIn } from '../support/store.js';

/** A file's number in the store says when it was parsed: it gets a new one each time. */
function numberOf(storeBase: string, path: string): unknown {
  const database = openCopy(storeBase);
  const row = database.prepare("SELECT id FROM files WHERE path = ? AND state = 'done'").get(path);
  database.close();
  return row?.['id'];
}

async function pathsFor(engine: Engine, query: string): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  return (await snapshot.search(query, 10, { arm: 'lexical' })).map((hit) => hit.path);
}

/** The store is what was written, by its own sums. */
async function expectWhole(engine: Engine): Promise<void> {
  const { generation } = await engine.status();
  await engine.check();
  expect(await engine.status()).toMatchObject({ generation, degraded: [] });
}

const MAIN: Files = { 'a.ts': 'export const lantern = 1;\n', 'b.ts': 'export const rope = 2;\n' };
const BRANCH: Files = { 'a.ts': 'export const candle = 1;\n', 'c.ts': 'export const anchor = 3;\n' };

test('a branch that is switched back to is not parsed again', async () => {
  const storeBase = scratchFolder();
  const engine = await engineOn(MAIN, { storeBase });
  const before = { content: contentOf(storeBase), numbers: ['a.ts', 'b.ts'].map((path) => numberOf(storeBase, path)) };

  await writeFiles(engine.folder, BRANCH);
  await rm(join(engine.folder, 'b.ts'));
  await engine.update();
  expect(await pathsFor(engine, 'lantern')).toEqual([]);
  expect(await pathsFor(engine, 'rope')).toEqual([]);
  expect(await pathsFor(engine, 'candle')).toEqual(['a.ts']);
  await expectWhole(engine);

  await writeFiles(engine.folder, MAIN);
  await rm(join(engine.folder, 'c.ts'));
  await engine.update();
  expect(contentOf(storeBase)).toEqual(before.content);
  expect(['a.ts', 'b.ts'].map((path) => numberOf(storeBase, path))).toEqual(before.numbers);
  expect(await pathsFor(engine, 'lantern')).toEqual(['a.ts']);
  expect(await pathsFor(engine, 'anchor')).toEqual([]);
  await expectWhole(engine);
});

test('a save that takes back the one before is not parsed again', async () => {
  const storeBase = scratchFolder();
  const engine = await engineOn(MAIN, { storeBase });
  const number = numberOf(storeBase, 'a.ts');
  for (const text of [BRANCH['a.ts']!, MAIN['a.ts']!]) {
    await writeFiles(engine.folder, { 'a.ts': text });
    await engine.filesChanged(['a.ts']);
  }
  expect(numberOf(storeBase, 'a.ts')).toBe(number);
  expect(await pathsFor(engine, 'lantern')).toEqual(['a.ts']);
});

test('of a file that is left out nothing stays, whatever it held before', async () => {
  const storeBase = scratchFolder();
  const engine = await engineOn(MAIN, { storeBase });
  await writeFiles(engine.folder, { 'a.ts': 'export const candle = 1;\n' });
  await engine.update();
  await writeFiles(engine.folder, { '.scholiaignore': 'a.ts\n' });
  await engine.update();
  const database = openCopy(storeBase);
  expect(database.prepare("SELECT state FROM files WHERE path = 'a.ts'").all()).toEqual([]);
  database.close();
});

test('what lies dormant is bounded, and dropping it changes no result', async () => {
  const storeBase = scratchFolder();
  const version = (word: string): Files =>
    Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`f${i}.ts`, many(40, `export const ${word}${i}x# = '${'y'.repeat(80)}';`)]),
    );
  const engine = await engineOn(version('v0'), { storeBase });
  for (let round = 1; round <= 12; round++) {
    await writeFiles(engine.folder, version(`v${round}`));
    await engine.update();
  }
  const database = openCopy(storeBase);
  const count = (state: string) =>
    (database.prepare('SELECT sum(chunks) AS n FROM files WHERE state = ?').get(state) as { n: number }).n;
  expect(count('dormant')).toBeLessThan(Math.max(1000, count('done')));
  database.close();
  await expectWhole(engine);
  const clean = scratchFolder();
  await engineOn({}, { root: engine.folder, storeBase: clean });
  expect(contentOf(storeBase)).toEqual(contentOf(clean));
  expect(damageIn(storeBase)).toEqual([]);
});

const PROJECT: Files = Object.fromEntries(
  Array.from({ length: 150 }, (_, i) => [
    `src/part${i % 5}/file${i}.ts`,
    `/** Part ${i}. */\nexport function part${i}() {}\n`,
  ]),
);

test('a clone begins with the index of the root that it is a clone of', async () => {
  const storeBase = scratchFolder();
  await engineOn(PROJECT, { storeBase });
  const original = onlyRoot(storeBase);
  const changed: Files = { ...PROJECT, 'src/part0/file0.ts': 'export const other = 1;\n', 'new.ts': 'let more;\n' };
  delete changed['src/part1/file1.ts'];
  const clone = await engineOn(changed, { storeBase });

  const [ours, theirs] = [
    openStoreIn(storeBase, (path) => path !== original),
    openStoreIn(storeBase, (path) => path === original),
  ];
  const numbers = "SELECT path, id FROM files WHERE state = 'done' AND path LIKE 'src/part2/%' ORDER BY path";
  expect(ours.prepare(numbers).all()).toEqual(theirs.prepare(numbers).all());
  const all = ours
    .prepare('SELECT path FROM files')
    .all()
    .map((row) => row['path']);
  expect(all).not.toContain('src/part1/file1.ts');
  ours.close();
  theirs.close();
  await expectWhole(clone);

  const clean = scratchFolder();
  const alone = await engineOn(changed, { storeBase: clean });
  for (const query of ['part 7', 'other', 'part0', 'more'])
    expect(await pathsFor(clone, query)).toEqual(await pathsFor(alone, query));
});

test('a root that shares little with another begins on its own', async () => {
  const storeBase = scratchFolder();
  await engineOn(PROJECT, { storeBase });
  const original = onlyRoot(storeBase);
  const others = Object.fromEntries(
    Object.entries(PROJECT).map(([path, text], i) => [path, i % 3 ? `${text}// ${i}\n` : text]),
  );
  await engineOn(others, { storeBase });
  const database = openStoreIn(storeBase, (path) => path !== original);
  const generation = database.prepare("SELECT value FROM meta WHERE key = 'generation'").get() as { value: number };
  const { n } = database.prepare("SELECT count(*) AS n FROM files WHERE state = 'done'").get() as { n: number };
  expect(n).toBe(150);
  expect(generation.value).toBeLessThan(10);
  database.close();
});
