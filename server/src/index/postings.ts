/**
 * Which chunks hold a term, and how often in each field: packed lists of postings. Pure.
 *
 * A list is a run of postings in rising order of chunk, each the distance to the chunk before it and its frequencies.
 * Four postings in five are a single occurrence in the body, which costs the distance alone: a byte or two.
 */
import { pushVarint } from './varint.js';

/** The fields, in the order in which frequencies, lengths and weights are kept. */
export const FIELD_NAMES = ['path', 'symbol', 'signature', 'comment', 'body'] as const;
export const FIELD_COUNT = FIELD_NAMES.length;
export const BODY = 4;

export interface Posting {
  chunk: number;
  /** Occurrences in each field. */
  frequencies: Uint16Array;
}

/** Packs postings whose chunks all lie above `after`, the last chunk of what they will be appended to, or 0. */
export function packPostings(postings: readonly Posting[], after = 0): Uint8Array {
  const bytes: number[] = [];
  let last = after;
  for (const { chunk, frequencies } of postings) {
    const isSingle = frequencies[BODY] === 1 && frequencies.subarray(0, BODY).every((count) => count === 0);
    pushVarint(bytes, (chunk - last) * 2 + Number(isSingle));
    if (!isSingle) pushFrequencies(bytes, frequencies);
    last = chunk;
  }
  return Uint8Array.from(bytes);
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

function pushFrequencies(bytes: number[], frequencies: Uint16Array): void {
  let present = 0;
  for (let field = 0; field < FIELD_COUNT; field++) if (frequencies[field]! > 0) present |= 1 << field;
  bytes.push(present);
  for (const count of frequencies) if (count > 0) pushVarint(bytes, count);
}
