/**
 * Ranked passages to numbered sources within a token budget. Pure.
 *
 * A passage that does not fit is left out and named, and the next smaller one may still fit; the same text twice is one
 * source. The order is the ranking.
 */
import type { Source } from '../base/answer.js';
import { tokenEstimate } from './prompt.js';
import type { Ranked } from './rank.js';
import { MAX_SOURCES } from './weights.js';

export interface Packed {
  sources: Source[];
  tokens: number;
  dropped: { what: string; reason: string }[];
}

export interface PackLimits {
  maxTokens: number;
  maxSources?: number;
}

/** `texts[i]` is the text of `passages[i]`. */
export function pack(passages: readonly Ranked[], texts: readonly string[], limits: PackLimits): Packed {
  const { maxTokens, maxSources = MAX_SOURCES } = limits;
  const packed: Packed = { sources: [], tokens: 0, dropped: [] };
  passages.forEach((passage, i) => {
    const text = texts[i]!;
    const what = `${passage.path}:${passage.startLine}-${passage.endLine}`;
    const tokens = tokenEstimate(text) + 30;
    if (text === '') packed.dropped.push({ what, reason: 'its file changed meanwhile' });
    else if (packed.sources.length >= maxSources) packed.dropped.push({ what, reason: 'enough better passages' });
    else if (packed.tokens + tokens > maxTokens) packed.dropped.push({ what, reason: 'over the token budget' });
    else if (packed.sources.some((source) => source.text === text))
      packed.dropped.push({ what, reason: 'the same text as another passage' });
    else {
      packed.tokens += tokens;
      const { path, language, startLine, endLine, symbol, kind, signature, score, why } = passage;
      const n = packed.sources.length + 1;
      packed.sources.push({ n, path, language, startLine, endLine, symbol, kind, signature, score, text, why });
    }
  });
  return packed;
}
