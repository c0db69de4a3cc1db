/**
 * Which line of one text a line of another one is. Pure.
 *
 * Equal beginnings and ends are taken off, lines that stand once in either text are matched in order, and what lies
 * between them is looked at in the same way (“patience”); short stretches without such lines are matched by their
 * longest common run of lines. Every match is an equal line, in order; long stretches of nothing but repeated lines
 * stay unmatched, so that time stays near the length of the texts whatever they hold.
 */

/** Of pairs of lines that are compared for one stretch. */
const MAX_PAIRS = 100_000;
const MAX_DEPTH = 20;

interface Stretch {
  /** Ends are the first line after it. */
  from: number;
  to: number;
  fromBefore: number;
  toBefore: number;
  depth: number;
}

/** For each line of `after` the number of the same line in `before`, or -1; both count from zero. */
export function mapLines(before: readonly string[], after: readonly string[]): Int32Array {
  const matches = new Int32Array(after.length).fill(-1);
  const open: Stretch[] = [{ from: 0, to: after.length, fromBefore: 0, toBefore: before.length, depth: 0 }];
  for (let stretch = open.pop(); stretch; stretch = open.pop()) {
    const rest = trimmed(before, after, stretch, matches);
    if (rest.from === rest.to || rest.fromBefore === rest.toBefore) continue;
    const anchors = rest.depth < MAX_DEPTH ? increasing(uniquePairs(before, after, rest)) : [];
    if (anchors.length === 0) matchByPairs(before, after, rest, matches);
    let { from, fromBefore } = rest;
    for (const [line, lineBefore] of anchors) {
      matches[line] = lineBefore;
      open.push({ from, to: line, fromBefore, toBefore: lineBefore, depth: rest.depth + 1 });
      from = line + 1;
      fromBefore = lineBefore + 1;
    }
    if (anchors.length > 0) open.push({ ...rest, from, fromBefore, depth: rest.depth + 1 });
  }
  return matches;
}

function trimmed(before: readonly string[], after: readonly string[], stretch: Stretch, matches: Int32Array): Stretch {
  let { from, to, fromBefore, toBefore } = stretch;
  while (from < to && fromBefore < toBefore && after[from] === before[fromBefore]) matches[from++] = fromBefore++;
  while (from < to && fromBefore < toBefore && after[to - 1] === before[toBefore - 1]) matches[--to] = --toBefore;
  return { ...stretch, from, to, fromBefore, toBefore };
}

/** Lines that stand exactly once in either stretch, in the order of `after`. */
function uniquePairs(before: readonly string[], after: readonly string[], stretch: Stretch): [number, number][] {
  const places = uniqueLines(before, stretch.fromBefore, stretch.toBefore);
  return [...uniqueLines(after, stretch.from, stretch.to)].flatMap(([text, line]): [number, number][] => {
    const lineBefore = places.get(text) ?? -1;
    return line >= 0 && lineBefore >= 0 ? [[line, lineBefore]] : [];
  });
}

/** Where each text stands; -1 for one that stands there more than once. */
function uniqueLines(lines: readonly string[], from: number, to: number): Map<string, number> {
  const places = new Map<string, number>();
  for (let line = from; line < to; line++) places.set(lines[line]!, places.has(lines[line]!) ? -1 : line);
  return places;
}

/** The longest choice of pairs in which both numbers rise; the first number rises already. */
function increasing(pairs: readonly [number, number][]): [number, number][] {
  /** The last pair of the best choice of each length, and for each pair the one before it. */
  const ends: number[] = [];
  const previous = new Int32Array(pairs.length);
  pairs.forEach(([, lineBefore], i) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < lineBefore) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? ends[low - 1]! : -1;
    ends[low] = i;
  });
  const chosen: [number, number][] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = previous[i]!) chosen.push(pairs[i]!);
  return chosen.reverse();
}

/** The longest common subsequence, by the table of its lengths. */
function matchByPairs(
  before: readonly string[],
  after: readonly string[],
  { from, to, fromBefore, toBefore }: Stretch,
  matches: Int32Array,
): void {
  const height = to - from;
  const width = toBefore - fromBefore;
  if (height * width > MAX_PAIRS) return;
  const lengths = new Uint32Array((height + 1) * (width + 1));
  const at = (i: number, j: number) => i * (width + 1) + j;
  const isSame = (i: number, j: number) => after[from + i] === before[fromBefore + j];
  for (let i = height - 1; i >= 0; i--)
    for (let j = width - 1; j >= 0; j--)
      lengths[at(i, j)] = isSame(i, j)
        ? lengths[at(i + 1, j + 1)]! + 1
        : Math.max(lengths[at(i + 1, j)]!, lengths[at(i, j + 1)]!);
  for (let i = 0, j = 0; i < height && j < width; ) {
    if (isSame(i, j)) matches[from + i++] = fromBefore + j++;
    else if (lengths[at(i + 1, j)]! >= lengths[at(i, j + 1)]!) i++;
    else j++;
  }
}
