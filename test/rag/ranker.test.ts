/** The ranker: what it looks at, and that what its trees say of a passage adds up to what they make of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FEATURES, type FeatureName, featuresOf, type Judged } from '../../server/src/rag/features.js';
import { toQuery } from '../../server/src/rag/query.js';
import { createJudge, type Ranker, type Tree } from '../../server/src/rag/ranker.js';
import trained from '../../server/src/rag/ranker.json' with { type: 'json' };
import { ROLE } from '../../server/src/rag/weights.js';
import { chunkOf } from './passages.js';

const NAMES = Object.keys(FEATURES) as FeatureName[];
const WEIGHTS = new Map([
  ['lantern', 3],
  ['oil', 1],
]);

function judgedOf(path: string, more: Partial<Judged> = {}, score = 1): Judged {
  const passage = { ...chunkOf(path), score, why: { lexical: score } };
  return { passage, found: { lexical: 4, similarity: 0.3 }, text: 'oil', imports: [], ...more };
}

function numbers(question: string, judged: readonly Judged[], roles = ROLE): Record<FeatureName, number>[] {
  return featuresOf(toQuery(question), WEIGHTS, judged, roles).map(
    (row) => Object.fromEntries(NAMES.map((name, i) => [name, row[i]!])) as Record<FeatureName, number>,
  );
}

const FEATURE_ROW = fc.array(fc.double({ min: -3, max: 300, noNaN: true }), {
  minLength: NAMES.length,
  maxLength: NAMES.length,
});

/** A tree of up to seven nodes, made in order. */
const TREE: fc.Arbitrary<Tree> = fc
  .array(
    fc.record({
      feature: fc.nat(NAMES.length - 1),
      cut: fc.double({ min: -3, max: 300, noNaN: true }),
      value: fc.double({ min: -1, max: 1, noNaN: true }),
    }),
    { minLength: 7, maxLength: 7 },
  )
  .map((nodes) => ({
    feature: nodes.map(({ feature }, i) => (i < 3 ? feature : -1)),
    cut: nodes.map(({ cut }) => cut),
    left: nodes.map((_, i) => (i < 3 ? 2 * i + 1 : 0)),
    right: nodes.map((_, i) => (i < 3 ? 2 * i + 2 : 0)),
    value: nodes.map(({ value }) => value),
  }));

function leafOf(tree: Tree, row: readonly number[], node = 0): number {
  const feature = tree.feature[node]!;
  if (feature < 0) return node;
  return leafOf(tree, row, row[feature]! <= tree.cut[node]! ? tree.left[node] : tree.right[node]);
}

test('what the parts get adds up to the leaves, less what every passage gets', () =>
  fc.assert(
    fc.property(fc.array(TREE, { minLength: 1, maxLength: 5 }), FEATURE_ROW, (trees, row) => {
      const said = [...createJudge({ scale: 2, trees })(row).values()].reduce((sum, share) => sum + share, 0);
      const leaves = trees.reduce((sum, tree) => sum + tree.value[leafOf(tree, row)]! - tree.value[0]!, 0);
      expect(said).toBeCloseTo(leaves / 2, 9);
    }),
  ));

test('the trees that ship are whole, and know no feature that there is not', () => {
  expect(trained.trees.length).toBeGreaterThan(0);
  for (const { feature, cut, left, right, value } of (trained as Ranker).trees) {
    expect(new Set([feature, cut, left, right, value].map(({ length }) => length)).size).toBe(1);
    for (const [node, split] of feature.entries()) {
      expect(split).toBeLessThan(NAMES.length);
      if (split < 0) continue;
      // Forward only, so that no walk is without an end.
      expect(Math.min(left[node]!, right[node]!)).toBeGreaterThan(node);
      expect(Math.max(left[node]!, right[node]!)).toBeLessThan(feature.length);
    }
    expect(value.every(Number.isFinite)).toBe(true);
  }
});

test('a feature for each name, each a number, whatever the passages are', () =>
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(
        fc.record({
          path: fc.constantFrom('a.ts', 'src/b.ts', 'src/deep/index.d.ts', 'README.md', '.env', 'x/'),
          text: fc.oneof(fc.constant(''), fc.string(), fc.constant('lantern oil lantern')),
          lexical: fc.double({ min: 0, max: 60, noNaN: true }),
          similarity: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
          score: fc.double({ min: 0, max: 4, noNaN: true }),
          imports: fc.array(fc.constantFrom('a.ts', 'src/b.ts', 'gone.ts')),
        }),
      ),
      (question, found) => {
        const judged = found.map(({ path, text, imports, score, ...both }) =>
          judgedOf(path, { text, imports, found: both }, score),
        );
        for (const row of featuresOf(toQuery(question), WEIGHTS, judged, ROLE)) {
          expect(row).toHaveLength(NAMES.length);
          expect(row.every(Number.isFinite)).toBe(true);
        }
      },
    ),
  ));

test('an embedder whose cosines lie closer together makes no difference', () => {
  const near = [0.7, 0.2, 0.4, -0.1];
  const of = (scale: number, least: number) =>
    featuresOf(
      toQuery('lantern oil'),
      WEIGHTS,
      near.map((similarity, i) =>
        judgedOf(`${i}.ts`, { found: { lexical: i, similarity: least + scale * similarity } }),
      ),
      ROLE,
    ).map((row) => row.map((number) => Number(number.toFixed(9))));
  expect(of(0.1, 0.8)).toEqual(of(1, 0));
});

test('a file that the others import is told from one that imports them', () => {
  const [hub, user, other] = numbers('lantern', [
    judgedOf('hub.ts'),
    judgedOf('user.ts', { imports: ['hub.ts', 'gone.ts'] }),
    judgedOf('other.ts', { imports: ['hub.ts'] }),
  ]);
  expect(hub).toMatchObject({ importedBy: 1, importing: 0 });
  expect(user).toMatchObject({ importedBy: 0, importing: 1 });
  expect(other).toMatchObject({ importedBy: 0, importing: 1 });
});

test('words that stand together as in the question are told from words far apart', () => {
  const far = `lantern ${'and so on '.repeat(5)} oil`;
  const [close, apart, turned] = numbers('lantern oil', [
    judgedOf('a.ts', { text: 'the lantern has oil' }),
    judgedOf('b.ts', { text: far }),
    judgedOf('c.ts', { text: 'oil of a lantern' }),
  ]);
  expect([close!.together, apart!.together, turned!.together]).toEqual([1, 0, 1]);
});

test("a team's weight of tests is what the ranker sees of them", () => {
  const judged = [judgedOf('test/a.test.ts'), judgedOf('b.ts')];
  expect(numbers('lantern', judged).map(({ role }) => role)).toEqual([0.7, 0]);
  expect(numbers('lantern', judged, { ...ROLE, test: 1 }).map(({ role }) => role)).toEqual([0, 0]);
});
