/** Packed posting lists give back what was put in, however they were appended to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FIELD_COUNT, packPostings, visitPacked, visitPostings } from '../../server/src/index/postings.js';

const counts = fc.oneof(
  fc.constant([0, 0, 0, 0, 1]),
  fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 65_535 })), { minLength: FIELD_COUNT, maxLength: FIELD_COUNT }),
);
const list = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 2 ** 31 }), counts), { minLength: 1, maxLength: 40 })
  .map((gaps) => {
    let chunk = 0;
    return gaps.map(([gap, frequencies]) => {
      chunk += gap;
      return { chunk, frequencies: Uint16Array.from(frequencies) };
    });
  });

test('what is packed in two pieces is read back whole', () =>
  fc.assert(
    fc.property(list, fc.nat(), (postings, at) => {
      const cut = at % postings.length;
      const head = postings.slice(0, cut);
      const packed = [...packPostings(head), ...packPostings(postings.slice(cut), head.at(-1)?.chunk ?? 0)];
      const read: typeof postings = [];
      visitPostings(Uint8Array.from(packed), (chunk, frequencies) =>
        read.push({ chunk, frequencies: frequencies.slice() }),
      );
      expect(read).toEqual(postings);
    }),
  ));

test('a single occurrence in a body takes a byte or two', () => {
  const frequencies = Uint16Array.from([0, 0, 0, 0, 1]);
  const packed = packPostings([3, 5, 9, 100].map((chunk) => ({ chunk, frequencies })));
  expect(packed).toHaveLength(5);
  const seen: (Uint16Array | null)[] = [];
  visitPacked(packed, (_chunk, found) => seen.push(found));
  expect(seen).toEqual([null, null, null, null]);
});
