/** Texts, and what each small model makes of them, worked out by reference.ts without the runtime and the library. */
import type { EmbeddablePassage } from '../../../server/src/base/embedding.js';
import type { TinyModel } from './folders.js';
import { pooled, referenceEncoder } from './reference.js';

export interface Golden {
  passages: { passage: EmbeddablePassage; vector: number[] }[];
  queries: { query: string; vector: number[] }[];
}

export interface GoldenScores {
  query: string;
  passages: { passage: string; score: number }[];
}

const long = (words: number) => Array.from({ length: words }, (_one, i) => `value${i} = total(${i % 7});`).join('\n');

export const PASSAGES: EmbeddablePassage[] = [
  {
    path: 'src/cart.ts',
    name: 'class Cart total(): number',
    text: 'return this.lines.reduce((sum, line) => sum + line.price, 0);',
  },
  { path: 'a.py', name: '', text: 'def tax(price):\n    return price * 0.19' },
  { path: 'empty.txt', name: '', text: '' },
  { path: 'long.c', name: 'long', text: long(200) },
  { path: 'src/the/path.rs', name: 'fn read', text: 'let text = file.read_to_string()?; // "quoted" & <odd> ~signs^' },
  { path: 'x', name: 'y', text: 'zqzqzq' },
];

export const QUERIES = ['where is the total of a cart?', '', long(60)];

/** Passages of the path, name and text; empty lines are left out, as docs/embedders.md says. */
export function goldenVectors(model: TinyModel): Golden {
  const encoder = referenceEncoder(model.shape);
  const { tokenizer, pooling, prefixes, maxTokens } = model;
  const vector = (text: string) => {
    const inner = tokenizer.numbers(text).slice(0, maxTokens - 2);
    const ids = [tokenizer.special.first, ...inner, tokenizer.special.between];
    return pooled(encoder.states({ ids }), pooling).map(rounded);
  };
  return {
    passages: PASSAGES.map((passage) => {
      const lines = [passage.path, passage.name, passage.text].filter((line) => line !== '');
      return { passage, vector: vector(prefixes.passage + lines.join('\n')) };
    }),
    queries: QUERIES.map((query) => ({ query, vector: vector(prefixes.query + query) })),
  };
}

export function goldenScores({ shape, tokenizer, maxTokens }: TinyModel): GoldenScores[] {
  const encoder = referenceEncoder(shape);
  const { first, between } = tokenizer.special;
  return QUERIES.map((query) => ({
    query,
    passages: PASSAGES.map(({ text: passage }) => {
      const [a, b] = [tokenizer.numbers(query), tokenizer.numbers(passage)];
      // One token of the longer one at a time; of two as long, the one that was longer keeps its own.
      const shorter = a.length > b.length ? b : a;
      while (a.length + b.length > maxTokens - 3) (a.length === b.length ? shorter : a.length > b.length ? a : b).pop();
      const ids = [first, ...a, between, ...b, between];
      const types = ids.map((_id, i) => (i < a.length + 2 ? 0 : 1));
      return { passage, score: rounded(encoder.score({ ids, types })) };
    }),
  }));
}

/** Eight digits are more than a float has. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}
