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
  const groups = grouped(rows, over);
  if (groups.length === 0) return [Number.NaN, Number.NaN];
  const random = randomNumbers(SEED);
  const draw = <T>(from: readonly T[]) => from.map(() => from[Math.floor(random() * from.length)]!);
  const means = Array.from({ length: RESAMPLES }, () => average(draw(groups).map((group) => average(draw(group)))));
  means.sort((a, b) => a - b);
  return [means[Math.floor(RESAMPLES * 0.025)]!, means[Math.floor(RESAMPLES * 0.975) - 1]!];
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
