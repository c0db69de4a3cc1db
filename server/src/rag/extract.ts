/**
 * An answer without a model: the passages that answer, each with the sentence or the signature that matters, in order
 * and cited. Pure.
 *
 * It says nothing of its own: every line of it is taken from a source, or from a commit that git names, so it cannot be
 * wrong about the code, only beside the point.
 */
import type { LineChanges, LineRange, Source } from '../base/answer.js';
import { kindName, type Tell, t } from '../base/l10n.js';
import { escapeMarkdown, fence, inlineCode, proseMarkdown } from '../base/markdown.js';
import { lineAt, lineCount, linesOf, sliceLines } from '../base/text.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { tokensOf } from '../index/tokens.js';
import { changesMarkdown } from './changesText.js';
import type { Edge } from './graph.js';
import { commentStart, type Sentence, sentencesOf } from './prose.js';
import { EXTRACT_SHARE, MAX_EXTRACTS } from './weights.js';

/** Imports hold many words of a question and say nothing about it. */
const IMPORT = /^\s*(import|from|use|using|package|#include|require)\b/;
/** Fewer words are a badge, a logo or a label. */
const SENTENCE_WORDS = 4;
const MAX_CODE_LINES = 3;
/** A definition that holds this share of what its passage holds of the question stands for the passage. */
const NARROW_SHARE = 0.8;
/** A line that holds less of the question than this share of the best line's is not shown. */
const LINE_SHARE = 0.6;

/** What the question asks for by name of the part; all of it is shown, up to what is packed. */
const isAskedFor = ({ why }: Source) => (why['caller'] ?? why['callee'] ?? why['changed'] ?? 0) > 0;

/** Where the question points by something else than its words. */
const isPointedAt = ({ why }: Source) => (why['overview'] ?? why['file'] ?? why['definition'] ?? 0) > 0;

export interface ExtractOptions {
  /** The question was found by its words, and not by its meaning alone. */
  doWordsTell?: boolean;
  /** Speaks as the question does. */
  tell?: Tell;
}

/** The answer's text. `weights`: how much each term of the question weighs. */
export function extract(
  sources: readonly Source[],
  weights: ReadonlyMap<string, number>,
  { doWordsTell = true, tell = t }: ExtractOptions = {},
): string {
  const best = sources[0]?.score ?? 0;
  // Beside facts, likenesses would only be in the way.
  const told = sources.filter(({ changes }) => changes);
  if (told.length > 0) return told.map((source) => extractOne(source, weights, tell)).join('\n\n');
  // Scores are told by ranks, in which even the fifth stands near the first; what it holds of the question does not.
  const held = sources.map(({ text, symbol }) => weigh(`${symbol}\n${text}`, weights));
  const most = Math.max(...held.slice(0, MAX_EXTRACTS), 0);
  const isEnough = (source: Source, i: number) =>
    i < MAX_EXTRACTS &&
    source.score >= EXTRACT_SHARE * best &&
    (isPointedAt(source) || held[i]! >= EXTRACT_SHARE * most || !doWordsTell);
  return sources
    .filter((source, i) => isAskedFor(source) || isEnough(source, i))
    .map((source) => extractOne(source, weights, tell))
    .join('\n\n');
}

/**
 * The same source, cut down to the definition that holds nearly all of what the passage holds of the question, if there
 * is one. `definitions`: what begins within the source.
 */
export function narrow(
  source: Source,
  definitions: readonly DefinitionRow[],
  weights: ReadonlyMap<string, number>,
): Source {
  const lines = linesOf(source.text);
  const inSource = (line: number) => Math.max(1, Math.min(line - source.startLine + 1, lineCount(lines)));
  const enough = NARROW_SHARE * weigh(source.text, weights);
  let best: { definition: DefinitionRow; text: string; weight: number; range: LineRange } | null = null;
  for (const definition of definitions) {
    if (definition.kind === 'field') continue;
    const startLine = commentStart(lines, inSource(definition.startLine));
    const text = sliceLines(lines, { startLine, endLine: inSource(definition.endLine) });
    const weight = weigh(text, weights);
    // Outer definitions come first, so that of two that hold as much the inner one wins.
    if (weight < enough || (best && weight < best.weight)) continue;
    const range = {
      startLine: startLine + source.startLine - 1,
      endLine: inSource(definition.endLine) + source.startLine - 1,
    };
    best = { definition, text, weight, range };
  }
  if (!best) return source;
  const { qualified, kind, signature } = best.definition;
  return { ...source, ...best.range, text: best.text, symbol: qualified, kind, signature };
}

/** The same source, cut down to its lines that make the calls that were asked for; null where it makes none. */
export function narrowToCalls(source: Source, edges: readonly Edge[]): Source | null {
  if (!source.why['caller']) return null;
  const sites = edges
    .map(({ site }) => site)
    .filter(({ path, line }) => path === source.path && source.startLine <= line && line <= source.endLine)
    .sort((a, b) => a.line - b.line);
  if (sites.length === 0) return null;
  const range = { startLine: sites[0]!.line, endLine: sites.at(-1)!.line };
  const own = { startLine: range.startLine - source.startLine + 1, endLine: range.endLine - source.startLine + 1 };
  const callers = [...new Map(sites.flatMap(({ within }) => (within ? [[within.qualified, within]] : []))).values()];
  const symbol = callers.map(({ qualified }) => qualified).join(', ');
  const signature = callers.length === 1 ? callers[0]!.signature : '';
  const text = sliceLines(linesOf(source.text), own);
  return { ...source, ...range, text, symbol, kind: callers[0]?.kind ?? 'text', signature };
}

function extractOne(source: Source, weights: ReadonlyMap<string, number>, tell: Tell): string {
  if (source.changes) return historyOf(source, source.changes, tell);
  const lines = linesOf(source.text);
  const sentences = sentencesOf(lines, source.language);
  // An introduction speaks for itself; the words of “what does this project do?” would only mislead.
  const sentence = bestSentence(sentences, source.why['overview'] ? new Map() : weights);
  const isProse = source.kind === 'section' || source.language === 'markdown' || source.language === 'plaintext';
  const code = isProse ? '' : codeOf(source, sentences, weights);
  const parts = [`${title(source, tell)} [${source.n}]`];
  if (sentence) parts.push(`> ${proseMarkdown(clip(sentence.text, 400))}`);
  if (code) parts.push(fence(source.language, code));
  else if (!sentence) parts.push(`> ${proseMarkdown(clip(source.text.trim().split(/\r\n|\n|\r/)[0]!, 400))}`);
  return parts.join('\n');
}

function historyOf(source: Source, changes: LineChanges, tell: Tell): string {
  const { language, symbol, signature, n } = source;
  const parts = [`${title(source, tell)} [${n}]`];
  if (signature) parts.push(fence(language, signature));
  return [parts.join('\n'), changesMarkdown(changes, symbol, `[${n}]`, tell)].join('\n\n');
}

/** The declaration, and those lines of code that hold most of the question. */
function codeOf(source: Source, sentences: readonly Sentence[], weights: ReadonlyMap<string, number>): string {
  const lines = linesOf(source.text);
  const isWords = (line: number) => sentences.some(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const weighed = Array.from({ length: lineCount(lines) }, (_, i) => i + 1)
    .filter(
      (line) =>
        !isWords(line) && !isSignature(lineAt(lines, line), source.signature) && !IMPORT.test(lineAt(lines, line)),
    )
    .map((line) => ({ line, weight: weigh(lineAt(lines, line), weights) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || a.line - b.line);
  const enough = (weighed[0]?.weight ?? 0) * LINE_SHARE;
  const chosen = weighed.filter(({ weight }) => weight >= enough).slice(0, MAX_CODE_LINES);
  const shown = chosen.sort((a, b) => a.line - b.line).map(({ line }) => lineAt(lines, line));
  const parts = source.signature ? [source.signature] : [];
  let last = 0;
  shown.forEach((text, i) => {
    const { line } = chosen[i]!;
    if (parts.length > 0 && line !== last + 1) parts.push('  …');
    parts.push(source.signature ? `  ${clip(text.trim(), 160)}` : clip(text.trim(), 160));
    last = line;
  });
  return parts.join('\n');
}

/** A line that repeats the declaration, or is a part of one that runs over several lines. */
function isSignature(line: string, signature: string): boolean {
  const words = line.replace(/\s+/g, ' ').trim();
  return signature !== '' && (words.includes(signature) || signature.includes(words.replace(/\s*[{:=(]\s*$/, '')));
}

function title({ symbol, kind, path }: Source, tell: Tell): string {
  if (!symbol) return inlineCode(path);
  if (kind === 'section') return `**${escapeMarkdown(symbol)}** · ${inlineCode(path)}`;
  return `**${inlineCode(symbol)}** · ${tell('{0} in {1}', kindName(kind, tell), inlineCode(path))}`;
}

/** The one that holds most of the question; the first where none holds any, since that is the summary. */
function bestSentence(sentences: readonly Sentence[], weights: ReadonlyMap<string, number>): Sentence | null {
  let best: Sentence | null =
    sentences.find(({ text }) => text.split(/\s+/).length >= SENTENCE_WORDS) ?? sentences[0] ?? null;
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

function weigh(text: string, weights: ReadonlyMap<string, number>): number {
  return [...new Set(tokensOf(text))].reduce((sum, token) => sum + (weights.get(token) ?? 0), 0);
}

function clip(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1).trimEnd()}…` : text;
}
