/**
 * An answer without a model: the passages that answer, each with the sentence or the signature that matters, in order
 * and cited. Pure.
 *
 * It says nothing of its own: every line of it is taken from a source, so it cannot be wrong about the code, only
 * beside the point.
 */
import type { Source } from '../base/answer.js';
import { linesOf, lineAt, lineCount } from '../base/text.js';
import { tokensOf } from '../index/tokens.js';
import { type Sentence, sentencesOf } from './prose.js';
import { EXTRACT_SHARE, MAX_EXTRACTS } from './weights.js';

/** `weights`: how much each term of the question weighs. */
export function extract(sources: readonly Source[], weights: ReadonlyMap<string, number>): string {
  const best = sources[0]?.score ?? 0;
  const shown = sources.slice(0, MAX_EXTRACTS).filter((source) => source.score >= EXTRACT_SHARE * best);
  return shown.map((source) => extractOne(source, weights)).join('\n\n');
}

function extractOne(source: Source, weights: ReadonlyMap<string, number>): string {
  const lines = linesOf(source.text);
  const sentence = bestSentence(sentencesOf(lines, source.language), weights);
  const isCode = source.kind !== 'section' && source.language !== 'markdown' && source.language !== 'plaintext';
  const code = isCode ? source.signature || bestLine(source, weights) : '';
  const parts = [`${title(source)} [${source.n}]`];
  if (sentence) parts.push(`> ${clip(sentence.text, 400)}`);
  if (code) parts.push(`\`\`\`${source.language}\n${code}\n\`\`\``);
  else if (!sentence) parts.push(`> ${clip(bestLine(source, weights), 400)}`);
  return parts.join('\n');
}

function title({ symbol, kind, path }: Source): string {
  if (!symbol) return `\`${path}\``;
  if (kind === 'section') return `**${symbol.replace(/[[\]*_`]/g, '')}** · \`${path}\``;
  return `**\`${symbol}\`** · ${kind} in \`${path}\``;
}

/** The one that holds most of the question; the first where none holds any, since that is the summary. */
function bestSentence(sentences: readonly Sentence[], weights: ReadonlyMap<string, number>): Sentence | null {
  let best: Sentence | null = sentences[0] ?? null;
  let bestWeight = 0;
  for (const sentence of sentences) {
    const weight = weigh(sentence.text, weights);
    if (weight > bestWeight) {
      best = sentence;
      bestWeight = weight;
    }
  }
  return best;
}

function bestLine(source: Source, weights: ReadonlyMap<string, number>): string {
  const lines = linesOf(source.text);
  let best = '';
  let bestWeight = -1;
  for (let line = 1; line <= lineCount(lines); line++) {
    const text = lineAt(lines, line).trim();
    const weight = /[\p{L}\p{N}]/u.test(text) ? weigh(text, weights) : -1;
    if (weight > bestWeight) {
      best = text;
      bestWeight = weight;
    }
  }
  return clip(best, 200);
}

function weigh(text: string, weights: ReadonlyMap<string, number>): number {
  return [...new Set(tokensOf(text))].reduce((sum, token) => sum + (weights.get(token) ?? 0), 0);
}

function clip(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1).trimEnd()}…` : text;
}
