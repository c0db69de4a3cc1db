/**
 * What the ranker looks at: numbers that describe a passage beside the others that were found for a question. Pure.
 *
 * Nothing here depends on the scale of an embedder's cosines, so that the ranker serves any of them, nor on a role's
 * name, so that a team's weights hold.
 */
import { folderOf, nameOf } from '../index/places.js';
import { tokensOf } from '../index/tokens.js';
import { reciprocals, type Scored } from './fuse.js';
import type { Query } from './query.js';
import type { Ranked } from './rank.js';
import type { RankingWeights } from './weights.js';

/** A passage that is to be judged, with what is known of it. */
export interface Judged {
  passage: Ranked;
  found: Scored;
  text: string;
  /** Paths of the files that its file imports. */
  imports: readonly string[];
}

/** In the order of the numbers, each with what it is about: the part of the score is named by it. */
export const FEATURES = {
  bm25: 'words',
  bm25Share: 'words',
  held: 'words',
  together: 'words',
  feedback: 'words',
  nearness: 'meaning',
  deviations: 'meaning',
  fileBm25: 'file',
  fileBm25Rank: 'file',
  fileBm25Sum: 'file',
  fileNearness: 'file',
  fileNearnessMean: 'file',
  fileNearnessRank: 'file',
  fileHeld: 'file',
  filePassages: 'file',
  passagesBefore: 'repeat',
  folder: 'neighbours',
  importedBy: 'neighbours',
  importing: 'neighbours',
  nameAsked: 'path',
  namePrefix: 'path',
  genericName: 'path',
  symbolAsked: 'symbol',
  symbolHeld: 'symbol',
  definition: 'symbol',
  history: 'history',
  role: 'role',
  prose: 'role',
  data: 'role',
  callable: 'kind',
  type: 'kind',
  section: 'kind',
  lines: 'kind',
  firstLine: 'kind',
  words: 'kind',
  names: 'kind',
  bestBm25: 'kind',
} as const;

export type FeatureName = keyof typeof FEATURES;

/** Of each passage, in the order of `FEATURES`. `weights`: of the question's terms; `judged` in order, best first. */
export function featuresOf(
  query: Query,
  weights: ReadonlyMap<string, number>,
  judged: readonly Judged[],
  roles: RankingWeights['roles'],
): number[][] {
  const asked = new Set(query.terms.filter((term) => weights.has(term)));
  const all = sumOf(asked, weights) || 1;
  const share = (tokens: ReadonlySet<string>) => sumOf(asked.intersection(tokens), weights) / all;
  const tokens = judged.map(({ text }) => tokensOf(text));
  const sets = tokens.map((list) => new Set(list));
  const isAsked = (token: string) => asked.has(token) || query.joined.includes(token);
  const bm25 = judged.map(({ found }) => found.lexical);
  const bestBm25 = Math.max(...bm25, Number.MIN_VALUE);
  const cosines = judged.map(({ found }) => found.similarity ?? 0);
  const nearness = withinRange(cosines);
  const deviations = inDeviations(cosines);
  const files = filesOf(judged, { bm25, nearness, sets }, share);
  const scores = fileScores(judged);
  const folders = shareOfMost(folderSums(scores));
  const links = linksOf(judged, scores);
  const feedback = createFeedback(judged, sets, asked);
  const shareTogether = createTogether([...asked]);
  const best = judged[0]?.passage.score || 1;
  const words = query.text.split(/\s+/).length;
  const seen = new Map<string, number>();
  return judged.map(({ passage }, i) => {
    const { path, symbol, kind, role, startLine, endLine, why } = passage;
    const file = files.get(path)!;
    const name = stemOf(path);
    const nameTokens = tokensOf(name);
    const symbolTokens = tokensOf(symbol);
    const before = seen.get(path) ?? 0;
    seen.set(path, before + 1);
    const numbers: Record<FeatureName, number> = {
      bm25: bm25[i]! / (all * SATURATED),
      bm25Share: bm25[i]! / bestBm25,
      held: share(sets[i]!),
      together: shareTogether(tokens[i]!),
      feedback: feedback(sets[i]!),
      nearness: nearness[i]!,
      deviations: deviations[i]!,
      fileBm25: file.bm25 / bestBm25,
      fileBm25Rank: file.bm25Rank,
      fileBm25Sum: file.bm25Sum,
      fileNearness: file.nearness,
      fileNearnessMean: file.nearnessMean,
      fileNearnessRank: file.nearnessRank,
      fileHeld: file.held,
      filePassages: file.passages,
      passagesBefore: before,
      folder: folders.get(folderOf(path))!,
      importedBy: links.importedBy.get(path) ?? 0,
      importing: links.importing.get(path) ?? 0,
      nameAsked: shareOf(nameTokens, isAsked),
      namePrefix: prefixShare(nameTokens, asked, weights) / all,
      genericName: GENERIC.has(name.toLowerCase()) ? 1 : 0,
      symbolAsked: shareOf(symbolTokens, isAsked),
      symbolHeld: share(new Set(symbolTokens)),
      definition: (why['definition'] ?? 0) / best,
      history: (why['history'] ?? 0) / best,
      role: 1 - roles[role],
      prose: PROSE.test(path) ? 1 : 0,
      data: DATA.test(path) ? 1 : 0,
      callable: CALLABLE.test(kind) ? 1 : 0,
      type: TYPE.test(kind) ? 1 : 0,
      section: kind === 'section' ? 1 : 0,
      lines: endLine - startLine + 1,
      firstLine: Math.log1p(startLine),
      words,
      names: query.names.length,
      bestBm25: bestBm25 / (all * SATURATED),
    };
    return Object.values(numbers);
  });
}

/** What BM25 tends to for one term, by which scores of questions of any length compare (k1 + 1). */
const SATURATED = 2.2;
const GENERIC = new Set(
  `index main mod lib init __init__ app core base common util utils helper helpers types type constants config setup
  interface interfaces models package`.split(/\s+/),
);
const PROSE = /\.(md|markdown|rst|txt|html|adoc)$/i;
const DATA = /\.(json|ya?ml|toml|lock|cfg|ini|xml|gradle|mod|sum)$/;
const CALLABLE = /function|method/;
const TYPE = /class|interface|struct|enum|trait|type|module/;

function sumOf(terms: Iterable<string>, weights: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const term of terms) sum += weights.get(term)!;
  return sum;
}

/** A file's name without its endings. */
function stemOf(path: string): string {
  return nameOf(path)
    .replace(/\.[^.]+$/, '')
    .replace(/\.(d|min)$/, '');
}

function shareOf(tokens: readonly string[], test: (token: string) => boolean): number {
  const different = [...new Set(tokens)];
  return different.length === 0 ? 0 : different.filter(test).length / different.length;
}

const MIN_PREFIX = 3;
const PREFIX = 0.7;

/** The weight of the question's words that are words of the name, or that begin them or are begun by them. */
function prefixShare(tokens: readonly string[], asked: ReadonlySet<string>, weights: ReadonlyMap<string, number>) {
  const isPrefix = (a: string, b: string) => a.length >= MIN_PREFIX && b.startsWith(a);
  let sum = 0;
  for (const term of asked)
    if (tokens.includes(term)) sum += weights.get(term)!;
    else if (tokens.some((token) => isPrefix(term, token) || isPrefix(token, term))) sum += PREFIX * weights.get(term)!;
  return sum;
}

/** 0 for the least and 1 for the most. */
function withinRange(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  return values.map((value) => (value - least) / range);
}

function inDeviations(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  return values.map((value) => (value - mean) / deviation);
}

interface FileNumbers {
  bm25: number;
  bm25Rank: number;
  bm25Sum: number;
  nearness: number;
  nearnessMean: number;
  nearnessRank: number;
  held: number;
  passages: number;
}

/** Passages over which a file's nearness is averaged, as if it had as many. */
const NEAREST = 3;

function filesOf(
  judged: readonly Judged[],
  { bm25, nearness, sets }: { bm25: number[]; nearness: number[]; sets: Set<string>[] },
  share: (tokens: ReadonlySet<string>) => number,
): Map<string, FileNumbers> {
  const places = Map.groupBy(judged.keys(), (i) => judged[i]!.passage.path);
  const sums = new Map([...places].map(([path, own]) => [path, own.reduce((sum, i) => sum + bm25[i]!, 0)]));
  const best = new Map([...places].map(([path, own]) => [path, Math.max(...own.map((i) => bm25[i]!))]));
  const nearest = new Map([...places].map(([path, own]) => [path, own.map((i) => nearness[i]!).sort((a, b) => b - a)]));
  const bm25Ranks = ranksOf(best);
  const nearnessRanks = ranksOf(new Map([...nearest].map(([path, [first]]) => [path, first!])));
  const shares = shareOfMost(sums);
  return new Map(
    [...places].map(([path, own]) => [
      path,
      {
        bm25: best.get(path)!,
        bm25Rank: bm25Ranks.get(path)!,
        bm25Sum: shares.get(path)!,
        nearness: nearest.get(path)![0]!,
        nearnessMean:
          nearest
            .get(path)!
            .slice(0, NEAREST)
            .reduce((sum, value) => sum + value, 0) / NEAREST,
        nearnessRank: nearnessRanks.get(path)!,
        held: share(own.reduce((union, i) => union.union(sets[i]!), new Set<string>())),
        passages: own.length,
      },
    ]),
  );
}

/** By the values' order: 1 for the first. */
function ranksOf(values: ReadonlyMap<string, number>): Map<string, number> {
  const shares = reciprocals([...values.values()]);
  return new Map([...values.keys()].map((key, i) => [key, shares[i]!]));
}

function shareOfMost(sums: ReadonlyMap<string, number>): Map<string, number> {
  const most = Math.max(...sums.values(), Number.MIN_VALUE);
  return new Map([...sums].map(([key, sum]) => [key, sum / most]));
}

/** Each file's best score as a share of the best of all. */
function fileScores(judged: readonly Judged[]): Map<string, number> {
  const best = judged[0]?.passage.score || 1;
  const scores = new Map<string, number>();
  for (const { passage } of judged)
    if (!scores.has(passage.path)) scores.set(passage.path, Math.max(0, passage.score / best));
  return scores;
}

/** A folder in which many files were found is likelier to hold the one. */
function folderSums(scores: ReadonlyMap<string, number>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [path, score] of scores) sums.set(folderOf(path), (sums.get(folderOf(path)) ?? 0) + score);
  return sums;
}

/**
 * What a file is to the others that were found: one that they import is what they have in common, one that imports them
 * puts them together. Either is often what a question is about although its own words say it less.
 */
function linksOf(
  judged: readonly Judged[],
  scores: ReadonlyMap<string, number>,
): Record<'importedBy' | 'importing', ReadonlyMap<string, number>> {
  const importedBy = new Map<string, number>();
  const importing = new Map<string, number>();
  const importsOf = new Map(judged.map(({ passage, imports }) => [passage.path, new Set(imports)]));
  for (const [from, imports] of importsOf)
    for (const to of imports) {
      if (to === from || !scores.has(to)) continue;
      importedBy.set(to, (importedBy.get(to) ?? 0) + scores.get(from)!);
      importing.set(from, (importing.get(from) ?? 0) + scores.get(to)!);
    }
  return { importedBy: shareOfMost(importedBy), importing: shareOfMost(importing) };
}

/** Tokens between two that stand together, at most. */
const TOGETHER = 4;

/** Tells how many of the question's neighbouring words stand together in a passage, in either order. */
function createTogether(terms: readonly string[]): (tokens: readonly string[]) => number {
  const pairs = terms.slice(1).map((term, i) => [terms[i]!, term] as const);
  const others = Map.groupBy(
    pairs.flatMap(([a, b], i) => [
      { i, token: a, other: b },
      { i, token: b, other: a },
    ]),
    ({ token }) => token,
  );
  return (tokens) => {
    if (pairs.length === 0) return 0;
    const last = new Map<string, number>();
    const met = new Set<number>();
    for (const [at, token] of tokens.entries()) {
      const own = others.get(token);
      if (!own) continue;
      for (const { i, other } of own) if (at - (last.get(other) ?? -Infinity) <= TOGETHER) met.add(i);
      last.set(token, at);
    }
    return met.size / pairs.length;
  };
}

const FEEDBACK_PASSAGES = 6;
const FEEDBACK_TERMS = 25;
const MIN_FEEDBACK_TERM = 3;

/**
 * Pseudo-relevance feedback: the words that the first passages of several files share and the others lack. Tells how
 * much of these a passage holds.
 */
function createFeedback(
  judged: readonly Judged[],
  sets: readonly ReadonlySet<string>[],
  asked: ReadonlySet<string>,
): (tokens: ReadonlySet<string>) => number {
  const paths = new Set<string>();
  const firsts: number[] = [];
  for (const [i, { passage }] of judged.entries()) {
    if (firsts.length === FEEDBACK_PASSAGES) break;
    if (passage.role !== 'source' || paths.has(passage.path)) continue;
    paths.add(passage.path);
    firsts.push(i);
  }
  const everywhere = countOf(sets);
  const shared = [...countOf(firsts.map((i) => sets[i]!))]
    .filter(([term, count]) => count > 1 && term.length >= MIN_FEEDBACK_TERM && !asked.has(term))
    .map(([term, count]) => ({ term, weight: count * Math.log1p(sets.length / everywhere.get(term)!) }))
    .sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
    .slice(0, FEEDBACK_TERMS);
  const all = shared.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return (own) => shared.reduce((sum, { term, weight }) => sum + (own.has(term) ? weight : 0), 0) / all;
}

/** In how many sets each token is. */
function countOf(sets: readonly ReadonlySet<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const set of sets) for (const token of set) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
