/**
 * Who uses a definition, for a hover: one line for each caller, calls before mere mentions, and a test as an example.
 */
import type { DefinitionRow } from '../index/store/reader.js';
import { callersOf, type Edge, type GraphBounds } from './graph.js';
import type { HoverTarget } from './hoverTarget.js';
import type { IndexView } from './view.js';

export interface UsePlace {
  path: string;
  line: number;
  /** The line as it stands. */
  text: string;
  /** The function that it stands in, qualified; empty outside of all, and where only the name is the same. */
  within: string;
}

export interface Uses {
  shown: UsePlace[];
  /** Lines that call it or name it as a type, and their files. Where there are none, what is shown only bears its name. */
  calls: number;
  files: number;
  /** There are more files than were looked at, or more lines than are told. */
  more: boolean;
  /** A line of a test or an example that calls it. */
  example: UsePlace | null;
}

const MAX_SHOWN = 4;
/** Enough to prefer some of them. */
const LOOKED_AT_MENTIONS = 30;
const LOOKED_AT_EXAMPLES = 12;
/** What a pointer waits for. */
const BOUNDS: Omit<GraphBounds, 'first'> = { files: 50, followed: 60 };
/** A line that imports, by its words alone. */
export const IMPORT_LINE = /^\s*(import|from|export\s.*\bfrom\b|use|using|require|#\s*include|const .*=\s*require)\b/;
/** A line that says what is to come out. */
const EXPECTS = /assert|expect|should|must_|\bcheck|==|\bis_|equal/i;

/** `from`: where the pointer is. */
export async function usesOf(view: IndexView, { name, meant, others }: HoverTarget, from: string): Promise<Uses> {
  const main = meant[0]!;
  const all = [...meant, ...others];
  const edges = await callersOf(view, all, { ...BOUNDS, first: [from, main.path] });
  const isMeant = ({ definitions }: Edge) => definitions.some((each) => isSame(each, main));
  const calls = distinct(edges.filter(isMeant).map(({ site }) => site));
  const sources = calls.filter(({ role }) => role === 'source');
  const files = new Set(calls.map(({ path }) => path));
  const callers = oneForEachCaller(sources.length > 0 ? sources : calls);
  const shown = await withTexts(view, callers.slice(0, MAX_SHOWN));
  const taken = new Set([
    ...edges.map(({ site }) => placeOf(site)),
    ...all.map(({ path, nameLine }) => `${path}:${nameLine}`),
  ]);
  const mentions = calls.length === 0 ? await mentionsOf(view, name, taken) : [];
  return {
    shown: calls.length === 0 ? mentions.slice(0, MAX_SHOWN) : shown,
    calls: calls.length,
    files: files.size,
    more: files.size >= BOUNDS.files || callers.length + mentions.length > MAX_SHOWN,
    // Where nothing but tests uses it, they are shown above.
    example: sources.length === 0 ? null : await exampleOf(view, calls.filter(isExample)),
  };
}

type Site = Edge['site'];

/** Who calls it most comes first. A file is told once for what it calls outside of any function. */
function oneForEachCaller(sites: readonly Site[]): Site[] {
  const byCaller = Map.groupBy(sites, ({ path, within }) => `${path}:${within?.qualified ?? ''}`);
  // The sort is stable: of equals the first by path and line.
  return [...byCaller.values()].sort((a, b) => b.length - a.length).map(([first]) => first!);
}

async function withTexts(view: IndexView, sites: readonly Site[]): Promise<UsePlace[]> {
  const texts = await view.texts(sites.map(({ path, line }) => ({ path, startLine: line, endLine: line })));
  return sites.map(({ path, line, within }, i) => ({ path, line, within: within?.qualified ?? '', text: texts[i]! }));
}

/** Lines that bear the name; imports only where there is nothing else. */
async function mentionsOf(view: IndexView, name: string, taken: ReadonlySet<string>): Promise<UsePlace[]> {
  const found = (await view.uses(name, LOOKED_AT_MENTIONS)).filter(
    (use) => (use.role === 'source' || use.role === 'test') && !taken.has(placeOf(use)),
  );
  const inCode = found.filter(({ text }) => !IMPORT_LINE.test(text));
  return (inCode.length > 0 ? inCode : found).map(({ path, line, text }) => ({ path, line, text, within: '' }));
}

function isExample({ role }: Site): boolean {
  return role === 'test' || role === 'example';
}

async function exampleOf(view: IndexView, tests: readonly Site[]): Promise<UsePlace | null> {
  const places = await withTexts(view, tests.slice(0, LOOKED_AT_EXAMPLES));
  return places.find(({ text }) => EXPECTS.test(text)) ?? places[0] ?? null;
}

function distinct(sites: readonly Site[]): Site[] {
  return [...new Map(sites.map((site) => [placeOf(site), site])).values()];
}

function placeOf({ path, line }: { path: string; line: number }): string {
  return `${path}:${line}`;
}

function isSame(a: DefinitionRow, b: DefinitionRow): boolean {
  return a.path === b.path && a.qualified === b.qualified;
}
