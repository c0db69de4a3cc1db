/**
 * Recipe: a place in a file to what a model should know of the rest of the repository before it goes on there.
 *
 * What is likely used next comes as outlines, one for each file: the signatures of its likeliest definitions, in order
 * of lines, each below what it belongs to. After those comes code like the lines above. The order is the ranking; what
 * does not fit the token budget is left out.
 */
import type { ContextItem } from '../base/completion.js';
import { linesOf } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import { type Cursor, surroundings } from './cursor.js';
import { type Candidate, nextNames } from './nextNames.js';
import { likelihood, NEXT_WEIGHTS, type NextWeights } from './nextWeights.js';
import { tokenEstimate } from './prompt.js';
import type { IndexView } from './view.js';

export type ContextKind = 'similar' | 'symbols' | 'all';

export interface ContextOptions {
  maxTokens: number;
  kind?: ContextKind;
}

/** Outlines before the first piece of similar code. */
const MAX_OUTLINES = 8;
const MAX_SIMILAR = 2;
const MAX_ITEMS = 12;
const MAX_SIGNATURE = 160;

export async function completionContext(
  view: IndexView,
  text: string,
  cursor: Cursor,
  { maxTokens, kind = 'all' }: ContextOptions,
): Promise<ContextItem[]> {
  const around = surroundings(linesOf(text), cursor);
  const { id: language } = languageOf(cursor.path, text.slice(0, 200));
  const { candidates, similar } = await nextNames(view, text, cursor, around, language);
  const outlines = kind === 'similar' ? [] : outlinesOf(candidates, kind === 'all' ? 0.8 * maxTokens : maxTokens);
  const code =
    kind === 'symbols' ? [] : await similarItems(view, similar.slice(0, kind === 'all' ? MAX_SIMILAR : MAX_ITEMS));
  const list = [...outlines.slice(0, MAX_OUTLINES), ...code, ...outlines.slice(MAX_OUTLINES)];
  let left = maxTokens;
  return list
    .filter((item) => {
      const tokens = tokenEstimate(item.text);
      if (tokens > left) return false;
      left -= tokens;
      return true;
    })
    .slice(0, MAX_ITEMS);
}

async function similarItems(view: IndexView, chunks: readonly ChunkRow[]): Promise<ContextItem[]> {
  const texts = await view.texts(chunks);
  return chunks.map(({ path, startLine, endLine }, i) => ({
    path,
    startLine,
    endLine,
    why: 'code like the lines above',
    text: texts[i]!,
    shown: [{ startLine, endLine }],
  }));
}

interface Weighed extends Candidate {
  weight: number;
}

export function outlinesOf(
  candidates: readonly Candidate[],
  maxTokens: number,
  weights: NextWeights = NEXT_WEIGHTS,
  most = MAX_ITEMS,
  cap = MAX_SIGNATURE,
): ContextItem[] {
  const weighed = candidates.map((one): Weighed => ({ ...one, weight: likelihood(one.signs, weights) }));
  const files = [...Map.groupBy(weighed, ({ definition }) => definition.path).values()]
    .map((members) => members.sort(byWeight))
    .map((members) => ({ members, weight: members.slice(0, 20).reduce((sum, { weight }) => sum + weight, 0) }))
    .sort((a, b) => b.weight - a.weight || (a.members[0]!.definition.path < b.members[0]!.definition.path ? -1 : 1))
    .slice(0, most);
  const shown = files.flatMap(({ members }) => members).sort(byWeight);
  let left = maxTokens;
  const kept = new Set<Weighed>();
  for (const one of shown) {
    const cost = tokenEstimate(one.definition.signature.slice(0, cap)) + 1;
    if (cost > left) break;
    left -= cost;
    kept.add(one);
  }
  return files.flatMap(({ members }) => {
    const own = members.filter((one) => kept.has(one)).sort((a, b) => a.definition.startLine - b.definition.startLine);
    return own.length > 0 ? [outlineOf(own)] : [];
  });
}

function outlineOf(members: readonly Weighed[]): ContextItem {
  const first = members[0]!.definition;
  const last = members.at(-1)!.definition;
  const best = members.toSorted(byWeight)[0]!;
  return {
    path: first.path,
    startLine: first.startLine,
    endLine: Math.max(last.nameLine, last.startLine),
    why: `defines ${best.definition.qualified}`,
    text: members.map(({ definition }) => definition.signature.slice(0, MAX_SIGNATURE)).join('\n'),
    shown: members.map(({ definition }) => ({ startLine: definition.startLine, endLine: definition.nameLine })),
  };
}

function byWeight(a: Weighed, b: Weighed): number {
  return (
    b.weight - a.weight ||
    (a.definition.path < b.definition.path ? -1 : 1) ||
    a.definition.startLine - b.definition.startLine
  );
}
