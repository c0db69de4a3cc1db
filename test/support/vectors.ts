/** Vectors as embeddings lie, many small clusters, and the slow truth about which are near. */
import type { VectorRows } from '../../server/src/base/embedding.js';
import type { Chance } from './chance.js';

/** About normally distributed. */
function bell(chance: Chance): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) sum += chance.below(1 << 20) / (1 << 20);
  return sum - 3;
}

export interface VectorSource {
  /** A unit vector near one of the centres. */
  next(): Float32Array;
  /** Rows with these numbers. */
  rows(ids: readonly number[]): VectorRows;
}

/** Unit vectors of so many dimensions around so many centres; every tenth is that of another once more. */
export function clusteredVectors(chance: Chance, dimensions: number, centres = 40): VectorSource {
  const middle = Array.from({ length: centres }, () => Array.from({ length: dimensions }, () => bell(chance)));
  let last: Float32Array = new Float32Array(dimensions);
  function next(): Float32Array {
    if (chance.below(10) === 0 && last[0] !== 0) return last.slice();
    const centre = chance.pick(middle);
    last = unit(Float32Array.from(centre, (value) => value + 0.7 * bell(chance)));
    return last;
  }
  return {
    next,
    rows: (ids) => {
      const rows = new Float32Array(ids.length * dimensions);
      ids.forEach((_id, i) => void rows.set(next(), i * dimensions));
      return { ids, rows };
    },
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * How many of the truly nearest were found, of those asked for. Whatever is as near as the last of them counts, since
 * equal vectors have no order.
 */
export function recallOf(
  found: readonly number[],
  query: Float32Array,
  truth: ReadonlyMap<number, Float32Array>,
  limit: number,
): number {
  const similarities = [...truth.values()].map((vector) => dot(query, vector)).sort((a, b) => b - a);
  const wanted = Math.min(limit, similarities.length);
  if (wanted === 0) return 1;
  const last = similarities[wanted - 1]! - 1e-6;
  return found.slice(0, limit).filter((id) => truth.has(id) && dot(query, truth.get(id)!) >= last).length / wanted;
}
