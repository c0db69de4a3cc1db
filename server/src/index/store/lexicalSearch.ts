/**
 * The best chunks for a query, over the posting lists of its terms.
 *
 * Each list is read once: what a posting adds does not depend on how many there are, so the term's rarity is multiplied
 * in when the list has been counted. Terms are added up in one fixed order, and the cut keeps every tie, so that results
 * never depend on the order in which files were indexed.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type ChunkFilter, createPasses } from '../filter.js';
import { type LexicalParameters, rarity, saturated, type TermStatistics } from '../lexical.js';
import { BODY, FIELD_COUNT, visitPacked } from '../postings.js';
import type { LivingChunks } from './livingChunks.js';
import { postingRows } from './postingLists.js';

export interface LexicalQuery {
  terms: readonly string[];
  parameters: LexicalParameters;
  /** At most this many terms are searched for, the rarest first. */
  maxTerms: number;
  /** Terms that more chunks hold than this are not searched for, where there is no time for their lists. */
  maxDocuments?: number;
  limit: number;
  /** To score by, where this index is one of several that are searched as one; its own when absent. */
  statistics?: TermStatistics;
  /** Paths masked by open buffers. */
  hidden: readonly string[];
  /** Null or absent: every chunk. */
  filter?: ChunkFilter | null;
  /** Numbers of chunks whose scores are wanted too, be they among the best or not. */
  also?: readonly number[];
}

/** Lists of fewer chunks are read soon enough. */
const MIN_COMMON = 1000;

interface TermHits {
  term: string;
  chunks: Int32Array;
  /** What each posting adds, before the term's rarity. */
  adds: Float64Array;
}

export interface Scored {
  id: number;
  score: number;
}

/** Terms that were found in very many chunks, with how many at least: their lists need not be read to leave them out. */
export type CommonTerms = Map<string, number>;

/** The chunks above the cut and all that tie with the last of them, in no order. */
export function searchPostings(
  database: DatabaseSync,
  query: LexicalQuery,
  living: LivingChunks,
  common: CommonTerms,
): { scored: Scored[]; also: number[]; statistics: TermStatistics } {
  const { averageLengths } = query.statistics ?? living;
  const { maxDocuments = Number.POSITIVE_INFINITY } = query;
  const hits = [...new Set(query.terms)]
    .filter((term) => (common.get(term) ?? 0) <= maxDocuments)
    .map((term) => hitsOf(database, term, query.parameters, living, averageLengths))
    .filter(({ term, chunks }) => {
      if (chunks.length > MIN_COMMON) common.set(term, chunks.length);
      return chunks.length <= maxDocuments;
    });
  const statistics = query.statistics ?? statisticsOf(hits, living, query.maxTerms);
  const documents = new Map(statistics.terms.map((term) => [term.term, term.documents]));
  const searched = hits.filter(({ term }) => documents.has(term));
  const scores = new Float64Array(living.alive.length);
  for (const { term, chunks, adds } of searched.sort((a, b) => (a.term < b.term ? -1 : 1))) {
    const weight = rarity(statistics.chunks, documents.get(term)!);
    for (let i = 0; i < chunks.length; i++) scores[chunks[i]!]! += weight * adds[i]!;
  }
  hide(database, query.hidden, scores);
  const others = query.filter ? leftOut(database, query.filter) : [];
  for (const { first, chunks } of others) scores.fill(0, first, first + chunks);
  const also = (query.also ?? []).map((id) => scores[id] ?? 0);
  return { scored: best(scores, query.limit), also, statistics };
}

/** What is certain of common terms after chunks went: they are held by so many fewer at most. */
export function stillCommon(common: CommonTerms, before: LivingChunks | null, now: LivingChunks): void {
  let gone = 0;
  for (let id = 0; before && id < before.alive.length; id++)
    gone += Number(before.alive[id] === 1 && now.alive[id] !== 1);
  for (const [term, documents] of common)
    if (documents - gone > MIN_COMMON) common.set(term, documents - gone);
    else common.delete(term);
}

/** The rarest terms, and those that nothing holds. */
function statisticsOf(hits: readonly TermHits[], living: LivingChunks, maxTerms: number): TermStatistics {
  const byRarity = [...hits].sort((a, b) => a.chunks.length - b.chunks.length || (a.term < b.term ? -1 : 1));
  const searched = byRarity.filter(({ chunks }) => chunks.length > 0).slice(0, maxTerms);
  const missing = byRarity.filter(({ chunks }) => chunks.length === 0);
  return {
    terms: [...searched, ...missing].map(({ term, chunks }) => ({ term, documents: chunks.length })),
    chunks: living.count,
    averageLengths: living.averageLengths,
    filled: living.filled,
  };
}

function hitsOf(
  database: DatabaseSync,
  term: string,
  parameters: LexicalParameters,
  { alive, lengths }: LivingChunks,
  averageLengths: readonly number[],
): TermHits {
  const rows = postingRows(database, term);
  // A posting takes a byte at least, which bounds how many there are.
  const most = rows.reduce((sum, row) => sum + row.length, 0);
  const chunks = new Int32Array(most);
  const adds = new Float64Array(most);
  let count = 0;
  const { weight, b } = parameters.fields[BODY]!;
  const { k1 } = parameters;
  const averageBody = Math.max(1, averageLengths[BODY]!);
  for (const row of rows)
    visitPacked(row, (chunk, frequencies) => {
      if (alive[chunk] !== 1) return;
      chunks[count] = chunk;
      if (frequencies) adds[count++] = saturated(frequencies, lengths, chunk * FIELD_COUNT, parameters, averageLengths);
      else {
        // `saturated` for one occurrence in the body, the same arithmetic in the same order.
        const weighted = weight / (1 - b + (b * lengths[chunk * FIELD_COUNT + BODY]!) / averageBody);
        adds[count++] = (weighted * (k1 + 1)) / (k1 + weighted);
      }
    });
  return { term, chunks: chunks.subarray(0, count), adds: adds.subarray(0, count) };
}

/** Chunks that do not pass, as runs of numbers. */
export function leftOut(database: DatabaseSync, filter: ChunkFilter): { first: number; chunks: number }[] {
  const rows = database
    .prepare("SELECT path, language, first_chunk AS first, chunks FROM present WHERE state = 'done'")
    .all() as { path: string; language: string; first: number; chunks: number }[];
  const passes = createPasses(filter);
  return rows.filter((row) => !passes(row));
}

export function hide(database: DatabaseSync, paths: readonly string[], scores: Float64Array): void {
  const find = database.prepare('SELECT first_chunk AS first, chunks FROM present WHERE path = ?');
  for (const path of paths) {
    const row = find.get(path) as { first: number; chunks: number } | undefined;
    if (row) scores.fill(0, row.first, row.first + row.chunks);
  }
}

/** Scores by chunk number; those over zero and not under the cut. */
export function best(scores: Float64Array, limit: number): Scored[] {
  const cut = cutOf(scores, limit);
  const kept: Scored[] = [];
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id]!;
    if (score > 0 && score >= cut) kept.push({ id, score });
  }
  return kept;
}

/** The score of the last one within the limit, or 0: by a heap of the best so far, whose root is the least of them. */
function cutOf(scores: Float64Array, limit: number): number {
  const heap = new Float64Array(limit);
  let size = 0;
  for (const score of scores) {
    if (score <= 0) continue;
    if (size < limit) {
      let at = size++;
      for (let up = (at - 1) >> 1; at > 0 && heap[up]! > score; up = (at - 1) >> 1) {
        heap[at] = heap[up]!;
        at = up;
      }
      heap[at] = score;
    } else if (score > heap[0]!) {
      let at = 0;
      for (let down = 1; down < limit; down = 2 * at + 1) {
        if (down + 1 < limit && heap[down + 1]! < heap[down]!) down++;
        if (heap[down]! >= score) break;
        heap[at] = heap[down]!;
        at = down;
      }
      heap[at] = score;
    }
  }
  return size < limit ? 0 : heap[0]!;
}
