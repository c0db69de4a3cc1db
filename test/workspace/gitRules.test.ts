/** Ignore files as git reads them, by git’s own judgement, and repositories within and above the folder. */
import { execFileSync } from 'node:child_process';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disk } from '../../server/src/workspace/disk.js';
import { openWorkspace } from '../../server/src/workspace/walk.js';
import { type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { CONFIG, filePath, folderPath, ignoreFile, pathsOf, treeFrom, workspaceOn } from './trees.js';

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

/** Git as the tests want it: nothing of the machine's own configuration, and a name to commit under. */
function gitIn(folder: string, ...args: string[]): string {
  const own = ['-c', 'core.excludesFile=/dev/null', '-c', 'user.name=x', '-c', 'user.email=x@x'];
  return execFileSync('git', [...own, '-c', 'protocol.file.allow=always', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function repositoryWith(files: Files): Promise<string> {
  const folder = join(scratchFolder(), 'repository');
  await writeFiles(folder, files);
  gitIn(folder, 'init', '-q', '-b', 'main');
  gitIn(folder, 'add', '-A', '-f');
  gitIn(folder, 'commit', '-q', '-m', 'x');
  return folder;
}

test('a submodule is indexed by its own ignore files, a second work tree of the repository is not', async () => {
  const inner = await repositoryWith({ 'lib.ts': '', 'a.log': '', '.gitignore': 'own/\n', 'own/a.ts': '' });
  const folder = await repositoryWith({ '.gitignore': '*.log\n/elsewhere\n', 'a.ts': '', 'b.log': '' });
  gitIn(folder, 'submodule', 'add', '-q', inner, 'modules/inner');
  gitIn(folder, 'worktree', 'add', '-q', 'trees/second');
  const workspace = await openWorkspace(disk, folder, CONFIG);
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual([
    '.gitignore',
    '.gitmodules',
    'a.ts',
    'modules/inner/.gitignore',
    'modules/inner/a.log',
    'modules/inner/lib.ts',
  ]);
  expect(scan.skipped).toMatchObject({ worktree: 1 });
  expect(await workspace.explain('trees/second/a.ts')).toContain('another work tree of the same repository');
  const second = await openWorkspace(disk, join(folder, 'trees/second'), CONFIG);
  expect(pathsOf(await second.scan())).toEqual(['.gitignore', 'a.ts']);
});

test('a folder of a repository is read with the ignore files above it, and with the user’s own', async () => {
  const folder = await repositoryWith({
    '.gitignore': '*.log\n/packages/app/build/\n/packages/*/tmp\n',
    'packages/.gitignore': '*.out\n',
    'packages/app/a.ts': '',
    'packages/app/a.log': '',
    'packages/app/a.out': '',
    'packages/app/build/b.ts': '',
    'packages/app/src/build/b.ts': '',
    'packages/app/tmp/c.ts': '',
    'packages/app/.DS_Store': '',
  });
  const home = scratchFolder();
  await writeFiles(home, {
    '.gitconfig': '[core]\n\texcludesFile = ~/mine\n',
    mine: '.DS_Store\n',
    '.config/git/ignore': '*.ts\n',
  });
  const user = { home, configuration: join(home, '.config') };
  const app = await openWorkspace(disk, join(folder, 'packages/app'), { ...CONFIG, user });
  expect(pathsOf(await app.scan())).toEqual(['a.ts', 'src/build/b.ts']);
  expect(await app.explain('.DS_Store')).toContain('mine, line 1');
  const usual = await openWorkspace(disk, join(folder, 'packages/app'), {
    ...CONFIG,
    user: { ...user, home: '/nowhere' },
  });
  expect(pathsOf(await usual.scan())).toEqual(['.DS_Store']);
});

test('a folder that its own repository ignores is read when it is opened itself', async () => {
  const folder = await repositoryWith({ '.gitignore': 'generated/\n', 'generated/a.ts': '' });
  const inner = await openWorkspace(disk, join(folder, 'generated'), CONFIG);
  expect(pathsOf(await inner.scan())).toEqual(['a.ts']);
});

test('an ignore file that is a link says nothing, as in git, and one that is a pipe holds up nobody', async () => {
  const workspace = await workspaceOn({ 'patterns.txt': '*.ts\n', 'a.ts': '', 'sub/b.ts': '' });
  await symlink('patterns.txt', join(workspace.root, '.gitignore'));
  for (const name of ['sub/.gitignore', 'sub/.scholiaignore', '.gitattributes', 'scholia.json'])
    execFileSync('mkfifo', [join(workspace.root, name)]);
  expect(pathsOf(await workspace.scan())).toEqual(['a.ts', 'patterns.txt', 'sub/b.ts']);
  await expect(workspace.read('scholia.json')).rejects.toThrow('is no plain file');
});
