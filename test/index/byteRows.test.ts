/** The scan in WebAssembly against the plain sum. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteRows } from '../../server/src/index/byteRows.js';

test('each row gets the product that a plain sum gives, whatever the width and number of rows', () => {
  const cases = fc
    .record({ dimensions: fc.integer({ min: 1, max: 70 }), count: fc.integer({ min: 0, max: 5000 }) })
    .chain(({ dimensions, count }) =>
      fc.record({
        query: fc.float32Array({ minLength: dimensions, maxLength: dimensions, min: -1, max: 1, noNaN: true }),
        seed: fc.integer({ min: 1, max: 1 << 20 }),
        count: fc.constant(count),
      }),
    );
  fc.assert(
    fc.property(cases, ({ query, seed, count }) => {
      const rows = createByteRows(query.length);
      const vectors = Array.from({ length: count }, (_, row) =>
        Int8Array.from(query, (_value, i) => Math.imul(seed + row * 31 + i, 2654435761) >> 24),
      );
      // From the last to the first: places may be taken in any order.
      for (let row = count - 1; row >= 0; row--) rows.set(row, vectors[row]!);
      const found: number[] = [];
      rows.scan(query, count, (row, product) => {
        expect(row).toBe(found.length);
        found.push(product);
      });
      expect(found).toHaveLength(count);
      const most = Math.max(...query.map(Math.abs));
      for (const row of [0, 1, 2047, 2048, count - 1].filter((one) => one >= 0 && one < count)) {
        expect(rows.at(row)).toEqual(vectors[row]);
        const truth = query.reduce((sum, value, i) => sum + value * vectors[row]![i]!, 0);
        // Half a step of the query for each of its numbers.
        const allowed = ((most / 8191) * 0.5 + 1e-6) * 128 * query.length;
        expect(Math.abs(found[row]! - truth)).toBeLessThanOrEqual(allowed);
      }
    }),
    { numRuns: 60 },
  );
});

for (const dimensions of [2000, 4096])
  test(`the largest numbers of ${dimensions} dimensions do not overflow`, () => {
    const rows = createByteRows(dimensions);
    rows.set(3, new Int8Array(dimensions).fill(-128));
    const found: number[] = [];
    rows.scan(new Float32Array(dimensions).fill(1), 5, (_row, product) => void found.push(product));
    expect(found).toEqual([0, 0, 0, expect.closeTo(-128 * dimensions, 0), 0]);
  });
