/**
 * From what a model gives for a batch to one unit vector, or one score, for each text. Nothing that is no number leaves
 * here: such a row is named instead.
 */
import { t } from '../base/l10n.js';
import { type ModelFolder, type Pooling, unusable } from './modelFolder.js';
import type { Output } from './session.js';

export interface Vectors {
  dimensions: number;
  /** Row by row. */
  rows: Float32Array;
  /** The first row that is none, with the reason. */
  failed: { row: number; reason: string } | null;
}

/** Throws an `embedder-unavailable` error where the tensor is no batch of vectors. */
export function unitVectors(output: Output, folder: ModelFolder): Vectors {
  const { dimensions: shape, values, lengths } = output;
  const size = shape.at(-1)!;
  const isPooled = shape.length === 2;
  if ((shape.length !== 2 && shape.length !== 3) || shape[0] !== lengths.length || size < 1)
    unusable(
      'embedder',
      t(
        'The model of {0} gives {1} of shape {2}; one vector for each text or token is needed',
        folder.name,
        output.name,
        shape.join(' × '),
      ),
    );
  if (!isPooled && folder.dense)
    unusable(
      'embedder',
      t(
        '{0} has a dense layer after its pooling (modules.json), and the ONNX model does not hold it: export the whole sentence-transformers model',
        folder.name,
      ),
    );
  if (!isPooled && size !== folder.hidden)
    unusable(
      'embedder',
      t(
        'config.json of {0} says that vectors have {1} dimensions (hidden_size); the model gives {2}',
        folder.name,
        folder.hidden,
        size,
      ),
    );

  const rows = new Float32Array(lengths.length * size);
  let failed: Vectors['failed'] = null;
  for (let row = 0; row < lengths.length; row++) {
    const vector = rows.subarray(row * size, (row + 1) * size);
    if (isPooled) vector.set(values.subarray(row * size, (row + 1) * size));
    else pool(vector, values.subarray(row * shape[1]! * size), { pooling: folder.pooling, tokens: lengths[row]! });
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0 && length < Number.POSITIVE_INFINITY))
      failed ??= {
        row,
        reason: length === 0 ? t('the model gives only zeros') : t('the model gives what is no number'),
      };
    for (let i = 0; i < size; i++) vector[i]! /= length;
  }
  return { dimensions: size, rows, failed };
}

/** Of the states of one row, `tokens` × size. Padding stands behind them and has no part. */
function pool(
  vector: Float32Array,
  states: Float32Array,
  { pooling, tokens }: { pooling: Pooling; tokens: number },
): void {
  const size = vector.length;
  if (pooling !== 'mean') {
    const at = pooling === 'cls' ? 0 : tokens - 1;
    vector.set(states.subarray(at * size, (at + 1) * size));
    return;
  }
  for (let token = 0; token < tokens; token++)
    for (let i = 0; i < size; i++) vector[i]! += states[token * size + i]! / tokens;
}

export interface Scores {
  scores: number[];
  failed: Vectors['failed'];
}

/** One score for each row: the only one, or that of “relevant” above that of “not”. */
export function relevanceScores({ name, dimensions: shape, values, lengths }: Output, folder: ModelFolder): Scores {
  const labels = shape.length === 1 ? 1 : shape[1]!;
  if (shape[0] !== lengths.length || shape.length > 2 || labels < 1 || labels > 2)
    unusable(
      'reranker',
      t(
        'The model of {0} gives {1} of shape {2}; one score for each passage is needed',
        folder.name,
        name,
        shape.join(' × '),
      ),
    );
  const scores = lengths.map((_length, row) => (labels === 1 ? values[row]! : values[row * 2 + 1]! - values[row * 2]!));
  const row = scores.findIndex((score) => !Number.isFinite(score));
  return { scores, failed: row < 0 ? null : { row, reason: t('the model gives what is no number') } };
}
