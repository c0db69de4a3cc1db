/** Fusion: shares that are never negative, orders that both searches agree on, and ranks without regard to scale. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Fusion, reciprocalRanks, type Scored, weightedSum } from '../../server/src/rag/fuse.js';

const SCORED: fc.Arbitrary<Scored> = fc.record({
  lexical: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 60, noNaN: true })),
  similarity: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
});

const totals = (fusion: Fusion, candidates: readonly Scored[]) =>
  fusion(candidates).map(({ lexical, meaning }) => lexical + meaning);

for (const [name, fusion] of Object.entries({ weightedSum, reciprocalRanks })) {
  test(`${name} gives finite shares that are not below zero`, () =>
    fc.assert(
      fc.property(fc.array(SCORED), (candidates) => {
        for (const { lexical, meaning } of fusion(candidates)) {
          expect(lexical).toBeGreaterThanOrEqual(0);
          expect(meaning).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(lexical + meaning)).toBe(true);
        }
      }),
    ));

  test(`${name} puts first what both searches put before another`, () =>
    fc.assert(
      fc.property(fc.array(SCORED, { minLength: 2 }), (candidates) => {
        const scores = totals(fusion, candidates);
        const [a, b] = candidates as [Scored, Scored];
        if (a.lexical >= b.lexical && a.similarity !== null && b.similarity !== null && a.similarity >= b.similarity)
          expect(scores[0]).toBeGreaterThanOrEqual(scores[1]!);
      }),
    ));

  test(`${name} does not depend on the order in which candidates come`, () =>
    fc.assert(
      fc.property(fc.array(SCORED), (candidates) => {
        const there = totals(fusion, candidates);
        const back = totals(fusion, candidates.toReversed()).toReversed();
        for (const [i, score] of there.entries()) expect(back[i]).toBeCloseTo(score, 9);
      }),
    ));
}

test('ranks count, not scores', () => {
  const stretched = (factor: number) =>
    reciprocalRanks([
      { lexical: 3 * factor, similarity: 0.2 },
      { lexical: 2 * factor, similarity: 0.9 },
      { lexical: 1 * factor, similarity: 0.8 },
    ]);
  expect(stretched(1)).toEqual(stretched(100));
  expect(stretched(1)[0]!.lexical).toBeCloseTo(0.5, 12);
});

test('what is far from the nearest is not near, whatever its place in the list', () => {
  const similarities = [0.6, 0.35, 0.2, -0.1, null];
  const meanings = reciprocalRanks(similarities.map((similarity) => ({ lexical: 1, similarity }))).map(
    ({ meaning }) => meaning > 0,
  );
  expect(meanings).toEqual([true, true, false, false, false]);
});

test('scores count by how far they stand out from their list', () => {
  const [a, b, c] = weightedSum([
    { lexical: 10, similarity: 0.1 },
    { lexical: 0, similarity: 0.3 },
    { lexical: 0, similarity: 0.2 },
  ]);
  // Of the words, one stands out; of the meanings they lie evenly.
  expect(a!.lexical).toBeGreaterThan(b!.meaning * 0.8);
  expect(b!.meaning).toBeCloseTo(2 * c!.meaning, 9);
  expect([a!.meaning, b!.lexical, c!.lexical]).toEqual([0, 0, 0]);
});
