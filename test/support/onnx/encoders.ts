/**
 * The two kinds of encoder that model folders hold, as ONNX models of any size with weights drawn from a seed.
 *
 * BERT: learned positions, normalised after each step, GELU. ModernBERT: rotated positions, normalised before each step,
 * gated GELU, no biases. Weights are drawn by name, so that reference.ts has the same ones without reading the file.
 */
import { GraphBuilder, type Port } from './graph.js';

export interface EncoderShape {
  kind: 'bert' | 'modern';
  hidden: number;
  layers: number;
  heads: number;
  /** Width between the two halves of a feed-forward step. */
  inner: number;
  vocabulary: number;
  /** Longest input, in tokens. */
  positions: number;
  /** What comes out: a vector for each token, or one score for each input (BERT only). */
  head: 'tokens' | 'score';
  seed: number;
  /** Matrices as int8, quantised while running, as published small models have them. */
  int8?: boolean;
  /** A token whose vector is no number. */
  poison?: number;
}

export const EPSILON = 1e-5;
export const ROTATION_BASE = 10_000;
/** What is added to the score of a padded position. */
const MASKED = -10_000;

/** Weights by name, the same for each seed: uniform, of a spread that keeps signals alive through the layers. */
export function drawWeights(shape: EncoderShape, name: string, count: number, spread: number): Float32Array {
  let state = shape.seed;
  for (const character of name) state = (Math.imul(state, 31) + character.charCodeAt(0)) | 0;
  const weights = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    // Only whole numbers and one product: the same on every machine.
    weights[i] = ((state >> 8) / 0x80_0000) * spread;
  }
  return weights;
}

export const spreadOf = (inputs: number): number => Math.sqrt(3 / inputs);

/** The vectors of the vocabulary, with the poisoned one if there is one. */
export function wordVectors(shape: EncoderShape): Float32Array {
  const vectors = drawWeights(shape, 'words', shape.vocabulary * shape.hidden, 1);
  if (shape.poison !== undefined)
    vectors.fill(Number.NaN, shape.poison * shape.hidden, (shape.poison + 1) * shape.hidden);
  return vectors;
}

/** Cosines and sines of the rotated positions, `positions` × size of a head. */
export function rotations(shape: EncoderShape): { cosines: Float32Array; sines: Float32Array } {
  const size = shape.hidden / shape.heads;
  const cosines = new Float32Array(shape.positions * size);
  const sines = new Float32Array(shape.positions * size);
  for (let position = 0; position < shape.positions; position++)
    for (let i = 0; i < size; i++) {
      const angle = position / ROTATION_BASE ** ((2 * (i % (size / 2))) / size);
      cosines[position * size + i] = Math.cos(angle);
      sines[position * size + i] = Math.sin(angle);
    }
  return { cosines, sines };
}

/** The bytes of a model.onnx. */
export function encoderModel(shape: EncoderShape): Uint8Array {
  const graph = new GraphBuilder();
  const states = shape.kind === 'bert' ? bertStates(graph, shape) : modernStates(graph, shape);
  const names = ['input_ids', 'attention_mask', ...(shape.kind === 'bert' ? ['token_type_ids'] : [])];
  const inputs = names.map((name): Port => ({ name, type: 'int64', shape: ['batch', 'length'] }));
  if (shape.head === 'score') {
    const first = graph.op('Gather', [states, graph.tensor('zero', 'int64', [], BigInt64Array.of(0n))], { axis: 1 });
    const pooled = graph.op('Tanh', [linear(graph, shape, { from: first, name: 'pooler', to: shape.hidden })]);
    const logits = linear(graph, shape, { from: pooled, name: 'classifier', to: 1 });
    graph.op('Identity', [logits], {}, 'logits');
    return graph.build(inputs, [{ name: 'logits', type: 'float32', shape: ['batch', 1] }]);
  }
  graph.op('Identity', [states], {}, 'last_hidden_state');
  const shapeOut = ['batch', 'length', shape.hidden];
  return graph.build(inputs, [{ name: 'last_hidden_state', type: 'float32', shape: shapeOut }]);
}

function bertStates(graph: GraphBuilder, shape: EncoderShape): string {
  const { hidden } = shape;
  const words = graph.op('Gather', [
    graph.floats('words', [shape.vocabulary, hidden], wordVectors(shape)),
    'input_ids',
  ]);
  const typeWeights = graph.floats('types', [2, hidden], drawWeights(shape, 'types', 2 * hidden, 0.5));
  const types = graph.op('Gather', [typeWeights, 'token_type_ids']);
  const table = drawWeights(shape, 'positions', shape.positions * hidden, 0.5);
  const positions = firstRows(graph, graph.floats('positions', [shape.positions, hidden], table));
  let x = graph.op('Add', [graph.op('Add', [words, types]), positions]);
  x = norm(graph, shape, x, 'norm');
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = `layer ${layer}`;
    const [q, k, v] = ['query', 'key', 'value'].map((part) =>
      splitHeads(graph, shape, linear(graph, shape, { from: x, name: `${name} ${part}`, to: hidden })),
    );
    const attended = attention(graph, shape, { q: q!, k: k!, v: v! });
    const out = linear(graph, shape, { from: attended, name: `${name} out`, to: hidden });
    x = norm(graph, shape, graph.op('Add', [x, out]), `${name} norm 1`);
    const wide = gelu(graph, linear(graph, shape, { from: x, name: `${name} wide`, to: shape.inner }));
    const narrow = linear(graph, shape, { from: wide, name: `${name} narrow`, to: hidden, inputs: shape.inner });
    x = norm(graph, shape, graph.op('Add', [x, narrow]), `${name} norm 2`);
  }
  return x;
}

function modernStates(graph: GraphBuilder, shape: EncoderShape): string {
  const { hidden, inner } = shape;
  const size = hidden / shape.heads;
  const words = graph.op('Gather', [
    graph.floats('words', [shape.vocabulary, hidden], wordVectors(shape)),
    'input_ids',
  ]);
  const { cosines, sines } = rotations(shape);
  const cosine = firstRows(graph, graph.floats('cosines', [shape.positions, size], cosines));
  const sine = firstRows(graph, graph.floats('sines', [shape.positions, size], sines));
  const rotate = (heads: string) => {
    const halves = graph.ops('Split', [heads], 2, { axis: 3 });
    const turned = graph.op('Concat', [graph.op('Neg', [halves[1]!]), halves[0]!], { axis: 3 });
    return graph.op('Add', [graph.op('Mul', [heads, cosine]), graph.op('Mul', [turned, sine])]);
  };
  let x = norm(graph, shape, words, 'norm');
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = `layer ${layer}`;
    const before = norm(graph, shape, x, `${name} norm 1`);
    const joined = linear(graph, shape, { from: before, name: `${name} qkv`, to: 3 * hidden, bias: false });
    const [q, k, v] = graph.ops('Split', [joined], 3, { axis: 2 }).map((part) => splitHeads(graph, shape, part));
    const attended = attention(graph, shape, { q: rotate(q!), k: rotate(k!), v: v! });
    x = graph.op('Add', [x, linear(graph, shape, { from: attended, name: `${name} out`, to: hidden, bias: false })]);
    const normed = norm(graph, shape, x, `${name} norm 2`);
    const wide = linear(graph, shape, { from: normed, name: `${name} wide`, to: 2 * inner, bias: false });
    const [value, gate] = graph.ops('Split', [wide], 2, { axis: 2 });
    const gated = graph.op('Mul', [gelu(graph, value!), gate!]);
    const narrow = linear(graph, shape, {
      from: gated,
      name: `${name} narrow`,
      to: hidden,
      inputs: inner,
      bias: false,
    });
    x = graph.op('Add', [x, narrow]);
  }
  return norm(graph, shape, x, 'last norm');
}

interface Linear {
  from: string;
  name: string;
  to: number;
  /** Default is the hidden width. */
  inputs?: number;
  bias?: boolean;
}

function linear(graph: GraphBuilder, shape: EncoderShape, { from, name, to, inputs, bias = true }: Linear): string {
  const width = inputs ?? shape.hidden;
  const weights = drawWeights(shape, name, width * to, spreadOf(width));
  const product = shape.int8
    ? quantisedProduct(graph, { from, name, weights, dimensions: [width, to] })
    : graph.op('MatMul', [from, graph.floats(name, [width, to], weights)]);
  if (!bias) return product;
  return graph.op('Add', [product, graph.floats(`${name} bias`, [to], drawWeights(shape, `${name} bias`, to, 0.1))]);
}

interface QuantisedProduct {
  from: string;
  name: string;
  weights: Float32Array;
  dimensions: [rows: number, columns: number];
}

function quantisedProduct(graph: GraphBuilder, { from, name, weights, dimensions }: QuantisedProduct): string {
  const step = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) / 127;
  const small = Int8Array.from(weights, (weight) => Math.round(weight / step));
  const [quantised, scale, zero] = graph.ops('DynamicQuantizeLinear', [from], 3);
  const matrix = graph.tensor(name, 'int8', dimensions, small);
  const whole = graph.op('MatMulInteger', [quantised!, matrix, zero!]);
  const factor = graph.op('Mul', [scale!, graph.scalar(step)]);
  return graph.op('Mul', [graph.op('Cast', [whole], { to: 1 }), factor]);
}

function norm(graph: GraphBuilder, shape: EncoderShape, x: string, name: string): string {
  const { hidden } = shape;
  const scale = drawWeights(shape, `${name} scale`, hidden, 0.2).map((weight) => 1 + weight);
  const inputs = [x, graph.floats(`${name} scale`, [hidden], scale)];
  if (shape.kind === 'bert')
    inputs.push(graph.floats(`${name} shift`, [hidden], drawWeights(shape, `${name} shift`, hidden, 0.1)));
  return graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: EPSILON } });
}

/** As many rows of a table of positions as the input is long. */
function firstRows(graph: GraphBuilder, table: string): string {
  const length = graph.op('Shape', ['input_ids'], { start: 1, end: 2 });
  return graph.op('Slice', [table, graph.integers(0), length, graph.integers(0)]);
}

function splitHeads(graph: GraphBuilder, { heads, hidden }: EncoderShape, x: string): string {
  const parts = graph.op('Reshape', [x, graph.integers(0, 0, heads, hidden / heads)]);
  return graph.op('Transpose', [parts], { perm: [0, 2, 1, 3] });
}

function attention(
  graph: GraphBuilder,
  { heads, hidden }: EncoderShape,
  heads3: Record<'q' | 'k' | 'v', string>,
): string {
  const mask = graph.op('Unsqueeze', [graph.op('Cast', ['attention_mask'], { to: 1 }), graph.integers(1, 2)]);
  const penalty = graph.op('Mul', [graph.op('Sub', [graph.scalar(1), mask]), graph.scalar(MASKED)]);
  const turned = graph.op('Transpose', [heads3.k], { perm: [0, 1, 3, 2] });
  const scale = graph.scalar(1 / Math.sqrt(hidden / heads));
  const scores = graph.op('Add', [graph.op('Mul', [graph.op('MatMul', [heads3.q, turned]), scale]), penalty]);
  const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), heads3.v]);
  const together = graph.op('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  return graph.op('Reshape', [together, graph.integers(0, 0, hidden)]);
}

function gelu(graph: GraphBuilder, x: string): string {
  const erf = graph.op('Erf', [graph.op('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
  const half = graph.op('Mul', [x, graph.scalar(0.5)]);
  return graph.op('Mul', [half, graph.op('Add', [erf, graph.scalar(1)])]);
}
