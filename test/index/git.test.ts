/** What comes out of real repositories of every shape, by the real git. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Commit } from '../../server/src/base/ports.js';
import type { GitOptions } from '../../server/src/index/git.js';
import { gitHistory } from '../../server/src/index/gitHistory.js';
import { disk } from '../../server/src/workspace/disk.js';
import { scratchFolder } from '../support/engine.js';
import { program, type Repository, repositoryIn } from '../support/repository.js';

let folder: string;
let repository: Repository;

beforeEach(() => {
  folder = realpathSync(scratchFolder());
  repository = repositoryIn(join(folder, 'work'));
});

function history(root = repository.folder, options: Partial<GitOptions> = {}) {
  return gitHistory({ root, files: disk, environment: { PATH: process.env['PATH'], HOME: folder }, ...options });
}

const subjects = (commits: readonly Commit[]) => commits.map(({ subject }) => subject);

test('a commit is its hash, time, subject and the files it changed', async () => {
  repository.commit('Begin', { 'a.ts': '1', 'b/c.ts': '2' });
  const head = repository.commit('Change one\n\nwith a body', { 'b/c.ts': '3' });
  const read = await history().read('', 10);
  expect(read).toMatchObject({ mark: head, rebuilt: true });
  expect(read.commits).toEqual([
    {
      hash: head,
      at: Number(repository.git('log', '-1', '--format=%ct')),
      subject: 'Change one',
      paths: ['b/c.ts'],
      renames: [],
    },
    expect.objectContaining({ subject: 'Begin', paths: ['a.ts', 'b/c.ts'] }),
  ]);
});

test('merges are left out, and what they merged is there', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  repository.git('checkout', '-q', '-b', 'side');
  repository.commit('On the side', { 'b.ts': '1' });
  repository.git('checkout', '-q', 'main');
  repository.commit('On main', { 'a.ts': '2' });
  repository.git('merge', '-q', '--no-ff', '-m', 'Merge', 'side');
  expect(subjects((await history().read('', 10)).commits)).toEqual(['On main', 'On the side', 'Begin']);
});

test('no more commits than asked for, the newest', async () => {
  for (let i = 0; i < 5; i++) repository.commit(`Change ${i}`, { 'a.ts': `${i}` });
  expect(subjects((await history().read('', 2)).commits)).toEqual(['Change 4', 'Change 3']);
});

test('only what is new is read the second time', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  const first = await history().read('', 10);
  expect(await history().read(first.mark, 10)).toEqual({ mark: first.mark, commits: [], rebuilt: false });
  repository.commit('More', { 'a.ts': '2' });
  const second = await history().read(first.mark, 10);
  expect({ ...second, commits: subjects(second.commits) }).toMatchObject({ commits: ['More'], rebuilt: false });
});

test('after an amended commit or on another branch all is read anew', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  repository.commit('Second', { 'a.ts': '2' });
  const { mark } = await history().read('', 10);
  repository.git('commit', '-q', '--amend', '-m', 'Second, better');
  const amended = await history().read(mark, 10);
  expect({ ...amended, commits: subjects(amended.commits) }).toMatchObject({
    commits: ['Second, better', 'Begin'],
    rebuilt: true,
  });
  repository.git('checkout', '-q', '--orphan', 'other');
  repository.commit('Elsewhere', { 'a.ts': '3' });
  const other = await history().read(amended.mark, 10);
  expect({ ...other, commits: subjects(other.commits) }).toMatchObject({ commits: ['Elsewhere'], rebuilt: true });
  const unknown = await history().read('0'.repeat(40), 10);
  expect(unknown).toMatchObject({ rebuilt: true, mark: other.mark });
});

test('a renamed file has both its names, a deleted one none', async () => {
  repository.commit('Begin', { 'a.ts': 'one\ntwo\n', 'gone.ts': 'x' });
  repository.commit('Move', { 'a.ts': null, 'b.ts': 'one\ntwo\n', 'gone.ts': null });
  const [move] = (await history().read('', 10)).commits;
  expect(move).toMatchObject({ paths: ['b.ts'], renames: [['a.ts', 'b.ts']] });
});

test('a bulk change keeps its subject and its renames, and no paths', async () => {
  const files = (name: (i: number) => string, text: string | null) =>
    Object.fromEntries(Array.from({ length: 101 }, (_, i) => [name(i), text && `${text} ${i}`]));
  repository.commit(
    'Import',
    files((i) => `old/${i}.ts`, 'text'),
  );
  repository.commit('Move all', { ...files((i) => `old/${i}.ts`, null), ...files((i) => `new/${i}.ts`, 'text') });
  const [move, begin] = (await history().read('', 10)).commits;
  expect(begin).toMatchObject({ subject: 'Import', paths: [] });
  expect(move!.paths).toEqual([]);
  expect(move!.renames).toHaveLength(101);
});

test('a folder in a repository has the commits that touched it, under its own paths', async () => {
  repository.commit('Begin', { 'a.ts': '1', 'packages/core/main.ts': '1' });
  repository.commit('Elsewhere', { 'a.ts': '2' });
  repository.commit('In the core', { 'packages/core/main.ts': '2', 'a.ts': '3' });
  const { commits } = await history(join(repository.folder, 'packages/core')).read('', 10);
  expect(commits.map(({ subject, paths }) => [subject, paths])).toEqual([
    ['In the core', ['main.ts']],
    ['Begin', ['main.ts']],
  ]);
});

test('a folder without a repository has no history, and no git is run for it', async () => {
  rmSync(join(repository.folder, '.git'), { recursive: true });
  const bin = join(folder, 'bin');
  program(join(bin, 'git'), `: > ${folder}/ran; exit 1`);
  const options = { environment: { PATH: bin } };
  expect(await history(repository.folder, options).read('', 10)).toEqual({ mark: '', commits: [], rebuilt: false });
  expect(await history(repository.folder, options).read('0'.repeat(40), 10)).toMatchObject({ mark: '', rebuilt: true });
  await expect(disk.stat(join(folder, 'ran'))).rejects.toThrow();
});

test('a repository without a commit has no history', async () => {
  expect(await history().read('', 10)).toEqual({ mark: '', commits: [], rebuilt: false });
});

test('a detached head, a worktree and a submodule are read like any other', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  repository.commit('Second', { 'a.ts': '2' });
  repository.git('worktree', 'add', '-q', join(folder, 'tree'), 'HEAD~1');
  expect(subjects((await history(join(folder, 'tree')).read('', 10)).commits)).toEqual(['Begin']);
  const outer = repositoryIn(join(folder, 'outer'));
  outer.git('submodule', '-q', 'add', repository.folder, 'inner');
  outer.commit('Take it in', {});
  expect(subjects((await history(join(outer.folder, 'inner')).read('', 10)).commits)).toEqual(['Second', 'Begin']);
  expect((await history(outer.folder).read('', 10)).commits[0]).toMatchObject({ paths: ['.gitmodules', 'inner'] });
});

test('a shallow clone goes back as far as it holds, and its last commit claims no files', async () => {
  for (let i = 0; i < 4; i++) repository.commit(`Change ${i}`, { 'a.ts': `${i}`, 'b.ts': '1' });
  const clone = join(folder, 'clone');
  repository.git('clone', '-q', '--depth', '2', `file://${repository.folder}`, clone);
  const read = await history(clone).read('', 10);
  expect(read.commits.map(({ subject, paths }) => [subject, paths])).toEqual([
    ['Change 3', ['a.ts']],
    ['Change 2', []],
  ]);
  expect(await history(clone).read(read.mark, 10)).toMatchObject({ commits: [], rebuilt: false });
  repositoryIn(clone).git('fetch', '-q', '--unshallow');
  expect(subjects((await history(clone).read(read.mark, 10)).commits)).toHaveLength(4);
});

test('whatever a subject or a path holds, it stays what it is', async () => {
  const odd = 'tab\there "and" \\ \u202e ⟨é⟩.ts';
  repository.commit('Begin', { 'a.ts': '1' });
  repository.commit(`M\x01\x1b[31m red \u202e backwards ${'0'.repeat(40)}`, { [odd]: '1', M: '1' });
  repository.commit('', { 'a.ts': '2' });
  repository.commit(`Use ghp_${'a1B2'.repeat(9)} for now`, { 'a.ts': '3' });
  const { commits } = await history().read('', 10);
  expect(commits.map(({ subject, paths }) => [subject, paths])).toEqual([
    [`Use ${'•'.repeat(40)} for now`, ['a.ts']],
    ['', ['a.ts']],
    [`M\x01\x1b[31m red \u202e backwards ${'0'.repeat(40)}`, ['M', odd]],
    ['Begin', ['a.ts']],
  ]);
});

test('a subject of a megabyte is cut', async () => {
  writeFileSync(join(folder, 'message'), `Long ${'𝒳'.repeat(300_000)}`);
  repository.commit('Begin', { 'a.ts': '1' });
  repository.git('commit', '-q', '--allow-empty', '-F', join(folder, 'message'));
  repository.commit('After', { 'a.ts': '2' });
  const { commits } = await history().read('', 10);
  expect(subjects(commits)).toEqual(['After', expect.stringMatching(/^Long 𝒳/), 'Begin']);
  expect(commits[1]!.subject.length).toBeLessThanOrEqual(200);
  expect(commits[1]!.subject.isWellFormed()).toBe(true);
});

test('output over the limit keeps the commits that came whole', async () => {
  for (let i = 0; i < 30; i++) repository.commit(`Change ${i} ${'and '.repeat(1500)}`, { 'a.ts': `${i}` });
  const { commits } = await history(repository.folder, { maxBytes: 100_000 }).read('', 30);
  expect(commits.length).toBeGreaterThan(0);
  expect(commits.length).toBeLessThan(30);
  for (const { paths } of commits) expect(paths).toEqual(['a.ts']);
});

test('a damaged repository is named and nothing worse', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  writeFileSync(join(repository.folder, '.git/HEAD'), 'not a head\n');
  await expect(history().read('', 10)).rejects.toThrow(/cannot be read, so history is left out/);
  rmSync(join(repository.folder, '.git'), { recursive: true });
  writeFileSync(join(repository.folder, '.git'), 'gitdir: /nowhere/at/all\n');
  await expect(history().read('', 10)).rejects.toThrow(/cannot be read, so history is left out/);
});

test('an object that is gone is named', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  const tree = repository.git('rev-parse', 'HEAD^{tree}');
  repository.commit('Second', { 'a.ts': '2' });
  rmSync(join(repository.folder, '.git/objects', tree.slice(0, 2), tree.slice(2)), { force: true });
  await expect(history().read('', 10)).rejects.toThrow(/cannot be read, so history is left out: .*/);
});

test('without git it says so', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  for (const PATH of ['', join(folder, 'nothing'), undefined])
    await expect(history(repository.folder, { environment: { PATH } }).read('', 10)).rejects.toThrow(
      'git was not found, so history is left out',
    );
});

test("someone else's repository is refused by git, and the way out is told", async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  // Git's own switch for its own tests of this.
  const git = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  program(join(folder, 'bin/git'), `GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec ${git} "$@"`);
  const environment = { PATH: join(folder, 'bin'), HOME: folder };
  await expect(history(repository.folder, { environment }).read('', 10)).rejects.toThrow(/safe\.directory/);
});

test('a git that hangs is ended, with what it said kept, and so is one that is no longer wanted', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  program(join(folder, 'bin/git'), 'exec /bin/sleep 60');
  const environment = { PATH: join(folder, 'bin') };
  await expect(history(repository.folder, { environment, timeoutMs: 50 }).read('', 10)).rejects.toThrow(
    'git took too long, so history is left out',
  );
  const git = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  program(
    join(folder, 'bin/git'),
    `case "$*" in *name-status*) ${git} "$@"; exec /bin/sleep 60;; *) exec ${git} "$@";; esac`,
  );
  repository.commit('Second', { 'a.ts': '2' });
  const slow = await history(repository.folder, {
    environment: { ...environment, HOME: folder },
    timeoutMs: 2000,
  }).read('', 10);
  expect(subjects(slow.commits)).toEqual(['Second']);
  program(join(folder, 'bin/git'), 'exec /bin/sleep 60');
  const controller = new AbortController();
  const reading = history(repository.folder, { environment }).read('', 10, controller.signal);
  controller.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});

test('a git that cannot be started is named', async () => {
  repository.commit('Begin', { 'a.ts': '1' });
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/git'), 'no program', { mode: 0o600 });
  await expect(history(repository.folder, { environment: { PATH: join(folder, 'bin') } }).read('', 10)).rejects.toThrow(
    'git cannot be run, so history is left out',
  );
});

test('a git in the repository is passed over, by whatever way the search path leads to it', async () => {
  repository.commit('Begin', { 'a.ts': '1', 'packages/core/a.ts': '1' });
  const ran = join(folder, 'ran');
  for (const place of ['git', 'bin/git', 'packages/core/node_modules/.bin/git'])
    program(join(repository.folder, place), `: > ${ran}; exit 1`);
  const linked = join(folder, 'linked');
  mkdirSync(linked);
  symlinkSync(join(repository.folder, 'bin/git'), join(linked, 'git'));
  const PATH = ['', '.', './bin', 'bin', repository.folder, join(repository.folder, 'bin'), linked];
  const root = join(repository.folder, 'packages/core');
  const environment = {
    PATH: [...PATH, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    HOME: folder,
  };
  expect(subjects((await history(root, { environment }).read('', 10)).commits)).toEqual(['Begin']);
  await expect(disk.stat(ran)).rejects.toThrow();
});
