/** Which files of a folder are found: by git's own judgement, by name, and on disks that misbehave. */
import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileSystem, Scan, Workspace } from '../../server/src/base/ports.js';
import { disk } from '../../server/src/workspace/disk.js';
import { openWorkspace, type WalkConfig } from '../../server/src/workspace/walk.js';
import { failingDisk } from '../support/disk.js';
import { engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';

const CONFIG: WalkConfig = { maxFileBytes: 4096 * 1024, exclude: [], hidden: [], user: null };

async function workspaceOn(
  files: Files,
  config: Partial<WalkConfig> = {},
  fileSystem: FileSystem = disk,
): Promise<Workspace> {
  const folder = scratchFolder();
  await writeFiles(folder, files);
  return openWorkspace(fileSystem, folder, { ...CONFIG, ...config });
}

function pathsOf(scan: Scan): string[] {
  return scan.files.map((file) => file.path);
}

/** Exactly these files are found, by the scan and one by one. */
async function checkFound(files: Files, expected: string[], config: Partial<WalkConfig> = {}): Promise<void> {
  const workspace = await workspaceOn(files, config);
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([...expected].sort());
  for (const path of Object.keys(files))
    expect([path, (await workspace.find(path)) !== null]).toEqual([path, expected.includes(path)]);
}

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

const NAMES = ['a', 'b', 'build', 'Build', 'a.ts', 'b.log', 'x y', '#c', '!d', 'e[1]', 'f*', '.g'];
const folderPath = fc
  .array(fc.constantFrom('a', 'b', 'build', 'Build', 'x y'), { maxLength: 3 })
  .map((parts) => parts.join('/'));
const filePath = fc
  .tuple(folderPath, fc.constantFrom(...NAMES))
  .map(([folder, name]) => (folder === '' ? name : `${folder}/${name}`));
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '!', '/', '!/', '**/', '\\'),
    fc.oneof(
      fc.constantFrom(
        '*',
        '*.ts',
        '*.log',
        'b*',
        '?',
        '[ab]',
        '[!a]',
        '[a-',
        '**',
        'a/**',
        '**/b',
        'a/*/b',
        'a/**/b',
        '#c',
        'e\\[1\\]',
        'f\\*',
        '.*',
        'x\\ y',
        'x y ',
        '# note',
        '',
        '\\',
        'BUILD',
      ),
      filePath,
      folderPath,
    ),
    fc.constantFrom('', '', '/', '/*', ' ', '/**'),
  )
  .map((parts) => parts.join(''));
const ignoreFile = fc
  .tuple(fc.array(pattern, { maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, end]) => lines.join(end));

/** A tree without a path that is both a file and a folder. */
function treeFrom(paths: readonly string[], ignores: Record<string, string>): Files {
  const folders = new Set(
    paths.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i) =>
          path
            .split('/')
            .slice(0, i + 1)
            .join('/'),
        ),
    ),
  );
  const files = Object.fromEntries(paths.filter((path) => !folders.has(path)).map((path) => [path, 'x']));
  for (const [folder, text] of Object.entries(ignores))
    if (folder === '' || folders.has(folder)) files[folder === '' ? '.gitignore' : `${folder}/.gitignore`] = text;
  return files;
}

async function checkAgainstGit(files: Files): Promise<void> {
  const workspace = await workspaceOn(files);
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'core.quotePath=false', '-c', 'core.excludesFile=/dev/null', '-c', 'core.ignoreCase=false', ...args],
      { cwd: workspace.root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
  git('init', '-q');
  await rm(join(workspace.root, '.git/info/exclude'), { force: true });
  const expected = git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean).sort();
  const shown = Object.fromEntries(Object.entries(files).filter(([path]) => path.endsWith('.gitignore')));
  expect({ shown, found: pathsOf(await workspace.scan()) }).toEqual({ shown, found: expected });
  for (const path of Object.keys(files))
    expect([shown, path, (await workspace.find(path)) !== null]).toEqual([shown, path, expected.includes(path)]);
}

test('nested ignore files are read as git reads them', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(filePath, { minLength: 4, maxLength: 14 }),
      fc.dictionary(folderPath, ignoreFile, { maxKeys: 3 }),
      ignoreFile,
      (paths, below, top) => checkAgainstGit(treeFrom(paths, { ...below, '': top })),
    ),
    { numRuns: 60 },
  ));

test('letter case counts in ignore files, as it does in git', () =>
  checkAgainstGit({ '.gitignore': 'build/\n*.LOG\n', 'Build/a.ts': 'x', 'build/a.ts': 'x', 'a.log': 'x' }));

test('a folder that a deeper ignore file takes back is walked', () =>
  checkAgainstGit({ '.gitignore': 'sub/inner/\n', 'sub/.gitignore': '!inner/\n', 'sub/inner/a.ts': 'x' }));

test('no text in an ignore file or a setting stops a scan', () =>
  fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }),
      async (text, exclude) => {
        const scan = await (await workspaceOn({ '.gitignore': text, 'a.ts': 'x' }, { exclude })).scan();
        expect(scan.failed).toEqual([]);
      },
    ),
    { numRuns: 60 },
  ));
