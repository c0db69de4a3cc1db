/** Disks that are full, read-only, far away or slow. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { FileSystem } from '../../server/src/base/ports.js';
import type { Status } from '../../server/src/base/status.js';
import { openEngine } from '../../server/src/compose.js';
import type { IndexReport } from '../../server/src/engine/engine.js';
import { indexedFileOf } from '../../server/src/index/indexedFile.js';
import { createReader } from '../../server/src/index/store/reader.js';
import { openForWriting } from '../../server/src/index/store/schema.js';
import { createWriter, type FileChange } from '../../server/src/index/store/writer.js';
import { disk } from '../../server/src/workspace/disk.js';
import { dist, engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { parse } from '../support/parsing.js';
import { contentOf, damageIn, onlyRoot } from '../support/store.js';
import { treeOf } from '../support/tree.js';
import { contentOfCleanBuild, contentThrough } from './content.js';
import { buildDriver, canMount, startEngine } from './process.js';

const SHOP: Files = { 'lantern.ts': 'export function lightLantern() {}\n', 'README.md': '# Harbour\n' };

/** Text that packs badly, so that it fills a disk. */
function bulk(count: number): Files {
  const files: Files = {};
  for (let i = 0; i < count; i++)
    files[`f${i}.ts`] = many(
      150,
      `export const lantern${i}x# = '${Math.random().toString(36)}${Math.random().toString(36)}';`,
    );
  return files;
}

test('a full disk is told with what to do, costs nothing that was indexed, and is forgotten when there is room', async () => {
  if (!canMount()) return console.log('not run on a real full disk: this machine does not let us mount');
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await writeFiles(root, SHOP);
  const fill = `mount -t tmpfs -o size=24m tmpfs ${storeBase} && head -c 22000000 /dev/zero > ${storeBase}/filler`;
  const engine = startEngine(await buildDriver(), root, storeBase, fill);
  expect(await engine.tell<IndexReport>({ do: 'update' })).toMatchObject({ files: 2, failed: [] });
  await writeFiles(root, bulk(100));
  const before = treeOf(root);
  await expect(engine.tell({ do: 'update' })).rejects.toThrow(/The disk of the index is full: .*free some space/);
  expect(await engine.tell({ do: 'search', query: 'lightLantern' })).toContain('lantern.ts');
  const status = await engine.tell<Status>({ do: 'status' });
  expect(status).toMatchObject({
    state: 'failed',
    degraded: expect.arrayContaining([expect.stringContaining('full')]),
  });
  // The disk is mounted for that process alone; this is the way in.
  const inside = join('/proc', String(engine.pid), 'root', storeBase);
  rmSync(join(inside, 'filler'));
  await engine.tell({ do: 'update' });
  expect(await engine.tell<Status>({ do: 'status' })).toMatchObject({ state: 'ready', failed: [] });
  expect(contentOf(inside)).toEqual(((await contentOfCleanBuild(root)) as { content: unknown }).content);
  expect(damageIn(inside)).toEqual([]);
  expect(treeOf(root)).toEqual(before);
}, 60_000);

test('an index on a disk without a free byte is opened and read, and taken up when there is room', async () => {
  if (!canMount()) return console.log('not run on a real full disk: this machine does not let us mount');
  const root = join(scratchFolder(), 'root');
  const [storeBase, made] = [scratchFolder(), scratchFolder()];
  await (await engineOn(SHOP, { root, storeBase: made })).close();
  await writeFiles(root, { 'late.ts': 'export const lateArrival = 1;\n' });
  const fill = `mount -t tmpfs -o size=4m tmpfs ${storeBase} && cp -r ${made}/. ${storeBase} && { cat /dev/zero > ${storeBase}/filler || true; }`;
  const engine = startEngine(await buildDriver(), root, storeBase, fill);
  await engine.tell({ do: 'update' }).catch((error) => expect(String(error)).toMatch(/full/));
  expect(await engine.tell({ do: 'search', query: 'lightLantern' })).toEqual(['lantern.ts']);
  const { degraded } = await engine.tell<Status>({ do: 'status' });
  expect(degraded.join('\n')).toMatch(/read only|full/);
  expect(degraded.join('\n')).not.toMatch(/anew/);
  const inside = join('/proc', String(engine.pid), 'root', storeBase);
  rmSync(join(inside, 'filler'));
  await engine.tell({ do: 'update' });
  expect(await engine.tell({ do: 'search', query: 'lateArrival' })).toEqual(['late.ts']);
  expect(damageIn(inside)).toEqual([]);
}, 60_000);

test('a commit for which there is no room leaves the store as it was', async () => {
  const folder = scratchFolder();
  const { database } = openForWriting(folder, '/root');
  onTestFinished(() => database.close());
  const writer = createWriter(database);
  const change = async (path: string, text: string): Promise<FileChange> => ({
    kind: 'indexed',
    mark: { path, stamp: '', settled: true },
    file: indexedFileOf(await parse(path, text)),
  });
  writer.commit([await change('lantern.ts', 'export function lightLantern() {}\n')]);
  const large = await change('large.ts', Object.values(bulk(30)).join('\n'));
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
  database.exec(`PRAGMA max_page_count = ${pages + 2}`);
  expect(() => writer.commit([large])).toThrow('database or disk is full');
  expect(createReader(folder).overview()).toMatchObject({ files: 1, generation: 1 });
  database.exec('PRAGMA max_page_count = 1000000');
  expect(writer.commit([large])).toBe(2);
  expect(createReader(folder).overview()).toMatchObject({ files: 2 });
});

/** How to make a folder read-only, for a process or, without a way to mount, for all; null where root is alone. */
function readOnly(folder: string): string | undefined | null {
  if (canMount()) return `mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder}`;
  if (process.getuid?.() === 0) return null;
  const folders = [
    folder,
    join(folder, 'roots'),
    ...readdirSync(join(folder, 'roots')).map((name) => join(folder, 'roots', name)),
  ];
  for (const each of folders) chmodSync(each, 0o500);
  onTestFinished(() => {
    for (const each of folders) chmodSync(each, 0o700);
  });
  return undefined;
}

test('a store on a read-only disk is read and says so, and where there is none the error is plain', async () => {
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await (await engineOn(SHOP, { root, storeBase })).close();
  await writeFiles(root, { 'late.ts': 'export const lateArrival = 1;\n' });
  const mounts = readOnly(storeBase);
  if (mounts === null) return console.log('not run: this machine lets us neither mount nor forbid');
  const driver = await buildDriver();
  const engine = startEngine(driver, root, storeBase, mounts);
  expect(await engine.tell<IndexReport>({ do: 'update' })).toMatchObject({ files: 2 });
  expect(await engine.tell({ do: 'search', query: 'lightLantern' })).toEqual(['lantern.ts']);
  const { store, degraded } = await engine.tell<Status>({ do: 'status' });
  expect(store.role).toBe('reader');
  expect(degraded).toContainEqual(expect.stringMatching(/^The index is read only: .* is not updated/));
  expect(degraded.join()).not.toMatch(/Another Scholia|did not answer/);

  const empty = scratchFolder();
  mkdirSync(join(empty, 'roots'));
  const none = startEngine(driver, root, empty, readOnly(empty) ?? undefined);
  await expect(none.tell({ do: 'update' })).rejects.toThrow('The process ended');
  await expect(none.ended).resolves.toMatch(/The index cannot be kept in .* choose another folder with --store/);
}, 60_000);

test('on a network disk there is no write-ahead log, and the status says so', async () => {
  const NFS = 0x6969;
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await (await engineOn(SHOP, { root, storeBase })).close();
  const engine = await engineOn(
    { 'late.ts': 'export const lateArrival = 1;\n' },
    { root, storeBase, fileSystemType: NFS },
  );
  const reader = await openEngine({ root, storeBase, dist, fileSystemType: NFS });
  await reader.update();
  await reader.close();
  expect(readdirSync(onlyRoot(storeBase)).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  expect((await engine.status()).degraded).toContainEqual(expect.stringContaining('network disk'));
  expect(await contentThrough(engine, storeBase)).toEqual(await contentOfCleanBuild(root));
});

test('a slow disk holds up neither a cancel nor the status, and loses nothing', async () => {
  const HANGS_MS = 3000;
  const slow: FileSystem = {
    ...disk,
    read: async (path, most) => {
      if (path.endsWith('.ts')) await sleep(HANGS_MS);
      return disk.read(path, most);
    },
  };
  const root = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  await writeFiles(root, { ...SHOP, 'rope.ts': 'export const tieBowline = 1;\n' });
  const engine = await openEngine({ root, storeBase, dist, files: slow });
  onTestFinished(() => engine.close());
  const controller = new AbortController();
  const order: string[] = [];
  const update = engine.update({ signal: controller.signal }).catch((error) => order.push(String(error.message)));
  const everythingRead = sleep(HANGS_MS).then(() => order.push('read'));
  expect((await engine.status()).files).toBe(0);
  controller.abort(new Error('Stopped by hand'));
  await update;
  expect(await engine.status()).toMatchObject({ failed: [] });
  order.push('status');
  await everythingRead;
  expect(order).toEqual(['Stopped by hand', 'status', 'read']);
  await engine.update();
  expect(await contentThrough(engine, storeBase)).toEqual(await contentOfCleanBuild(root));
}, 40_000);
