/** Vectors as they are stored and scanned, against the same sums over floats. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVectorTable, type FileRows } from '../../server/src/index/store/vectorTable.js';
import { quantise, similarities } from '../../server/src/index/vectors.js';

const DIMENSIONS = 24;
const EMBEDDER = { digest: 'test', dimensions: DIMENSIONS };

const unit = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .filter((values) => Math.hypot(...values) > 0.01)
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

test('a byte for each dimension keeps a cosine within a hundredth', () =>
  fc.assert(
    fc.property(unit, fc.array(unit, { minLength: 1, maxLength: 5 }), (query, vectors) => {
      const near = similarities(query, { embedder: EMBEDDER, data: quantise(vectors, DIMENSIONS) });
      for (const [i, vector] of vectors.entries())
        expect(Math.abs(near[i]! - cosine(query, vector))).toBeLessThan(0.02);
    }),
  ));

test('what is not finite is near to nothing', () => {
  const good = new Float32Array(DIMENSIONS).fill(0.2);
  const odd = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => good.with(3, value));
  const data = quantise([...odd, new Float32Array(DIMENSIONS), good], DIMENSIONS);
  const near = similarities(good, { embedder: EMBEDDER, data });
  expect(near.slice(0, 3)).toEqual([0, 0, 0]);
  expect(near[3]).toBeGreaterThan(0.9);
});

/** A scan rounds each number of the query by half of a step of 1/8191 at most, and a row of length one has this sum. */
const ROUNDING = Math.sqrt(DIMENSIONS) / (2 * 8191);

/** Files that come and go, each with numbers of its own for its chunks. */
const history = fc.array(fc.record({ add: fc.array(fc.nat(4), { maxLength: 6 }), drop: fc.array(fc.nat(20)) }), {
  maxLength: 8,
});

test('a table holds what the newest files have, whatever came and went', () =>
  fc.assert(
    fc.property(history, unit, fc.infiniteStream(unit), (steps, query, vectors) => {
      const table = createVectorTable(DIMENSIONS);
      const data = new Map<number, Int8Array>();
      let files: FileRows[] = [];
      let nextFile = 1;
      let nextChunk = 1;
      for (const { add, drop } of steps) {
        files = files.filter((_, i) => !drop.includes(i));
        for (const chunks of add) {
          const own = Array.from({ length: chunks }, () => vectors.next().value as Float32Array);
          data.set(nextFile, quantise(own, DIMENSIONS));
          files.push({ file: nextFile++, first: nextChunk, chunks });
          nextChunk += chunks;
        }
        table.sync(files, true, (file) => data.get(file)!);
        const expected = new Map(
          files.flatMap(({ file, first }) =>
            similarities(query, { embedder: EMBEDDER, data: data.get(file)! }).map(
              (similarity, i) => [first + i, similarity] as const,
            ),
          ),
        );
        const scanned = new Map<number, number>();
        table.scan(query, 0, (chunk, similarity) => scanned.set(chunk, similarity));
        expect([...scanned.keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [chunk, similarity] of expected) {
          expect(Math.abs(scanned.get(chunk)! - similarity)).toBeLessThan(ROUNDING);
          expect(table.similarity(query, chunk)).toBeCloseTo(similarity, 5);
        }
        expect(table.similarity(query, nextChunk)).toBeNull();
        expect(table.count).toBe(expected.size);
      }
    }),
  ));

test('a look at an older state of the store takes nothing from the newest', () => {
  const table = createVectorTable(DIMENSIONS);
  const row = () => quantise([new Float32Array(DIMENSIONS).fill(0.2)], DIMENSIONS);
  const [older, newer] = [1, 2].map((file) => ({ file, first: file, chunks: 1 }));
  table.sync([newer!], true, row);
  table.sync([older!], false, row);
  const found: number[] = [];
  table.scan(new Float32Array(DIMENSIONS).fill(0.2), 0, (chunk) => found.push(chunk));
  expect(found.sort()).toEqual([1, 2]);
  found.length = 0;
  table.scan(new Float32Array(DIMENSIONS).fill(0.2), 1, (chunk) => found.push(chunk));
  expect(found).toEqual([2]);
});
