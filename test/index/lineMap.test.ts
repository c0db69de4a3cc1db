/** Which line of one text is which of another: every match is true, and what edits leave is found. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapLines } from '../../server/src/index/lineMap.js';

const letters = (text: string) => [...text];
const map = (before: string, after: string) => [...mapLines(letters(before), letters(after))];

test('what is added has no match, what is kept has its own', () => {
  expect(map('abc', 'abc')).toEqual([0, 1, 2]);
  expect(map('abc', 'abXc')).toEqual([0, 1, -1, 2]);
  expect(map('abc', 'c')).toEqual([2]);
  expect(map('', 'ab')).toEqual([-1, -1]);
  expect(map('abcd', 'aXdY')).toEqual([0, -1, 3, -1]);
  expect(map('x}}y}}', 'x}}z}}y}}')).toEqual([0, 1, 2, -1, -1, -1, 3, 4, 5]);
});

/** The length of the longest common run of lines, by the book. */
function longestCommon(before: readonly string[], after: readonly string[]): number {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = 1; i <= before.length; i++)
    for (let j = 1; j <= after.length; j++)
      lengths[i]![j] =
        before[i - 1] === after[j - 1]
          ? lengths[i - 1]![j - 1]! + 1
          : Math.max(lengths[i - 1]![j]!, lengths[i]![j - 1]!);
  return lengths[before.length]![after.length]!;
}

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '}', ''), { maxLength: 30 });

test('matches are equal lines in rising order, never more than there can be', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const matched = [...mapLines(before, after)].flatMap((at, i) => (at < 0 ? [] : [{ at, i }]));
      for (const { at, i } of matched) expect(before[at]).toBe(after[i]);
      const places = matched.map(({ at }) => at);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      expect(matched.length).toBeLessThanOrEqual(longestCommon(before, after));
      expect([...mapLines(after, after)]).toEqual(after.map((_, i) => i));
    }),
  );
});

test('lines that stand once are all found again after any deletions and insertions', () => {
  const kept = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(kept, (edits) => {
      const before = edits.map((_, i) => `line ${i}`);
      const after = edits.flatMap(([isKept, isInserted], i) => [
        ...(isInserted ? [`new ${i}`] : []),
        ...(isKept ? [before[i]!] : []),
      ]);
      expect([...mapLines(before, after)]).toEqual(after.map((line) => before.indexOf(line)));
    }),
  );
});

test('long texts of few different lines are given up rather than compared pair by pair', () => {
  const many = (line: string) => Array.from({ length: 50_000 }, (_, i) => (i % 2 ? line : '}'));
  const matches = mapLines(many('a'), ['b', ...many('c'), 'b']);
  expect(matches.every((at) => at === -1)).toBe(true);
});
