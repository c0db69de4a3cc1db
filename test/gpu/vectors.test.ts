/** What becomes of a model's tensor: shapes that are read, shapes that are refused, and numbers that are none. */
import { expect, test } from 'vitest';
import type { ModelFolder } from '../../server/src/gpu/modelFolder.js';
import type { Output } from '../../server/src/gpu/session.js';
import { relevanceScores, unitVectors } from '../../server/src/gpu/vectors.js';

const folder = { name: 'tiny', pooling: 'mean', hidden: 2, dense: false } as ModelFolder;
const output = (dimensions: number[], values: number[], lengths = [2, 1]): Output => ({
  name: 'out',
  dimensions,
  values: Float32Array.from(values),
  lengths,
});

test('what the model pooled itself is only made of length one, of whatever width', () => {
  const vectors = unitVectors(output([2, 3], [3, 4, 0, 0, 0, -2]), { ...folder, dense: true });
  expect(vectors).toEqual({ dimensions: 3, rows: Float32Array.of(0.6, 0.8, 0, 0, 0, -1), failed: null });
});

test('padding has no part, whatever stands there', () => {
  const states = [1, 0, 3, 0, /* second */ 0, 5, Number.NaN, 1e30];
  const pooled = (pooling: ModelFolder['pooling']) => [
    ...unitVectors(output([2, 2, 2], states), { ...folder, pooling }).rows,
  ];
  expect(pooled('mean')).toEqual([1, 0, 0, 1]);
  expect(pooled('cls')).toEqual([1, 0, 0, 1]);
  expect(pooled('last')).toEqual([1, 0, 0, 1]);
});

test.each([
  [Number.NaN, 'the model gives what is no number'],
  [Number.POSITIVE_INFINITY, 'the model gives what is no number'],
  [0, 'the model gives only zeros'],
])('%d is named with its row', (value, reason) => {
  expect(unitVectors(output([2, 2], [1, 1, value, 0]), folder).failed).toEqual({ row: 1, reason });
});

test('other shapes are refused', () => {
  const shapes = [[4], [1, 4], [2, 1, 1, 2], [2, 0]];
  for (const shape of shapes)
    expect(() => unitVectors(output(shape, [1, 2, 3, 4]), folder)).toThrow(
      `The model of tiny gives out of shape ${shape.join(' × ')}`,
    );
  expect(() => unitVectors(output([2, 1, 3], [1, 2, 3, 4, 5, 6]), folder)).toThrow('the model gives 3');
  expect(() => unitVectors(output([2, 1, 2], [1, 2, 3, 4]), { ...folder, dense: true })).toThrow('dense layer');
});

test('scores: one for each, or the second above the first', () => {
  expect(relevanceScores(output([2, 1], [5, -1]), folder)).toEqual({ scores: [5, -1], failed: null });
  expect(relevanceScores(output([2], [5, -1]), folder).scores).toEqual([5, -1]);
  expect(relevanceScores(output([2, 2], [1, 3, 2, 0]), folder).scores).toEqual([2, -2]);
  expect(relevanceScores(output([2, 1], [5, Number.NaN]), folder).failed).toMatchObject({ row: 1 });
  for (const shape of [
    [2, 3],
    [3, 1],
    [2, 1, 1],
  ])
    expect(() => relevanceScores(output(shape, [1, 2, 3, 4, 5, 6]), folder)).toThrow('one score for each passage');
});
