/**
 * How many texts go through a model at once. A batch is as long as its longest text, so texts of like length go
 * together; what counts is its number of tokens, padding among them. Pure, so that it can be tried without a device.
 */

/**
 * Indices of `lengths` in groups of at most `budget` tokens each, padding counted; a longer text goes alone. The longest
 * come first, so that memory that does not suffice is noticed at once.
 */
export function groupByLength(lengths: readonly number[], budget: number): number[][] {
  const order = lengths.map((_length, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const groups: number[][] = [];
  let room = 0;
  for (const i of order) {
    if (room < 1) {
      groups.push([]);
      room = Math.max(1, Math.floor(budget / Math.max(1, lengths[i]!)));
    }
    groups.at(-1)!.push(i);
    room--;
  }
  return groups;
}

/** What drivers and runtimes say when memory does not suffice; DirectML says it by number. */
const OUT_OF_MEMORY =
  /out[ _-]?of[ _-]?memory|bad_alloc|bad allocation|fail(ed|ure) to allocate|allocation fail|not enough memory|0x8007000E/i;

export function isOutOfMemory(message: string): boolean {
  return OUT_OF_MEMORY.test(message);
}

/**
 * Runs `rows` at once, or in halves where the device's memory does not suffice; results in order. `onHalved` is told the
 * number of rows that was too large. A single row that does not fit rejects with the device's error.
 */
export async function runHalving<Row, Result>(
  rows: readonly Row[],
  run: (rows: readonly Row[]) => Promise<Result[]>,
  onHalved: (rows: number) => void,
): Promise<Result[]> {
  try {
    return await run(rows);
  } catch (error) {
    if (rows.length < 2 || !(error instanceof Error && isOutOfMemory(error.message))) throw error;
    onHalved(rows.length);
    const half = Math.ceil(rows.length / 2);
    const first = await runHalving(rows.slice(0, half), run, onHalved);
    return [...first, ...(await runHalving(rows.slice(half), run, onHalved))];
  }
}

/** A larger batch costs memory and makes others wait; it must be this much faster. */
const WORTH_IT = 1.1;

/**
 * The number of tokens, among growing `sizes`, at which a device does most in a second. `measure` gives tokens a second,
 * or null where a larger batch should not be tried any more.
 */
export async function bestBatchTokens(
  sizes: readonly number[],
  measure: (tokens: number) => Promise<number | null>,
): Promise<number> {
  let best = { tokens: sizes[0]!, rate: 0 };
  for (const tokens of sizes) {
    const rate = await measure(tokens);
    if (rate === null) break;
    if (rate > best.rate * WORTH_IT) best = { tokens, rate };
  }
  return best.tokens;
}
