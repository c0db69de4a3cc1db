/** Measures against values worked out by hand, and against slower ways to say the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interval, mean, type Row } from '../../server/src/evaluate/means.js';
import {
  allAt,
  filesOf,
  hitAt,
  ndcgAt,
  type Passage,
  passageHitAt,
  placesNdcgAt,
  quantile,
  recallAt,
  reciprocalRank,
  type Wanted,
} from '../../server/src/evaluate/metrics.js';

const LIST = ['d', 'a', 'x', 'b', 'y'];
const wanted = (...items: string[]) => new Set(items);
const passage = (path: string, startLine = 1, endLine = 10): Passage => ({ path, startLine, endLine });
const place = (path: string, startLine?: number, endLine?: number): Wanted =>
  startLine === undefined ? { path } : { path, lines: { startLine, endLine: endLine! } };

/** 1 / log2(rank + 1) for ranks 1 to 5. */
const [G1, G2, G3, G4] = [1, 0.6309297535714575, 0.5, 0.43067655807339306] as const;

test('lists with known answers', () => {
  expect(reciprocalRank(LIST, wanted('a', 'b'))).toBe(1 / 2);
  expect(reciprocalRank(LIST, wanted('d'))).toBe(1);
  expect(reciprocalRank(LIST, wanted('z'))).toBe(0);
  expect([1, 2, 4].map((k) => recallAt(k, LIST, wanted('a', 'b', 'z')))).toEqual([0, 1 / 3, 2 / 3]);
  expect([1, 2].map((k) => hitAt(k, LIST, wanted('a', 'b')))).toEqual([0, 1]);
  expect([3, 4].map((k) => allAt(k, LIST, wanted('a', 'b')))).toEqual([0, 1]);
  expect(allAt(5, LIST, wanted('a', 'z'))).toBe(0);
  expect(ndcgAt(10, LIST, wanted('a', 'b'))).toBe((G2 + G4) / (G1 + G2));
  expect(ndcgAt(3, LIST, wanted('a', 'b'))).toBe(G2 / (G1 + G2));
  expect(ndcgAt(1, LIST, wanted('d', 'a', 'b'))).toBe(1);
  expect(filesOf([{ path: 'b' }, { path: 'a' }, { path: 'b' }])).toEqual(['b', 'a']);
});

test('passages on places, as the semble benchmark counts them', () => {
  const list = [passage('a.ts'), passage('a.ts', 11, 20), passage('b.ts'), passage('c.ts')];
  // The second passage of a file gains nothing and takes a rank.
  expect(placesNdcgAt(10, list, [place('a.ts'), place('b.ts')])).toBe((G1 + G3) / (G1 + G2));
  // A place with lines waits for the passage that overlaps them.
  expect(placesNdcgAt(10, list, [place('a.ts', 15, 30)])).toBe(G2);
  expect(placesNdcgAt(10, list, [place('a.ts', 21, 30)])).toBe(0);
  // Two places met by one passage gain once, and both count in what could be gained.
  expect(placesNdcgAt(10, list, [place('a.ts', 1, 2), place('a.ts', 3, 4)])).toBe(G1 / (G1 + G2));
  // Either path may be the end of the other, but only at a folder.
  expect(placesNdcgAt(10, [passage('src/b.ts')], [place('b.ts')])).toBe(1);
  expect(placesNdcgAt(10, [passage('b.ts')], [place('src/b.ts')])).toBe(1);
  expect(placesNdcgAt(10, [passage('ab.ts')], [place('b.ts')])).toBe(0);
  // Past the end of the list nothing counts; more places than ranks are worth as many as there are ranks.
  expect(placesNdcgAt(3, list, [place('c.ts')])).toBe(0);
  expect(
    placesNdcgAt(
      2,
      list,
      ['a.ts', 'b.ts', 'c.ts'].map((path) => place(path)),
    ),
  ).toBe(G1 / (G1 + G2));
  expect(placesNdcgAt(10, list, [])).toBe(0);
  expect(placesNdcgAt(10, [], [place('a.ts')])).toBe(0);
});

test('a passage hits where it overlaps wanted lines of the very file', () => {
  const list = [passage('a.ts', 1, 10), passage('b.ts', 5, 9)];
  expect(passageHitAt(1, list, [place('b.ts', 9, 30)])).toBe(0);
  expect(passageHitAt(2, list, [place('b.ts', 9, 30)])).toBe(1);
  expect(passageHitAt(2, list, [place('b.ts', 10, 30)])).toBe(0);
  expect(passageHitAt(2, list, [place('x/b.ts', 5, 9)])).toBe(0);
  expect(passageHitAt(2, list, [place('a.ts')])).toBeNull();
});

test('quantiles are values of the list', () => {
  expect([0, 0.5, 0.95, 1].map((share) => quantile([5, 1, 4, 2, 3], share))).toEqual([1, 3, 5, 5]);
  expect(quantile([], 0.5)).toBeNaN();
});

const letters = fc.constantFrom(...'abcdefghij');
const lists = fc.uniqueArray(letters);
const wantedSets = fc.uniqueArray(letters, { minLength: 1 }).map((items) => new Set(items));
const ks = fc.integer({ min: 1, max: 12 });

test('measures agree with how they are defined, and with each other', () => {
  fc.assert(
    fc.property(ks, lists, wantedSets, (k, list, set) => {
      const top = list.slice(0, k);
      const found = [...set].filter((item) => top.includes(item)).length;
      expect(recallAt(k, list, set)).toBe(found / set.size);
      expect(hitAt(k, list, set)).toBe(found > 0 ? 1 : 0);
      expect(allAt(k, list, set)).toBe(found === set.size ? 1 : 0);
      let [gain, ideal] = [0, 0];
      for (let rank = 1; rank <= k; rank++) {
        if (set.has(list[rank - 1]!)) gain += 1 / Math.log2(rank + 1);
        if (rank <= set.size) ideal += 1 / Math.log2(rank + 1);
      }
      expect(ndcgAt(k, list, set)).toBeCloseTo(gain / ideal, 12);
      // With whole files, one passage each, places are items.
      const passages = list.map((path) => passage(path));
      expect(
        placesNdcgAt(
          k,
          passages,
          [...set].map((path) => place(path)),
        ),
      ).toBe(ndcgAt(k, list, set));
    }),
  );
});

test('a list is never worse for a wanted item that moves up', () => {
  fc.assert(
    fc.property(ks, lists, wantedSets, fc.nat(), (k, list, set, at) => {
      const from = list.findIndex((item, i) => i > 0 && i >= at % Math.max(1, list.length) && set.has(item));
      if (from < 1) return;
      const better = list.toSpliced(from, 1).toSpliced(from - 1, 0, list[from]!);
      for (const score of [ndcgAt, recallAt, hitAt, allAt])
        expect(score(k, better, set)).toBeGreaterThanOrEqual(score(k, list, set) - 1e-12);
      expect(reciprocalRank(better, set)).toBeGreaterThanOrEqual(reciprocalRank(list, set));
    }),
  );
});

const rowsOf = (values: Record<string, number[]>): Row[] =>
  Object.entries(values).flatMap(([group, list]) => list.map((value) => ({ group, value })));

test('means weigh groups or cases alike', () => {
  const rows = rowsOf({ small: [1], large: [0, 0, 0] });
  expect(mean(rows, 'groups')).toBe(0.5);
  expect(mean(rows, 'cases')).toBe(0.25);
  expect(mean([], 'groups')).toBeNaN();
});

test('intervals hold the mean, are the same each time and shrink with the number of cases', () => {
  const coin = (n: number) => rowsOf({ one: Array.from({ length: n }, (_, i) => i % 2) });
  const [low, high] = interval(coin(100), 'cases');
  // A fair coin thrown a hundred times: half, give or take a twentieth twice.
  expect(low).toBeGreaterThan(0.37);
  expect(low).toBeLessThan(0.43);
  expect(high).toBeGreaterThan(0.57);
  expect(high).toBeLessThan(0.63);
  expect(interval(coin(100), 'cases')).toEqual([low, high]);
  const [closer, close] = interval(coin(10_000), 'cases');
  expect(close - closer).toBeLessThan((high - low) / 5);
  expect(interval(rowsOf({ one: [0.3, 0.3], two: [0.3] }), 'groups')).toEqual([0.3, 0.3]);
  // Groups are drawn too: two that differ leave nearly everything open.
  expect(interval(rowsOf({ one: [0, 0, 0], two: [1, 1, 1] }), 'groups')).toEqual([0, 1]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 20 }), (values) => {
      const [from, to] = interval(rowsOf({ one: values }), 'cases');
      expect(from).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
      expect(to).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      expect(from).toBeLessThanOrEqual(to);
    }),
    { numRuns: 20 },
  );
});
