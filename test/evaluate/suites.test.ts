/**
 * Suites from end to end on real engines: our own questions with their floors, trees out of clones, arms, tables and
 * the difference of two runs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../server/src/compose.js';
import { differences, differenceText } from '../../server/src/evaluate/difference.js';
import { meanOf, suiteText } from '../../server/src/evaluate/report.js';
import { type RunOptions, runSuite, type SuiteResult } from '../../server/src/evaluate/run.js';
import type { MeasureName, Suite } from '../../server/src/evaluate/suite.js';
import { loadSuites } from '../../server/src/evaluate/suites.js';
import { dist, scratchFolder, writeFiles } from '../support/engine.js';
import { digestOf, repositoryIn } from '../support/repository.js';

const data = join(import.meta.dirname, '../fixtures/eval');

function optionsFor(folder: string, options: Partial<RunOptions> = {}): RunOptions {
  return {
    arms: ['grep', 'lexical', 'hybrid'],
    limit: 100,
    only: null,
    cache: join(folder, 'trees'),
    open: (root) => openEngine({ root, storeBase: folder, dist, trusted: true }),
    log: () => {},
    ...options,
  };
}

const scratch = mkdtempSync(join(tmpdir(), 'scholia-eval-test-'));
let own: SuiteResult;

beforeAll(async () => {
  own = await runSuite(loadSuites('folders', data)[0]!, optionsFor(scratch));
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A little under what it was when they were last looked at. A change that falls through has to say why. */
const FLOORS = {
  hybrid: { MRR: 0.88, 'nDCG@10': 0.9, 'Hit@5': 0.98, 'chunk@5': 0.92 },
  lexical: { MRR: 0.82, 'nDCG@10': 0.84, 'Hit@5': 0.91, 'chunk@5': 0.88 },
  grep: { MRR: 0.83, 'nDCG@10': 0.84, 'Hit@5': 0.88, 'chunk@5': 0.88 },
} as const;

test('our own questions are answered as well as they were', () => {
  expect(own.cases).toHaveLength(36);
  const fallen = Object.entries(FLOORS).flatMap(([arm, floors]) =>
    Object.entries(floors).flatMap(([measure, floor]) => {
      const now = meanOf(own, arm, measure as MeasureName);
      return now >= floor ? [] : [`${arm} ${measure} ${now.toFixed(3)} < ${floor}`];
    }),
  );
  expect(fallen).toEqual([]);
});

test('what our own questions want is there', () => {
  for (const { id, group, wanted } of own.cases)
    for (const { path, lines } of wanted) {
      const text = readFileSync(join(data, 'folders', group, path), 'utf8').split('\n');
      expect(lines!.endLine, id).toBeLessThanOrEqual(text.length);
      expect(text[lines!.startLine - 1]!.trim(), id).not.toBe('');
      expect(text[lines!.endLine - 1]!.trim(), id).not.toBe('');
    }
});

test('the table has a row for each arm, and parts and groups below', () => {
  const text = suiteText(own);
  expect(text).toMatch(/^folders: 36 cases, 31 files in 2 trees, .* means over cases\n/);
  expect(text).toMatch(/arm +MRR +95 % +over lexical +nDCG@10 +Hit@5 +chunk@5 +p50 ms +p95 ms/);
  expect(text).toMatch(/grep +\.\d{3} +\[\.\d{3}, \.\d{3}\] +[+-]\.\d{3} \[[+-]\.\d{3}, [+-]\.\d{3}\]/);
  expect(text).toMatch(/\n {2}chinese +7 /);
  expect(text).toMatch(/\n {2}harbour +20 /);
});

test('a run differs from itself in nothing, and from a worse one in what became worse', () => {
  expect(differences([own], [own])).toMatchObject([
    { arm: 'grep', compared: 36, changes: [] },
    { arm: 'lexical', compared: 36, changes: [] },
    { arm: 'hybrid', compared: 36, changes: [] },
  ]);
  const [first, ...others] = own.cases.toSorted(
    (a, b) => b.arms['lexical']!.scores.MRR! - a.arms['lexical']!.scores.MRR! || (a.id < b.id ? -1 : 1),
  );
  const lost = { ...first!.arms['lexical']!, scores: { MRR: 0 }, passages: [] };
  const worse = { ...own, arms: ['lexical'], cases: [{ ...first!, arms: { lexical: lost } }, ...others] };
  const [found] = differences([own], [worse]);
  expect(found!.changes).toMatchObject([{ id: first!.id, after: 0, ranks: [1, null] }]);
  expect(differenceText(found!)).toMatch(/0 better, 1 worse\n {2}-1\.000 {2}#1 → none {2}almanac-01: /);
});

test('an arm that the engine does not have is told and the others are run', async () => {
  const [suite] = loadSuites('folders', data);
  const settings = { 'embedder.kind': 'off' };
  const open: RunOptions['open'] = (root) => openEngine({ root, storeBase: scratch, dist, trusted: true, settings });
  const run = await runSuite(suite!, optionsFor(scratch, { arms: ['dense', 'lexical'], only: ['almanac'], open }));
  expect(run).toMatchObject({ arms: ['lexical'], unavailable: { dense: expect.stringMatching(/no vectors/) } });
  expect(run.cases).toHaveLength(16);
  expect(suiteText(run)).toMatch(/dense: not available: There are no vectors/);
});

/** A clone with three commits; the suite asks of the second one, below `lib` or of the whole. */
function clonedSuite(options: { root: string; history: boolean; commit?: string; bare?: boolean }) {
  const repositories = scratchFolder();
  const repository = repositoryIn(join(repositories, options.bare ? 'source' : 'ada/lamp'));
  const kept = {
    'lib/lamp.txt': 'A lamp is lit.\n',
    '.gitattributes': '*.txt text eol=crlf\nlib/rope.txt export-ignore\n',
  };
  repository.commit('Light', kept);
  const commit = repository.commit('Ropes for the quay', { 'lib/rope.txt': 'A rope.\n', 'docs/a.md': '# Lamps\n' });
  repository.commit('Remove the lamp', { 'lib/lamp.txt': null });
  if (options.bare) repository.git('clone', '-q', '--bare', '.', join(repositories, 'ada+lamp/repo'));
  const { root, history } = options;
  const suite: Suite = {
    name: 'cloned',
    trees: [
      { kind: 'repository', key: 'lamp', repository: 'ada/lamp', commit: options.commit ?? commit, root, history },
    ],
    cases: [{ id: '1', query: 'lamp lit', tree: 'lamp', group: 'lamp', parts: [], wanted: [{ path: 'lib/lamp.txt' }] }],
    measures: ['MRR'],
    over: 'cases',
  };
  return { suite, repositories };
}

test('a tree is what its commit holds, byte by byte, from a bare clone or another', async () => {
  for (const bare of [true, false]) {
    const { suite, repositories } = clonedSuite({ root: '', history: true, bare });
    const before = digestOf(repositories);
    const folder = scratchFolder();
    const run = await runSuite(suite, optionsFor(folder, { repositories }));
    expect(digestOf(repositories)).toBe(before);
    const tree = join(folder, 'trees/cloned/lamp');
    expect(readFileSync(join(tree, 'lib/lamp.txt'), 'utf8')).toBe('A lamp is lit.\n');
    expect(existsSync(join(tree, 'lib/rope.txt'))).toBe(true);
    // The history ends with the commit that is searched.
    const log = execFileSync('git', ['-C', tree, 'log', '--format=%s'], { encoding: 'utf8' });
    expect(log).toBe('Ropes for the quay\nLight\n');
    expect(run.cases[0]!.arms).toMatchObject({ grep: { scores: { MRR: 1 } }, lexical: { scores: { MRR: 1 } } });
    const again = await runSuite(suite, optionsFor(folder, { repositories: undefined }));
    expect(again.cases).toHaveLength(1);
  }
});

test('only the root is searched, and paths are told from the repository on', async () => {
  const { suite, repositories } = clonedSuite({ root: 'lib', history: false });
  const folder = scratchFolder();
  const run = await runSuite(suite, optionsFor(folder, { repositories }));
  expect(run.trees).toMatchObject([{ files: 2 }]);
  expect(existsSync(join(folder, 'trees/cloned/lamp/docs'))).toBe(false);
  expect(run.cases[0]!.arms['lexical']!.passages).toMatchObject([{ path: 'lib/lamp.txt', startLine: 1, endLine: 1 }]);
});

test('cases without a clone or a commit are counted and told', async () => {
  const absent = clonedSuite({ root: '', history: true, commit: '0'.repeat(40) });
  const run = await runSuite(absent.suite, optionsFor(scratchFolder(), { repositories: absent.repositories }));
  expect(Object.entries(run.missing)).toEqual([[expect.stringMatching(/has no commit 0000/), 1]]);
  expect(suiteText(run)).toMatch(/^cloned: no cases\n {2}1 cases left out: .*has no commit/);
  const nowhere = await runSuite(absent.suite, optionsFor(scratchFolder(), { repositories: scratchFolder() }));
  expect(Object.keys(nowhere.missing)).toEqual([expect.stringMatching(/There is no clone of ada\/lamp/)]);
});

test('functions become files whose names say nothing, each language for itself', async () => {
  const folder = scratchFolder();
  const functions = [
    { id: 'go-1', lang: 'go', code: 'func lightLamp ( ) { flame ( ) }' },
    { id: 'go-2', lang: 'go', code: `func ropes ( ) { ${'quay ( ) ; '.repeat(400)} }` },
    { id: 'php-1', lang: 'php', code: 'function lightLamp ( ) { flame ( ) ; }' },
  ];
  const queries = [
    { id: 'q1', lang: 'go', query: 'light the lamp', gold: ['go-1'] },
    { id: 'q2', lang: 'go', query: 'ropes on the quay', gold: ['go-2'] },
    { id: 'q3', lang: 'php', query: 'light the lamp', gold: ['php-1'] },
  ];
  const linesOf = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  await writeFiles(join(folder, 'csn6'), {
    'corpus.jsonl.gz': gzipSync(linesOf(functions)),
    'queries.dev.jsonl': linesOf(queries),
  });
  const [suite] = loadSuites('csn6', folder);
  const run = await runSuite(suite!, optionsFor(folder));
  expect(run.cases.map(({ arms }) => arms['lexical']!.scores.MRR)).toEqual([1, 1, 1]);
  expect(run.cases.map(({ arms }) => arms['grep']!.scores.MRR)).toEqual([1, 1, 1]);
  expect(run.trees).toMatchObject([{ key: 'go', files: 2 }, { key: 'php' }]);
  const paths = suite!.cases.flatMap(({ wanted }) => wanted.map(({ path }) => path));
  for (const path of paths) expect(path).toMatch(/^f\d{7}\.(go|php)$/);
});

test('data that is not there or not JSON is a plain error', async () => {
  expect(() => loadSuites('semble', '/nowhere')).toThrow(/There is no .*repos\.json/);
  expect(() => loadSuites('nonsense', data)).toThrow(/There is no suite nonsense: semble, /);
  const folder = scratchFolder();
  await writeFiles(folder, { 'folders/cases.jsonl': '{"id":1}\nnot json\n' });
  expect(() => loadSuites('folders', folder)).toThrow(/line 2 of .*cases\.jsonl is not JSON/);
});

test('a question whose answer is a whole file names no lines', async () => {
  const folder = scratchFolder();
  const gold = [{ path: 'a.ts' }, { path: 'b.ts', lines: [[1, 2]] }];
  await writeFiles(folder, { 'folders/cases.jsonl': JSON.stringify({ id: 'q', folder: 'x', query: 'What?', gold }) });
  expect(loadSuites('folders', folder)[0]!.cases[0]!.wanted).toEqual([
    { path: 'a.ts' },
    { path: 'b.ts', lines: { startLine: 1, endLine: 2 } },
  ]);
});
