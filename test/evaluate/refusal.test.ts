/** What is refused: our own questions, the other folder's, and our own without the files that answer them. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../server/src/compose.js';
import { foreignCases, type RefusalResult, runRefusal } from '../../server/src/evaluate/refusal.js';
import { areaUnderCurve, measured, refusalText } from '../../server/src/evaluate/refusalReport.js';
import type { RunOptions } from '../../server/src/evaluate/run.js';
import { divideNames, loadSuites } from '../../server/src/evaluate/suites.js';
import { dist, engineOn } from '../support/engine.js';

const data = join(import.meta.dirname, '../fixtures/eval');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-refusal-test-'));
const [suite] = loadSuites('folders', data);
const open = (root: string) => openEngine({ root, storeBase: scratch, dist, trusted: true });
const OPTIONS: RunOptions = {
  arms: ['grep', 'lexical', 'full'],
  limit: 100,
  only: null,
  cache: join(scratch, 'trees'),
  open,
  log: () => {},
};
let run: RefusalResult;

beforeAll(async () => {
  run = await runRefusal(suite!, OPTIONS);
}, 120_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A little to the safe side of what they were when last looked at. Many avoid every word of the code on purpose. */
test('our own questions are told from those of the other folder and from near misses', () => {
  expect(run.arms).toEqual(['lexical', 'full']);
  const of = (asked: string) => run.judged.filter((one) => one.asked === asked);
  expect(['own', 'foreign', 'near'].map((asked) => of(asked).length)).toEqual([36, 36, 36]);
  const refused = of('own').filter(({ arms }) => arms['full']!.refused);
  expect(refused.length).toBeLessThanOrEqual(5);
  expect(refused.filter(({ parts }) => parts.includes('chinese'))).toEqual([]);
  const [foreign, near] = [measured(run, 'full', 'foreign'), measured(run, 'full', 'near')];
  expect(foreign.auroc).toBeGreaterThan(0.92);
  expect(near.auroc).toBeGreaterThan(0.77);
  expect(foreign.falseAnswers).toBeLessThan(0.12);
  expect(near.falseAnswers).toBeLessThan(0.6);
  expect(measured(run, 'lexical', 'foreign').auroc).toBeGreaterThan(0.88);
});

test('a near miss is judged as if its files had never been there, and they are put back', async () => {
  const one = suite!.cases.find(({ group, parts }) => group === 'harbour' && parts.includes('sentence'))!;
  const tree = join(scratch, 'trees/refusal/folders/harbour');
  const bare = join(scratch, 'bare');
  cpSync(tree, bare, { recursive: true });
  for (const { path } of one.wanted) {
    expect(existsSync(join(tree, path))).toBe(true);
    rmSync(join(bare, path), { force: true });
  }
  const near = run.judged.find(({ id, asked }) => id === one.id && asked === 'near')!;
  const engine = await open(bare);
  await engine.update();
  await using snapshot = await engine.snapshot();
  const { trace, refused } = await snapshot.ask(
    { question: one.query, history: [] },
    { contextTokens: 6000, maxAnswerTokens: 1000 },
  );
  expect(near.arms['full']).toEqual({ answerability: trace.answerability, signals: trace.signals, refused });
  await engine.close();
  const all = (folder: string) => readdirSync(folder, { recursive: true }).filter((path) => !/\.git\b/.test(`${path}`));
  expect(all(tree).sort()).toEqual(all(join(data, 'folders/harbour')).sort());
});

test('a name that a file imports from elsewhere speaks against an answer, and not one from a file that is here', async () => {
  const files = {
    'mast.ts': "import { RiggedSail } from './sail.js';\n\nexport const mast = [RiggedSail, 'rigged sail'];\n",
  };
  const unresolved = async (more: Record<string, string>) => {
    const engine = await engineOn({ ...files, ...more });
    await using snapshot = await engine.snapshot();
    const asked = { question: 'how is the rigged sail set?', history: [] };
    const { trace } = await snapshot.ask(asked, { contextTokens: 6000, maxAnswerTokens: 1000 });
    return trace.signals['unresolved'];
  };
  expect(await unresolved({})).toBeGreaterThan(0.2);
  expect(await unresolved({ 'sail.ts': 'export const RiggedSail = 1;\n' })).toBe(0);
});

test('every question goes abroad as often, and every tree is asked as many', () => {
  const asked = foreignCases(suite!);
  for (const [tree, cases] of asked) for (const { group } of cases) expect(group).not.toBe(tree);
  expect([...asked.values()].flat()).toHaveLength(36);
});

test('the report tells the area, the rates as shipped and at other thresholds, and each repository', () => {
  const text = refusalText(run);
  expect(text).toMatch(/^refusal:folders: 36 own questions, 36 foreign, 36 near misses; 2 repositories\n/);
  expect(text).toMatch(/arm +AUROC +95 % +false answers +95 % +false refusals +95 %\n/);
  expect(text).toMatch(/\n {2}full, near +\.\d{3} +\[\.\d{3}, \.\d{3}\]/);
  expect(text).toMatch(/full, from +foreign answered +near answered +own refused\n {2}0\.1 /);
  expect(text).toMatch(/\n {2}harbour +20 /);
  expect(refusalText({ ...run, judged: [], missing: { 'no clone': 3 } })).toBe(
    'refusal:folders: no questions\n  3 questions left out: no clone',
  );
});

test('the area under the curve is how often a pair is in order', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1 }),
      (own, others) => {
        const won = own.flatMap((a) => others.map((b): number => (a > b ? 1 : a === b ? 0.5 : 0)));
        expect(areaUnderCurve(own, others)).toBeCloseTo(won.reduce((a, b) => a + b) / won.length, 12);
      },
    ),
  ));

test('suites are named for what is found and for what is refused', () => {
  expect(divideNames('semble,refusal:folders')).toEqual({ found: 'semble', refused: 'folders' });
  expect(divideNames('refusal')).toEqual({ found: '', refused: 'semble,swe-qa,commit-loc' });
  expect(divideNames('all')).toMatchObject({
    found: expect.stringMatching(/^semble,.*csn6/),
    refused: expect.any(String),
  });
});
