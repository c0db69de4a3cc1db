/**
 * The terms of one file, counted and packed where it is parsed, so that the store's thread only joins lists.
 *
 * Chunks are counted from 1 within the file; the store moves them to where its numbers stand.
 */
import type { FieldTokens } from './parse.js';
import { FIELD_COUNT, FIELD_NAMES, type FlatPostings, POSTING_SIZE, packPostings } from './postings.js';

export interface FileTerms {
  /** Sorted, each once. */
  terms: string[];
  /** Where each term's postings end in `data`; they begin where the ones before end. */
  ends: Uint32Array;
  /** The last chunk that holds each term. */
  last: Uint32Array;
  data: Uint8Array;
  /** Tokens in each field of each chunk, chunk after chunk. */
  lengths: Uint16Array;
}

const MAX_COUNT = 65_535;

/** `chunks` in order. Counts above 65,535 stay there. */
export function fileTermsOf(chunks: readonly FieldTokens[]): FileTerms {
  const lengths = new Uint16Array(chunks.length * FIELD_COUNT);
  const lists = new Map<string, FlatPostings>();
  chunks.forEach((fields, i) => {
    FIELD_NAMES.forEach((name, field) => {
      const tokens = fields[name] === '' ? [] : fields[name].split(' ');
      lengths[i * FIELD_COUNT + field] = Math.min(MAX_COUNT, tokens.length);
      for (const token of tokens) note(lists, token, i + 1, field);
    });
  });
  const terms = [...lists.keys()].sort();
  const packed = terms.map((term) => packPostings(lists.get(term)!));
  let end = 0;
  return {
    terms,
    ends: Uint32Array.from(packed, (bytes) => (end += bytes.length)),
    last: Uint32Array.from(terms, (term) => lists.get(term)!.at(-POSTING_SIZE)!),
    data: Buffer.concat(packed),
    lengths,
  };
}

function note(lists: Map<string, FlatPostings>, token: string, chunk: number, field: number): void {
  let list = lists.get(token);
  if (!list) {
    list = [];
    lists.set(token, list);
  }
  if (list.at(-POSTING_SIZE) !== chunk) list.push(chunk, 0, 0, 0, 0, 0);
  const at = list.length - FIELD_COUNT + field;
  if (list[at]! < MAX_COUNT) list[at]!++;
}

/** A term's packed postings within the file; empty when it is not in it. */
export function postingsIn({ terms, ends, data }: FileTerms, term: string): Uint8Array {
  let low = 0;
  let high = terms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (terms[middle]! < term) low = middle + 1;
    else high = middle;
  }
  return terms[low] === term ? data.subarray(ends[low - 1] ?? 0, ends[low]) : data.subarray(0, 0);
}
