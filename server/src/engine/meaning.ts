/**
 * What a question means, as a vector, and which chunks are near it.
 *
 * There may be two embedders: the bundled one, whose vectors come with every file, and one that the user chose, which
 * takes over when every chunk has a vector of it. A chosen one that fails at a question leaves it to the bundled one.
 */

import type { SearchModel } from '../base/answer.js';
import { withDeadline } from '../base/async.js';
import type { Embedder, EmbedderIdentity, NearVectors, VectorGraph } from '../base/embedding.js';
import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { isBlank } from '../base/text.js';
import type { StoreThreads } from '../index/store/threads.js';

export interface QuestionVector {
  embedder: EmbedderIdentity;
  vector: Float32Array;
}

export interface EmbeddedQuestion {
  /** Null where nothing of the question is known, or there are no vectors to compare with. */
  vector: QuestionVector | null;
  /** Who was given the question. */
  asked: SearchModel[];
}

export interface Meaning {
  embed(question: string): Promise<EmbeddedQuestion>;
  /** By the bundled embedder, whoever else there is. */
  embedBundled(question: string): Promise<QuestionVector | null>;
  /** What the graph finds; null: there is none, and every vector is to be looked at. */
  near(question: QuestionVector, limit: number): Promise<NearVectors | null>;
}

export interface Embedders {
  /** Null when the user wants none. */
  bundled: Embedder | null;
  chosen: Embedder | null;
}

export interface MeaningParts {
  store: StoreThreads;
  embedders(): Embedders;
  /** Null where vectors are only scanned. */
  graph(): VectorGraph | null;
  /** Told what went wrong with the chosen embedder; null when it works again. */
  failed(reason: string | null): void;
}

/** A question waits no longer for a vector. */
const QUESTION_DEADLINE_MS = 3000;
/** Of what a graph finds some may be gone, dormant or hidden. */
const OVERSAMPLING = 2;

export function createMeaning({ store, embedders, graph, failed }: MeaningParts): Meaning {
  async function withChosen(question: string, asked: SearchModel[]): Promise<QuestionVector | null> {
    const { chosen } = embedders();
    if (!chosen) return null;
    const { identity: embedder } = chosen;
    const { isComplete } = await store.read((reader) => reader.vectorCoverage(embedder.digest));
    if (!isComplete) return null;
    const model = given(chosen, question);
    asked.push(model);
    try {
      const embedding = chosen.embedQuery(question, AbortSignal.timeout(QUESTION_DEADLINE_MS));
      const vector = await withDeadline(embedding, QUESTION_DEADLINE_MS, t('Embedding the question'));
      failed(null);
      return { embedder, vector };
    } catch (error) {
      model.failure = messageOf(error);
      failed(t('{0} could not embed a question, the bundled embedder did: {1}', embedder.name, model.failure));
      return null;
    }
  }

  async function withBundled(question: string, asked: SearchModel[]): Promise<QuestionVector | null> {
    const { bundled } = embedders();
    if (!bundled) return null;
    asked.push(given(bundled, question));
    return { embedder: bundled.identity, vector: await bundled.embedQuery(question) };
  }

  return {
    async embed(question) {
      const asked: SearchModel[] = [];
      if (isBlank(question)) return { vector: null, asked };
      const embedded = (await withChosen(question, asked)) ?? (await withBundled(question, asked));
      return { vector: embedded?.vector.some((value) => value !== 0) ? embedded : null, asked };
    },
    async embedBundled(question) {
      const { bundled } = embedders();
      return bundled && { embedder: bundled.identity, vector: await bundled.embedQuery(question) };
    },
    async near({ embedder, vector }, limit) {
      const known = graph();
      if (known?.mark()?.identity.digest !== embedder.digest) return null;
      return known!.search(vector, OVERSAMPLING * limit);
    },
  };
}

function given({ identity, device }: Embedder, question: string): SearchModel {
  return { role: 'embedder', name: identity.name, device, question, passages: 0, failure: '' };
}
