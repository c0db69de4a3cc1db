/**
 * What a model's folder says about itself, in the files that sentence-transformers and its exporters write.
 *
 * Everything that decides a vector is read here once and goes into one digest; what is missing or damaged is an error
 * that names the file. The weights are only hashed: the runtime reads them by itself.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';

export type ModelUse = 'embedder' | 'reranker';

/** Of a text's vectors: their mean, the first one's, the last one's. */
export type Pooling = 'mean' | 'cls' | 'last';

export interface Prefixes {
  query: string;
  passage: string;
}

export interface ModelFolder {
  /** As the hub calls it, where it was downloaded; else the folder's own name. */
  name: string;
  /** Absolute path of the ONNX file. */
  weights: string;
  tokenizer: object;
  tokenizerConfig: object;
  pooling: Pooling;
  /** Put before what is embedded; often empty. */
  prefixes: Prefixes;
  /** Longest input, special tokens among it. */
  maxTokens: number;
  padId: number;
  /** Numbers of tokens that the weights know. */
  vocabulary: number;
  /** Width of the vectors within. */
  hidden: number;
  /** There is a layer after the pooling, which only some exports have inside. */
  dense: boolean;
  /** SHA-256 in hex of all that decides a vector. */
  digest: string;
  notes: string[];
}

type Json = Record<string, unknown>;

const WEIGHTS = ['model.onnx', 'onnx/model.onnx', 'model_quantized.onnx', 'onnx/model_quantized.onnx'];
/** Large weights lie beside the model, in files that it names; its own name may have changed since. */
const OUTSIDE_WEIGHTS = /\.onnx[._]data(_\d+)?$/;
/** Written by downloads. */
const ORIGIN = 'scholia-model.json';
/** Chunks have 1,500 characters at most, and memory grows with the square of a text's length. */
const LONGEST_TEXT_TOKENS = 1024;
const SHORTEST_TEXT_TOKENS = 8;
/** The largest known has 33 MB. */
const MAX_JSON_BYTES = 100 * 1024 * 1024;
/** Part of each digest: the way from a passage to what the tokenizer sees, and from states to a vector. */
const FORM = 'prefix, path, name and text on lines of their own; unit length; 1';

/**
 * Reads all but the weights. A prefix that is given counts instead of the folder's. Throws an `EngineError` of the use's
 * `…-unavailable` kind.
 */
export async function readModelFolder(folder: string, use: ModelUse, given?: Prefixes): Promise<ModelFolder> {
  const read = (name: string) => readJson(join(folder, name), use);
  const must = async (name: string) =>
    (await read(name)) ?? unusable(use, t('{0} is missing: a model folder needs it', join(folder, name)));
  const weights = await findWeights(folder, use);
  const config = await must('config.json');
  const tokenizer = await must('tokenizer.json');
  const tokenizerConfig = (await read('tokenizer_config.json')) ?? {};
  const sentences = (await read('sentence_bert_config.json')) ?? {};
  const notes: string[] = [];

  const number = (name: string) =>
    asCount(config[name]) ?? unusable(use, t('{0} gives no {1} above 0', join(folder, 'config.json'), name));
  const maxTokens = longest(config, [sentences['max_seq_length'], tokenizerConfig['model_max_length']]);
  if (maxTokens < SHORTEST_TEXT_TOKENS)
    unusable(use, t('{0} takes {1} tokens at once; at least {2} are needed', folder, maxTokens, SHORTEST_TEXT_TOKENS));
  const pooling = use === 'embedder' ? await readPooling(folder, notes) : 'cls';
  const own = use === 'embedder' ? prefixesIn(await read('config_sentence_transformers.json')) : null;
  const prefixes = { query: given?.query || own?.query || '', passage: given?.passage || own?.passage || '' };
  const modules = await readModules(folder, use);

  const digest = createHash('sha256').update(JSON.stringify([FORM, use, pooling, prefixes, maxTokens]));
  const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json'].map((name) => join(folder, name));
  // By contents alone: a file of another name is the same model.
  for (const file of [...(await weightFiles(weights)), ...tokenizerFiles]) digest.update(await digestOf(file, use));
  return {
    name: asText((await read(ORIGIN))?.['name']) ?? basename(folder),
    weights,
    tokenizer,
    tokenizerConfig,
    pooling,
    prefixes,
    maxTokens,
    padId: padIdOf(config, tokenizer, tokenizerConfig),
    vocabulary: number('vocab_size'),
    hidden: number('hidden_size'),
    dense: modules.some((type) => /\.Dense$/.test(type)),
    digest: digest.digest('hex'),
    notes,
  };
}

async function findWeights(folder: string, use: ModelUse): Promise<string> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) unusable(use, t('There is no folder {0}', folder));
  for (const name of WEIGHTS) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile()) return join(folder, name);
  }
  return unusable(use, t('{0} has no ONNX model: looked for {1}', folder, WEIGHTS.join(', ')));
}

async function weightFiles(weights: string): Promise<string[]> {
  const folder = dirname(weights);
  const beside = (await readdir(folder)).filter((name) => OUTSIDE_WEIGHTS.test(name));
  return [weights, ...beside.sort().map((name) => join(folder, name))];
}

/** Of nothing, where there is no such file. */
async function digestOf(file: string, use: ModelUse): Promise<string> {
  const digest = createHash('sha256');
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) digest.update(piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      unusable(use, t('{0} cannot be read: {1}', file, messageOf(error)));
  }
  return digest.digest('hex');
}

/** Null when there is no such file. */
async function readJson(file: string, use: ModelUse): Promise<Json | null> {
  const found = await stat(file).catch(() => null);
  if (!found) return null;
  if (found.size > MAX_JSON_BYTES) unusable(use, t("{0} has {1} bytes, more than any model's", file, found.size));
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch (error) {
    unusable(use, t('{0} cannot be read: {1}', file, messageOf(error)));
  }
  return unusable(use, t('{0} holds no JSON object', file));
}

/** The smallest of the limits that are given; some files say 10³⁰ for none. */
function longest(config: Json, others: readonly unknown[]): number {
  const positions = asCount(config['max_position_embeddings']);
  // RoBERTa counts positions from behind the padding's number.
  const unused = /roberta|camembert|mpnet/.test(String(config['model_type'])) ? 2 : 0;
  const limits = [...others.map(asCount), positions && positions - unused].filter((limit) => limit !== null);
  return Math.min(LONGEST_TEXT_TOKENS, ...limits);
}

async function readPooling(folder: string, notes: string[]): Promise<Pooling> {
  const file = join(folder, '1_Pooling/config.json');
  const config = await readJson(file, 'embedder');
  if (!config) {
    notes.push(
      t('{0} does not say how its vectors are pooled (1_Pooling/config.json): the mean is taken', basename(folder)),
    );
    return 'mean';
  }
  const modes = Object.keys(config).filter((name) => name.startsWith('pooling_mode_') && config[name] === true);
  // Newer files name one mode.
  const named = typeof config['pooling_mode'] === 'string' ? [config['pooling_mode']] : modes;
  const pooling = named.length === 1 ? POOLING[named[0]!.replace(/^pooling_mode_/, '')] : undefined;
  return (
    pooling ??
    unusable(
      'embedder',
      t('{0} asks for pooling by {1}; mean, CLS and last token are known', file, named.join(', ') || t('nothing')),
    )
  );
}

const POOLING: Record<string, Pooling> = {
  mean_tokens: 'mean',
  mean: 'mean',
  cls_token: 'cls',
  cls: 'cls',
  lasttoken: 'last',
};

function prefixesIn(config: Json | null): Prefixes {
  const prompts = (config?.['prompts'] ?? {}) as Json;
  const first = (...names: string[]) => names.map((name) => asText(prompts[name])).find((text) => text !== null) ?? '';
  return { query: first('query', 'search_query'), passage: first('passage', 'document', 'search_document') };
}

/** The types in modules.json, which is a list. */
async function readModules(folder: string, use: ModelUse): Promise<string[]> {
  const modules = await readJson(join(folder, 'modules.json'), use);
  return Array.isArray(modules) ? modules.map((module: Json | null) => String(module?.['type'])) : [];
}

function padIdOf(config: Json, tokenizer: Json, tokenizerConfig: Json): number {
  const added = Array.isArray(tokenizer['added_tokens']) ? (tokenizer['added_tokens'] as (Json | null)[]) : [];
  const pad = tokenizerConfig['pad_token'];
  const content = typeof pad === 'object' && pad !== null ? (pad as Json)['content'] : pad;
  const id = added.find((token) => token?.['content'] === content)?.['id'] ?? config['pad_token_id'];
  return typeof id === 'number' && id >= 0 ? id : 0;
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asCount(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? Math.floor(Math.min(value, Number.MAX_SAFE_INTEGER)) : null;
}

export function unusable(use: ModelUse, message: string): never {
  throw new EngineError(`${use}-unavailable`, message);
}
