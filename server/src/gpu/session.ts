/**
 * A model in onnxruntime on one device: tokens in, one tensor out. It pads; what the tensor means, vectors.ts knows.
 *
 * Only the compute process loads this: a native library can end its process.
 */

import type { InferenceSession } from 'onnxruntime-node';
import { t } from '../base/l10n.js';
import type { Device } from './devices.js';
import { type ModelFolder, type ModelUse, unusable } from './modelFolder.js';
import type { Tokens } from './tokenizer.js';

export type Runtime = typeof import('onnxruntime-node');

/** What a model made of a batch. */
export interface Output {
  name: string;
  /** The first is the number of rows. */
  dimensions: readonly number[];
  values: Float32Array;
  /** Tokens of each row, padding left out. */
  lengths: readonly number[];
}

export interface EncoderSession {
  /** Rejects with the runtime's or the device's error. */
  run(batch: readonly Tokens[]): Promise<Output>;
  close(): Promise<void>;
}

/** The inputs that are known, each as the value of one token at its position, and of padding. */
const INPUTS: Record<string, { of(tokens: Tokens, at: number): number; padding(padId: number): number }> = {
  input_ids: { of: ({ ids }, at) => ids[at]!, padding: (padId) => padId },
  attention_mask: { of: () => 1, padding: () => 0 },
  token_type_ids: { of: ({ types }, at) => types[at]!, padding: () => 0 },
};

/** The best first: a vector that the export has pooled itself, then one for each token. */
const OUTPUTS: Record<ModelUse, readonly string[]> = {
  embedder: ['sentence_embedding', 'last_hidden_state', 'token_embeddings'],
  reranker: ['logits'],
};

const ONLY_ERRORS = 3;

export interface SessionWish {
  device: Device;
  use: ModelUse;
  threads: number;
}

/** Throws the runtime's error where the device or the file does not serve, an `EngineError` where the model is another kind. */
export async function openSession(runtime: Runtime, folder: ModelFolder, wish: SessionWish): Promise<EncoderSession> {
  const session = await runtime.InferenceSession.create(folder.weights, {
    executionProviders: [wish.device],
    intraOpNumThreads: wish.threads,
    interOpNumThreads: 1,
    logSeverityLevel: ONLY_ERRORS,
    // DirectML works only without.
    enableMemPattern: wish.device !== 'dml',
  });
  checkInputs(session, folder, wish.use);
  const output = OUTPUTS[wish.use].find((name) => session.outputNames.includes(name)) ?? session.outputNames[0]!;

  return {
    async run(batch) {
      const width = Math.max(...batch.map(({ ids }) => ids.length));
      const feeds = Object.fromEntries(
        session.inputNames.map((name) => {
          const input = INPUTS[name]!;
          const data = new BigInt64Array(batch.length * width).fill(BigInt(input.padding(folder.padId)));
          batch.forEach((tokens, row) => {
            for (let at = 0; at < tokens.ids.length; at++) data[row * width + at] = BigInt(input.of(tokens, at));
          });
          return [name, new runtime.Tensor('int64', data, [batch.length, width])];
        }),
      );
      const result = (await session.run(feeds, [output]))[output]!;
      const values = result.data;
      if (!(values instanceof Float32Array))
        return unusable(wish.use, t('The model of {0} gives {1}; only float32 is read', folder.name, result.type));
      return { name: output, dimensions: result.dims, values, lengths: batch.map(({ ids }) => ids.length) };
    },
    close: () => session.release(),
  };
}

function checkInputs(session: InferenceSession, folder: ModelFolder, use: ModelUse): void {
  for (const { name, ...input } of session.inputMetadata) {
    if (!INPUTS[name])
      unusable(
        use,
        t('The model of {0} wants an input {1}; known are {2}', folder.name, name, Object.keys(INPUTS).join(', ')),
      );
    const type = 'type' in input ? input.type : 'no tensor';
    if (type !== 'int64')
      unusable(use, t('The model of {0} wants {1} as {2}; only int64 is given', folder.name, name, type));
  }
}
