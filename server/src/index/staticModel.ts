/**
 * The bundled embedder: one vector for each sub-word, summed by learned weights. No network, no native code, no file.
 *
 * What it computes is what `training/` trained and `models/static` holds; golden vectors keep the two equal. Texts are
 * cut into words by camelCase, underscores and digits, in lower case; a word is one entry of the vocabulary (`^` before
 * it) or the longest ones that it is made of, and a Chinese, Japanese or Korean character gives the longest entry that
 * begins with it. A model is checked whole when it is opened, so that a damaged one is an error then and never later.
 */

import { createHash } from 'node:crypto';
import type { EmbeddablePassage, EmbedderIdentity } from '../base/embedding.js';
import { t } from '../base/l10n.js';

export interface StaticModel {
  readonly identity: EmbedderIdentity;
  /** A unit vector; all zeros where nothing of the passage is known. */
  embedPassage(passage: EmbeddablePassage): Float32Array;
  /** A unit vector; all zeros where nothing of the query is known. */
  embedQuery(query: string): Float32Array;
}

interface Header {
  name: string;
  version: string;
  dimensions: number;
  vocabulary: string[];
  /** What each field of a passage counts for. */
  fields: { name: number; path: number; body: number };
  sha256: string;
}

const FORMAT = 1;
/** Changes with anything in this file that changes a vector. */
const TEXT_FORM = 'sub-words 2';

const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]{1,4}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+/g;
const FIRST_CJK = 0x3040;
const MAX_PIECE = 20;
const MAX_PIECES = 8;
const MAX_CJK_PIECE = 4;
/** A body of so many different sub-words counts as it is, a longer one less for each, down to a shortest. */
const USUAL_BODY = 64;
const SHORTEST_BODY = 8;
/** What comes after is not read: a passage is a thousand characters, and what is longer has said what it is about. */
const MAX_BODY = 30_000;
const MAX_LABEL = 2_000;
/** Words whose pieces are remembered; most of any code base's. */
const MAX_KNOWN_WORDS = 50_000;
const MAX_DIMENSIONS = 4096;
const MAX_VOCABULARY = 1_000_000;

/**
 * `header` is the text of model.json, `weights` the bytes of model.bin (they may lie in shared memory and are not
 * copied). Throws an error that names what is wrong with them.
 */
export function openStaticModel(header: string, weights: Uint8Array): StaticModel {
  const { name, version, dimensions, vocabulary, fields, sha256 } = readHeader(header);
  const rows = vocabulary.length;
  const expected = rows * dimensions + 8 * rows;
  if (weights.length !== expected) throw wrong(t('the weights are {0} bytes instead of {1}', weights.length, expected));
  if (createHash('sha256').update(weights).digest('hex') !== sha256)
    throw wrong(t('the weights have another checksum'));

  const table = new Int8Array(weights.buffer, weights.byteOffset, rows * dimensions);
  // Copied, because floats must lie at a multiple of four; not by `slice`, which copies nothing of a Buffer.
  const scales = new Float32Array(new Uint8Array(weights.subarray(rows * dimensions)).buffer);
  if (!scales.every(Number.isFinite)) throw wrong(t('a weight is not a number'));
  const queryScale = scales.subarray(0, rows);
  const passageScale = scales.subarray(rows);

  const pieces = openSubWords(vocabulary);
  const counts = new Uint32Array(rows);
  const shares = new Float64Array(rows);
  const sum = new Float64Array(dimensions);
  const inField: number[] = [];
  const inText: number[] = [];

  function addText(text: string, weight: number): void {
    countPieces(text);
    addCounted(weight);
  }

  /** If it grew with its length, a long body would leave nothing of name and path. */
  function addBody(text: string, weight: number): void {
    countPieces(text);
    addCounted(weight * Math.sqrt(USUAL_BODY / Math.max(inField.length, SHORTEST_BODY)));
  }

  function countPieces(text: string): void {
    for (const word of text.match(WORD) ?? []) for (const id of pieces(word)) if (counts[id]!++ === 0) inField.push(id);
  }

  /** Adds the sub-words that were counted to `inText`, and what each counts for to `shares`. */
  function addCounted(weight: number): void {
    for (const id of inField) {
      if (shares[id] === 0) inText.push(id);
      shares[id]! += weight * (1 + Math.log(counts[id]!));
      counts[id] = 0;
    }
    inField.length = 0;
  }

  /** What a sub-word counts for; nothing from then on. */
  function takeShare(id: number, scale: Float32Array): number {
    const share = shares[id]! * scale[id]!;
    shares[id] = 0;
    return share;
  }

  /** The sum of everything added since the last call, at length one. */
  function takeVector(scale: Float32Array): Float32Array {
    sum.fill(0);
    // Two rows at a time, which halves how often the sum is read and written: twice as fast.
    if (inText.length % 2 === 1) inText.push(inText[0]!);
    for (let at = 0; at < inText.length; at += 2) {
      const [first, second] = [takeShare(inText[at]!, scale), takeShare(inText[at + 1]!, scale)];
      const [row, next] = [inText[at]! * dimensions, inText[at + 1]! * dimensions];
      for (let d = 0; d < dimensions; d++) sum[d]! += first * table[row + d]! + second * table[next + d]!;
    }
    inText.length = 0;
    let square = 0;
    for (let d = 0; d < dimensions; d++) square += sum[d]! * sum[d]!;
    const vector = new Float32Array(dimensions);
    if (square > 0 && Number.isFinite(square)) {
      const shrink = 1 / Math.sqrt(square);
      for (let d = 0; d < dimensions; d++) vector[d] = sum[d]! * shrink;
    }
    return vector;
  }

  const digest = createHash('sha256').update(`${TEXT_FORM}\n${header}`).digest('hex');
  return {
    identity: { name: `${name} ${version}`, dimensions, digest },
    embedPassage(passage) {
      addText(passage.name.slice(0, MAX_LABEL), fields.name);
      addText(passage.path.slice(0, MAX_LABEL), fields.path);
      addBody(passage.text.slice(0, MAX_BODY), fields.body);
      return takeVector(passageScale);
    },
    embedQuery(query) {
      addText(query.slice(0, MAX_BODY), 1);
      return takeVector(queryScale);
    },
  };
}

/** The numbers of a word's sub-words. */
function openSubWords(vocabulary: readonly string[]): (word: string) => readonly number[] {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const known = new Map<string, readonly number[]>();

  function ofLatin(word: string): number[] {
    const whole = word.length <= MAX_PIECE ? ids.get(word) : undefined;
    if (whole !== undefined) return [whole];
    const found: number[] = [];
    for (let at = 0; at < word.length && found.length < MAX_PIECES; ) {
      const piece = longestAt(word, at, MAX_PIECE);
      if (piece) found.push(piece.id);
      at = piece ? piece.end : at + 1;
    }
    return found;
  }

  function ofCjk(word: string): number[] {
    const found: number[] = [];
    for (let at = 0; at < word.length; at++) {
      const piece = longestAt(word, at, MAX_CJK_PIECE);
      if (piece) found.push(piece.id);
    }
    return found;
  }

  function longestAt(word: string, at: number, longest: number): { id: number; end: number } | null {
    for (let end = Math.min(word.length, at + longest); end > at; end--) {
      const id = ids.get(word.slice(at, end));
      if (id !== undefined) return { id, end };
    }
    return null;
  }

  return (word) => {
    const before = known.get(word);
    if (before) return before;
    const found = word.charCodeAt(0) >= FIRST_CJK ? ofCjk(word) : ofLatin(`^${word.toLowerCase()}`);
    if (word.length <= MAX_PIECE) {
      if (known.size >= MAX_KNOWN_WORDS) known.clear();
      known.set(word, found);
    }
    return found;
  };
}

function readHeader(text: string): Header {
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(text);
  } catch {
    throw wrong(t('the header is not JSON'));
  }
  if (typeof header !== 'object' || header === null) throw wrong(t('the header is not an object'));
  const { format, name, version, dimensions, vocabulary } = header;
  if (format !== FORMAT) throw wrong(t('format {0} is not {1}', JSON.stringify(format), FORMAT));
  if (typeof name !== 'string' || name === '') throw wrong(t('it has no name'));
  if (typeof version !== 'string' || version === '') throw wrong(t('it has no version'));
  if (!isWhole(dimensions, MAX_DIMENSIONS)) throw wrong(t('dimensions are {0}', JSON.stringify(dimensions)));
  if (!Array.isArray(vocabulary) || !isWhole(vocabulary.length, MAX_VOCABULARY)) throw wrong(t('it has no vocabulary'));
  const odd = vocabulary.findIndex((piece) => typeof piece !== 'string' || piece === '');
  if (odd >= 0) throw wrong(t('entry {0} of the vocabulary is not a word', odd));
  if (new Set(vocabulary).size !== vocabulary.length) throw wrong(t('a word is in the vocabulary twice'));
  const fields = objectIn(header, 'fields');
  const weights = objectIn(header, 'weights');
  if (typeof weights['sha256'] !== 'string') throw wrong(t('it has no checksum of the weights'));
  return {
    name,
    version,
    dimensions,
    vocabulary,
    fields: { name: weightIn(fields, 'name'), path: weightIn(fields, 'path'), body: weightIn(fields, 'body') },
    sha256: weights['sha256'],
  };
}

function objectIn(header: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = header[key];
  if (typeof value !== 'object' || value === null) throw wrong(t('it has no {0}', key));
  return value as Record<string, unknown>;
}

function weightIn(fields: Record<string, unknown>, key: string): number {
  const value = fields[key];
  if (typeof value !== 'number' || !(value >= 0 && value <= 1e6))
    throw wrong(t('the weight of {0} is {1}', key, JSON.stringify(value)));
  return value;
}

function isWhole(value: unknown, limit: number): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= limit;
}

function wrong(what: string): Error {
  return new Error(t('The bundled embedding model cannot be used: {0}', what));
}
