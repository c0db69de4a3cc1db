/** Model folders as people download them, made here: what each is, its files, and how they get onto a disk. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EncoderShape, encoderModel } from './encoders.js';
import { bytePairs, type TinyTokenizer, wordPieces } from './tokenizers.js';

export interface TinyModel {
  shape: EncoderShape;
  tokenizer: TinyTokenizer;
  pooling: 'mean' | 'cls' | 'last';
  prefixes: { query: string; passage: string };
  maxTokens: number;
}

const SMALL = { hidden: 32, layers: 1, heads: 2, inner: 64, head: 'tokens', seed: 7 } as const;
const MAX_TOKENS = 48;

/** What lies in test/fixtures/models, by folder. */
export const TINY_MODELS: Record<'bert' | 'modern' | 'cross', TinyModel> = {
  bert: tiny({ kind: 'bert' }, { pooling: 'mean' }),
  modern: tiny(
    { kind: 'modern', layers: 2, seed: 11 },
    { pooling: 'cls', prefixes: { query: 'search for: ', passage: 'code: ' } },
  ),
  cross: tiny({ kind: 'bert', head: 'score', seed: 13 }),
};

/** A model like the ones above, another in some points. */
export function tiny(shape: Partial<EncoderShape>, options: Partial<Omit<TinyModel, 'shape'>> = {}): TinyModel {
  const tokenizer = options.tokenizer ?? (shape.kind === 'modern' ? bytePairs() : wordPieces());
  return {
    tokenizer,
    pooling: 'mean',
    prefixes: { query: '', passage: '' },
    maxTokens: MAX_TOKENS,
    ...options,
    shape: { kind: 'bert', ...SMALL, vocabulary: tokenizer.size, positions: MAX_TOKENS + 16, ...shape },
  };
}

/** Contents by path within the folder. */
export function modelFiles({ shape, tokenizer, pooling, prefixes, maxTokens }: TinyModel): Map<string, Uint8Array> {
  const isModern = shape.kind === 'modern';
  const prompts = { query: prefixes.query, passage: prefixes.passage };
  const modes = { pooling_mode_cls_token: 'cls', pooling_mode_mean_tokens: 'mean', pooling_mode_lasttoken: 'last' };
  const texts: Record<string, object> = {
    ...tokenizer.files,
    'config.json': {
      model_type: isModern ? 'modernbert' : 'bert',
      hidden_size: shape.hidden,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      intermediate_size: shape.inner,
      vocab_size: shape.vocabulary,
      max_position_embeddings: shape.positions,
      pad_token_id: 0,
    },
    'sentence_bert_config.json': { max_seq_length: maxTokens, do_lower_case: false },
  };
  if (shape.head === 'tokens') {
    texts['1_Pooling/config.json'] = {
      word_embedding_dimension: shape.hidden,
      ...Object.fromEntries(Object.entries(modes).map(([name, mode]) => [name, mode === pooling])),
    };
    texts['config_sentence_transformers.json'] = { prompts, default_prompt_name: null };
  }
  const files = new Map([['model.onnx', encoderModel(shape)]]);
  for (const [path, content] of Object.entries(texts))
    files.set(path, new TextEncoder().encode(`${JSON.stringify(content, null, 1)}\n`));
  return files;
}

export function writeModel(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
