/**
 * Which chunks hold a term, and how often in each field: packed lists of postings. Pure.
 *
 * A list is a run of postings in rising order of chunk, each the distance to the chunk before it and its frequencies.
 * Four postings in five are a single occurrence in the body, which costs the distance alone: a byte or two.
 */
import { MOST_VARINT_BYTES, writeVarint } from './varint.js';

/** The fields, in the order in which frequencies, lengths and weights are kept. */
export const FIELD_NAMES = ['path', 'symbol', 'signature', 'comment', 'body'] as const;
export const FIELD_COUNT = FIELD_NAMES.length;
export const BODY = 4;

/** Postings one after another, each a chunk and its frequency in every field: `POSTING_SIZE` numbers. */
export type FlatPostings = number[];
export const POSTING_SIZE = 1 + FIELD_COUNT;

const MOST_BYTES_OF_POSTING = 1 + (1 + FIELD_COUNT) * MOST_VARINT_BYTES;

/** Packs postings whose chunks all lie above `after`, the last chunk of what they will be appended to, or 0. */
export function packPostings(postings: Readonly<FlatPostings>, after = 0): Uint8Array {
  const bytes = new Uint8Array((postings.length / POSTING_SIZE) * MOST_BYTES_OF_POSTING);
  let at = 0;
  let last = after;
  for (let i = 0; i < postings.length; i += POSTING_SIZE) {
    const chunk = postings[i]!;
    let present = 0;
    for (let field = 0; field < FIELD_COUNT; field++) if (postings[i + 1 + field]! > 0) present |= 1 << field;
    const isSingle = present === 1 << BODY && postings[i + 1 + BODY] === 1;
    at = writeVarint(bytes, at, (chunk - last) * 2 + Number(isSingle));
    last = chunk;
    if (isSingle) continue;
    bytes[at++] = present;
    for (let field = 0; field < FIELD_COUNT; field++) {
      const count = postings[i + 1 + field]!;
      if (count > 0) at = writeVarint(bytes, at, count);
    }
  }
  return bytes.slice(0, at);
}

/** A packed list whose chunks are counted from `base`, to be appended to one that ends at `after`; its first chunk moves. */
export function rebasePostings(packed: Uint8Array, base: number, after: number): Uint8Array {
  const { head, length } = readHead(packed);
  const bytes = new Uint8Array(MOST_VARINT_BYTES + packed.length - length);
  const at = writeVarint(bytes, 0, head + (base - after) * 2);
  bytes.set(packed.subarray(length), at);
  return bytes.subarray(0, at + packed.length - length);
}

export function firstChunk(packed: Uint8Array): number {
  return Math.floor(readHead(packed).head / 2);
}

function readHead(packed: Uint8Array): { head: number; length: number } {
  let head = 0;
  let length = 0;
  for (let scale = 1, byte = 128; byte >= 128; scale *= 128) {
    byte = packed[length++]!;
    head += (byte & 127) * scale;
  }
  return { head, length };
}

/**
 * Calls `visit` with each posting in order. `frequencies` is the same array each time, and null for a single occurrence
 * in the body: that is most of them, and whoever counts need not look at an array for it.
 */
export function visitPacked(packed: Uint8Array, visit: (chunk: number, frequencies: Uint16Array | null) => void): void {
  const frequencies = new Uint16Array(FIELD_COUNT);
  let chunk = 0;
  let at = 0;
  while (at < packed.length) {
    // Written out rather than called: this loop is most of the time of a query.
    let head = packed[at++]!;
    if (head >= 128) {
      let scale = 128;
      let byte = head;
      head -= 128;
      do {
        byte = packed[at++]!;
        head += (byte & 127) * scale;
        scale *= 128;
      } while (byte >= 128);
    }
    chunk += Math.floor(head / 2);
    if (head % 2 === 1) {
      visit(chunk, null);
      continue;
    }
    const present = packed[at++]!;
    for (let field = 0; field < FIELD_COUNT; field++) {
      frequencies[field] = 0;
      if ((present & (1 << field)) === 0) continue;
      let count = 0;
      for (let scale = 1, byte = 128; byte >= 128; scale *= 128) {
        byte = packed[at++]!;
        count += (byte & 127) * scale;
      }
      frequencies[field] = count;
    }
    visit(chunk, frequencies);
  }
}

/** The same with the frequencies always given. Copy what is kept. */
export function visitPostings(packed: Uint8Array, visit: (chunk: number, frequencies: Uint16Array) => void): void {
  visitPacked(packed, (chunk, frequencies) => visit(chunk, frequencies ?? SINGLE));
}

const SINGLE = Uint16Array.from({ length: FIELD_COUNT }, (_, field) => Number(field === BODY));
