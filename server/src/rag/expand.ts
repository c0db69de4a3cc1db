/**
 * Small to big: sources that are pieces of one definition or section become the whole of it, once.
 *
 * A model reads a function better in one piece than in fragments among others. Only where at least half of the whole
 * was found anyway, and only within the budget: what was not found is mostly beside the point.
 */
import type { LineRange, Source } from '../base/answer.js';
import { type Packed, sourceTokens } from './pack.js';
import type { Ranked } from './rank.js';
import type { IndexView } from './view.js';

const FOUND_SHARE = 0.5;

interface Family extends LineRange {
  path: string;
  /** Lines of what the pieces are pieces of; the range is longer where a piece reaches over its edge. */
  parent: LineRange;
  /** Best first. */
  pieces: Source[];
}

/** `passages` are those that the sources were made of. Numbers follow the order; a whole takes its best piece's place. */
export async function expand(
  view: IndexView,
  { sources, tokens }: Packed,
  passages: readonly Ranked[],
  maxTokens: number,
): Promise<Source[]> {
  const families = familiesOf(sources, passages);
  const texts = await view.texts(families);
  const definitions = await view.definitionsIn(families);
  let spare = maxTokens - tokens;
  const wholes = families.flatMap(({ path, parent, pieces, startLine, endLine }, i): Source[] => {
    const named = definitions[i]!.find(
      (row) => row.startLine === parent.startLine && row.endLine === parent.endLine && row.path === path,
    );
    const name = named && { symbol: named.qualified, kind: named.kind, signature: named.signature };
    const whole = { ...pieces[0]!, startLine, endLine, text: texts[i]!, ...name };
    const found = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
    const cost = pieces.reduce((sum, piece) => sum - sourceTokens(piece), sourceTokens(whole));
    if (whole.text === '' || found < FOUND_SHARE * whole.text.length || cost > spare) return [];
    spare -= Math.max(0, cost);
    return [whole];
  });
  const shown = sources.flatMap((source) => {
    const whole = wholes.find((candidate) => contains(candidate, source));
    if (!whole) return [source];
    return whole.n === source.n ? [whole] : [];
  });
  return shown.map((source, i) => ({ ...source, n: i + 1 }));
}

/** Groups of two and more pieces of the same thing, the widest first. */
function familiesOf(sources: readonly Source[], passages: readonly Ranked[]): Family[] {
  const families = new Map<string, Family>();
  for (const source of sources) {
    const passage = passages.find(({ path, startLine }) => path === source.path && startLine === source.startLine);
    // A whole over several pages has no one place to open.
    if (!passage?.parentStart || passage.place) continue;
    const { path, parentStart, parentEnd } = passage;
    const parent = { startLine: parentStart, endLine: parentEnd };
    const key = `${path}:${parentStart}-${parentEnd}`;
    const family = families.get(key) ?? { path, parent, ...parent, pieces: [] };
    family.startLine = Math.min(family.startLine, source.startLine);
    family.endLine = Math.max(family.endLine, source.endLine);
    family.pieces.push(source);
    families.set(key, family);
  }
  return [...families.values()]
    .filter(({ pieces }) => pieces.length > 1)
    .sort((a, b) => b.endLine - b.startLine - (a.endLine - a.startLine));
}

function contains(outer: Source, inner: Source): boolean {
  return outer.path === inner.path && outer.startLine <= inner.startLine && inner.endLine <= outer.endLine;
}
