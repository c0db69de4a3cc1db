/**
 * The vectors of one embedder in memory, by the number of their chunk: what a scan looks at.
 *
 * Filled from the store file by file, since a file's vectors never change under its number. Rows that fall free are used
 * again.
 */
import { createByteRows } from '../byteRows.js';
import { dotProduct, inverseLength } from '../vectors.js';

/** Where a file's chunks are: numbers from `first`, one after the other. */
export interface FileRows {
  file: number;
  first: number;
  chunks: number;
}

export interface VectorTable {
  /** How many rows there are. */
  readonly count: number;
  /** Takes in what is missing; lets go of what is not among `files` if these are the newest. */
  sync(files: readonly FileRows[], isNewest: boolean, load: (file: number) => Int8Array): void;
  /** Calls back with the cosine of each row whose chunk's number is over `after`. */
  scan(query: Float32Array, after: number, visit: (chunk: number, similarity: number) => void): void;
  /** Null for a chunk without a vector. */
  similarity(query: Float32Array, chunk: number): number | null;
}

export function createVectorTable(dimensions: number): VectorTable {
  const rows = createByteRows(dimensions);
  const files = new Map<number, FileRows>();
  const free: number[] = [];
  /** Chunk of each row; 0 for a free one. */
  let chunkOf = new Int32Array(1024);
  let inverseLengths = new Float32Array(1024);
  /** Row + 1 of each chunk. */
  let rowOf = new Int32Array(1024);
  let used = 0;
  let count = 0;

  function add({ file, first, chunks }: FileRows, data: Int8Array): void {
    files.set(file, { file, first, chunks });
    rowOf = grown(rowOf, first + chunks);
    for (let i = 0; i < chunks; i++) put(first + i, data.subarray(i * dimensions, (i + 1) * dimensions));
  }

  function put(chunk: number, vector: Int8Array): void {
    const row = free.pop() ?? used++;
    chunkOf = grown(chunkOf, used);
    inverseLengths = grown(inverseLengths, used);
    rows.set(row, vector);
    chunkOf[row] = chunk;
    inverseLengths[row] = inverseLength(vector, 0, dimensions);
    rowOf[chunk] = row + 1;
    count++;
  }

  function remove({ file, first, chunks }: FileRows): void {
    files.delete(file);
    for (let chunk = first; chunk < first + chunks; chunk++) {
      const row = rowOf[chunk]! - 1;
      chunkOf[row] = 0;
      rowOf[chunk] = 0;
      free.push(row);
      count--;
    }
  }

  function similarity(query: Float32Array, chunk: number): number | null {
    const row = (rowOf[chunk] ?? 0) - 1;
    return row < 0 ? null : dotProduct(query, rows.at(row), 0) * inverseLengths[row]!;
  }

  return {
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
      if (after === 0)
        rows.scan(query, used, (row, product) => {
          if (chunkOf[row] !== 0) visit(chunkOf[row]!, product * inverseLengths[row]!);
        });
      else
        for (let chunk = after + 1; chunk < rowOf.length; chunk++) {
          const near = similarity(query, chunk);
          if (near !== null) visit(chunk, near);
        }
    },
    similarity,
  };
}

/** The same or a longer copy, with room for this many. */
function grown<Numbers extends Int32Array | Float32Array>(numbers: Numbers, size: number): Numbers {
  if (size <= numbers.length) return numbers;
  const longer = new (numbers.constructor as new (length: number) => Numbers)(Math.max(size, 2 * numbers.length));
  longer.set(numbers);
  return longer;
}
