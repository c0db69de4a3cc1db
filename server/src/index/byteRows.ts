/**
 * Rows of signed bytes that are compared with a query all at once: what a scan over quantised vectors looks at.
 *
 * The query is not rounded to bytes but to 14 bits, where the rounding is lost in that of the rows.
 */
import { createDotKernel } from './dotKernel.js';

export interface ByteRows {
  /** Copies `vector` to this place. Places may be taken in any order; what was never set is zeros. */
  set(row: number, vector: Int8Array): void;
  /** What is at this place; not to be kept, since growing moves it. */
  at(row: number): Int8Array;
  /** Calls back with the dot product of the query and each row below `count`, in order. */
  scan(query: Float32Array, count: number, visit: (row: number, product: number) => void): void;
}

const PAGE_BYTES = 65_536;
/** Results of one call of the program: few enough to stay in the processor's cache. */
const ROWS_PER_CALL = 2048;
/** So that no row of up to 2,000 numbers adds up to more than 31 bits; longer queries are rounded to fewer steps. */
const QUERY_STEPS = 2 ** 13 - 1;

export function createByteRows(dimensions: number): ByteRows {
  const width = Math.ceil(dimensions / 16) * 16;
  const queryAt = 0;
  const outAt = width * 2;
  const rowsAt = outAt + ROWS_PER_CALL * 4;
  const { dot, memory } = createDotKernel(Math.ceil(rowsAt / PAGE_BYTES));
  const steps = Math.min(QUERY_STEPS, Math.floor(2 ** 31 / (128 * width)) - 1);
  let bytes = new Int8Array(memory.buffer);

  function makeRoom(end: number): void {
    if (end <= bytes.length) return;
    // An eighth more, so that growing stays rare.
    memory.grow(Math.ceil((end * 1.125 - bytes.length) / PAGE_BYTES));
    bytes = new Int8Array(memory.buffer);
  }

  return {
    set(row, vector) {
      const start = rowsAt + row * width;
      makeRoom(start + width);
      bytes.set(vector, start);
    },
    at(row) {
      const start = rowsAt + row * width;
      return bytes.subarray(start, start + dimensions);
    },
    scan(query, count, visit) {
      makeRoom(rowsAt + count * width);
      let most = 0;
      for (const value of query) most = Math.max(most, Math.abs(value));
      if (most === 0) most = 1;
      const rounded = new Int16Array(memory.buffer, queryAt, width).fill(0);
      for (let i = 0; i < dimensions; i++) rounded[i] = Math.round((query[i]! / most) * steps);
      const step = most / steps;
      const products = new Int32Array(memory.buffer, outAt, ROWS_PER_CALL);
      for (let from = 0; from < count; from += ROWS_PER_CALL) {
        const some = Math.min(ROWS_PER_CALL, count - from);
        dot(queryAt, rowsAt + from * width, width, some, outAt);
        for (let i = 0; i < some; i++) visit(from + i, products[i]! * step);
      }
    },
  };
}
