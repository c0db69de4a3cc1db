/** Two processes on one folder: one keeps the index, the other is served and follows it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import type { Status } from '../../server/src/base/status.js';
import { openEngine, storeFolder } from '../../server/src/compose.js';
import { tryOwn } from '../../server/src/index/store/owner.js';
import { openForWriting } from '../../server/src/index/store/schema.js';
import { dist, engineOn, scratchFolder, writeFiles } from '../support/engine.js';
import { onlyRoot } from '../support/store.js';
import { treeOf } from '../support/tree.js';
import { buildDriver, type EngineProcess, startEngine } from './process.js';

const roleOf = async (engine: EngineProcess) => (await engine.tell<Status>({ do: 'status' })).store.role;
const search = (engine: EngineProcess, query: string) => engine.tell<string[]>({ do: 'search', query });

test('the keeper of an index serves another window, which takes over when it is killed', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await writeFiles(root, { 'lantern.ts': 'export const lantern = 1;\n' });
  const driver = await buildDriver();
  const keeper = startEngine(driver, root, storeBase);
  await keeper.tell({ do: 'update' });
  const other = startEngine(driver, root, storeBase);
  expect([await roleOf(keeper), await roleOf(other)]).toEqual(['owner', 'reader']);

  await writeFiles(root, { 'rope.ts': 'export const tieBowline = 1;\n' });
  await other.tell({ do: 'update' });
  expect(await search(other, 'tieBowline')).toEqual(['rope.ts']);

  await writeFiles(root, { 'orlop.ts': 'export const orlopDeck = 1;\n' });
  const before = treeOf(root);
  await keeper.kill();
  // Nobody asks it to: it sees by itself that there is no keeper any more, and looks at the folder.
  await vi.waitFor(async () => expect(await search(other, 'orlopDeck')).toEqual(['orlop.ts']), {
    timeout: 20_000,
    interval: 200,
  });
  expect(await roleOf(other)).toBe('owner');

  const third = startEngine(driver, root, storeBase);
  await other.kill();
  await writeFiles(root, { 'bilge.ts': 'export const bilgePump = 1;\n' });
  await third.tell({ do: 'update' });
  expect(await roleOf(third)).toBe('owner');
  expect(await search(third, 'bilgePump')).toEqual(['bilge.ts']);
  expect(treeOf(root).filter((line) => !/bilge|root \d+ /.test(line))).toEqual(
    before.filter((line) => !/root \d+ /.test(line)),
  );
}, 60_000);

test('a keeper that does not answer is not waited for without end, and that is said', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await (await engineOn({ 'lantern.ts': 'export const lantern = 1;\n' }, { root, storeBase })).close();
  const silent = tryOwn(onlyRoot(storeBase))!;
  const reader = await openEngine({ root, storeBase, dist });
  try {
    await reader.update();
    const { degraded, files } = await reader.status();
    expect(files).toBe(1);
    expect(degraded).toContainEqual(expect.stringMatching(/did not answer within 10 seconds/));
  } finally {
    await reader.close();
    silent.release();
  }
}, 40_000);

test('a window of another version is told whose index that is', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await writeFiles(root, { 'lantern.ts': 'export const lantern = 1;\n' });
  const folder = storeFolder(storeBase, root);
  const owner = tryOwn(folder)!;
  openForWriting(folder, root).database.close();
  const database = new DatabaseSync(join(folder, 'index.db'));
  database.exec("UPDATE meta SET value = 999 WHERE key = 'format'");
  database.close();
  const reader = await openEngine({ root, storeBase, dist });
  try {
    await expect(reader.update()).rejects.toThrow(/^Another version of Scholia keeps the index in /);
  } finally {
    await reader.close();
    owner.release();
  }
});

test('a reader follows a store that its keeper built anew', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const keeper = await engineOn({ 'lantern.ts': 'export const lantern = 1;\n' }, { root, storeBase });
  const reader = await openEngine({ root, storeBase, dist });
  try {
    await reader.update();
    const { files } = await reader.status();
    expect(files).toBe(1);
    const path = join(onlyRoot(storeBase), 'index.db');
    const damaging = new DatabaseSync(path, { timeout: 5000 });
    damaging.exec('UPDATE postings SET data = zeroblob(3)');
    damaging.close();
    await writeFiles(root, { 'rope.ts': 'export const tieBowline = 1;\n' });
    await keeper.check();
    await keeper.update();
    expect((await keeper.status()).degraded).toContainEqual(expect.stringMatching(/built anew/));
    await using snapshot = await reader.snapshot();
    expect((await snapshot.search('tieBowline', 5, { arm: 'lexical' })).map((hit) => hit.path)).toEqual(['rope.ts']);
  } finally {
    await reader.close();
  }
});

test('damage that a reader meets is mended by the keeper', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const keeper = await engineOn({ 'lantern.ts': 'export const lantern = 1;\n' }, { root, storeBase });
  const reader = await openEngine({ root, storeBase, dist });
  const searched = async () => {
    await using snapshot = await reader.snapshot();
    return (await snapshot.search('lantern', 5, { arm: 'lexical' })).map((hit) => hit.path);
  };
  try {
    const damaging = new DatabaseSync(join(onlyRoot(storeBase), 'index.db'), { timeout: 5000 });
    damaging.exec('UPDATE postings SET data = zeroblob(3)');
    damaging.close();
    await expect(searched()).rejects.toThrow(/the process that keeps it was asked to build it anew/);
    await vi.waitFor(async () => expect(await searched()).toEqual(['lantern.ts']), { timeout: 15_000, interval: 200 });
    expect((await keeper.status()).degraded).toContainEqual(expect.stringMatching(/built anew/));
  } finally {
    await reader.close();
  }
}, 40_000);
