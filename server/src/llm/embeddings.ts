/**
 * An embedder behind an OpenAI-compatible address: Ollama, LM Studio, llama.cpp, vLLM, OpenAI and others.
 *
 * Passages go in batches; what a model finds too long is halved until it fits, each text by itself, so that a vector
 * depends on its own text alone and not on what was sent with it. Nothing in a reply is taken on trust: a vector counts
 * only if its place, its width and its numbers are right. `encoding_format` is not sent, since several servers refuse a
 * value or another; both forms are read.
 */

import { createHash } from 'node:crypto';
import { eachLimited } from '../base/async.js';
import { type EmbeddablePassage, type Embedder, passageText } from '../base/embedding.js';
import { EngineError, kindOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { isBlank } from '../base/text.js';
import { type Address, readableNotes } from './address.js';
import { cutText, halve } from './cutText.js';
import { askServer, parseServer, type RequestOptions, type ServerOptions, unreadable } from './request.js';
import { EMBEDDER } from './service.js';

export interface RemoteEmbedderOptions extends ServerOptions {
  /** Written before each query and each passage, as some models were trained to read them. */
  queryPrefix?: string;
  passagePrefix?: string;
}

/** Some 2,500 tokens of code; models that take less say so, and the text is halved. */
const MAX_TEXT_CHARACTERS = 8000;
/** A text that is too long at this length will never fit. */
const MIN_TEXT_CHARACTERS = 64;
const MAX_BATCH_TEXTS = 32;
/** In characters. Some 10,000 tokens: half a minute for a small model on a processor. */
const MAX_BATCH_CHARACTERS = 32_000;
/** One is being computed while the next is on its way. */
const BATCHES_AT_ONCE = 2;
/** Of the text that is sent. Another form gives other vectors: raise the number with every change of `passageText`. */
const TEXT_FORM = 1;
const MAX_DIMENSIONS = 16_384;

/** Nobody waits for a passage: limits of rates are sat out. */
const PATIENT: RequestOptions = { totalTimeoutMs: 30 * 60_000, maxAttempts: 6, maxPauseMs: 5 * 60_000 };
/** A person waits. */
const HASTY: RequestOptions = { timeoutMs: 10_000, totalTimeoutMs: 15_000, maxAttempts: 2, maxPauseMs: 2000 };

/**
 * Sends one short text to learn the dimensions. Rejects with a `usage` error when the settings cannot be used, and with
 * one of an `embedder-…` kind when the server does not do its part.
 */
export async function openRemoteEmbedder(options: RemoteEmbedderOptions, signal?: AbortSignal): Promise<Embedder> {
  const server = parseServer(options, EMBEDDER);
  const { address, name } = server;
  const { queryPrefix = '', passagePrefix = '' } = options;
  const closing = new AbortController();

  async function embed(texts: readonly string[], dimensions: number | null, request: RequestOptions) {
    const reply = await askServer(server, '/embeddings', { model: name, input: texts }, texts, options, request);
    return vectorsOf(reply, texts.length, dimensions, address);
  }

  const ending = (given?: AbortSignal) => (given ? AbortSignal.any([given, closing.signal]) : closing.signal);
  const [probe] = await embed([`${passagePrefix}scholia`], null, {
    ...HASTY,
    timeoutMs: 60_000,
    totalTimeoutMs: 90_000,
    signal,
  });
  const dimensions = probe!.length;

  /** What is too long is not told by its place: the batch is divided until the one text is found, and that is halved. */
  async function embedFitting(texts: readonly string[], request: RequestOptions): Promise<Float32Array[]> {
    try {
      return await embed(texts, dimensions, request);
    } catch (error) {
      if (kindOf(error) !== 'embedder-context') throw error;
      if (texts.length === 1) {
        if (texts[0]!.length <= MIN_TEXT_CHARACTERS) throw error;
        return embedFitting([halve(texts[0]!)], request);
      }
      const middle = texts.length >> 1;
      const first = await embedFitting(texts.slice(0, middle), request);
      return [...first, ...(await embedFitting(texts.slice(middle), request))];
    }
  }

  async function embedPassages(passages: readonly EmbeddablePassage[], given?: AbortSignal): Promise<Float32Array[]> {
    const texts = passages.map((passage) => cutText(passagePrefix + passageText(passage), MAX_TEXT_CHARACTERS));
    const vectors: Float32Array[] = [];
    // When one batch has failed, the other would be waited for in vain.
    const failed = new AbortController();
    const request = { ...PATIENT, signal: AbortSignal.any([ending(given), failed.signal]) };
    await eachLimited(batchesOf(texts), BATCHES_AT_ONCE, async ({ from, batch }) => {
      try {
        for (const [i, vector] of (await embedFitting(batch, request)).entries()) vectors[from + i] = vector;
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    });
    return vectors;
  }

  async function embedQuery(query: string, given?: AbortSignal): Promise<Float32Array> {
    if (isBlank(query)) return new Float32Array(dimensions);
    const text = cutText(queryPrefix + query, MAX_TEXT_CHARACTERS);
    const [vector] = await embedFitting([text], { ...HASTY, signal: ending(given) });
    return vector!;
  }

  const decisive = ['remote', TEXT_FORM, address.shown, name, dimensions, queryPrefix, passagePrefix];
  return {
    identity: { name, dimensions, digest: createHash('sha256').update(JSON.stringify(decisive)).digest('hex') },
    device: address.origin,
    notes: readableNotes(address),
    embedPassages,
    embedQuery,
    async close() {
      closing.abort(
        new EngineError('embedder-unavailable', t('The embedder at {0} is no longer used', address.origin)),
      );
    },
  };
}

/** What sending so many characters costs, tokens being guessed from them: code takes about three for each. */
export function costOf(characters: number, pricePerMillionTokens: number): { tokens: number; cost: number } {
  const tokens = Math.ceil(characters / 3);
  return { tokens, cost: (tokens * pricePerMillionTokens) / 1e6 };
}

function* batchesOf(texts: readonly string[]): Generator<{ from: number; batch: string[] }> {
  let from = 0;
  let characters = 0;
  for (const [i, text] of texts.entries()) {
    if (i > from && (i - from === MAX_BATCH_TEXTS || characters + text.length > MAX_BATCH_CHARACTERS)) {
      yield { from, batch: texts.slice(from, i) };
      from = i;
      characters = 0;
    }
    characters += text.length;
  }
  if (from < texts.length) yield { from, batch: texts.slice(from) };
}

/** Unit vectors in the order of what was asked. `dimensions`: null while they are not known. */
function vectorsOf(reply: unknown, count: number, dimensions: number | null, address: Address): Float32Array[] {
  const rows = (reply as { data?: unknown }).data;
  if (!Array.isArray(rows)) throw unreadable(address);
  const fail = (what: string) =>
    new EngineError(
      'embedder-failed',
      t('The embedder at {0} sent {1}: try again, or choose another', address.origin, what),
    );
  if (rows.length !== count) throw fail(t('{0} vectors for {1} texts', rows.length, count));
  const vectors = new Array<Float32Array | undefined>(count).fill(undefined);
  for (const [i, row] of rows.entries()) {
    const { index = i, embedding } = (row ?? {}) as { index?: unknown; embedding?: unknown };
    if (typeof index !== 'number' || !(index in vectors) || vectors[index]) throw fail(t('vectors in no clear order'));
    const vector = numbersOf(embedding);
    if (!vector) throw unreadable(address);
    const width = dimensions ?? vectors.find((other) => other)?.length ?? vector.length;
    if (vector.length === 0 || vector.length > MAX_DIMENSIONS) throw fail(t('a vector of {0} numbers', vector.length));
    if (vector.length !== width) throw fail(t('a vector of {0} numbers instead of {1}', vector.length, width));
    vectors[index] = toUnit(vector) ?? undefined;
    if (!vectors[index]) throw fail(t('a vector without a direction (no numbers, or nothing but zeros)'));
  }
  return vectors as Float32Array[];
}

/** Of an array, or of base64 that holds little-endian floats; null for anything else. A `null` among them becomes NaN. */
function numbersOf(embedding: unknown): Float32Array | null {
  if (Array.isArray(embedding))
    return Float32Array.from(embedding, (value) => (typeof value === 'number' ? value : Number.NaN));
  if (typeof embedding !== 'string') return null;
  const bytes = Buffer.from(embedding, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** In place; null for what has no direction. */
function toUnit(vector: Float32Array): Float32Array | null {
  // Divided by the largest first: squares of large or tiny numbers leave their range.
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0 && Number.isFinite(largest))) return null;
  const length = Math.sqrt(vector.reduce((sum, value) => sum + (value / largest) ** 2, 0)) * largest;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return vector;
}
