/** Ranks of files against the plain definition of PageRank, worked out on a full matrix. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDefiners, type FileGraph, fileGraph, pageRank } from '../../server/src/index/centrality.js';
import { languageFamily } from '../../server/src/index/languages.js';

const graphs: fc.Arbitrary<FileGraph> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc
    .array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.constantFrom(0.25, 0.5, 1, 2)), { maxLength: 40 })
    .map((edges) => ({
      count,
      from: edges.map(([from]) => from),
      to: edges.map(([, to]) => to),
      weight: edges.map(([, , weight]) => weight),
    })),
);

/** Each row of the matrix says where a reader of one file goes next; twenty steps from anywhere. */
function slowRanks({ count, from, to, weight }: FileGraph): number[] {
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  from.forEach((row, e) => {
    matrix[row]![to[e]!]! += weight[e]!;
  });
  const chances = matrix.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => 0.15 / count + 0.85 * (sum > 0 ? value / sum : 1 / count));
  });
  let ranks = new Array<number>(count).fill(1 / count);
  for (let step = 0; step < 20; step++)
    ranks = ranks.map((_, j) => ranks.reduce((sum, rank, i) => sum + rank * chances[i]![j]!, 0));
  return ranks.map((rank) => rank * count);
}

test('ranks are those of the definition, and their mean is 1', () =>
  fc.assert(
    fc.property(graphs, (graph) => {
      const ranks = [...pageRank(graph)];
      slowRanks(graph).forEach((rank, i) => {
        expect(ranks[i]).toBeCloseTo(rank, 9);
      });
      expect(ranks.reduce((a, b) => a + b, 0) / ranks.length).toBeCloseTo(1, 9);
    }),
  ));

test('a file is central by what imports it and by what only it defines', () => {
  const file = (path: string, names: string[], isMember = false) => ({
    path,
    language: 'typescript',
    links: () => ({ imports: [], names: new Map(names.map((name) => [name, isMember])) }),
  });
  const definers = createDefiners();
  for (const [name, place] of [
    ['only', 2],
    ['twice', 0],
    ['twice', 2],
    ['get', 3],
  ] as const)
    definers.add(name, languageFamily('typescript'), place);
  const files = [
    file('a.ts', ['only', 'twice']),
    file('b.ts', ['get'], true),
    file('c.ts', ['only']),
    file('d/e.ts', []),
  ];
  const { from, to } = fileGraph(files, definers, () => []);
  expect(from.map((place, e) => `${files[place]!.path} → ${files[to[e]!]!.path}`)).toEqual(['a.ts → c.ts']);
});
