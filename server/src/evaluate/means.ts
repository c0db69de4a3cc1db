/**
 * Means over cases with the interval that chance leaves them: a bootstrap with a seed, so that a run can be repeated.
 *
 * A mean over groups (repositories, languages) weighs each group alike: groups are drawn, and cases inside each.
 */

/** A value with the group of its case. */
export interface Row {
  group: string;
  value: number;
}

export type MeanOver = 'groups' | 'cases';

export type Interval = readonly [low: number, high: number];

const RESAMPLES = 1000;
const SEED = 7;

/** NaN of nothing. */
export function mean(rows: readonly Row[], over: MeanOver): number {
  const groups = grouped(rows, over);
  return average(groups.map(average));
}

/** The middle 95 % of the means of resampled rows. For a paired comparison the rows are differences. */
export function interval(rows: readonly Row[], over: MeanOver): Interval {
  return bootstrap(grouped(rows, over), (groups) => average(groups.map(average)));
}

/** The middle 95 % of what `statistic` makes of resampled groups: groups are drawn, and members inside each. */
export function bootstrap<T>(groups: readonly (readonly T[])[], statistic: (groups: T[][]) => number): Interval {
  if (groups.length === 0) return [Number.NaN, Number.NaN];
  const random = randomNumbers(SEED);
  const draw = <D>(from: readonly D[]) => from.map(() => from[Math.floor(random() * from.length)]!);
  const values = Array.from({ length: RESAMPLES }, () => statistic(draw(groups).map((group) => draw(group))));
  values.sort((a, b) => a - b);
  return [values[Math.floor(RESAMPLES * 0.025)]!, values[Math.floor(RESAMPLES * 0.975) - 1]!];
}

function grouped(rows: readonly Row[], over: MeanOver): number[][] {
  const groups = Map.groupBy(rows, ({ group }) => (over === 'groups' ? group : ''));
  return [...groups.values()].map((members) => members.map(({ value }) => value));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mulberry32: evenly spread numbers from 0 to under 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
