/**
 * The vectors of one embedder in memory, by the number of their chunk: what a scan looks at.
 *
 * Filled from the store file by file, since a file's vectors never change under its number. Rows lie in blocks, so that
 * growing copies nothing, and rows that fall free are used again.
 */
import { dotProduct, inverseLength } from '../vectors.js';

/** Where a file's chunks are: numbers from `first`, one after the other. */
export interface FileRows {
  file: number;
  first: number;
  chunks: number;
}

export interface VectorTable {
  readonly dimensions: number;
  /** How many rows there are. */
  readonly count: number;
  /** Takes in what is missing; lets go of what is not among `files` if these are the newest. */
  sync(files: readonly FileRows[], isNewest: boolean, load: (file: number) => Int8Array): void;
  /** Calls back with the cosine of each row whose chunk's number is over `after`. */
  scan(query: Float32Array, after: number, visit: (chunk: number, similarity: number) => void): void;
  /** Null for a chunk without a vector. */
  similarity(query: Float32Array, chunk: number): number | null;
}

const BLOCK_ROWS = 4096;

interface Block {
  rows: Int8Array;
  /** Chunk of each row; 0 for a free one. */
  chunks: Int32Array;
  inverseLengths: Float32Array;
}

export function createVectorTable(dimensions: number): VectorTable {
  const blocks: Block[] = [];
  const free: number[] = [];
  const files = new Map<number, FileRows>();
  /** Row + 1 of each chunk. */
  let rowOf = new Int32Array(1024);
  let used = 0;
  let count = 0;

  function add({ file, first, chunks }: FileRows, data: Int8Array): void {
    files.set(file, { file, first, chunks });
    if (first + chunks > rowOf.length) {
      const grown = new Int32Array(Math.max(first + chunks, 2 * rowOf.length));
      grown.set(rowOf);
      rowOf = grown;
    }
    for (let i = 0; i < chunks; i++) put(first + i, data.subarray(i * dimensions, (i + 1) * dimensions));
  }

  function put(chunk: number, vector: Int8Array): void {
    const row = free.pop() ?? used++;
    const block = (blocks[Math.floor(row / BLOCK_ROWS)] ??= {
      rows: new Int8Array(BLOCK_ROWS * dimensions),
      chunks: new Int32Array(BLOCK_ROWS),
      inverseLengths: new Float32Array(BLOCK_ROWS),
    });
    const at = row % BLOCK_ROWS;
    block.rows.set(vector, at * dimensions);
    block.chunks[at] = chunk;
    block.inverseLengths[at] = inverseLength(block.rows, at * dimensions, dimensions);
    rowOf[chunk] = row + 1;
    count++;
  }

  function remove({ file, first, chunks }: FileRows): void {
    files.delete(file);
    for (let chunk = first; chunk < first + chunks; chunk++) {
      const row = rowOf[chunk]! - 1;
      blocks[Math.floor(row / BLOCK_ROWS)]!.chunks[row % BLOCK_ROWS] = 0;
      rowOf[chunk] = 0;
      free.push(row);
      count--;
    }
  }

  return {
    dimensions,
    get count() {
      return count;
    },
    sync(wanted, isNewest, load) {
      if (isNewest) {
        const kept = new Set(wanted.map(({ file }) => file));
        for (const known of [...files.values()]) if (!kept.has(known.file)) remove(known);
      }
      for (const one of wanted) if (!files.has(one.file)) add(one, load(one.file));
    },
    scan(query, after, visit) {
      for (const { rows, chunks, inverseLengths } of blocks)
        for (let at = 0; at < BLOCK_ROWS; at++) {
          const chunk = chunks[at]!;
          if (chunk > after) visit(chunk, dotProduct(query, rows, at * dimensions) * inverseLengths[at]!);
        }
    },
    similarity(query, chunk) {
      const row = (rowOf[chunk] ?? 0) - 1;
      if (row < 0) return null;
      const { rows, inverseLengths } = blocks[Math.floor(row / BLOCK_ROWS)]!;
      const at = row % BLOCK_ROWS;
      return dotProduct(query, rows, at * dimensions) * inverseLengths[at]!;
    },
  };
}
