/** An embedder from a model folder, in the compute process. The form of what is embedded is passageText's. */

import { type Embedder, passageText } from '../base/embedding.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type OnnxOptions, openOnnxModel } from './onnxModel.js';

interface Text {
  text: string;
  /** For the error of a text that has no vector. */
  of: string;
}

/** Rejects with an `embedder-unavailable` error where the folder cannot be used. */
export async function openOnnxEmbedder(options: OnnxOptions): Promise<Embedder> {
  const model = await openOnnxModel('embedder', options);
  const { name, dimensions, digest, prefixes } = model.info;

  function embed(items: readonly Text[], signal?: AbortSignal): Promise<Float32Array[]> {
    return model.each<Text, Float32Array>(
      {
        items,
        charactersOf: ({ text }) => text.length,
        async ask(calls, id, asked) {
          const vectors = await calls.embedTexts(
            id,
            asked.map(({ text }) => text),
          );
          const { rows, failed } = vectors;
          if (failed)
            throw new EngineError(
              'embedder-failed',
              t('{0} has no vector for {1}: {2}', name, asked[failed.row]!.of, failed.reason),
            );
          if (vectors.dimensions !== dimensions || rows.length !== asked.length * dimensions)
            throw new EngineError(
              'embedder-failed',
              t('{0} gave vectors of {1} dimensions instead of {2}', name, vectors.dimensions, dimensions),
            );
          // Copies, so that one vector that is kept does not keep its whole batch.
          return asked.map((_text, i) => rows.slice(i * dimensions, (i + 1) * dimensions));
        },
      },
      signal,
    );
  }

  return {
    identity: { name, dimensions, digest },
    get device() {
      return model.device;
    },
    get notes() {
      return model.notes;
    },
    embedPassages: (passages, signal) =>
      embed(
        passages.map((passage) => ({ text: prefixes.passage + passageText(passage), of: passage.path })),
        signal,
      ),
    async embedQuery(query, signal) {
      const [vector] = await embed([{ text: prefixes.query + query, of: t('the question') }], signal);
      return vector!;
    },
    close: () => model.close(),
  };
}
