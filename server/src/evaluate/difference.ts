/** What two runs answer differently, question by question. Pure. */
import { filesOf } from './metrics.js';
import type { CaseResult, SuiteResult } from './run.js';

export interface Change {
  id: string;
  query: string;
  before: number;
  after: number;
  /** Rank of the first wanted file; null when it is not among those kept. */
  ranks: [before: number | null, after: number | null];
}

export interface Difference {
  suite: string;
  arm: string;
  measure: string;
  /** Cases that both runs have. */
  compared: number;
  mean: [before: number, after: number];
  /** The greatest loss first, the greatest gain last. */
  changes: Change[];
}

/** One for each suite and arm that both runs have, by the suite's first measure. */
export function differences(before: readonly SuiteResult[], after: readonly SuiteResult[]): Difference[] {
  return after.flatMap((run) => {
    const old = before.find(({ suite }) => suite === run.suite);
    const arms = old ? run.arms.filter((arm) => old.arms.includes(arm)) : [];
    return arms.map((arm) => difference(old!, run, arm));
  });
}

function difference(before: SuiteResult, after: SuiteResult, arm: string): Difference {
  const measure = after.measures[0]!;
  const old = new Map(before.cases.map((one) => [one.id, one]));
  const compared = after.cases.flatMap((one): Change[] => {
    const from = old.get(one.id)?.arms[arm]?.scores[measure];
    const to = one.arms[arm]?.scores[measure];
    if (from == null || to == null) return [];
    const ranks: Change['ranks'] = [rankOf(old.get(one.id)!, arm), rankOf(one, arm)];
    return [{ id: one.id, query: one.query, before: from, after: to, ranks }];
  });
  const average = (pick: (change: Change) => number) =>
    compared.reduce((sum, change) => sum + pick(change), 0) / compared.length;
  return {
    suite: after.suite,
    arm,
    measure,
    compared: compared.length,
    mean: [average((change) => change.before), average((change) => change.after)],
    changes: compared
      .filter((change) => change.before !== change.after)
      .sort((a, b) => a.after - a.before - (b.after - b.before)),
  };
}

function rankOf({ wanted, arms }: CaseResult, arm: string): number | null {
  const paths = new Set(wanted.map(({ path }) => path));
  const at = filesOf(arms[arm]!.passages).findIndex((path) => paths.has(path));
  return at < 0 ? null : at + 1;
}

export function differenceText({ suite, arm, measure, compared, mean, changes }: Difference): string {
  const [from, to] = mean.map((value) => value.toFixed(3));
  const better = changes.filter((change) => change.after > change.before).length;
  const head = `${suite} ${arm}: ${measure} ${from} → ${to} over ${compared} cases, ${better} better, ${changes.length - better} worse`;
  const lines = changes.map(({ id, query, before, after, ranks }) => {
    const places = ranks.map((rank) => (rank === null ? 'none' : `#${rank}`)).join(' → ');
    const question = query.replace(/\s+/g, ' ').slice(0, 90);
    return `  ${after > before ? '+' : '-'}${Math.abs(after - before).toFixed(3)}  ${places}  ${id}: ${question}`;
  });
  return [head, ...lines].join('\n');
}
