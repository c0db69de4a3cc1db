/**
 * Repositories whose configuration names a program wherever git lets it. Every program leaves a canary; none may be
 * found, and nothing in `.git` may have changed. That the traps work is seen by stepping into them with a plain git.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { gitHistory } from '../../server/src/index/gitHistory.js';
import { disk } from '../../server/src/workspace/disk.js';
import { engineOn, scratchFolder } from '../support/engine.js';
import { digestOf, program, type Repository, repositoryIn, write } from '../support/repository.js';

let folder: string;
let canaries: string;
let repository: Repository;

beforeEach(() => {
  folder = realpathSync(scratchFolder());
  canaries = join(folder, 'canaries');
  mkdirSync(canaries);
  repository = repositoryIn(join(folder, 'work'));
});

/** A program in the workspace that leaves a canary of this name. */
function trap(name: string): string {
  return program(join(folder, 'work/traps', name), `: > ${canaries}/${name}; exit 1`);
}

function sung(): string[] {
  return readdirSync(canaries).sort();
}

/** Two commits, the last one signed with a signature that a program would have to check. */
function commits(): void {
  repository.commit('Begin', { 'a.ts': 'one\n', 'b.bin': 'x\n' });
  repository.commit('Change', { 'a.ts': 'two\n', 'b.bin': 'y\n' });
  const plain = repository.git('cat-file', 'commit', 'HEAD');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----\n';
  writeFileSync(join(folder, 'signed'), plain.replace('\n\n', `\n${signature}\n`));
  repository.git('update-ref', 'HEAD', repository.git('hash-object', '-t', 'commit', '-w', join(folder, 'signed')));
}

function setEveryTrap(): void {
  const settings: [string, string][] = [
    ['core.fsmonitor', trap('fsmonitor')],
    ['core.pager', trap('pager')],
    ['pager.log', trap('pagerLog')],
    ['core.sshCommand', trap('ssh')],
    ['core.editor', trap('editor')],
    ['core.askPass', trap('askPass')],
    ['core.gitProxy', trap('proxy')],
    ['core.alternateRefsCommand', trap('alternateRefs')],
    ['credential.helper', `!${trap('credential')}`],
    ['diff.external', trap('diffExternal')],
    ['diff.trap.command', trap('diffCommand')],
    ['diff.trap.textconv', trap('textconv')],
    ['alias.blame', `!${trap('aliasBlame')}`],
    ['alias.cat-file', `!${trap('aliasCatFile')}`],
    ['pager.blame', trap('pagerBlame')],
    ['filter.trap.clean', trap('clean')],
    ['filter.trap.smudge', trap('smudge')],
    ['filter.trap.process', trap('process')],
    ['gpg.program', trap('gpg')],
    ['log.showSignature', 'true'],
    ['alias.log', `!${trap('aliasLog')}`],
    ['alias.rev-parse', `!${trap('aliasRevParse')}`],
    ['uploadpack.packObjectsHook', trap('packObjects')],
    // Not programs, but ways to change what is printed, or to hang.
    ['log.showRoot', 'false'],
    ['log.follow', 'true'],
    ['log.date', 'format:%%'],
    ['log.decorate', 'full'],
    ['format.pretty', 'format:nothing'],
    ['color.ui', 'always'],
    ['diff.orderFile', '/dev/zero'],
    ['blame.ignoreRevsFile', '/dev/zero'],
    ['blame.markIgnoredLines', 'true'],
    ['blame.showRoot', 'true'],
    ['blame.date', 'format:%%'],
    ['mailmap.file', '/dev/zero'],
    ['mailmap.blob', 'HEAD:b.bin'],
    ['diff.renames', 'false'],
    ['diff.noprefix', 'true'],
    ['diff.relative', 'true'],
    ['i18n.logOutputEncoding', 'UTF-16'],
  ];
  const hooks = join(folder, 'work/hooks');
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc', 'post-commit']) {
    program(join(hooks, hook), `: > ${canaries}/${hook}`);
    program(join(folder, 'work/.git/hooks', hook), `: > ${canaries}/${hook}`);
  }
  for (const [name, value] of [...settings, ['core.hooksPath', hooks] as const]) repository.git('config', name, value);
  write(folder, { 'work/.gitattributes': '* diff=trap filter=trap\n', 'work/.git/info/attributes': '* diff=trap\n' });
}

function history(root = repository.folder, environment: NodeJS.ProcessEnv = {}) {
  return gitHistory({ root, files: disk, environment: { PATH: process.env['PATH'], HOME: folder, ...environment } });
}

/** Git as anyone would call it. */
function plainGit(...args: string[]): void {
  spawnSync('git', args, { cwd: repository.folder, env: { PATH: process.env['PATH'], HOME: folder } });
}

test('no program that the configuration names is run, and git is left as it was', async () => {
  commits();
  setEveryTrap();
  const before = digestOf(join(repository.folder, '.git'));
  const read = await history().read('', 100);
  expect(read.commits.map(({ subject, paths }) => [subject, paths])).toEqual([
    ['Change', ['a.ts', 'b.bin']],
    ['Begin', ['a.ts', 'b.bin']],
  ]);
  await history().read(`${'0'.repeat(39)}1`, 100);
  await history(join(repository.folder, 'traps')).read('', 100);
  expect(sung()).toEqual([]);
  expect(digestOf(join(repository.folder, '.git'))).toBe(before);
});

test('who last changed a line is told without any program either, and without reading the file', async () => {
  commits();
  setEveryTrap();
  write(repository.folder, { '.mailmap': 'Eve <eve@example.org> <ada@example.org>\n' });
  rmSync(join(repository.folder, 'a.ts'));
  const before = digestOf(join(repository.folder, '.git'));
  const lines = await history().ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 });
  expect(lines).toMatchObject({
    commits: [{ subject: 'Change', author: 'Eve', lines: 1 }],
    uncommitted: 0,
    unknown: 0,
  });
  await history(join(repository.folder, 'traps')).ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 });
  expect(sung()).toEqual([]);
  expect(digestOf(join(repository.folder, '.git'))).toBe(before);
});

test('a map of names that never ends costs the answer, and no more', async () => {
  commits();
  execFileSync('mkfifo', [join(repository.folder, '.mailmap')]);
  const hurried = { root: repository.folder, files: disk, timeoutMs: 1000 };
  const lines = gitHistory(hurried).ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 });
  await expect(lines).rejects.toThrow('git took too long');
});

test('the traps are real: a plain git steps into them', () => {
  commits();
  setEveryTrap();
  for (const endless of ['diff.orderFile', 'blame.ignoreRevsFile', 'mailmap.file'])
    plainGit('config', '--unset', endless);
  plainGit('status');
  plainGit('log', '-1', '-p');
  // What is converted for `blame` goes through this filter first, which fails.
  plainGit('config', '--unset', 'filter.trap.process');
  plainGit('blame', 'HEAD', '--', 'a.ts');
  expect(sung()).toEqual(expect.arrayContaining(['fsmonitor', 'gpg', 'process', 'textconv']));
});

test('nothing is fetched where a partial clone lacks an object', async () => {
  commits();
  const tree = repository.git('rev-parse', 'HEAD~1^{tree}');
  const remote = trap('remote');
  for (const [name, value] of [
    ['core.repositoryFormatVersion', '1'],
    ['extensions.partialClone', 'origin'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.url', `ext::${remote}`],
    ['protocol.ext.allow', 'always'],
    ['protocol.allow', 'always'],
  ])
    repository.git('config', name!, value!);
  rmSync(join(repository.folder, '.git/objects', tree.slice(0, 2), tree.slice(2)));
  const before = digestOf(join(repository.folder, '.git'));
  await expect(history().read('', 100)).rejects.toThrow(/cannot be read, so history is left out/);
  const lines = history().ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 });
  await expect(lines).rejects.toThrow(/cannot be read, so history is left out/);
  expect(sung()).toEqual([]);
  expect(digestOf(join(repository.folder, '.git'))).toBe(before);
  plainGit('log', '--name-status');
  expect(sung()).toEqual(['remote']);
});

test('a .git file, a work tree elsewhere and included settings change nothing of that', async () => {
  commits();
  setEveryTrap();
  renameSync(join(repository.folder, '.git'), join(folder, 'elsewhere'));
  writeFileSync(join(repository.folder, '.git'), `gitdir: ${join(folder, 'elsewhere')}\n`);
  appendFileSync(join(folder, 'elsewhere/config'), `[include]\n\tpath = ${join(folder, 'more')}\n`);
  writeFileSync(join(folder, 'more'), `[core]\n\tworktree = ${folder}\n\tfsmonitor = ${trap('included')}\n`);
  const before = digestOf(join(folder, 'elsewhere'));
  await history()
    .read('', 100)
    .catch(() => {});
  await history()
    .ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 })
    .catch(() => {});
  expect(sung()).toEqual([]);
  expect(digestOf(join(folder, 'elsewhere'))).toBe(before);
});

test('a folder that only looks like a bare repository is not taken for one', async () => {
  commits();
  setEveryTrap();
  const bare = join(folder, 'outer/bare');
  mkdirSync(join(folder, 'outer/.git'), { recursive: true });
  execFileSync('cp', ['-r', join(repository.folder, '.git'), bare]);
  execFileSync('git', ['config', '-f', join(bare, 'config'), 'core.bare', 'true']);
  await expect(history(bare).read('', 100)).rejects.toThrow(/cannot be read/);
  const lines = history(bare).ofLines('a.ts', 'two\n', { startLine: 1, endLine: 1 });
  await expect(lines).rejects.toThrow(/cannot be read/);
  expect(sung()).toEqual([]);
});

test("the environment's own git variables do not count", async () => {
  commits();
  const other = repositoryIn(join(folder, 'other'));
  other.commit('Of another repository', { 'x.ts': '1' });
  const { commits: read } = await history(repository.folder, {
    GIT_DIR: join(other.folder, '.git'),
    GIT_WORK_TREE: other.folder,
    GIT_OBJECT_DIRECTORY: join(other.folder, '.git/objects'),
    GIT_TRACE: join(canaries, 'trace'),
    GIT_TRACE2: join(canaries, 'trace2'),
    GIT_EXTERNAL_DIFF: trap('externalDiff'),
    GIT_PAGER: trap('pager'),
    PAGER: trap('pager'),
    GIT_SSH_COMMAND: trap('ssh'),
    GIT_EXEC_PATH: join(folder, 'work/traps'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: trap('fsmonitor'),
    LD_PRELOAD: join(folder, 'work/traps/none.so'),
  }).read('', 100);
  expect(read.map(({ subject }) => subject)).toEqual(['Change', 'Begin']);
  expect(sung()).toEqual([]);
});

test('in a workspace that is not trusted no git is run at all', async () => {
  commits();
  const bin = join(folder, 'bin');
  program(join(bin, 'git'), `: > ${canaries}/git; exit 1`);
  const path = process.env['PATH'];
  process.env['PATH'] = bin;
  onTestFinished(() => void (process.env['PATH'] = path));
  const careful = await engineOn({}, { root: repository.folder, trusted: false });
  expect(sung()).toEqual([]);
  expect((await careful.status()).degraded.join(' ')).not.toContain('history');
  await engineOn({}, { root: repository.folder, trusted: true });
  expect(sung()).toEqual(['git']);
});
