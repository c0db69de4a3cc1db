/** Which files of a folder are found: by ignore files, by name, and on disks that misbehave. */
import { truncateSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileSystem } from '../../server/src/base/ports.js';
import { disk } from '../../server/src/workspace/disk.js';
import { openWorkspace } from '../../server/src/workspace/walk.js';
import { failingDisk } from '../support/disk.js';
import { engineOn, scratchFolder, writeFiles } from '../support/engine.js';
import { CONFIG, checkFound, pathsOf, workspaceOn } from './trees.js';

test('an ignore file holds for its folder and below, and the deeper one has the last word', () =>
  checkFound(
    {
      '.gitignore': '*.log\n/build\n!keep.log\n',
      'a.log': '',
      'keep.log': '',
      'build/a.ts': '',
      'src/build/a.ts': '',
      'src/.gitignore': '!special.log\ngenerated/\n',
      'src/special.log': '',
      'src/other.log': '',
      'src/generated/a.ts': '',
      'generated/a.ts': '',
    },
    ['.gitignore', 'keep.log', 'src/build/a.ts', 'src/.gitignore', 'src/special.log', 'generated/a.ts'],
  ));

test('ignore files of our own and patterns from the settings count too', () =>
  checkFound(
    {
      '.scholiaignore': 'private/\n',
      '.ignore': '*.tmp\n',
      'private/a.ts': '',
      'a.tmp': '',
      'a.ts': '',
      'b.gen.ts': '',
    },
    ['.scholiaignore', '.ignore', 'a.ts'],
    { exclude: ['*.gen.ts'] },
  ));

test('the repository’s own exclude file counts', () =>
  checkFound({ '.git/info/exclude': 'a.ts\n', 'a.ts': '', 'b.ts': '' }, ['b.ts']));

test('files that hold secrets are left out, their examples are not', () =>
  checkFound(
    {
      '.env': 'K=1',
      '.env.local': 'K=1',
      '.env.production': 'K=1',
      '.ENV': 'K=1',
      '.env.example': 'K=',
      id_rsa: 'x',
      'deep/server.pem': 'x',
      'deep/server.KEY': 'x',
      '.npmrc': 'x',
      '.netrc': 'x',
      '.aws/credentials': 'x',
      '.git-credentials': 'x',
      'environment.ts': '',
      'keys.ts': '',
    },
    ['.env.example', 'environment.ts', 'keys.ts'],
  ));

test('other people’s code, lock files, minified files and binaries are left out and counted', async () => {
  const workspace = await workspaceOn(
    {
      'node_modules/a/index.js': '',
      'package-lock.json': '{}',
      'a.min.js': '',
      'logo.png': '',
      'a.js': '',
      'big.txt': 'x'.repeat(2000),
      '.git/config': '',
    },
    { maxFileBytes: 1000 },
  );
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(['a.js']);
  expect(scan.skipped).toEqual({
    vendored: 1,
    generated: 1,
    'minified or data': 1,
    binary: 1,
    'too large': 1,
    'version control': 1,
  });
});

test('an empty folder has no files, and a folder that is not there is said in one sentence', async () => {
  expect(await (await workspaceOn({})).scan()).toEqual({ files: [], skipped: {}, failed: [] });
  const missing = join(scratchFolder(), 'missing');
  await expect(openWorkspace(disk, missing, CONFIG)).rejects.toThrow(`There is no folder ${missing}`);
});

test('names of any kind are found', () =>
  checkFound(
    {
      'a b.ts': '',
      'ünï.ts': '',
      '漢.ts': '',
      '#x.ts': '',
      '!x.ts': '',
      'a\\b.ts': '',
      '..x.ts': '',
      '...': '',
      '[1].ts': '',
      "it's.ts": '',
      'a\nb.ts': '',
    },
    ['a b.ts', 'ünï.ts', '漢.ts', '#x.ts', '!x.ts', 'a\\b.ts', '..x.ts', '...', '[1].ts', "it's.ts", 'a\nb.ts'],
  ));

test('links are not followed, so that a loop cannot catch the walk', async () => {
  const workspace = await workspaceOn({ 'src/a.ts': '' });
  await symlink('..', join(workspace.root, 'src/loop'));
  await symlink('a.ts', join(workspace.root, 'src/b.ts'));
  await symlink('/nowhere/at/all', join(workspace.root, 'dead'));
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(['src/a.ts']);
  expect(scan.skipped).toEqual({ link: 3 });
});

test('a file that is reached through a link is not found either, nor is one that the link leads outside to', async () => {
  const workspace = await workspaceOn({ 'src/a.ts': '' });
  const outside = scratchFolder();
  await writeFiles(outside, { 'secret.txt': 'x' });
  await symlink(join(outside, 'secret.txt'), join(workspace.root, 'notes.txt'));
  await symlink(outside, join(workspace.root, 'shared'));
  await symlink('src', join(workspace.root, 'alias'));
  for (const path of ['notes.txt', 'shared/secret.txt', 'alias/a.ts'])
    expect([path, await workspace.find(path)]).toEqual([path, null]);
});

test('a path that leaves the folder is not found', async () => {
  const workspace = await workspaceOn({ 'root/a.ts': '', 'b.ts': '' });
  const inner = await openWorkspace(disk, join(workspace.root, 'root'), CONFIG);
  for (const path of ['../b.ts', '..', '.', '', 'a.ts/../../b.ts', '/etc/hosts'])
    expect([path, await inner.find(path)]).toEqual([path, null]);
});

test('a folder that cannot be read is named and the rest is found', async () => {
  const files = failingDisk((method, path) => (method === 'list' && path.endsWith('/locked') ? 'EACCES' : null));
  const scan = await (await workspaceOn({ 'locked/a.ts': '', 'b.ts': '' }, {}, files)).scan();
  expect(pathsOf(scan)).toEqual(['b.ts']);
  expect(scan.failed).toEqual([{ path: 'locked', reason: expect.stringContaining('EACCES') }]);
});

test('a file whose stat is refused is named; one that went meanwhile is not', async () => {
  const files = failingDisk((method, path) =>
    method !== 'stat' ? null : path.endsWith('/a.ts') ? 'EACCES' : path.endsWith('/b.ts') ? 'ENOENT' : null,
  );
  const scan = await (await workspaceOn({ 'a.ts': '', 'b.ts': '', 'c.ts': '' }, {}, files)).scan();
  expect(pathsOf(scan)).toEqual(['c.ts']);
  expect(scan.failed).toEqual([{ path: 'a.ts', reason: expect.stringContaining('EACCES') }]);
});

test('an ignore file that cannot be read does not stop the walk', async () => {
  const files = failingDisk((method, path) => (method === 'read' && path.endsWith('.gitignore') ? 'EACCES' : null));
  expect(pathsOf(await (await workspaceOn({ '.gitignore': 'a.ts', 'a.ts': '' }, {}, files)).scan())).toEqual([
    '.gitignore',
    'a.ts',
  ]);
});

test('a scan can be cancelled', async () => {
  const workspace = await workspaceOn({ 'a.ts': '' });
  await expect(workspace.scan(AbortSignal.abort(new Error('Stopped')))).rejects.toThrow('Stopped');
});

test('a file of a hundred megabytes on one line costs nothing and is counted', async () => {
  const folder = join(scratchFolder(), 'root');
  await writeFiles(folder, { 'huge.ts': 'x', 'small.ts': 'export const small = 1;\n' });
  truncateSync(join(folder, 'huge.ts'), 100 * 1024 * 1024);
  const engine = await engineOn({}, { root: folder });
  expect(await engine.status()).toMatchObject({ files: 1, skipped: { 'too large': 1 }, failed: [] });
});

test('invalid UTF-8, NULs and odd endings are indexed or skipped, never failed', async () => {
  const engine = await engineOn({
    'bad.ts': new Uint8Array([0x2f, 0x2f, 0xff, 0xfe, 0xc3, 0x28, 0x0a]),
    'nul.ts': new Uint8Array([0x61, 0, 0x62]),
    'utf16.ts': Buffer.from('\ufeffconst wide = 1;\r\n', 'utf16le'),
    'empty.ts': '',
    'blank.ts': '\n\n  \n',
    'cr.ts': 'a\rb\rc',
  });
  expect(await engine.status()).toMatchObject({ files: 5, failed: [], skipped: { binary: 1 } });
});

test('a file that is deleted before it is read is gone, not failed', async () => {
  const folder = join(scratchFolder(), 'root');
  const files: FileSystem = {
    ...disk,
    async read(path, maxBytes) {
      if (path.endsWith('/gone.ts')) await rm(path, { force: true });
      return disk.read(path, maxBytes);
    },
  };
  const engine = await engineOn({ 'gone.ts': 'x', 'here.ts': 'y' }, { root: folder, files });
  expect(await engine.status()).toMatchObject({ files: 1, failed: [] });
});
