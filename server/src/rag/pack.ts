/**
 * Ranked passages to numbered sources within a token budget. Pure.
 *
 * A passage that does not fit is left out and named, and the next smaller one may still fit; the same text twice is one
 * source. The order is the ranking.
 */

import type { Source } from '../base/answer.js';
import { t } from '../base/l10n.js';
import type { ToldPassage } from './changes.js';
import { sourceBlock, tokenEstimate } from './prompt.js';
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
export function pack(
  passages: readonly ToldPassage['passage'][],
  texts: readonly string[],
  limits: PackLimits,
): Packed {
  const { maxTokens, maxSources = MAX_SOURCES } = limits;
  const packed: Packed = { sources: [], tokens: 0, dropped: [] };
  passages.forEach((passage, i) => {
    const source = sourceOf(passage, texts[i]!, packed.sources.length + 1);
    const tokens = sourceTokens(source);
    const reason = whyNot(source, packed, { maxSources, tokensLeft: maxTokens - packed.tokens - tokens });
    if (reason) {
      packed.dropped.push({ what: `${passage.path}:${passage.startLine}-${passage.endLine}`, reason });
      return;
    }
    packed.tokens += tokens;
    packed.sources.push(source);
  });
  return packed;
}

/** As long as the tag of a prompt, so that its cost is counted. */
const SAMPLE_TAG = 'source-0123456789ab';

/** What a source costs in a prompt. */
export function sourceTokens(source: Source): number {
  return tokenEstimate(sourceBlock(source, SAMPLE_TAG));
}

function whyNot(
  source: Source,
  { sources }: Packed,
  { maxSources, tokensLeft }: { maxSources: number; tokensLeft: number },
): string | null {
  if (source.text === '') return t('its file changed meanwhile');
  if (sources.length >= maxSources) return t('enough better passages');
  if (tokensLeft < 0) return t('over the token budget');
  return sources.some(({ text }) => text === source.text) ? t('the same text as another passage') : null;
}

function sourceOf(passage: ToldPassage['passage'], text: string, n: number): Source {
  const { path, language, startLine, endLine, place, symbol, kind, signature, score, why, changes } = passage;
  const extra = { ...(place && { place }), ...(changes && { changes }) };
  return { n, path, language, startLine, endLine, symbol, kind, signature, score, text, why, ...extra };
}
