/** Who last changed which lines, told from real repositories of every shape, and held against generated histories. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { LineHistory } from '../../server/src/base/answer.js';
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

const ALL = { startLine: 1, endLine: 1_000_000 };

function ofLines(path: string, text: string, range = ALL, options: Partial<GitOptions> = {}): Promise<LineHistory> {
  const environment = { PATH: process.env['PATH'], HOME: folder };
  return gitHistory({ root: repository.folder, files: disk, environment, ...options }).ofLines(path, text, range);
}

/** `Subject 2, Other 1` and what is not told by commits. */
function told({ commits, uncommitted, unknown }: LineHistory): string {
  const parts = commits.map(({ subject, lines }) => `${subject} ${lines}`);
  if (uncommitted > 0) parts.push(`uncommitted ${uncommitted}`);
  if (unknown > 0) parts.push(`unknown ${unknown}`);
  return parts.join(', ');
}

test('a commit is told with its hash, time, author, subject and how many of the lines are its own, newest first', async () => {
  repository.commit('Begin\n\nwith a body', { 'a.ts': 'one\ntwo\nthree\n' });
  const second = repository.commit('Change two', { 'a.ts': 'one\nTWO\nthree\n' });
  const history = await ofLines('a.ts', 'one\nTWO\nthree\n');
  expect(told(history)).toBe('Change two 1, Begin 2');
  expect(history.commits[0]).toEqual({
    hash: second,
    at: Number(repository.git('log', '-1', '--format=%ct')),
    author: 'Ada',
    subject: 'Change two',
    lines: 1,
  });
  expect(told(await ofLines('a.ts', 'one\nTWO\nthree\n', { startLine: 3, endLine: 3 }))).toBe('Begin 1');
  expect(told(await ofLines('a.ts', 'one\nTWO\nthree\n', { startLine: 9, endLine: 12 }))).toBe('');
});

test('the lines are those of the given text, saved or not', async () => {
  repository.commit('Begin', { 'a.ts': 'one\ntwo\nthree\n' });
  expect(told(await ofLines('a.ts', 'zero\none\ntwo\nthree', { startLine: 2, endLine: 3 }))).toBe('Begin 2');
  expect(told(await ofLines('a.ts', 'zero\none\ntwo!\nthree'))).toBe('Begin 2, uncommitted 2');
  expect(told(await ofLines('new.ts', 'one\ntwo\n'))).toBe('uncommitted 2');
  expect(told(await ofLines('no/such/folder/new.ts', 'one'))).toBe('uncommitted 1');
});

test('before the first commit nothing is committed', async () =>
  expect(told(await ofLines('a.ts', 'one\n'))).toBe('uncommitted 1'));

test('line ends are not lines: a file checked out with others is the one that is committed', async () => {
  repository.git('config', 'core.autocrlf', 'false');
  repository.commit('Begin', {
    'lf.ts': 'one\ntwo\n',
    'crlf.ts': 'one\r\ntwo\r\n',
    'cr.ts': 'one\rtwo\rthree\nfour\n',
  });
  repository.commit('More', { 'cr.ts': 'one\rtwo\rthree\nFOUR\n', 'crlf.ts': 'one\r\nTWO\r\n' });
  expect(told(await ofLines('lf.ts', 'one\r\ntwo\r\n'))).toBe('Begin 2');
  expect(told(await ofLines('crlf.ts', 'one\r\nTWO\r\n'))).toBe('More 1, Begin 1');
  expect(told(await ofLines('crlf.ts', 'one\nTWO\n'))).toBe('More 1, Begin 1');
  // Git counts two lines here, the editor four.
  expect(told(await ofLines('cr.ts', 'one\rtwo\rthree\nFOUR\n', { startLine: 2, endLine: 4 }))).toBe('More 1, Begin 2');
});

test('encodings are those of the index', async () => {
  repository.commit('Begin', { 'bom.ts': '\ufeffone\ntwo\n' });
  const latin = Buffer.from('caf\xe9\ntwo\n', 'latin1');
  writeFileSync(join(repository.folder, 'latin.ts'), latin);
  writeFileSync(join(repository.folder, 'wide.ts'), Buffer.from('\ufeffone\ntwo\n', 'utf16le'));
  repository.commit('Encoded', {});
  expect(told(await ofLines('bom.ts', 'one\ntwo\n'))).toBe('Begin 2');
  expect(told(await ofLines('latin.ts', 'café\ntwo\n'))).toBe('Encoded 2');
  await expect(ofLines('wide.ts', 'one\ntwo\n')).rejects.toThrow('git has no lines of wide.ts');
});

test('a renamed file keeps the history of its lines', async () => {
  const text = 'one\ntwo\nthree\nfour\nfive\n';
  repository.commit('Begin', { 'old.ts': text });
  repository.git('mv', 'old.ts', 'new.ts');
  repository.commit('Move', {});
  repository.commit('Change', { 'new.ts': text.replace('two', 'TWO') });
  expect(told(await ofLines('new.ts', text.replace('two', 'TWO')))).toBe('Change 1, Begin 4');
  expect(told(await ofLines('old.ts', text))).toBe('uncommitted 5');
});

test('what a shallow clone ends with has not changed the lines', async () => {
  repository.commit('Begin', { 'a.ts': 'one\ntwo\nthree\n' });
  repository.commit('Second', { 'a.ts': 'one\nTWO\nthree\n' });
  repository.commit('Third', { 'a.ts': 'one\nTWO\nTHREE\n' });
  repository.git('clone', '-q', '--depth', '2', `file://${repository.folder}`, join(folder, 'shallow'));
  const shallow = { root: join(folder, 'shallow') };
  expect(told(await ofLines('a.ts', 'one\nTWO\nTHREE\n', ALL, shallow))).toBe('Third 1, unknown 2');
});

test('a folder of a repository, a submodule and a second work tree each know their own', async () => {
  repository.commit('Begin', { 'packages/core/a.ts': 'one\n' });
  const inner = repositoryIn(join(folder, 'inner'));
  inner.commit('Within', { 'b.ts': 'two\n' });
  repository.git('submodule', '--quiet', 'add', inner.folder, 'sub');
  repository.commit('Add a submodule', {});
  expect(told(await ofLines('a.ts', 'one\n', ALL, { root: join(repository.folder, 'packages/core') }))).toBe('Begin 1');
  expect(told(await ofLines('sub/b.ts', 'two\n'))).toBe('Within 1');
  repository.git('worktree', 'add', '-q', join(folder, 'second'));
  expect(told(await ofLines('packages/core/a.ts', 'one\n', ALL, { root: join(folder, 'second') }))).toBe('Begin 1');
});

test('paths may hold anything', async () => {
  const paths = ['-n.ts', 'a b.ts', 'ä"\t.ts', ':(glob)*.ts', 'HEAD~1', '[x].ts'];
  repository.commit('Begin', Object.fromEntries(paths.map((path) => [path, `${path}\n`])));
  for (const path of paths) expect([path, told(await ofLines(path, `${path}\n`))]).toEqual([path, 'Begin 1']);
});

test('secrets in subjects and in names are masked, and what looks like output is a subject', async () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  repository.commit(`Rotate ${token}`, { 'a.ts': 'one\n' });
  repository.commit(`filename a.ts`, { 'a.ts': 'one\ntwo\n' });
  repository.commit(`${'0'.repeat(40)} 1 1 9`, { 'a.ts': 'one\ntwo\nthree\n' });
  const history = await ofLines('a.ts', 'one\ntwo\nthree\n');
  expect(told(history)).toBe(`${'0'.repeat(40)} 1 1 9 1, filename a.ts 1, Rotate ${'•'.repeat(token.length)} 1`);
});

test('without a repository it says so', async () => {
  rmSync(join(repository.folder, '.git'), { recursive: true });
  await expect(ofLines('a.ts', 'one')).rejects.toThrow('a.ts is in no git repository');
  await expect(ofLines('a.ts', 'one', ALL, { environment: { PATH: '' } })).rejects.toThrow('in no git repository');
});

test('without git it says so', async () => {
  repository.commit('Begin', { 'a.ts': 'one\n' });
  await expect(ofLines('a.ts', 'one', ALL, { environment: { PATH: '' } })).rejects.toThrow('git was not found');
});

test('git is ended when it takes too long or is no longer wanted, and a commit that it has told by then counts', async () => {
  const head = repository.commit('Begin', { 'a.ts': 'one\ntwo\n' });
  const bin = join(folder, 'bin');
  const entry = `${head} 1 1 1\nauthor Ada\ncommitter-time 5\nsummary Begin\nfilename a.ts\n`;
  const slow = (whatComesFirst: string) =>
    program(
      join(bin, 'git'),
      `case "$*" in *rev-parse*) printf 'false\\n${head}\\n';; *cat-file*) printf 'one\\ntwo\\n';;\n*) printf '${whatComesFirst}'; exec /bin/sleep 60;; esac`,
    );
  const options = { environment: { PATH: bin }, timeoutMs: 1500 };
  slow(entry.replaceAll('\n', '\\n'));
  expect(told(await ofLines('a.ts', 'one\ntwo\n', ALL, options))).toBe('Begin 1, unknown 1');
  slow('');
  await expect(ofLines('a.ts', 'one\ntwo\n', ALL, options)).rejects.toThrow('git took too long');
  const stop = new AbortController();
  const asked = gitHistory({ root: repository.folder, files: disk, ...options, timeoutMs: 60_000 });
  const reading = asked.ofLines('a.ts', 'one\ntwo\n', ALL, stop.signal);
  setTimeout(() => stop.abort(new Error('not wanted')), 300);
  await expect(reading).rejects.toThrow('not wanted');
});

test('an answer is kept until the commit, the text or the lines are others', async () => {
  repository.commit('Begin', { 'a.ts': 'one\ntwo\n' });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const real = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  program(join(bin, 'git'), `echo "$*" >> ${folder}/log; exec ${real} "$@"`);
  const history = gitHistory({ root: repository.folder, files: disk, environment: { PATH: bin, HOME: folder } });
  const blames = () => readFileSync(join(folder, 'log'), 'utf8').split(' blame ').length - 1;
  for (let i = 0; i < 3; i++) await history.ofLines('a.ts', 'one\ntwo\n', ALL);
  expect(blames()).toBe(1);
  await history.ofLines('a.ts', 'one\ntwo\n', { startLine: 1, endLine: 1 });
  await history.ofLines('a.ts', 'zero\none\ntwo\n', ALL);
  expect(blames()).toBe(3);
  repository.commit('Second', { 'a.ts': 'one\nTWO\n' });
  expect(told(await history.ofLines('a.ts', 'one\ntwo\n', ALL))).toBe('Begin 1, uncommitted 1');
  expect(blames()).toBe(4);
});

/** A line of the truth: its text, which no other line ever has, and who wrote it. */
interface Written {
  text: string;
  by: string;
}

const edit = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'replace'),
  at: fc.nat(),
  count: fc.integer({ min: 1, max: 4 }),
});
const step = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  rename: fc.boolean(),
  crlf: fc.boolean(),
});

test('of any series of edits the last changer of every line is told, and of every range', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 6 }),
      fc.array(edit, { maxLength: 3 }),
      async (steps, unsaved) => {
        const { folder: root, commit, git } = repositoryIn(join(realpathSync(scratchFolder()), 'work'));
        let path = 'a0.ts';
        let next = 0;
        let lines: Written[] = [];
        const apply = (edits: typeof unsaved, by: string) => {
          for (const { kind, at, count } of edits) {
            const place = at % (lines.length + 1);
            const fresh = Array.from({ length: count }, () => ({ text: `line ${next++}`, by }));
            lines = lines.toSpliced(place, kind === 'insert' ? 0 : count, ...(kind === 'delete' ? [] : fresh));
          }
        };
        const written = (end: string) => lines.map(({ text }) => text + end).join('');
        apply([{ kind: 'insert', at: 0, count: 4 }], 'Begin');
        commit('Begin', { [path]: written('\n') });
        for (const [i, { edits, rename }] of steps.entries()) {
          apply(edits, `Step ${i}`);
          commit(`Step ${i}`, { [path]: written('\n') });
          if (!rename || lines.length === 0) continue;
          git('mv', path, `a${i + 1}.ts`);
          path = `a${i + 1}.ts`;
          commit(`Rename ${i}`, {});
        }
        apply(unsaved, '');
        const history = gitHistory({ root, files: disk, environment: { PATH: process.env['PATH'], HOME: root } });
        const text = written(steps[0]!.crlf ? '\r\n' : '\n');
        const middle = Math.ceil(lines.length / 2);
        for (const range of [
          ALL,
          { startLine: 1, endLine: middle },
          { startLine: middle + 1, endLine: lines.length },
        ]) {
          const counts: Record<string, number> = {};
          for (const { by } of lines.slice(range.startLine - 1, range.endLine)) counts[by] = (counts[by] ?? 0) + 1;
          const { '': uncommitted = 0, ...committed } = counts;
          const found = await history.ofLines(path, text, range);
          expect(Object.fromEntries(found.commits.map(({ subject, lines: count }) => [subject, count]))).toEqual(
            committed,
          );
          expect(found).toMatchObject({ uncommitted, unknown: 0 });
          const times = found.commits.map(({ at }) => at);
          expect(times).toEqual(times.toSorted((a, b) => b - a));
        }
      },
    ),
    { numRuns: 15 },
  );
}, 120_000);
