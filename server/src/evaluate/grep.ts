/**
 * Keyword search as a careful agent does it, to compare with.
 *
 * The question's words are cut into terms, whole identifiers and their parts; one ripgrep over the tree finds the lines
 * that hold any of them, letter case aside. A file counts by the rarity of the different terms in it, in its path and in
 * its densest window of lines, sources before tests as in our own ranking. What is shown are those windows. It searches
 * exactly the files that are in the index, and keeps nothing between questions.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { eachLimited } from '../base/async.js';
import type { Engine } from '../engine/engine.js';
import { roleOf } from '../index/roles.js';
import { identifierKey } from '../index/tokens.js';
import { toQuery } from '../rag/query.js';
import { RANKING, REPEAT } from '../rag/weights.js';
import type { Searcher } from './arms.js';
import { type LineSearch, type MatchedLine, openLineSearch } from './lineSearch.js';
import type { Passage } from './metrics.js';

/** Of a pasted log the beginning says what it is about. */
const MAX_TERMS = 120;
/** Of those that occur the rarest are looked at. */
const RAREST = 24;
/** Lines of a window: a screenful. */
const WINDOW = 40;
const WINDOWS_OF_A_FILE = 3;

/** A line with the numbers of the terms on it. */
interface Line {
  line: number;
  terms: number[];
}

interface Window extends Passage {
  score: number;
  hits: number;
}

/** How much different terms say together. */
type Weigh = (terms: ReadonlySet<number>) => number;

type TermTest = (text: string, lowerCase: string) => boolean;

/** The numbers of the terms in a text. */
type TermsIn = (text: string) => number[];

export async function openGrep(engine: Engine): Promise<Searcher> {
  const files = await indexedFiles(engine);
  const matchedLines = openLineSearch(engine.root, files);
  return {
    search: ({ query }, limit) => grep(query, limit, files, matchedLines),
    close: async () => {},
  };
}

async function grep(query: string, limit: number, files: readonly string[], matchedLines: LineSearch) {
  const terms = termsOf(query);
  const tests = terms.map(testOf);
  const found = Map.groupBy(await matchedLines(terms), ({ path }) => path);
  const weights = rarity(tests, found, files);
  const telling = terms.flatMap((_, term) => (weights[term]! > 0 ? [term] : []));
  const weigh: Weigh = (of) => [...of].reduce((sum, term) => sum + weights[term]!, 0);
  const termsIn: TermsIn = (text) => {
    const lowerCase = text.toLowerCase();
    return telling.filter((term) => tests[term]!(text, lowerCase));
  };
  const windows = files.flatMap((path) => windowsOf(path, found.get(path) ?? [], termsIn, weigh));
  windows.sort((a, b) => b.score - a.score || b.hits - a.hits || (a.path < b.path ? -1 : 1));
  return windows.slice(0, limit);
}

/**
 * Words as they are spelled where they are whole identifiers, their parts stemmed, neighbours as one identifier. Two
 * letters are nothing to grep for.
 */
export function termsOf(query: string): string[] {
  const { terms, spelling, joined } = toQuery(query);
  const spelled = terms.map((term) => {
    const word = spelling.get(term)!.replace(/^[_$]+|[_$]+$/g, '');
    return identifierKey(word) === term ? word.toLowerCase() : term;
  });
  const all = new Set([...spelled, ...joined]);
  return [...all].filter((term) => !/^[a-z]{1,2}$/.test(term)).slice(0, MAX_TERMS);
}

/** Short terms count only as words or parts of identifiers, longer ones wherever they stand. */
export function testOf(term: string): TermTest {
  const isThere = (_text: string, lowerCase: string) => lowerCase.includes(term);
  if (term.length > 3 || !/^[a-z]+$/.test(term)) return isThere;
  const [upper, capitalised] = [term.toUpperCase(), term[0]!.toUpperCase() + term.slice(1)];
  const asPart = new RegExp(`(?<![A-Za-z])${term}(?![a-z])|${capitalised}(?![a-z])|(?<![A-Z])${upper}(?![A-Za-z])`);
  return (text, lowerCase) => isThere(text, lowerCase) && asPart.test(text);
}

/** Of each term how much it says; 0 for those that are nowhere or are not among the rarest. */
function rarity(
  tests: readonly TermTest[],
  found: ReadonlyMap<string, readonly MatchedLine[]>,
  files: readonly string[],
): number[] {
  const texts = files.map((path) => [path, ...(found.get(path) ?? []).map(({ text }) => text)].join('\n'));
  const lowerCase = texts.map((text) => text.toLowerCase());
  const weights = tests.map((test) => {
    const count = texts.filter((text, i) => test(text, lowerCase[i]!)).length;
    return count > 0 ? Math.log(1 + files.length / count) : 0;
  });
  const rarest = weights.map((_, term) => term).sort((a, b) => weights[b]! - weights[a]! || a - b);
  const kept = new Set(rarest.slice(0, RAREST));
  return weights.map((weight, term) => (kept.has(term) ? weight : 0));
}

function windowsOf(path: string, found: readonly MatchedLine[], termsIn: TermsIn, weigh: Weigh): Window[] {
  const lines = found.map(({ line, text }) => ({ line, terms: termsIn(text) })).filter(({ terms }) => terms.length > 0);
  const inFile = weigh(new Set(lines.flatMap(({ terms }) => terms)));
  const named = weigh(new Set(termsIn(path)));
  if (inFile + named === 0) return [];
  const role = RANKING.roles[roleOf(path)];
  const densest = densestWindows(lines, weigh);
  if (densest.length === 0) return [{ path, startLine: 1, endLine: WINDOW, score: role * named, hits: 0 }];
  return densest.map(({ startLine, endLine, weight, hits }, i) => ({
    path,
    startLine,
    endLine,
    score: role * REPEAT ** i * (inFile + named + weight),
    hits,
  }));
}

/** The windows that hold most, none over another; each as long as a screen, with its matches in the middle. */
function densestWindows(lines: readonly Line[], weigh: Weigh) {
  const windows: { startLine: number; endLine: number; weight: number; hits: number }[] = [];
  let left = lines;
  while (left.length > 0 && windows.length < WINDOWS_OF_A_FILE) {
    const { first, last, weight, hits } = densest(left, weigh);
    const startLine = Math.max(1, ((first + last - WINDOW) >> 1) + 1);
    const endLine = startLine + WINDOW - 1;
    windows.push({ startLine, endLine, weight, hits });
    left = left.filter(({ line }) => line < startLine || line > endLine);
  }
  return windows;
}

/** The run of lines within a window that says most, then the one with most hits, then the first. */
function densest(lines: readonly Line[], weigh: Weigh) {
  const counts = new Map<number, number>();
  let best = { first: 0, last: 0, weight: -1, hits: 0 };
  let [next, hits] = [0, 0];
  const count = ({ terms }: Line, by: 1 | -1) => {
    hits += by * terms.length;
    for (const term of terms) {
      const now = (counts.get(term) ?? 0) + by;
      if (now > 0) counts.set(term, now);
      else counts.delete(term);
    }
  };
  for (const from of lines) {
    while (next < lines.length && lines[next]!.line < from.line + WINDOW) count(lines[next++]!, 1);
    const weight = weigh(new Set(counts.keys()));
    // Sums of the same terms differ in their last digits with the order.
    const gain = weight - best.weight;
    if (gain > 1e-9 || (gain > -1e-9 && hits > best.hits))
      best = { first: from.line, last: lines[next - 1]!.line, weight, hits };
    count(from, -1);
  }
  return best;
}

/** Files of the tree that the index took, by the engine's own word. */
async function indexedFiles(engine: Engine): Promise<string[]> {
  const paths = readdirSync(engine.root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(engine.root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('.git/'));
  const indexed: string[] = [];
  await eachLimited(paths, 8, async (path) => {
    if ((await engine.explain(path)).indexed) indexed.push(path);
  });
  return indexed.sort();
}
