/** The order of passages: every score is the sum of its named parts, and nothing but the passages decides. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DefinitionRow } from '../../server/src/index/store/reader.js';
import { toQuery } from '../../server/src/rag/query.js';
import { type Candidate, rank, termWeights } from '../../server/src/rag/rank.js';
import { chunkOf, statisticsOf } from './passages.js';

const WEIGHTS = termWeights(statisticsOf(1000, { lantern: 10, oil: 50 }));

function candidate(path: string, startLine: number, lexical: number): Candidate {
  return { ...chunkOf(path, startLine), lexical, meaning: 0 };
}

function definition(path: string, nameLine: number, name: string): DefinitionRow {
  return {
    path,
    name,
    nameLine,
    startLine: nameLine,
    endLine: nameLine + 3,
    qualified: name,
    kind: 'function',
    signature: name,
    role: 'source',
    language: 'typescript',
    rank: 1,
  };
}

function orderOf(question: string, candidates: Candidate[], definitions: DefinitionRow[] = []): string[] {
  const evidence = { candidates, definitions, landmarks: [], places: [] };
  return rank(toQuery(question), evidence, { weights: WEIGHTS }).map(({ path, startLine }) => `${path}:${startLine}`);
}

test('the definition of a name that is asked for comes before a better match of words', () =>
  expect(
    orderOf(
      'lightLantern',
      [candidate('a.ts', 1, 9), candidate('b.ts', 1, 4)],
      [definition('b.ts', 2, 'lightLantern')],
    ),
  ).toEqual(['b.ts:1', 'a.ts:1']));

test('a definition that is found by name alone is there too', () =>
  expect(orderOf('lightLantern', [candidate('b.ts', 1, 0)], [definition('b.ts', 2, 'lightLantern')])).toEqual([
    'b.ts:1',
  ]));

test('code comes before tests, examples and change logs that match as well', () =>
  expect(
    orderOf(
      'lantern',
      ['CHANGELOG.md', 'examples/a.ts', 'test/a.ts', 'docs/a.md', 'src/a.ts'].map((path) => candidate(path, 1, 5)),
    ),
  ).toEqual(['src/a.ts:1', 'docs/a.md:1', 'examples/a.ts:1', 'test/a.ts:1', 'CHANGELOG.md:1']));

test('a file whose name is the question comes first', () =>
  expect(orderOf('lantern', [candidate('src/a.ts', 1, 5), candidate('src/lantern.ts', 1, 5)])).toEqual([
    'src/lantern.ts:1',
    'src/a.ts:1',
  ]));

test('passages of one file do not crowd out the rest', () =>
  expect(
    orderOf('oil', [...[1, 11, 21, 31].map((line) => candidate('a.ts', line, 5)), candidate('b.ts', 1, 4)]).indexOf(
      'b.ts:1',
    ),
  ).toBe(1));

test('equal scores are ordered by path, then line', () =>
  expect(orderOf('zzz', [candidate('b.ts', 1, 0), candidate('a.ts', 9, 0), candidate('a.ts', 1, 0)])).toEqual([
    'a.ts:1',
    'a.ts:9',
    'b.ts:1',
  ]));

test('nothing ranks as nothing', () => expect(orderOf('lantern', [])).toEqual([]));

const candidates = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom('a.ts', 'src/lantern.ts', 'test/oil.ts', 'docs/a.md', 'CHANGELOG.md', 'x/bench/z.go'),
    startLine: fc.integer({ min: 1, max: 9 }).map((n) => n * 10),
    lexical: fc.oneof(fc.constant(0), fc.constant(3), fc.double({ min: 0, max: 40, noNaN: true })),
  }),
  { selector: ({ path, startLine }) => `${path}:${startLine}`, maxLength: 30 },
);

test('the parts of a score add up to it, no score is below zero, and the best comes first', () =>
  fc.assert(
    fc.property(candidates, fc.constantFrom('lantern', 'light lantern oil', 'src', ''), (rows, question) => {
      const ranked = rank(
        toQuery(question),
        {
          candidates: rows.map((row) => candidate(row.path, row.startLine, row.lexical)),
          definitions: [definition('a.ts', 12, 'lightLantern')],
          places: [],
          landmarks: [],
        },
        { weights: WEIGHTS },
      );
      expect(ranked).toHaveLength(rows.length);
      let last = Number.POSITIVE_INFINITY;
      for (const { score, why } of ranked) {
        expect(Object.values(why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 9);
        expect(score).toBeGreaterThanOrEqual(-1e-9);
        expect(score).toBeLessThanOrEqual(last);
        last = score;
      }
    }),
  ));

test('the order of the candidates makes no difference', () =>
  fc.assert(
    fc.property(
      candidates.chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }))),
      ([rows, shuffled]) => {
        const order = (list: typeof rows) =>
          rank(
            toQuery('light lantern'),
            {
              candidates: list.map((row) => candidate(row.path, row.startLine, row.lexical)),
              definitions: [],
              places: [],
              landmarks: [],
            },
            { weights: WEIGHTS },
          ).map(({ path, startLine, why }) => ({
            place: `${path}:${startLine}`,
            why: Object.fromEntries(Object.entries(why).map(([part, value]) => [part, value.toFixed(9)])),
          }));
        expect(order(shuffled)).toEqual(order(rows));
      },
    ),
  ));
