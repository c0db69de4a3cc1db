/**
 * Vectors as they are stored: one signed byte for each dimension, in proportion to the largest. Pure.
 *
 * The length of a row is not kept: vectors have length one, so what is stored is a direction, and dividing by the row's
 * own length undoes the scale. A query stays in floats (docs/evaluation.md says what quantising costs).
 */
import type { EmbeddablePassage, EmbedderIdentity } from '../base/embedding.js';

/**
 * What is embedded of a chunk. A change of its form is a change of the index: raise STORE_FORMAT with it.
 */
export function passageOf(
  path: string,
  { symbol, enclosing }: { symbol: string; enclosing: string },
  text: string,
): EmbeddablePassage {
  return { path, name: [enclosing, symbol].filter(Boolean).join(' › '), text };
}

/** The vectors of one file's chunks, in their order, by one embedder. */
export interface FileVectors {
  embedder: Pick<EmbedderIdentity, 'digest' | 'dimensions'>;
  /** Chunks × dimensions signed bytes, row by row. */
  data: Int8Array;
}

/** `vectors` are of equal length; one that is not finite becomes all zeros, which nothing is near to. */
export function quantise(vectors: readonly Float32Array[], dimensions: number): Int8Array {
  const data = new Int8Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) {
    let most = 0;
    for (const value of vector) most = Math.max(most, Math.abs(value));
    // NaN fails every comparison, so `most` alone does not tell.
    if (!(most > 0) || most === Number.POSITIVE_INFINITY || vector.some(Number.isNaN)) continue;
    const scale = 127 / most;
    for (let d = 0; d < dimensions; d++) data[i * dimensions + d] = Math.round(vector[d]! * scale);
  }
  return data;
}

/** What to multiply a row's dot product with; zero for a row of zeros. */
export function inverseLength(rows: Int8Array, start: number, dimensions: number): number {
  let sum = 0;
  for (let at = start; at < start + dimensions; at++) sum += rows[at]! * rows[at]!;
  return sum === 0 ? 0 : 1 / Math.sqrt(sum);
}

/** The dot product of a query with one row of bytes, before the row's scale. */
export function dotProduct(query: Float32Array, rows: Int8Array, start: number): number {
  const dimensions = query.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  // Four sums side by side: each addition waits for no other one.
  for (; i + 3 < dimensions; i += 4) {
    a += query[i]! * rows[start + i]!;
    b += query[i + 1]! * rows[start + i + 1]!;
    c += query[i + 2]! * rows[start + i + 2]!;
    d += query[i + 3]! * rows[start + i + 3]!;
  }
  for (; i < dimensions; i++) a += query[i]! * rows[start + i]!;
  return a + b + c + d;
}

/** Cosine of a query of length one and each row. */
export function similarities(query: Float32Array, { data }: FileVectors): number[] {
  const dimensions = query.length;
  return Array.from(
    { length: data.length / dimensions },
    (_, i) => dotProduct(query, data, i * dimensions) * inverseLength(data, i * dimensions, dimensions),
  );
}
