/** Chance that can be repeated: all of a series' choices come from one printed seed. */

export interface Chance {
  readonly seed: number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
}

/** From the seed in SCHOLIA_SEED, or a new one each time. */
export function newChance(seed = Number(process.env['SCHOLIA_SEED'] ?? Date.now() % 1_000_000)): Chance {
  let state = seed;
  // Mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { seed, below, pick: (choices) => choices[below(choices.length)]! };
}
