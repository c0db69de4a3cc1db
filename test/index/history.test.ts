/** What is kept of commits and asked of them, against slow truths. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Commit } from '../../server/src/base/ports.js';
import { createHistoryIndex, mergeCommits, packCommits, unpackCommits } from '../../server/src/index/history.js';

function commit(at: number, subject: string, paths: string[], renames: [string, string][] = []): Commit {
  return { hash: `${at}`.padStart(40, '0'), at, subject, paths, renames };
}

const anyCommit = fc.record({
  hash: fc.integer({ min: 0, max: 60 }).map((n) => `${n}`.padStart(40, '0')),
  at: fc.integer({ min: 0, max: 20 }),
  subject: fc.string(),
  paths: fc.array(fc.constantFrom('a.ts', 'b.ts', 'c.ts')),
  renames: fc.constant<Commit['renames']>([]),
});
const distinct = fc.uniqueArray(anyCommit, { selector: ({ hash }) => hash, maxLength: 40 });

test('commits added in any order and portions are the same as those added at once', () => {
  fc.assert(
    fc.property(distinct, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 50 }), (commits, size, limit) => {
      let kept: Commit[] = [];
      for (let i = 0; i < commits.length; i += size) {
        const read = mergeCommits([...commits.slice(i, i + size), ...kept], limit);
        kept = unpackCommits(packCommits(read));
      }
      expect(kept).toEqual(mergeCommits(commits, limit));
      expect(kept.length).toBe(Math.min(limit, commits.length));
    }),
  );
});

test('a subject is found by how much of what was asked it holds, rare words first', () => {
  const index = createHistoryIndex([
    commit(9, 'Fix the tests', ['t.ts']),
    commit(8, 'Fix a leak in the parse pool', ['parsePool.ts']),
    commit(7, 'Fix parsing of numbers', ['number.ts']),
    commit(6, 'Fix the docs', ['docs.md']),
  ]);
  const found = index.search(['fix', 'pars', 'pool'], 10);
  expect(found.map(({ subject }) => subject)).toEqual([
    'Fix a leak in the parse pool',
    'Fix parsing of numbers',
    'Fix the tests',
    'Fix the docs',
  ]);
  expect(found[0]!.share).toBeCloseTo(1);
  expect(index.search(['fix', 'pars', 'pool'], 1)).toHaveLength(1);
  expect(index.search(['nothing'], 10)).toEqual([]);
  expect(index.search([], 10)).toEqual([]);
  expect(createHistoryIndex([]).search(['fix'], 10)).toEqual([]);
});

test('a file has the commits of all the names that it had, and of no other file', () => {
  const index = createHistoryIndex([
    commit(9, 'Newest', ['c.ts']),
    commit(8, 'Rename again', ['c.ts'], [['b.ts', 'c.ts']]),
    commit(7, 'Rename', ['b.ts'], [['a.ts', 'b.ts']]),
    commit(6, 'Begin', ['a.ts']),
  ]);
  expect(index.of('c.ts', 10).map(({ subject }) => subject)).toEqual(['Newest', 'Rename again', 'Rename', 'Begin']);
  expect(index.of('a.ts', 10)).toEqual([]);
  expect(index.search(['begin'], 1)[0]!.paths).toEqual(['c.ts']);
});

test('a name that was used again is the new file until it was made', () => {
  const index = createHistoryIndex([
    commit(9, 'Work on the new one', ['a.ts']),
    commit(8, 'Move', ['b.ts'], [['a.ts', 'b.ts']]),
    commit(7, 'Work on the old one', ['a.ts']),
  ]);
  expect(index.of('a.ts', 10).map(({ subject }) => subject)).toEqual(['Work on the new one']);
  expect(index.of('b.ts', 10).map(({ subject }) => subject)).toEqual(['Move', 'Work on the old one']);
});

test('two files that change names with each other keep their own histories', () => {
  const swap: [string, string][] = [
    ['a.ts', 'b.ts'],
    ['b.ts', 'a.ts'],
  ];
  const index = createHistoryIndex([
    commit(8, 'Swap', [], swap),
    commit(7, 'To a', ['a.ts']),
    commit(6, 'To b', ['b.ts']),
  ]);
  expect(index.of('b.ts', 10).map(({ subject }) => subject)).toEqual(['To a']);
  expect(index.of('a.ts', 10).map(({ subject }) => subject)).toEqual(['To b']);
});

test('no order of names and renames is too much', () => {
  const name = fc.constantFrom('a', 'b', '__proto__', 'constructor', '');
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(name), fc.array(fc.tuple(name, name)))),
      fc.array(fc.constantFrom('constructor', '__proto__', 'a')),
      (changes, terms) => {
        const commits = changes.map(([paths, renames], i) => commit(100 - i, paths.join(' '), paths, renames));
        const index = createHistoryIndex(unpackCommits(packCommits(commits)));
        for (const { share } of index.search(terms, 5)) expect(share).toBeLessThanOrEqual(1 + 1e-9);
        for (const { paths } of index.of('a', 100)) expect(paths).toContain('a');
      },
    ),
  );
});
