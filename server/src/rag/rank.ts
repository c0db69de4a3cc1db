/**
 * Candidates to an order, each with the named parts of its score. Pure.
 *
 * The parts always add up to the score, so that `--explain` tells the whole truth; what takes away is a negative part.
 */

import { rarity, type TermStatistics } from '../index/lexical.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { identifierKey, tokensOf } from '../index/tokens.js';
import type { Place } from './graph.js';
import type { Landmark } from './landmarks.js';
import type { Query } from './query.js';
import {
  AMBIGUOUS,
  DEFINITION,
  EDGE,
  FILE_AGREEMENT,
  PATH,
  type RankingWeights,
  REPEAT,
  ROLE,
  SPELLED_OUT,
} from './weights.js';

/** What the searches alone make of a chunk; both zero for one that came in by its name. */
export interface Candidate extends ChunkRow {
  lexical: number;
  meaning: number;
}

export interface Ranked extends ChunkRow {
  score: number;
  why: Record<string, number>;
}

/** Weight of each term: inverse document frequency as BM25 has it, so that a term in no chunk weighs most. */
export function termWeights(statistics: TermStatistics): Map<string, number> {
  const { chunks } = statistics;
  return new Map(statistics.terms.map(({ term, documents }) => [term, rarity(chunks, documents)]));
}

export interface Evidence {
  candidates: readonly Candidate[];
  definitions: readonly DefinitionRow[];
  landmarks: readonly Landmark[];
  /** Where the calls stand that are asked for, or what was changed. */
  places: readonly Place[];
}

export interface RankOptions {
  /** Of the question's terms. */
  weights: ReadonlyMap<string, number>;
  roles?: RankingWeights['roles'];
  /** Signals that are left out, to measure what each brings. */
  without?: ReadonlySet<string>;
}

export function rank(
  query: Query,
  { candidates, definitions, landmarks, places }: Evidence,
  { weights, roles = ROLE, without = new Set() }: RankOptions,
): Ranked[] {
  const top = Math.max(...candidates.map(({ lexical, meaning }) => lexical + meaning), 0) || 1;
  const defined = definitionStrength(query, definitions);
  const pointedAt = Map.groupBy(landmarks, ({ chunk }) => chunk.id);
  const pathShare = pathMatcher(query, weights);
  const ranked = candidates.map((candidate): Ranked => {
    const { lexical, meaning, ...row } = candidate;
    const why: Record<string, number> = {};
    const add = (part: string, value: number) => {
      if (value !== 0 && !without.has(part)) why[part] = value;
    };
    add('lexical', lexical);
    add('meaning', meaning);
    add('definition', DEFINITION * top * defined(candidate));
    for (const { part, share } of pointedAt.get(candidate.id) ?? []) add(part, share * top);
    add('path', PATH * top * pathShare(candidate.path));
    return { ...row, score: 0, why };
  });
  ranked.sort(byTotal);
  if (!without.has('agreement')) addFileAgreement(ranked, top);
  if (!without.has('role')) for (const passage of ranked) lose(passage, passage.role, 1 - roles[passage.role]);
  ranked.sort(byTotal);
  if (!without.has('repeat')) lessenRepeats(ranked);
  addPlaces(ranked, places, top);
  ranked.sort(byTotal);
  for (const passage of ranked) total(passage);
  return ranked;
}

/** Best first; ties by path, then line. */
export function byScore(a: Ranked, b: Ranked): number {
  return b.score - a.score || byPlace(a, b);
}

/** The same with a part more; one that there is gets more of it. */
export function adjusted(passage: Ranked, part: string, value: number): Ranked {
  if (value === 0) return passage;
  const why = { ...passage.why, [part]: (passage.why[part] ?? 0) + value };
  return { ...passage, score: passage.score + value, why };
}

/** What a question points at otherwise than by words is in its place. */
export function isPointedAt({ why }: Ranked): boolean {
  return POINTERS.some((part) => part in why);
}

const POINTERS: readonly Landmark['part'][] = ['file', 'frame', 'overview', 'pattern', 'word'];

function byTotal(a: Ranked, b: Ranked): number {
  return total(b) - total(a) || byPlace(a, b);
}

function byPlace(a: ChunkRow, b: ChunkRow): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine;
}

function total(passage: Ranked): number {
  let sum = 0;
  for (const part in passage.why) sum += passage.why[part]!;
  passage.score = sum;
  return sum;
}

function lose(passage: Ranked, part: string, share: number): void {
  if (share > 0) passage.why[part] = -share * total(passage);
}

function definitionStrength(query: Query, definitions: readonly DefinitionRow[]): (chunk: ChunkRow) => number {
  const names = new Set(query.names.map(identifierKey));
  const byPath = Map.groupBy(definitions, (definition) => definition.path);
  return (chunk) => {
    let strength = 0;
    for (const { nameLine, name } of byPath.get(chunk.path) ?? [])
      if (nameLine >= chunk.startLine && nameLine <= chunk.endLine)
        strength = Math.max(strength, names.has(identifierKey(name)) ? 1 : SPELLED_OUT);
    return strength;
  };
}

/** The weighted share of the question's terms among the words of the file's name and its folder's. */
function pathMatcher(query: Query, weights: ReadonlyMap<string, number>): (path: string) => number {
  const asked = query.terms.filter((term) => weights.has(term));
  const all = asked.reduce((sum, term) => sum + weights.get(term)!, 0);
  const known = new Map<string, number>();
  return (path) => {
    let share = known.get(path);
    if (share === undefined) {
      const words = new Set(
        tokensOf(
          path
            .split('/')
            .slice(-2)
            .join('/')
            .replace(/\.[^./]+$/, ''),
        ),
      );
      const held = asked.reduce((sum, term) => sum + (words.has(term) ? weights.get(term)! : 0), 0);
      share = all > 0 ? held / all : 0;
      known.set(path, share);
    }
    return share;
  };
}

/** A file in which many passages match is likelier to be the one; its best passage is lifted for it. */
function addFileAgreement(passages: readonly Ranked[], top: number): void {
  const byFile = [...Map.groupBy(passages, (passage) => passage.path).values()].map((own) => ({
    sum: own.reduce((sum, { why }) => sum + (why['lexical'] ?? 0) + (why['meaning'] ?? 0), 0),
    best: own.reduce((best, next) => (total(next) > total(best) ? next : best)),
  }));
  const most = Math.max(...byFile.map((file) => file.sum), Number.MIN_VALUE);
  for (const { sum, best } of byFile) if (sum > 0) best.why['agreement'] = FILE_AGREEMENT * top * (sum / most);
}

/** A call is a fact and no likeness: that its file holds another one takes nothing from it. */
function addPlaces(passages: readonly Ranked[], places: Evidence['places'], top: number): void {
  const byChunk = new Map(places.map((place) => [place.chunk.id, place]));
  for (const { id, role, why } of passages) {
    const place = byChunk.get(id);
    if (place) why[place.part] = EDGE * top * ROLE[role] * (place.certain ? 1 : AMBIGUOUS);
  }
}

/** `passages` are in order. */
function lessenRepeats(passages: readonly Ranked[]): void {
  const seen = new Map<string, number>();
  for (const passage of passages) {
    const before = seen.get(passage.path) ?? 0;
    seen.set(passage.path, before + 1);
    lose(passage, 'repeat', 1 - REPEAT ** before);
  }
}
