/** Which files of a folder are found: by git's own judgement, by name, and on disks that misbehave. */
import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileSystem, Scan, Workspace } from '../../server/src/base/ports.js';
import { disk } from '../../server/src/workspace/disk.js';
import { editorPatterns } from '../../server/src/workspace/editorPatterns.js';
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

test('a pattern of ours takes in what git and a file’s name leave out', () =>
  checkFound(
    {
      '.gitignore': 'dist/\nvendor/\n*.log\n',
      '.scholiaignore': '!dist/\n!vendor/acme/lib.js\n!node_modules/@acme/**\n!yarn.lock\n!keep.log\n',
      'dist/app.min.js': '',
      'dist/deep/b.js': '',
      'dist/.gitignore': '*\n',
      'dist/node_modules/x.js': '',
      'vendor/acme/lib.js': '',
      'vendor/acme/other.js': '',
      'vendor/other.js': '',
      'node_modules/@acme/core/src/a.js': '',
      'node_modules/other/a.js': '',
      'yarn.lock': '',
      'keep.log': '',
      'a.log': '',
      'sub/keep.log': '',
    },
    [
      '.gitignore',
      '.scholiaignore',
      'dist/.gitignore',
      'dist/app.min.js',
      'dist/deep/b.js',
      'vendor/acme/lib.js',
      'node_modules/@acme/core/src/a.js',
      'yarn.lock',
      'keep.log',
      'sub/keep.log',
    ],
  ));

test('nothing takes in secrets, histories or what the settings leave out', () =>
  checkFound(
    {
      '.scholiaignore': '!*\n!.env\n!.git/\n!.git/config\n!id_rsa\n!sub/.env\n!*.gen.ts\n!kept/deep/a.ts\n',
      '.git/config': '',
      '.env': '',
      'sub/.env': '',
      id_rsa: '',
      'a.gen.ts': '',
      'kept/deep/a.ts': '',
      'a.ts': '',
    },
    ['.scholiaignore', 'a.ts'],
    { exclude: ['*.gen.ts', 'kept/'] },
  ));

test('a deeper file of ours takes out again what an upper one took in', () =>
  checkFound(
    {
      '.gitignore': 'out/\n',
      '.scholiaignore': '!out/\n',
      'out/.scholiaignore': 'maps/\n',
      'out/a.js': '',
      'out/maps/b.js': '',
    },
    ['.gitignore', '.scholiaignore', 'out/.scholiaignore', 'out/a.js'],
  ));

test('a file that was taken in is indexed though it says that it is generated or minified, and not if it is binary', async () => {
  const files = {
    'gen.go': '// Code generated by lanterns. DO NOT EDIT.\nvar Lantern = 1\n',
    'long.js': `var lantern = "${'x'.repeat(60_000)}";\n`,
    'blob.js': new Uint8Array([0x61, 0, 0x62]),
  };
  const engine = await engineOn(files);
  expect(await engine.status()).toMatchObject({
    files: 0,
    skipped: { generated: 1, 'minified or data': 1, binary: 1 },
  });
  await writeFiles(engine.folder, { '.scholiaignore': '!gen.go\n!long.js\n!blob.js\n' });
  await engine.filesChanged(['.scholiaignore']);
  expect(await engine.status()).toMatchObject({ files: 3, skipped: { binary: 1 } });
  expect(await engine.explain('gen.go')).toEqual({ path: 'gen.go', indexed: true, reason: null });
  await writeFiles(engine.folder, { '.scholiaignore': '\n' });
  await engine.filesChanged(['.scholiaignore']);
  expect(await engine.status()).toMatchObject({
    files: 1,
    skipped: { generated: 1, 'minified or data': 1, binary: 1 },
  });
});

test('code in folders whose names often mean something else is code', () => {
  const files = Object.fromEntries(
    ['dist/a.ts', 'build/a.ts', 'target/a.rs', 'out/a.c', 'vendor/a.go', 'third_party/a.cc', 'Pods/a.m'].map((path) => [
      path,
      '',
    ]),
  );
  return checkFound(files, Object.keys(files));
});

test('a folder whose files say that it is somebody else’s, or a tool’s, is left out', async () => {
  const workspace = await workspaceOn({
    'vendor/modules.txt': '',
    'vendor/x/a.go': '',
    'php/vendor/autoload.php': '',
    'crates/serde/.cargo-checksum.json': '{}',
    'crates/serde/a.rs': '',
    'env/pyvenv.cfg': '',
    'env/a.py': '',
    'target/CACHEDIR.TAG': '',
    'target/a.rs': '',
    'modules.txt': '',
  });
  const scan = await workspace.scan();
  expect(pathsOf(scan)).toEqual(['modules.txt']);
  expect(scan.skipped).toEqual({ vendored: 4, generated: 1 });
});

test('what a repository says of its own files in .gitattributes counts', () =>
  checkFound(
    {
      '.gitattributes': [
        '*.snap text linguist-generated',
        'api/client/** linguist-generated=true',
        'api/client/hand.ts -linguist-generated',
        'libs/* linguist-vendored',
        'docs/ linguist-vendored',
        '*.ts eol=lf',
      ].join('\n'),
      'a.snap': '',
      'deep/er/b.snap': '',
      'deep/.gitattributes': 'kept.snap linguist-generated=false\n',
      'deep/kept.snap': '',
      'api/client/a/b.ts': '',
      'api/client/hand.ts': '',
      'libs/jquery.js': '',
      'libs/own/a.js': '',
      'docs/a.md': '',
    },
    ['.gitattributes', 'deep/.gitattributes', 'deep/kept.snap', 'api/client/hand.ts', 'libs/own/a.js', 'docs/a.md'],
  ));

test('what the editor hides is left out', () =>
  checkFound(
    {
      'a.js': '',
      'sub/a.js': '',
      'sub/b.map': '',
      'tmp/a.ts': '',
      'sub/tmp/a.ts': '',
      'x.one': '',
      'x.two': '',
      'x.off': '',
    },
    ['sub/a.js', 'sub/tmp/a.ts', 'x.off'],
    {
      hidden: editorPatterns({
        '*.js': true,
        '**/*.map': true,
        tmp: true,
        '*.{one,two}': true,
        '*.off': false,
        '*.ts': { when: '$(basename).js' },
      }),
    },
  ));

test('no setting of the editor stops a scan', () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.dictionary(fc.string({ maxLength: 12 }), fc.constantFrom(true, false)), fc.anything()),
      async (excludes) => {
        const scan = await (await workspaceOn({ 'a.ts': 'x' }, { hidden: editorPatterns(excludes) })).scan();
        expect(scan.failed).toEqual([]);
      },
    ),
    { numRuns: 40 },
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

test('each path that is left out has a reason that names the rule', async () => {
  const workspace = await workspaceOn(
    {
      '.gitignore': '# products\nout/\n',
      'sub/.scholiaignore': 'mine.ts\n',
      '.gitattributes': 'api.ts linguist-generated\n',
      'api.ts': '',
      'out/deep/a.js': '',
      'sub/mine.ts': '',
      'node_modules/x/index.js': '',
      '.env': '',
      'logo.png': '',
      'big.ts': 'x'.repeat(2000),
      'set.ts': '',
      'a.ts': '',
    },
    { maxFileBytes: 1000, exclude: ['set.ts'] },
  );
  await symlink('a.ts', join(workspace.root, 'link.ts'));
  const cases: [string, string | null][] = [
    ['a.ts', null],
    ['out/deep/a.js', 'The folder out is left out: a pattern leaves it out: .gitignore, line 2: `out/`'],
    ['sub/mine.ts', 'sub/mine.ts is left out: a pattern leaves it out: sub/.scholiaignore, line 1: `mine.ts`'],
    ['set.ts', 'set.ts is left out: a pattern leaves it out: The setting scholia.index.exclude: `set.ts`'],
    ['api.ts', 'api.ts is left out: .gitattributes, line 1 says linguist-generated: `api.ts`'],
    [
      'node_modules/x/index.js',
      'The folder node_modules is left out: it holds other people’s code: packages that npm installed',
    ],
    ['.env', '.env is left out: files of this name hold secrets; nothing takes them in'],
    ['logo.png', 'logo.png is left out: it is not text, by its name'],
    ['link.ts', 'link.ts is left out: it is a link; what links point to is indexed where it lies'],
    ['big.ts', 'big.ts has 2,000 bytes; files over 1,000 are left out'],
    ['gone.ts', 'There is no file gone.ts'],
    ['sub', 'sub is a folder; only files are indexed'],
    ['../a.ts', `../a.ts is not in the folder ${workspace.root}`],
  ];
  for (const [path, reason] of cases) expect([path, await workspace.explain(path)]).toEqual([path, reason]);
});

test('whatever the tree, a path has a reason exactly if no scan finds it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(filePath, { minLength: 4, maxLength: 14 }),
      fc.dictionary(folderPath, ignoreFile, { maxKeys: 2 }),
      ignoreFile,
      async (paths, below, own) => {
        const files = { ...treeFrom(paths, below), '.scholiaignore': own };
        const workspace = await workspaceOn(files);
        const found = new Set(pathsOf(await workspace.scan()));
        for (const path of Object.keys(files))
          expect([files, path, (await workspace.explain(path)) === null]).toEqual([files, path, found.has(path)]);
      },
    ),
    { numRuns: 60 },
  ));
