/** A chosen embedder at its port: words as directions, with failures on demand and a count of what it was asked. */
import { createHash } from 'node:crypto';
import type { EmbeddablePassage, Embedder, Reranker } from '../../server/src/base/embedding.js';
import { EngineError } from '../../server/src/base/errors.js';
import { tokensOf } from '../../server/src/index/tokens.js';
import type { EngineServices } from '../../server/src/modelServices.js';

export interface WordEmbedder extends Embedder {
  /** Every passage it was asked to embed, in order. */
  readonly asked: EmbeddablePassage[];
  /** It rejects from its so-manieth passage on. */
  failAfter: number;
}

/** Texts are near as far as they share words. `synonyms` stand for each other. */
export function wordEmbedder(
  name: string,
  {
    dimensions = 64,
    synonyms = {},
    device = 'test',
  }: { dimensions?: number; synonyms?: Record<string, string>; device?: string } = {},
): WordEmbedder {
  const directionOf = (word: string) => {
    const bytes = createHash('sha512')
      .update(`${name} ${synonyms[word] ?? word}`)
      .digest();
    return Float32Array.from({ length: dimensions }, (_, i) => bytes[i % bytes.length]! - 127.5);
  };
  const embed = (text: string) => {
    const sum = new Float32Array(dimensions);
    for (const word of new Set(tokensOf(text))) for (const [i, value] of directionOf(word).entries()) sum[i]! += value;
    const length = Math.hypot(...sum);
    return length > 0 ? sum.map((value) => value / length) : sum;
  };
  const asked: EmbeddablePassage[] = [];
  const embedder: WordEmbedder = {
    identity: { name, dimensions, digest: createHash('sha256').update(name).digest('hex') },
    device,
    notes: [],
    asked,
    failAfter: Number.POSITIVE_INFINITY,
    async embedPassages(passages, signal) {
      signal?.throwIfAborted();
      if (asked.length + passages.length > embedder.failAfter)
        throw new EngineError('embedder-failed', `${name} has had enough`);
      asked.push(...passages);
      return passages.map(({ name: own, text }) => embed(`${own} ${text}`));
    },
    async embedQuery(query) {
      if (embedder.failAfter === 0) throw new EngineError('embedder-failed', `${name} has had enough`);
      return embed(query);
    },
    close: async () => {},
  };
  return embedder;
}

/** Whatever the settings say, these are chosen. */
export function choosing(embedder: Embedder, mayEmbed = true, reranker: Reranker | null = null): EngineServices {
  return {
    embedder: async () => embedder,
    mayEmbed: async () => mayEmbed,
    reranking: async () => reranker && { reranker, budget: 1000 },
    graph: () => Promise.reject(new EngineError('graph-unavailable', 'No graph in this test')),
  };
}
