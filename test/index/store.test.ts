/** The store through everything that happens to files on a disk: kills, damage, other versions, other processes. */
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { dist, engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { modelThatSays } from '../support/model.js';
import { contentOf, damageIn, onlyRoot } from '../support/store.js';
import { treeOf } from '../support/tree.js';

const SHOP: Files = {
  'src/lantern.ts': '/** Lights the brass lantern. */\nexport function lightLantern() {}\n',
  'src/rope.ts': 'export const tieBowline = 1;\n',
  'README.md': '# Harbour\n\nLanterns and ropes.\n',
};

function bulk(count: number, word = 'lantern'): Files {
  const files: Files = {};
  for (let i = 0; i < count; i++)
    files[`part${i % 7}/f${i}.ts`] =
      `/** ${word} number ${i}. */\nexport class ${word}${i} {\n${many(30, `  method#() { return '${word} ${i} #'; }`)}\n}\n`;
  return files;
}

async function search(engine: Engine, query: string): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  return (await snapshot.search(query, 10, { arm: 'lexical' })).map((hit) => hit.path);
}

test('edits, renames and deletions leave the same index as a clean build', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const engine = await engineOn({ ...SHOP, ...bulk(10) }, { root, storeBase });
  await writeFiles(root, { ...bulk(5, 'oil'), 'README.md': '# Quay\n', 'new.py': 'def new(): pass\n' });
  await rm(join(root, 'src/rope.ts'));
  await engine.filesChanged(['README.md', 'src/rope.ts']);
  await engine.update();
  await engine.update({ everything: true });
  await engine.close();
  const cleanBase = scratchFolder();
  await (await engineOn({}, { root, storeBase: cleanBase })).close();
  expect(damageIn(storeBase)).toEqual([]);
  expect(contentOf(storeBase)).toEqual(contentOf(cleanBase));
});

async function checkRebuilt(harm: (database: string) => void, sentence: RegExp | null): Promise<void> {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const first = await engineOn({ ...SHOP, ...bulk(40) }, { root, storeBase });
  await first.close();
  const content = contentOf(storeBase);
  harm(join(onlyRoot(storeBase), 'index.db'));
  const engine = await engineOn({}, { root, storeBase });
  expect(await search(engine, 'lightLantern')).toContain('src/lantern.ts');
  const rebuilt = (await engine.status()).degraded.filter((line) => /built anew/.test(line));
  expect(rebuilt).toEqual(sentence ? [expect.stringMatching(sentence)] : []);
  await engine.close();
  expect(damageIn(storeBase)).toEqual([]);
  expect(contentOf(storeBase)).toEqual(content);
}

test('a store of another format is built anew and says so', () =>
  checkRebuilt((path) => {
    const database = new DatabaseSync(path);
    database.exec("UPDATE meta SET value = 999 WHERE key = 'format'");
    database.close();
  }, /^The index was built anew because it was written by another version$/));

test('a store that is not a database is built anew and says so', () =>
  checkRebuilt(
    (path) => writeFileSync(path, 'This is not a database at all. '.repeat(500)),
    /^The index was built anew because /,
  ));

test('a store with a damaged page is built anew and says so', () =>
  checkRebuilt((path) => {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 3 * 4096, Math.min(bytes.length, 40 * 4096));
    writeFileSync(path, bytes);
  }, /^The index was built anew because /));

test('a store that was cut short is built anew and says so', () =>
  checkRebuilt(
    (path) => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096),
    /^The index was built anew because /,
  ));

test('an empty database is simply filled', () => checkRebuilt((path) => truncateSync(path, 0), null));

test('a store that vanished is simply filled', () => checkRebuilt((path) => rmSync(path), null));

test('a damaged lock is no reason to fail', () =>
  checkRebuilt((path) => writeFileSync(join(path, '..', 'owner.db'), 'no database '.repeat(1000)), null));

test('a second engine reads what the first one keeps, has it look, says so, and takes over when it is gone', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const owner = await engineOn(SHOP, { root, storeBase });
  const reader = await openEngine({ root, storeBase, dist });
  onTestFinished(() => reader.close());
  await reader.update();
  expect(await reader.status()).toMatchObject({ files: 3, store: { role: 'reader' } });
  expect((await reader.status()).degraded).toContain(
    'Another Scholia process keeps this index up to date; this one reads it',
  );
  await writeFiles(root, { 'late.ts': 'export const lateArrival = 1;\n' });
  await reader.update();
  expect(await search(reader, 'lateArrival')).toEqual(['late.ts']);
  expect((await reader.status()).degraded).not.toContain(expect.stringContaining('did not answer'));
  await owner.close();
  await writeFiles(root, { 'orlop.ts': 'export const orlopDeck = 1;\n' });
  await reader.update();
  expect(await search(reader, 'orlopDeck')).toEqual(['orlop.ts']);
  expect(await reader.status()).toMatchObject({ store: { role: 'owner' } });
});

test('two that open an empty store at the same moment both work', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await writeFiles(root, SHOP);
  const engines = await Promise.all([1, 2, 3].map(() => openEngine({ root, storeBase, dist })));
  onTestFinished(() => Promise.all(engines.map((engine) => engine.close())).then(() => {}));
  await Promise.all(engines.map((engine) => engine.update()));
  const statuses = await Promise.all(engines.map((engine) => engine.status()));
  expect(statuses.map((status) => status.store.role).sort()).toEqual(['owner', 'reader', 'reader']);
  expect(statuses.map((status) => status.files)).toEqual([3, 3, 3]);
});

test('a snapshot sees its own generation while another lands', async () => {
  const engine = await engineOn(SHOP);
  const before = await engine.snapshot();
  await rm(join(engine.folder, 'src/rope.ts'));
  await writeFiles(engine.folder, { 'src/lantern.ts': 'export function snuffLantern() {}\n' });
  await engine.update();
  const after = await engine.snapshot();
  const paths = async (snapshot: typeof before, query: string) =>
    (await snapshot.search(query, 10, { arm: 'lexical' })).map((hit) => `${hit.path}: ${hit.text}`);
  expect(await paths(before, 'tieBowline')).toEqual(['src/rope.ts: export const tieBowline = 1;']);
  expect(await paths(before, 'lightLantern')).toContain(`src/lantern.ts: ${String(SHOP['src/lantern.ts']).trimEnd()}`);
  expect(await paths(before, 'snuff')).toEqual([]);
  expect(await paths(after, 'tieBowline')).toEqual([]);
  expect(await paths(after, 'snuff')).toEqual(['src/lantern.ts: export function snuffLantern() {}']);
  await before[Symbol.asyncDispose]();
  await after[Symbol.asyncDispose]();
});

test('no read is held open while a model writes, so that the log can be folded back', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  let logBytes = -1;
  const engine: Engine = await engineOn(SHOP, {
    root,
    storeBase,
    model: () =>
      modelThatSays('Lit [1].', async () => {
        await writeFiles(root, bulk(5));
        await engine.update();
        logBytes = statSync(join(onlyRoot(storeBase), 'index.db-wal')).size;
      }),
  });
  await using snapshot = await engine.snapshot();
  await snapshot.ask(
    { question: 'How is the brass lantern lit?', history: [] },
    { contextTokens: 6000, maxAnswerTokens: 100 },
  );
  expect(logBytes).toBe(0);
});

test('the store can be read by its user alone', async () => {
  const storeBase = join(scratchFolder(), 'new');
  const engine = await engineOn(SHOP, { storeBase });
  await using _snapshot = await engine.snapshot();
  const entries = readdirSync(storeBase, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
    expect(`${entry.name} ${mode.toString(8)}`).toBe(`${entry.name} ${entry.isDirectory() ? '700' : '600'}`);
  }
  expect(statSync(storeBase).mode & 0o777).toBe(0o700);
});

test('nothing is ever written in the workspace', async () => {
  const root = join(scratchFolder(), 'root');
  await writeFiles(root, { ...SHOP, '.env': 'KEY=1', 'sub/.gitignore': 'x\n' });
  const before = treeOf(root);
  const engine = await engineOn({}, { root });
  engine.openBuffer('src/rope.ts', 'export const other = 2;\n');
  await engine.filesChanged(['src/rope.ts', 'README.md']);
  await engine.update({ everything: true });
  {
    await using snapshot = await engine.snapshot();
    await snapshot.hover({ path: 'src/lantern.ts', line: 2, column: 20 });
    await snapshot.ask({ question: 'brass lantern', history: [] }, { contextTokens: 6000, maxAnswerTokens: 100 });
  }
  {
    await using snapshot = await engine.snapshot();
    await snapshot.hover({ path: 'src/lantern.ts', line: 2, column: 20 });
  }
  await engine.status();
  await engine.close();
  expect(treeOf(root)).toEqual(before);
});

test('a store folder that cannot be written is said in one sentence', async () => {
  const storeBase = scratchFolder();
  writeFileSync(join(storeBase, 'roots'), 'a file where a folder should be');
  await expect(engineOn(SHOP, { storeBase })).rejects.toThrow(
    /^The index cannot be kept in .* choose another folder with --store$/,
  );
});
