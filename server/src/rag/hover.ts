/**
 * Recipe: a place in a file to a card: what the name there is, what its comment says, where it is used, each cited.
 *
 * Definitions are found by name, the nearest first (same file, same folder, then source before tests); where several
 * remain the card says so instead of choosing silently. Under a call the definition that it means comes first. Of the
 * uses, calls of the first definition go before what only bears its name, and what means another one is left out.
 */
import type { Citation } from '../base/answer.js';
import { withDeadline } from '../base/async.js';
import type { HoverCard, LastChange } from '../base/hoverCard.js';
import { lineAt, linesOf, sliceLines } from '../base/text.js';
import type { DefinitionRow, UseRow } from '../index/store/reader.js';
import type { RagContext } from './chat.js';
import { verify } from './cite.js';
import { callersOf, type Edge } from './graph.js';
import { documentationOf } from './prose.js';
import type { IndexView } from './view.js';

const MAX_DEFINITIONS = 3;
const MAX_USES = 5;
const MAX_CALLERS = 5;
/** Enough to know that there are more, and to prefer uses outside tests. */
const LOOKED_AT_USES = 60;
/** A hover is to be there within 150 ms; the rest of it is made meanwhile. */
const HISTORY_MS = 100;
const MAX_DOCUMENTATION_CHARACTERS = 1200;

interface Uses {
  shown: Omit<UseRow, 'role'>[];
  /** There are more than shown. */
  more: boolean;
  /** Names of the functions that call it. */
  callers: string[];
}

/** Null where there is no name, or nothing is known of it. `column` is 1-based, in UTF-16 units. */
export async function hover(
  ctx: RagContext,
  at: { path: string; line: number; column: number },
): Promise<HoverCard | null> {
  const current = await ctx.currentText(at.path);
  const name = current && nameAt(lineAt(linesOf(current.text), at.line), at.column - 1);
  if (!name) return null;
  const found = (await ctx.view.definitions([name])).filter((definition) => definition.name === name);
  if (found.length === 0) return null;
  const edges = await callersOf(ctx.view, found);
  const here = edges.find(({ site, ambiguous }) => site.path === at.path && site.line === at.line && !ambiguous);
  const meant = (definition: DefinitionRow) => Number(!here?.definitions.some((each) => isSame(each, definition)));
  const definitions = found.sort((a, b) => meant(a) - meant(b) || nearest(at)(a, b)).slice(0, MAX_DEFINITIONS);
  return card(ctx, name, definitions, await usesOf(ctx.view, definitions[0]!, found, edges));
}

/** `all`: every definition of the name; `edges`: every reference that means one of them. */
async function usesOf(
  view: IndexView,
  definition: DefinitionRow,
  all: readonly DefinitionRow[],
  edges: readonly Edge[],
): Promise<Uses> {
  const isMeant = ({ definitions }: Edge) => definitions.some((each) => isSame(each, definition));
  const meant = edges.filter(isMeant);
  const other = new Set(edges.filter((edge) => !isMeant(edge)).map(({ site }) => placeOf(site)));
  const calls = [...new Map(meant.map(({ site }) => [placeOf(site), site])).values()].sort(sourcesFirst);
  const shown = calls.slice(0, MAX_USES);
  const texts = await view.texts(shown.map(({ path, line }) => ({ path, startLine: line, endLine: line })));
  const known = new Set(calls.map(placeOf));
  const named = (await view.uses(definition.name, LOOKED_AT_USES)).filter(
    (use) => !isDefinition(use, all) && !known.has(placeOf(use)) && !other.has(placeOf(use)),
  );
  const callers = meant.filter(({ ambiguous, site }) => !ambiguous && site.role === 'source');
  return {
    shown: [...shown.map((site, i) => ({ ...site, text: texts[i]! })), ...named].slice(0, MAX_USES).sort(sourcesFirst),
    more: calls.length + named.length > MAX_USES,
    callers: [...new Set(callers.flatMap(({ site }) => site.within?.qualified ?? []))].slice(0, MAX_CALLERS),
  };
}

function placeOf({ path, line }: { path: string; line: number }): string {
  return `${path}:${line}`;
}

function sourcesFirst(a: Omit<UseRow, 'text'>, b: Omit<UseRow, 'text'>): number {
  const isOther = ({ role }: { role: string }) => Number(role !== 'source');
  return isOther(a) - isOther(b) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line);
}

async function card(
  ctx: RagContext,
  name: string,
  definitions: readonly DefinitionRow[],
  { shown, more, callers }: Uses,
): Promise<HoverCard | null> {
  const result: HoverCard = {
    name,
    definitions: [],
    callers,
    uses: [],
    moreUses: more,
    lastChange: null,
    citations: [],
  };
  const texts = await ctx.view.texts(
    definitions.map(({ path }) => ({ path, startLine: 1, endLine: Number.MAX_SAFE_INTEGER })),
  );
  const lastChange = lastChangeOf(ctx, definitions[0]!, texts[0]!);
  for (const [i, definition] of definitions.entries()) {
    const lines = linesOf(texts[i]!);
    const { path, startLine, nameLine, kind, qualified, signature, language } = definition;
    const endLine = Math.min(definition.endLine, Math.max(nameLine, startLine));
    const n = await addCitation(ctx, result, {
      path,
      startLine,
      endLine,
      quote: sliceLines(lines, { startLine, endLine }),
    });
    if (!n) continue;
    const documentation = documentationOf(lines, definition).slice(0, MAX_DOCUMENTATION_CHARACTERS);
    result.definitions.push({ kind, qualified, signature, language, documentation, n });
  }
  for (const { path, line, text } of shown) {
    const n = await addCitation(ctx, result, { path, startLine: line, endLine: line, quote: text });
    if (n) result.uses.push({ path, line, text: text.trim().slice(0, 160), n });
  }
  result.lastChange = await lastChange;
  return result.definitions.length > 0 ? result : null;
}

/** Git goes on for the next hover where it is not in time for this one. */
async function lastChangeOf(
  ctx: RagContext,
  { path, startLine, endLine }: DefinitionRow,
  text: string,
): Promise<LastChange | null> {
  const quote = sliceLines(linesOf(text), { startLine, endLine });
  const now = await verify({ n: 0, path, startLine, endLine, quote, verified: false }, ctx.currentText);
  const asked = 'reason' in now ? null : withDeadline(ctx.lineHistory(path, now), HISTORY_MS, 'git');
  const lines = await asked?.catch(() => null);
  const change = lines?.commits[0];
  if (change) return { of: 'lines', subject: change.subject, at: change.at, uncommitted: lines.uncommitted > 0 };
  const [ofFile] = await ctx.view.commitsOf(path, 1);
  return ofFile ? { of: 'file', subject: ofFile.subject, at: ofFile.at, uncommitted: false } : null;
}

/** The citation's number, or null when its lines no longer hold: then nothing is said of them. */
async function addCitation(
  ctx: RagContext,
  card: HoverCard,
  claim: Omit<Citation, 'n' | 'verified'>,
): Promise<number | null> {
  const n = card.citations.length + 1;
  const checked = await verify({ ...claim, n, verified: false }, ctx.currentText);
  if ('reason' in checked) return null;
  card.citations.push(checked);
  return n;
}

function nameAt(line: string, offset: number): string | null {
  for (const match of line.matchAll(/[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu))
    if (match.index <= offset && offset <= match.index + match[0].length) return match[0];
  return null;
}

function nearest(at: { path: string; line: number }): (a: DefinitionRow, b: DefinitionRow) => number {
  const folder = at.path.slice(0, at.path.lastIndexOf('/') + 1);
  const distance = ({ path, role, nameLine }: DefinitionRow) =>
    (path === at.path ? (nameLine === at.line ? 0 : 1) : path.startsWith(folder) ? 2 : 3) + (role === 'source' ? 0 : 4);
  return (a, b) => distance(a) - distance(b) || (a.path < b.path ? -1 : 1) || a.startLine - b.startLine;
}

function isSame(a: DefinitionRow, b: DefinitionRow): boolean {
  return a.path === b.path && a.nameLine === b.nameLine;
}

function isDefinition(use: UseRow, definitions: readonly DefinitionRow[]): boolean {
  return definitions.some((definition) => definition.path === use.path && definition.nameLine === use.line);
}
