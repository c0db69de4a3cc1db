/** Runs suites: lays out each tree, indexes it, asks every question of it in every arm, and scores what comes back. */
import { kindOf, messageOf } from '../base/errors.js';
import type { Engine } from '../engine/engine.js';
import { ARMS, type Arms, type Open, openerOf, type Searcher } from './arms.js';
import { writeFeatures } from './features.js';
import type { MeanOver } from './means.js';
import type { Passage, Wanted } from './metrics.js';
import { type Case, MEASURES, type MeasureName, type Suite, type Tree } from './suite.js';
import { layOut } from './trees.js';

export interface RunOptions {
  /** Those of these that a suite has; null: all. */
  arms: readonly string[] | null;
  /** Passages asked for. */
  limit: number;
  /** Groups to keep to; null: all. */
  only: readonly string[] | null;
  /** The folder with clones. */
  repositories?: string;
  /** Where trees are laid out. */
  cache: string;
  /** A file for what the ranker is trained on; none when absent. */
  features?: string;
  /** An engine on a folder, closed by the run. */
  open(root: string): Promise<Engine>;
  log(note: string): void;
}

export interface ArmResult {
  scores: Partial<Record<MeasureName, number | null>>;
  milliseconds: number;
  /** The first ones. */
  passages: Passage[];
}

export interface CaseResult extends Pick<Case, 'id' | 'query' | 'group' | 'parts'> {
  wanted: readonly Wanted[];
  arms: Record<string, ArmResult>;
}

export interface TreeResult {
  key: string;
  files: number;
  chunks: number;
  /** Of the text, and of the index. */
  bytes: number;
  storeBytes: number;
  /** Of bringing the index up to date; next to nothing where it was. */
  seconds: number;
}

export interface SuiteResult {
  suite: string;
  measures: readonly MeasureName[];
  over: MeanOver;
  arms: string[];
  /** By arm, why it was not run. */
  unavailable: Record<string, string>;
  /** Cases that there was no tree for, by the reason. */
  missing: Record<string, number>;
  trees: TreeResult[];
  cases: CaseResult[];
}

const KEPT_PASSAGES = 20;

export async function runSuite(suite: Suite, options: RunOptions): Promise<SuiteResult> {
  const { measures, over, name, arms = ARMS } = suite;
  const run: SuiteResult = {
    suite: name,
    measures,
    over,
    arms: (options.arms ?? Object.keys(arms)).filter((arm) => openerOf(arm, arms) !== null),
    unavailable: {},
    missing: {},
    trees: [],
    cases: [],
  };
  const chosen = suite.cases.filter(({ group }) => options.only?.includes(group) ?? true);
  const cases = Map.groupBy(chosen, ({ tree }) => tree);
  for (const tree of suite.trees) {
    const asked = cases.get(tree.key);
    if (asked) await runTree(tree, asked, arms, run, options);
  }
  run.arms = run.arms.filter((arm) => !(arm in run.unavailable));
  return run;
}

async function runTree(
  tree: Tree,
  cases: readonly Case[],
  arms: Arms,
  run: SuiteResult,
  options: RunOptions,
): Promise<void> {
  let root: string;
  try {
    root = layOut(tree, `${options.cache}/${run.suite}`, options.repositories);
  } catch (error) {
    if (kindOf(error) !== 'unavailable') throw error;
    const reason = messageOf(error);
    run.missing[reason] = (run.missing[reason] ?? 0) + cases.length;
    return;
  }
  const engine = await options.open(root);
  try {
    const { files, chunks, bytes, seconds } = await engine.update();
    const { store } = await engine.status();
    run.trees.push({ key: tree.key, files, chunks, bytes, storeBytes: store.bytes, seconds: seconds.total });
    options.log(`${run.suite} ${tree.key}: ${files} files in ${seconds.total.toFixed(1)} s, ${cases.length} questions`);
    const prefix = tree.kind === 'repository' && tree.root !== '' ? `${tree.root}/` : '';
    const results = cases.map(
      ({ id, query, group, parts, wanted }): CaseResult => ({ id, query, group, parts, wanted, arms: {} }),
    );
    for (const arm of run.arms)
      await runArm({ arm, open: openerOf(arm, arms)! }, engine, prefix, cases, results, run, options.limit);
    if (options.features) await writeFeatures(engine, cases, prefix, options.features);
    run.cases.push(...results);
  } finally {
    await engine.close();
  }
}

async function runArm(
  { arm, open }: { arm: string; open: Open },
  engine: Engine,
  prefix: string,
  cases: readonly Case[],
  results: readonly CaseResult[],
  run: SuiteResult,
  limit: number,
): Promise<void> {
  if (arm in run.unavailable) return;
  let searcher: Searcher | null = null;
  try {
    searcher = await open(engine);
    // Not timed: a server that has just started is another question.
    await searcher.search(cases[0]!, limit);
    for (const [i, one] of cases.entries()) {
      const start = performance.now();
      const found = await searcher.search(one, limit);
      const milliseconds = performance.now() - start;
      const passages = found.map(({ path, ...lines }) => ({ path: prefix + path, ...lines }));
      const scores = Object.fromEntries(
        run.measures.map((measure) => [measure, MEASURES[measure](passages, one.wanted)]),
      );
      results[i]!.arms[arm] = { scores, milliseconds, passages: passages.slice(0, KEPT_PASSAGES) };
    }
  } catch (error) {
    if (kindOf(error) !== 'unavailable') throw error;
    run.unavailable[arm] = messageOf(error);
  } finally {
    await searcher?.close();
  }
}
