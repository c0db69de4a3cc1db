/** Packed posting lists give back what was put in, however they were appended to. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FIELD_COUNT,
  firstChunk,
  packPostings,
  rebasePostings,
  visitPacked,
  visitPostings,
} from '../../server/src/index/postings.js';

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

function flat(postings: readonly { chunk: number; frequencies: Uint16Array }[]): number[] {
  return postings.flatMap(({ chunk, frequencies }) => [chunk, ...frequencies]);
}

function read(packed: Uint8Array): { chunk: number; frequencies: Uint16Array }[] {
  const found: { chunk: number; frequencies: Uint16Array }[] = [];
  visitPostings(packed, (chunk, frequencies) => found.push({ chunk, frequencies: frequencies.slice() }));
  return found;
}

test('what is packed in two pieces is read back whole', () =>
  fc.assert(
    fc.property(list, fc.nat(), (postings, at) => {
      const cut = at % postings.length;
      const head = postings.slice(0, cut);
      const tail = packPostings(flat(postings.slice(cut)), head.at(-1)?.chunk ?? 0);
      expect(read(Uint8Array.from([...packPostings(flat(head)), ...tail]))).toEqual(postings);
    }),
  ));

test('a list counted from elsewhere goes to the end of another', () =>
  fc.assert(
    fc.property(list, list, fc.nat({ max: 1000 }), (before, after, gap) => {
      const end = before.at(-1)!.chunk;
      const moved = rebasePostings(packPostings(flat(after)), end + gap, end);
      const expected = after.map(({ chunk, frequencies }) => ({ chunk: chunk + end + gap, frequencies }));
      expect(read(Uint8Array.from([...packPostings(flat(before)), ...moved]))).toEqual([...before, ...expected]);
      expect(firstChunk(packPostings(flat(after)))).toBe(after[0]!.chunk);
    }),
  ));

test('a single occurrence in a body takes a byte or two', () => {
  const frequencies = Uint16Array.from([0, 0, 0, 0, 1]);
  const packed = packPostings(flat([3, 5, 9, 100].map((chunk) => ({ chunk, frequencies }))));
  expect(packed).toHaveLength(5);
  const seen: (Uint16Array | null)[] = [];
  visitPacked(packed, (_chunk, found) => seen.push(found));
  expect(seen).toEqual([null, null, null, null]);
});
