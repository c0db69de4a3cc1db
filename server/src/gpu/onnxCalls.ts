/**
 * What the compute process does with ONNX models: opens one on a device and checks that it computes there what it
 * computes on the processor, embeds texts, scores pairs. Reading, hashing and tokenizing happen here too, so that a
 * strange file or text costs this process and not the one that answers.
 */

import { kindOf, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { bestBatchTokens, groupByLength, runHalving } from './batches.js';
import type { Device } from './devices.js';
import { type ModelFolder, type ModelUse, type Prefixes, readModelFolder, unusable } from './modelFolder.js';
import { loadNative } from './native.js';
import { type EncoderSession, type Output, openSession, type Runtime } from './session.js';
import { createTokenizer, type TextTokenizer, type Tokens } from './tokenizer.js';
import { relevanceScores, type Scores, unitVectors, type Vectors } from './vectors.js';

export interface ModelWish {
  /** By which it is called from then on. */
  id: number;
  folder: string;
  use: ModelUse;
  device: Device;
  threads: number;
  /** Instead of those in the folder; empty: those. */
  prefixes?: Prefixes;
  /** Tokens in a batch as found before; null: found now. */
  batchTokens: number | null;
}

export interface OpenedModel {
  name: string;
  digest: string;
  /** Of its vectors; 1 for a reranker. */
  dimensions: number;
  prefixes: Prefixes;
  maxTokens: number;
  batchTokens: number;
  notes: readonly string[];
}

export interface OnnxCalls {
  /** Errors of a `…-unavailable` kind are the folder's; all others are the device's. */
  openModel(wish: ModelWish): Promise<OpenedModel>;
  /** Rows in order. Errors of a kind are the texts'; all others are the device's. */
  embedTexts(id: number, texts: readonly string[]): Promise<Vectors>;
  scorePairs(id: number, query: string, passages: readonly string[]): Promise<Scores>;
  closeModel(id: number): Promise<void>;
}

interface Model {
  folder: ModelFolder;
  tokenizer: TextTokenizer;
  session: EncoderSession;
  batchTokens: number;
}

/** Shorter and longer than each other, so that padding is tried too. */
const PROBES = ['return value', 'Adds up the lines of the cart, and takes off what the customer saves by a discount.'];
const MIN_COSINE = 0.99;
const MAX_SCORE_DIFFERENCE = 0.05;

/** Rows of a trial batch are as long as most chunks of code. */
const TRIAL_TOKENS = 128;
const PROCESSOR_BATCHES = [1, 4, 8].map((rows) => rows * TRIAL_TOKENS);
const DEVICE_BATCHES = [4, 16, 64, 256].map((rows) => rows * TRIAL_TOKENS);
/** A batch that takes longer makes questions wait; no larger one is tried. */
const LONG_TRIAL_MS = 500;

/** `native` is the folder from which native packages are resolved. */
export function onnxCalls(native: string): OnnxCalls {
  const models = new Map<number, Model>();
  let runtime: Runtime | null = null;

  const modelOf = (id: number): Model => {
    const model = models.get(id);
    if (!model) throw new Error(t('The model is not open'));
    return model;
  };

  return {
    async openModel(wish) {
      const folder = await readModelFolder(wish.folder, wish.use, wish.prefixes);
      const tokenizer = createTokenizer(folder, wish.use);
      runtime ??= loadRuntime(native, wish.use);
      const { session, dimensions } = await openChecked(runtime, { folder, tokenizer, wish });
      const batchTokens = wish.batchTokens ?? (await tune(session, folder, wish.device));
      models.set(wish.id, { folder, tokenizer, session, batchTokens });
      const { name, digest, prefixes, maxTokens, notes } = folder;
      return { name, digest, dimensions, prefixes, maxTokens, batchTokens, notes };
    },

    async embedTexts(id, texts) {
      const model = modelOf(id);
      const all = texts.map((text) => model.tokenizer.text(text));
      const vectors = await inBatches(model, all, (output) => unitVectors(output, model.folder));
      const dimensions = vectors[0]?.part.dimensions ?? 0;
      const rows = new Float32Array(texts.length * dimensions);
      vectors.forEach(({ part, row }, i) => {
        rows.set(part.rows.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
      });
      return { dimensions, rows, failed: firstFailure(vectors) };
    },

    async scorePairs(id, query, passages) {
      const model = modelOf(id);
      const all = passages.map((passage) => model.tokenizer.pair(query, passage));
      const scored = await inBatches(model, all, (output) => relevanceScores(output, model.folder));
      return { scores: scored.map(({ part, row }) => part.scores[row]!), failed: firstFailure(scored) };
    },

    async closeModel(id) {
      await models.get(id)?.session.close();
      models.delete(id);
    },
  };
}

function loadRuntime(native: string, use: ModelUse): Runtime {
  try {
    return loadNative<Runtime>(native, 'onnxruntime-node');
  } catch (error) {
    return unusable(use, t('onnxruntime does not load on this machine: {0}', messageOf(error)));
  }
}

interface Place<Part> {
  part: Part;
  row: number;
}

/** Runs all tokens, in batches of like length and halved where memory does not suffice; where each one's result is. */
async function inBatches<Part>(
  model: Model,
  all: readonly Tokens[],
  read: (output: Output) => Part,
): Promise<Place<Part>[]> {
  const places = new Array<Place<Part>>(all.length);
  const lengths = all.map(({ ids }) => ids.length);
  for (const group of groupByLength(lengths, model.batchTokens)) {
    const found = await runHalving(
      group,
      async (rows) => {
        const part = read(await model.session.run(rows.map((i) => all[i]!)));
        return rows.map((_i, row) => ({ part, row }));
      },
      (rows) => {
        model.batchTokens = Math.ceil((rows * lengths[group[0]!]!) / 2);
      },
    );
    group.forEach((i, at) => {
      places[i] = found[at]!;
    });
  }
  return places;
}

function firstFailure(places: readonly Place<Pick<Vectors, 'failed'>>[]): Vectors['failed'] {
  const at = places.findIndex(({ part, row }) => part.failed?.row === row);
  return at < 0 ? null : { row: at, reason: places[at]!.part.failed!.reason };
}

interface Opening {
  folder: ModelFolder;
  tokenizer: TextTokenizer;
  wish: ModelWish;
}

/** On any device but the processor, only if it computes what the processor computes. */
async function openChecked(
  runtime: Runtime,
  opening: Opening,
): Promise<{ session: EncoderSession; dimensions: number }> {
  const { folder, wish } = opening;
  if (wish.device === 'cpu') return openUsable(runtime, opening);
  const session = await openSession(runtime, folder, wish);
  try {
    const found = await probe(session, opening);
    const processor = await openUsable(runtime, opening);
    await processor.session.close();
    const difference = (wish.use === 'embedder' ? cosineShort : scoresApart)(found, processor);
    if (difference) throw new Error(difference);
    return { session, dimensions: found.dimensions };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** On the processor, where what fails is the model's own fault. */
async function openUsable(runtime: Runtime, opening: Opening): Promise<Probed & { session: EncoderSession }> {
  const { folder, wish } = opening;
  let session: EncoderSession | null = null;
  try {
    session = await openSession(runtime, folder, { ...wish, device: 'cpu' });
    const probed = await probe(session, opening);
    if (probed.failed) throw new Error(probed.failed.reason);
    return { ...probed, session };
  } catch (error) {
    await session?.close();
    if (kindOf(error)) throw error;
    return unusable(wish.use, t('{0} cannot be used: {1}', folder.weights, messageOf(error)));
  }
}

interface Probed {
  dimensions: number;
  /** Unit vectors one after the other, or scores. */
  values: Float32Array;
  failed: Vectors['failed'];
}

/** What the model makes of a few words. */
async function probe(session: EncoderSession, { folder, tokenizer, wish }: Opening): Promise<Probed> {
  if (wish.use === 'reranker') {
    const output = await session.run(PROBES.map((text) => tokenizer.pair(PROBES[0]!, text)));
    const { scores, failed } = relevanceScores(output, folder);
    return { dimensions: 1, values: Float32Array.from(scores), failed };
  }
  const output = await session.run(PROBES.map((text) => tokenizer.text(text)));
  const { dimensions, rows, failed } = unitVectors(output, folder);
  return { dimensions, values: rows, failed };
}

function cosineShort({ values, dimensions }: Probed, expected: Probed): string | null {
  for (let start = 0; start < expected.values.length; start += dimensions) {
    let cosine = 0;
    for (let i = start; i < start + dimensions; i++) cosine += values[i]! * expected.values[i]!;
    // Not below: what is no number is below nothing.
    if (!(cosine > MIN_COSINE)) return t("its vectors are not the processor's (cosine {0})", cosine.toFixed(3));
  }
  return null;
}

function scoresApart({ values }: Probed, expected: Probed): string | null {
  for (const [i, score] of expected.values.entries()) {
    const apart = Math.abs(values[i]! - score) / Math.max(1, Math.abs(score));
    if (!(apart < MAX_SCORE_DIFFERENCE))
      return t("its scores are not the processor's ({0} for {1})", values[i] ?? '', score);
  }
  return null;
}

async function tune(session: EncoderSession, { maxTokens, padId }: ModelFolder, device: Device): Promise<number> {
  const length = Math.min(TRIAL_TOKENS, maxTokens);
  const row: Tokens = { ids: new Array(length).fill(padId), types: new Array(length).fill(0) };
  let tookTooLong = false;
  const run = async (tokens: number) => {
    const startedAt = performance.now();
    await session.run(new Array<Tokens>(Math.max(1, tokens / TRIAL_TOKENS)).fill(row));
    return performance.now() - startedAt;
  };
  return bestBatchTokens(device === 'cpu' ? PROCESSOR_BATCHES : DEVICE_BATCHES, async (tokens) => {
    if (tookTooLong) return null;
    try {
      // The first run of a shape compiles it.
      const first = await run(tokens);
      const milliseconds = first > LONG_TRIAL_MS ? first : Math.min(first, await run(tokens));
      tookTooLong = first > LONG_TRIAL_MS;
      return tokens / milliseconds;
    } catch {
      // Too large for the device; what is smaller was tried before.
      return null;
    }
  });
}
