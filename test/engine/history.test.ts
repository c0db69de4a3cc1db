/** History through the engine: what it adds to a search, how it follows the repository, how it fails. */
import { realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hoverMarkdown } from '../../server/src/base/hoverCard.js';
import { unpackCommits } from '../../server/src/index/history.js';
import { engineOn, scratchFolder } from '../support/engine.js';
import { repositoryIn } from '../support/repository.js';
import { openCopy } from '../support/store.js';

function repository() {
  return repositoryIn(join(realpathSync(scratchFolder()), 'work'));
}

function storedCommits(storeBase: string) {
  const database = openCopy(storeBase);
  try {
    const { mark, commits } = database.prepare('SELECT mark, commits FROM history').get() as {
      mark: string;
      commits: Uint8Array;
    };
    return { mark, commits: unpackCommits(commits) };
  } finally {
    database.close();
  }
}

const POOL = 'export function start() {\n  return spawn();\n}\n';

test('a file is found by the words of the commit that changed it', async () => {
  const { folder, commit } = repository();
  commit('Begin', { 'src/pool.ts': 'export {};\n', 'src/other.ts': 'export const other = 1;\n' });
  commit('Recycle workers that outgrow their memory', { 'src/pool.ts': POOL });
  const engine = await engineOn({}, { root: folder, trusted: true });
  await using snapshot = await engine.snapshot();
  const [hit] = await snapshot.search('who recycles workers with too much memory', 5);
  expect(hit).toMatchObject({ path: 'src/pool.ts' });
  expect(hit!.why['history']).toBeGreaterThan(0);
  expect(Object.values(hit!.why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(hit!.score);
});

test('a file that is gone or left out is never brought in by its commits', async () => {
  const { folder, commit } = repository();
  commit('Recycle the workers', { 'src/pool.ts': POOL, '.env': 'A=1\n', 'src/here.ts': 'export const here = 1;\n' });
  commit('Drop it', { 'src/pool.ts': null });
  const engine = await engineOn({}, { root: folder, trusted: true });
  await using snapshot = await engine.snapshot();
  expect((await snapshot.search('recycle the workers', 5)).map(({ path }) => path)).toEqual(['src/here.ts']);
});

test('a commit is known after the next update, and the status has nothing to say', async () => {
  const { folder, commit } = repository();
  commit('Begin', { 'src/pool.ts': POOL });
  const engine = await engineOn({}, { root: folder, trusted: true });
  const { generation, degraded } = await engine.status();
  expect(degraded.filter((sentence) => sentence.includes('history'))).toEqual([]);
  await engine.update();
  expect((await engine.status()).generation).toBe(generation);
  commit('Recycle the workers', { 'src/pool.ts': `${POOL}\n` });
  await engine.update();
  await using snapshot = await engine.snapshot();
  expect((await snapshot.search('recycle workers', 5))[0]).toMatchObject({ path: 'src/pool.ts' });
});

test('a repository that cannot be read costs its history and nothing else', async () => {
  const { folder, commit } = repository();
  commit('Begin', { 'src/pool.ts': POOL });
  const engine = await engineOn({}, { root: folder, trusted: true });
  writeFileSync(join(folder, '.git/HEAD'), 'damaged\n');
  const report = await engine.update();
  expect(report.degraded).toContainEqual(expect.stringContaining('history is left out'));
  expect((await engine.status()).state).toBe('ready');
  writeFileSync(join(folder, '.git/HEAD'), 'ref: refs/heads/main\n');
  expect((await engine.update()).degraded.join()).not.toContain('history');
});

test('without a repository any more, what was known of it goes', async () => {
  const { folder, commit } = repository();
  commit('Recycle the workers', { 'src/pool.ts': POOL });
  const engine = await engineOn({}, { root: folder, trusted: true });
  rmSync(join(folder, '.git'), { recursive: true });
  await engine.update();
  await using snapshot = await engine.snapshot();
  expect(await snapshot.search('recycle workers', 5, { arm: 'lexical' })).toEqual([]);
});

test('after any steps in the repository the stored history is that of a new index', async () => {
  const step = fc.constantFrom('commit', 'rename', 'branch', 'main', 'merge', 'amend', 'update', 'reset');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      const { folder, git, commit } = repository();
      const storeBase = scratchFolder();
      let n = 0;
      let name = 'a0.ts';
      commit('Begin', { [name]: 'text\n' });
      const engine = await engineOn({}, { root: folder, storeBase, trusted: true });
      const attempt = (...args: string[]) => {
        try {
          git(...args);
        } catch {
          git('reset', '-q', '--hard');
        }
      };
      for (const one of steps) {
        n++;
        name = git('ls-files', '*.ts').split('\n')[0]!;
        if (one === 'commit') commit(`Change ${n}`, { [`f${n}.ts`]: `${n}` });
        else if (one === 'rename') {
          git('mv', name, `a${n}.ts`);
          commit(`Rename ${n}`, {});
        } else if (one === 'branch') attempt('checkout', '-q', '-B', 'side', 'HEAD~1');
        else if (one === 'main') attempt('checkout', '-q', 'main');
        else if (one === 'merge') attempt('merge', '-q', '--no-edit', 'side');
        else if (one === 'amend') attempt('commit', '-q', '--amend', '-m', `Amended ${n}`);
        else if (one === 'reset') attempt('reset', '-q', '--hard', 'HEAD~1');
        else await engine.update();
      }
      await engine.update();
      const freshBase = scratchFolder();
      const fresh = await engineOn({}, { root: folder, storeBase: freshBase, trusted: true });
      expect(storedCommits(storeBase)).toEqual(storedCommits(freshBase));
      await Promise.all([engine.close(), fresh.close()]);
    }),
    { numRuns: 4 },
  );
}, 120_000);

test('a hover tells the last change of what it names, what hides in it made visible', async () => {
  const { folder, commit } = repository();
  commit('Begin', { 'src/pool.ts': POOL, 'src/other.ts': 'start();\n' });
  commit('Spawn *lazily* \u202e', { 'src/pool.ts': POOL.replace('spawn()', 'spawn(1)') });
  commit('Elsewhere', { 'src/other.ts': 'start(1);\n' });
  const engine = await engineOn({}, { root: folder, trusted: true });
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover({ path: 'src/other.ts', line: 1, column: 2 });
  expect(card!.lastChange!.subject).toBe('Spawn *lazily* \u202e'.trim());
  expect(hoverMarkdown(card!)).toMatch(
    /Last change(?: of the file)?: Spawn \\\*lazily\\\* ⟨U\\\+202E⟩ \([0-9a-f]{8}, 2026-01-01\)/,
  );
  const careful = await engineOn({}, { root: folder, trusted: false });
  await using untrusted = await careful.snapshot();
  expect((await untrusted.hover({ path: 'src/other.ts', line: 1, column: 2 }))!.lastChange).toBeNull();
});
