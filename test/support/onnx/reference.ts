/**
 * What an encoder of encoders.ts computes, once more in plain loops over doubles: the truth that runtimes and devices
 * are held against. Of the model it shares only the drawn weights.
 */
import { drawWeights, type EncoderShape, EPSILON, ROTATION_BASE, spreadOf, wordVectors } from './encoders.js';

type Rows = number[][];

export interface ReferenceInput {
  ids: readonly number[];
  /** 0 or 1 for each; BERT only. */
  types?: readonly number[];
}

export interface Reference {
  /** The last vector of each token. */
  states(input: ReferenceInput): Rows;
  /** The score of a model with that head. */
  score(input: ReferenceInput): number;
}

/** Weights are drawn once, for any number of texts. */
export function referenceEncoder(shape: EncoderShape): Reference {
  const drawn = new Map<string, Float32Array>();
  const weights = (name: string, count: number, spread: number) => {
    if (!drawn.has(name)) drawn.set(name, drawWeights(shape, name, count, spread));
    return drawn.get(name)!;
  };
  const words = wordVectors(shape);
  const { hidden, heads, inner } = shape;
  const size = hidden / heads;

  function linear(rows: Rows, name: string, to: number, hasBias: boolean): Rows {
    const from = rows[0]!.length;
    const matrix = weights(name, from * to, spreadOf(from));
    const bias = hasBias ? weights(`${name} bias`, to, 0.1) : null;
    return rows.map((row) =>
      Array.from({ length: to }, (_one, j) => row.reduce((sum, x, i) => sum + x * matrix[i * to + j]!, bias?.[j] ?? 0)),
    );
  }

  function norm(rows: Rows, name: string): Rows {
    const scale = weights(`${name} scale`, hidden, 0.2);
    const shift = shape.kind === 'bert' ? weights(`${name} shift`, hidden, 0.1) : null;
    return rows.map((row) => {
      const mean = row.reduce((sum, x) => sum + x, 0) / hidden;
      const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / hidden;
      return row.map((x, i) => ((x - mean) / Math.sqrt(variance + EPSILON)) * (1 + scale[i]!) + (shift?.[i] ?? 0));
    });
  }

  function attend(q: Rows, k: Rows, v: Rows): Rows {
    return q.map((query) => {
      const mixed = new Array<number>(hidden).fill(0);
      for (let head = 0; head < heads; head++) {
        const of = (row: number[]) => row.slice(head * size, (head + 1) * size);
        const scores = k.map((key) => dot(of(query), of(key)) / Math.sqrt(size));
        const highest = Math.max(...scores);
        const shares = scores.map((score) => Math.exp(score - highest));
        const all = shares.reduce((sum, share) => sum + share, 0);
        shares.forEach((share, at) => {
          of(v[at]!).forEach((x, i) => {
            mixed[head * size + i]! += (share / all) * x;
          });
        });
      }
      return mixed;
    });
  }

  /** Pairs of a head's first and second half, turned by an angle that grows with the position. */
  function rotate(rows: Rows): Rows {
    return rows.map((row, position) => {
      const turned = [...row];
      for (let head = 0; head < heads; head++)
        for (let i = 0; i < size / 2; i++) {
          const angle = position / ROTATION_BASE ** ((2 * i) / size);
          const [a, b] = [head * size + i, head * size + i + size / 2];
          turned[a] = row[a]! * Math.cos(angle) - row[b]! * Math.sin(angle);
          turned[b] = row[b]! * Math.cos(angle) + row[a]! * Math.sin(angle);
        }
      return turned;
    });
  }

  function states({ ids, types = ids.map(() => 0) }: ReferenceInput): Rows {
    const vectors = ids.map((id) => [...words.subarray(id * hidden, (id + 1) * hidden)]);
    return shape.kind === 'bert' ? bert(vectors, types) : modern(vectors);
  }

  function bert(vectors: Rows, types: readonly number[]): Rows {
    const typeRows = weights('types', 2 * hidden, 0.5);
    const positions = weights('positions', shape.positions * hidden, 0.5);
    const sums = vectors.map((row, at) =>
      row.map((x, i) => x + typeRows[types[at]! * hidden + i]! + positions[at * hidden + i]!),
    );
    let x = norm(sums, 'norm');
    for (let layer = 0; layer < shape.layers; layer++) {
      const name = `layer ${layer}`;
      const [q, k, v] = ['query', 'key', 'value'].map((part) => linear(x, `${name} ${part}`, hidden, true));
      x = norm(add(x, linear(attend(q!, k!, v!), `${name} out`, hidden, true)), `${name} norm 1`);
      const wide = linear(x, `${name} wide`, inner, true).map((row) => row.map(gelu));
      x = norm(add(x, linear(wide, `${name} narrow`, hidden, true)), `${name} norm 2`);
    }
    return x;
  }

  function modern(vectors: Rows): Rows {
    let x = norm(vectors, 'norm');
    for (let layer = 0; layer < shape.layers; layer++) {
      const name = `layer ${layer}`;
      const joined = linear(norm(x, `${name} norm 1`), `${name} qkv`, 3 * hidden, false);
      const [q, k, v] = [0, 1, 2].map((part) => joined.map((row) => row.slice(part * hidden, (part + 1) * hidden)));
      x = add(x, linear(attend(rotate(q!), rotate(k!), v!), `${name} out`, hidden, false));
      const wide = linear(norm(x, `${name} norm 2`), `${name} wide`, 2 * inner, false);
      const gated = wide.map((row) => row.slice(0, inner).map((value, i) => gelu(value) * row[inner + i]!));
      x = add(x, linear(gated, `${name} narrow`, hidden, false));
    }
    return norm(x, 'last norm');
  }

  return {
    states,
    score(input) {
      const first = states(input).slice(0, 1);
      const pooled = linear(first, 'pooler', hidden, true).map((row) => row.map(Math.tanh));
      return linear(pooled, 'classifier', 1, true)[0]![0]!;
    },
  };
}

/** One vector of length one from those of all tokens. */
export function pooled(states: Rows, pooling: 'mean' | 'cls' | 'last'): number[] {
  const sum = states[0]!.map((_x, i) => states.reduce((total, row) => total + row[i]!, 0) / states.length);
  const vector = pooling === 'mean' ? sum : states[pooling === 'cls' ? 0 : states.length - 1]!;
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((x) => x / length);
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

function add(a: Rows, b: Rows): Rows {
  return a.map((row, r) => row.map((x, i) => x + b[r]![i]!));
}

function gelu(x: number): number {
  return (x / 2) * (1 + erf(x / Math.SQRT2));
}

/** By its series where it converges fast, by its continued fraction beyond; exact to some fourteen digits. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 6) return 1;
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}
