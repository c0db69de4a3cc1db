/**
 * Recipe: a place in a file to what a model should know of the rest of the repository before it goes on there.
 *
 * What is likely used next comes as outlines, one for each file: the signatures of its likeliest definitions, in order
 * of lines, each below what it belongs to. After those comes code like the lines above. The order is the ranking; what
 * does not fit the token budget is left out.
 */
import type { LineRange } from '../base/answer.js';
import type { ContextItem } from '../base/completion.js';
import { type Lines, lineAt, linesOf } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import { type Cursor, surroundings } from './cursor.js';
import { type Candidate, nextNames } from './nextNames.js';
import { likelihoods, NEXT_WEIGHTS, type NextWeights, strongest } from './nextWeights.js';
import type { Patience } from './patience.js';
import { tokenEstimate } from './prompt.js';
import type { IndexView } from './view.js';

export type ContextKind = 'similar' | 'symbols' | 'all';

export interface ContextOptions {
  maxTokens: number;
  kind?: ContextKind;
  patience: Patience;
}

/** Outlines before the first piece of similar code. */
const MAX_OUTLINES = 10;
const MAX_SIMILAR = 2;
const MAX_EDITS = 3;
const LINES_AROUND = 3;
const MAX_ITEMS = 12;
/** Characters; what comes after is the end of a list of parameters. */
const MAX_SIGNATURE = 100;
/** The definitions of a file by which it is weighed: large files are not likelier for being large. */
const TELLING = 20;

export async function completionContext(
  view: IndexView,
  text: string,
  cursor: Cursor,
  { maxTokens, kind = 'all', patience }: ContextOptions,
): Promise<ContextItem[]> {
  const lines = linesOf(text);
  const around = surroundings(lines, cursor);
  const seen = withoutRest(text, lines, cursor);
  const { id: language } = languageOf(cursor.path, text.slice(0, 200));
  const { candidates, similar } = await nextNames(view, seen, cursor, around, language, patience);
  const edits = kind === 'all' ? await editedItems(view, cursor.path, patience) : [];
  const share = kind === 'symbols' ? 1 : edits.length > 0 ? 0.6 : 0.8;
  const outlines = kind === 'similar' ? [] : outlinesOf(candidates, share * maxTokens);
  const shown = [...outlines, ...edits];
  const fresh = similar.filter((chunk) => !shown.some((item) => isShownBy(chunk, item)));
  const most = kind === 'all' ? MAX_SIMILAR : MAX_ITEMS;
  const code = kind === 'symbols' ? [] : await similarItems(view, fresh.slice(0, most), patience);
  const first = MAX_OUTLINES - edits.length;
  const list = [...outlines.slice(0, first), ...edits, ...code, ...outlines.slice(first)];
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

/** What stands right of the cursor on its line is being replaced. */
function withoutRest(text: string, lines: Lines, { line, column }: Cursor): string {
  const whole = lineAt(lines, line);
  const start = lines.starts[line - 1] ?? text.length;
  return text.slice(0, start) + whole.slice(0, Math.max(0, column - 1)) + text.slice(start + whole.length);
}

/** What was just written in other files, with the lines around it. */
async function editedItems(view: IndexView, own: string, patience: Patience): Promise<ContextItem[]> {
  const ranges = view
    .edits()
    .filter(({ path }) => path !== own)
    .map((edit) => ({
      path: edit.path,
      startLine: Math.max(1, edit.startLine - LINES_AROUND),
      endLine: edit.endLine + LINES_AROUND,
    }))
    .filter((edit, i, all) => !all.slice(0, i).some((newer) => overlap(newer, edit)))
    .slice(0, MAX_EDITS);
  const texts = ranges.length > 0 ? await patience.within('recent edits', view.texts(ranges), []) : [];
  return texts.flatMap((text, i) => {
    const { path, startLine } = ranges[i]!;
    const endLine = startLine + text.trimEnd().split('\n').length - 1;
    const shown = [{ startLine, endLine }];
    return text.trim() === '' ? [] : [{ path, startLine, endLine, why: 'edited just before', text, shown }];
  });
}

async function similarItems(view: IndexView, chunks: readonly ChunkRow[], patience: Patience): Promise<ContextItem[]> {
  const texts = await patience.within('similar code', view.texts(chunks), []);
  return chunks.slice(0, texts.length).map(({ path, startLine, endLine }, i) => ({
    path,
    startLine,
    endLine,
    why: 'code like the lines above',
    text: texts[i]!,
    shown: [{ startLine, endLine }],
  }));
}

/** Some of its lines are there already. */
function isShownBy(chunk: ChunkRow, { path, shown }: ContextItem): boolean {
  return shown.some((lines) => overlap({ path, ...lines }, chunk));
}

type Place = LineRange & { path: string };

function overlap(a: Place, b: Place): boolean {
  return a.path === b.path && a.startLine <= b.endLine && a.endLine >= b.startLine;
}

interface Weighed extends Candidate {
  weight: number;
}

export function outlinesOf(
  candidates: readonly Candidate[],
  maxTokens: number,
  weights: NextWeights = NEXT_WEIGHTS,
): ContextItem[] {
  const likelihood = likelihoods(weights);
  const weighed = candidates.map((one): Weighed => ({ ...one, weight: likelihood(one.signs) }));
  const files = [...Map.groupBy(weighed, ({ definition }) => definition.path).values()]
    .map((members) => members.sort(byWeight))
    .map((members) => ({ members, weight: members.slice(0, TELLING).reduce((sum, { weight }) => sum + weight, 0) }))
    .sort((a, b) => b.weight - a.weight || (a.members[0]!.definition.path < b.members[0]!.definition.path ? -1 : 1))
    .slice(0, MAX_ITEMS);
  const kept = new Set<Weighed>();
  let left = maxTokens;
  for (const one of files.flatMap(({ members }) => members).sort(byWeight)) {
    left -= tokenEstimate(signatureOf(one)) + 1;
    if (left < 0) break;
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
    why: `${best.definition.qualified}: ${strongest(best.signs)}`,
    text: members.map(signatureOf).join('\n'),
    shown: members.map(({ definition }) => ({ startLine: definition.startLine, endLine: definition.nameLine })),
  };
}

function signatureOf({ definition }: Candidate): string {
  return definition.signature.slice(0, MAX_SIGNATURE);
}

function byWeight(a: Weighed, b: Weighed): number {
  return (
    b.weight - a.weight ||
    (a.definition.path < b.definition.path ? -1 : 1) ||
    a.definition.startLine - b.definition.startLine
  );
}
