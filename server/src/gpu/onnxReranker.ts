/** A reranker from a model folder: a cross-encoder that reads query and passage together, in the compute process. */

import type { Reranker } from '../base/embedding.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type OnnxOptions, openOnnxModel } from './onnxModel.js';

/** Rejects with a `reranker-unavailable` error where the folder cannot be used. */
export async function openOnnxReranker(options: OnnxOptions): Promise<Reranker> {
  const model = await openOnnxModel('reranker', options);
  const { name } = model.info;

  return {
    name,
    get device() {
      return model.device;
    },
    get notes() {
      return model.notes;
    },
    score: (query, passages, signal) =>
      model.each<string, number>(
        {
          items: passages,
          charactersOf: (passage) => query.length + passage.length,
          async ask(calls, id, asked) {
            const { scores, failed } = await calls.scorePairs(id, query, asked);
            if (failed)
              throw new EngineError('reranker-failed', t('{0} has no score for a passage: {1}', name, failed.reason));
            if (scores.length !== asked.length)
              throw new EngineError(
                'reranker-failed',
                t('{0} gave {1} scores for {2} passages', name, scores.length, asked.length),
              );
            return scores;
          },
        },
        signal,
      ),
    close: () => model.close(),
  };
}
