/** What stands beside what: neighbours as one passage, copies after the rest, several files among the first. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lessenCopies } from '../../server/src/rag/copies.js';
import { mergeNeighbours } from '../../server/src/rag/merge.js';
import { byScore, type Ranked } from '../../server/src/rag/rank.js';
import { spread } from '../../server/src/rag/spread.js';
import { MERGED_DEPTH, MERGED_LINES } from '../../server/src/rag/weights.js';
import { passageOf } from './passages.js';

const placesOf = (passages: readonly Ranked[]) =>
  passages.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`);

/** Chunks of five lines each, which do not overlap, as those of an index. */
const ORDERED = fc
  .uniqueArray(fc.record({ file: fc.nat(3), nth: fc.nat(30), score: fc.integer({ min: 1, max: 40 }) }), {
    selector: ({ file, nth }) => `${file}:${nth}`,
    maxLength: 40,
  })
  .map((chunks) => chunks.map(({ file, nth, score }) => passageOf(`${file}.ts`, 1 + 5 * nth, score)).sort(byScore));

test('chunks that follow one another become one passage, at the place of the better one', () =>
  expect(
    placesOf(
      mergeNeighbours([passageOf('a.ts', 6), passageOf('b.ts', 1), passageOf('a.ts', 12), passageOf('a.ts', 1)]),
    ),
  ).toEqual(['a.ts:1-16', 'b.ts:1-5']));

test('chunks with something between them, pages, sections, and what came far behind stay apart', () => {
  const page = { ...passageOf('a.pdf', 1), place: '{"page":1}' };
  expect(mergeNeighbours([page, { ...passageOf('a.pdf', 6), place: '{"page":2}' }])).toHaveLength(2);
  const section = { ...passageOf('a.md', 1), kind: 'section', symbol: 'Oil' };
  expect(mergeNeighbours([section, { ...passageOf('a.md', 6), kind: 'section', symbol: 'Wick' }])).toHaveLength(2);
  expect(mergeNeighbours([passageOf('a.ts', 1), passageOf('a.ts', 9)])).toHaveLength(2);
  const others = Array.from({ length: MERGED_DEPTH - 1 }, (_, i) => passageOf(`${i}.ts`));
  expect(mergeNeighbours([passageOf('a.ts', 1), ...others, passageOf('a.ts', 6)])).toHaveLength(MERGED_DEPTH + 1);
});

test('no line is lost or told twice by it, and no passage grows without an end', () =>
  fc.assert(
    fc.property(ORDERED, (passages) => {
      const linesOf = (some: readonly Ranked[]) =>
        some.flatMap(({ path, startLine, endLine }) =>
          Array.from({ length: endLine - startLine + 1 }, (_, i) => `${path}:${startLine + i}`),
        );
      const merged = mergeNeighbours(passages);
      expect(linesOf(merged).sort()).toEqual(linesOf(passages).sort());
      for (const { startLine, endLine } of merged) expect(endLine - startLine).toBeLessThan(MERGED_LINES);
      expect(merged.map(({ score }) => score)).toEqual(merged.map(({ score }) => score).sort((a, b) => b - a));
    }),
  ));

test('the second passage of a file gives way to another file that is nearly as good', () => {
  const found = [passageOf('a.ts', 1, 10), passageOf('a.ts', 50, 9.5), passageOf('b.ts', 1, 9)];
  expect(placesOf(spread(found))).toEqual(['a.ts:1-5', 'b.ts:1-5', 'a.ts:50-54']);
  const pointedAt = { ...found[1]!, why: { file: 9.5 } };
  expect(placesOf(spread([found[0]!, pointedAt, found[2]!]))).toEqual(['a.ts:1-5', 'a.ts:50-54', 'b.ts:1-5']);
});

test('spreading loses nothing, keeps the best first, and its part is in the score', () =>
  fc.assert(
    fc.property(ORDERED, (passages) => {
      const laid = spread(passages);
      expect(placesOf(laid).sort()).toEqual(placesOf(passages).sort());
      expect(laid[0]?.id).toBe(passages[0]?.id);
      for (const { score, why } of laid)
        expect(Object.values(why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 9);
    }),
  ));

const PAGE = ['the lantern is lit', 'by the keeper', 'at seven', 'and put out', 'at dawn'];

function textsOf(passages: readonly Ranked[], texts: Record<string, readonly string[]>): Map<number, string> {
  return new Map(passages.map(({ id, path }) => [id, texts[path]!.join('\n')]));
}

test('a copy comes after what is found besides, whatever its first line says', () => {
  const found = [passageOf('a.ts', 1, 10), passageOf('vendor/a.ts', 1, 9), passageOf('b.ts', 1, 6)];
  const texts = { 'a.ts': PAGE, 'vendor/a.ts': ['// vendored', ...PAGE], 'b.ts': ['something else'] };
  const laid = lessenCopies(found, textsOf(found, texts));
  expect(laid.map(({ path }) => path)).toEqual(['a.ts', 'b.ts', 'vendor/a.ts']);
  expect(laid[2]!.why).toEqual({ lexical: 9, copy: -3 });
});

test('few lines in common, few lines at all, or one file: no copies', () => {
  const half = [...PAGE.slice(0, 3), 'one', 'two', 'three'];
  const few = ['the lantern is lit'];
  const found = ['a.ts', 'a.ts', 'b.ts', 'c.ts', 'd.ts'].map((path, i) => passageOf(path, 1, 10 - i));
  const texts = textsOf(found, { 'a.ts': PAGE, 'b.ts': half, 'c.ts': [...few, '}'], 'd.ts': few });
  expect(lessenCopies(found, texts)).toEqual(found);
});
