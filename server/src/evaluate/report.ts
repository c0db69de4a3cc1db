/** Results of a suite as tables for people. Pure. */
import { BASE_ARM } from './arms.js';
import { type Interval, interval, type MeanOver, mean, type Row } from './means.js';
import { quantile } from './metrics.js';
import type { CaseResult, SuiteResult, TreeResult } from './run.js';
import type { MeasureName } from './suite.js';

/** One suite: a table of arms, one of the suite's parts, and one of its groups. */
export function suiteText(run: SuiteResult): string {
  const missing = Object.entries(run.missing).map(([reason, cases]) => `  ${cases} cases left out: ${reason}`);
  if (run.cases.length === 0) return [`${run.suite}: no cases`, ...missing].join('\n');
  const unavailable = Object.entries(run.unavailable).map(([arm, reason]) => `  ${arm}: not available: ${reason}`);
  const parts = distinct(run.cases.flatMap((one) => one.parts));
  const groups = distinct(run.cases.map(({ group }) => group));
  const sections = [
    heading(run, groups.length),
    ...missing,
    grid(armsTable(run)),
    ...unavailable,
    ...(parts.length > 0 ? ['', grid(sliceTable(run, parts, (one, part) => one.parts.includes(part), run.over))] : []),
    ...(groups.length > 1 ? ['', grid(sliceTable(run, groups, (one, group) => one.group === group, 'cases'))] : []),
  ];
  return sections.join('\n');
}

/** The mean of a measure in an arm. */
export function meanOf(run: SuiteResult, arm: string, measure: MeasureName): number {
  return mean(rowsOf(run.cases, arm, measure), run.over);
}

/** How much better `arm` is than `base` on the same cases: the mean and what chance leaves it. */
export function gainOf(run: SuiteResult, arm: string, base: string): { mean: number; interval: Interval } {
  const rows = run.cases.flatMap((one): Row[] => {
    const [measure] = run.measures;
    const [value, from] = [one.arms[arm]?.scores[measure!], one.arms[base]?.scores[measure!]];
    return value == null || from == null ? [] : [{ group: one.group, value: value - from }];
  });
  return { mean: mean(rows, run.over), interval: interval(rows, run.over) };
}

function heading({ suite, cases, trees, over }: SuiteResult, groups: number): string {
  const sum = (pick: (tree: TreeResult) => number) => trees.reduce((total, tree) => total + pick(tree), 0);
  const text = `${(sum(({ bytes }) => bytes) / 1e6).toFixed(1)} MB of text`;
  const index = `${(sum(({ storeBytes }) => storeBytes) / 1e6).toFixed(1)} MB of index`;
  return [
    `${suite}: ${cases.length} cases, ${sum(({ files }) => files)} files in ${trees.length} trees, ${text}, ${index}`,
    over === 'groups' && groups > 1 ? `means over ${groups} groups` : 'means over cases',
  ].join('; ');
}

function armsTable(run: SuiteResult): string[][] {
  const base = run.arms.includes(BASE_ARM) ? BASE_ARM : run.arms[0]!;
  const first = run.measures[0]!;
  const rows = run.arms.map((arm) => {
    const gain = gainOf(run, arm, base);
    const milliseconds = run.cases.map((one) => one.arms[arm]!.milliseconds);
    return [
      arm,
      number(meanOf(run, arm, first)),
      range(interval(rowsOf(run.cases, arm, first), run.over)),
      arm === base ? '' : `${signed(gain.mean)} ${range(gain.interval, signed)}`,
      ...run.measures.slice(1).map((measure) => number(meanOf(run, arm, measure))),
      ...[0.5, 0.95].map((share) => quantile(milliseconds, share).toFixed(1)),
    ];
  });
  return [['arm', first, '95 %', `over ${base}`, ...run.measures.slice(1), 'p50 ms', 'p95 ms'], ...rows];
}

/** The first measure for slices of the cases, an arm in each column. */
function sliceTable(
  run: SuiteResult,
  names: readonly string[],
  belongs: (one: CaseResult, name: string) => boolean,
  over: MeanOver,
): string[][] {
  const rows = names.map((name) => {
    const cases = run.cases.filter((one) => belongs(one, name));
    const means = run.arms.map((arm) => number(mean(rowsOf(cases, arm, run.measures[0]!), over)));
    return [name, String(cases.length), ...means];
  });
  return [[run.measures[0]!, 'cases', ...run.arms], ...rows];
}

function rowsOf(cases: readonly CaseResult[], arm: string, measure: MeasureName): Row[] {
  return cases.flatMap(({ group, arms }) => {
    const value = arms[arm]?.scores[measure];
    return value == null ? [] : [{ group, value }];
  });
}

/** Columns as wide as they need to be, numbers to the right. */
export function grid(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))),
  );
  return lines.map((cells) => `  ${cells.join('  ')}`.trimEnd()).join('\n');
}

export function number(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(3).replace(/^0\./, '.');
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${number(Math.abs(value))}`;
}

export function range([low, high]: Interval, show: (value: number) => string = number): string {
  return `[${show(low)}, ${show(high)}]`;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
