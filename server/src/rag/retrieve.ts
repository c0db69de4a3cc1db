/**
 * Question to ranked passages: everything that may answer it is gathered, brought into a first order, put right by the
 * ranker and by a reranker where there is one, and laid out so that the first ten say as much as ten can.
 */

import type { Arm, SearchModel } from '../base/answer.js';
import type { TermStatistics } from '../index/lexical.js';
import type { ChangeEvidence } from './changes.js';
import { lessenCopies } from './copies.js';
import type { Scored } from './fuse.js';
import { gather } from './gather.js';
import type { Edge } from './graph.js';
import { mergeNeighbours } from './merge.js';
import type { Query } from './query.js';
import { type Ranked, rank, termWeights } from './rank.js';
import { judged } from './ranker.js';
import { type Reranking, rerank } from './rerank.js';
import { spread } from './spread.js';
import type { IndexView } from './view.js';
import { LOOKED_AT, RANKING, type RankingWeights } from './weights.js';

export interface Retrieved {
  passages: Ranked[];
  /** The best score of the first order: what later steps add is told as shares of it. */
  best: number;
  /** The references that the question asks for; empty where it asks for none. */
  edges: Edge[];
  /** Lines whose history is asked for; null where none is. */
  changed: ChangeEvidence | null;
  statistics: TermStatistics;
  /** Of each term of the question. */
  weights: ReadonlyMap<string, number>;
  /** What the two searches made of a passage, before anything else. */
  found(passage: Ranked): Scored;
  /** Embedders, then the reranker: who was given the question. */
  models: SearchModel[];
}

export interface RetrieveOptions {
  weights?: RankingWeights;
  /** Judges the best passages once more, in the arm that has all; none when absent. */
  reranking?: Reranking | null;
  /** The best one that there is when absent. */
  arm?: Arm;
  /** Signals that are left out, to measure what each brings. */
  without?: readonly Signal[];
}

/** What may be left out of a search: parts of the first order's score, and what puts it right. */
export const SIGNALS = [
  'definition',
  'path',
  'agreement',
  'history',
  'role',
  'repeat',
  'ranker',
  'copy',
  'merge',
  'spread',
] as const;
export type Signal = (typeof SIGNALS)[number];

/** Rejects with an `unavailable` error when an arm is asked for by name that needs vectors, and there are none. */
export async function retrieve(
  view: IndexView,
  query: Query,
  limit: number,
  {
    weights: { lexical: parameters, roles } = RANKING,
    reranking,
    arm = 'full',
    without: left = [],
  }: RetrieveOptions = {},
): Promise<Retrieved> {
  const without: ReadonlySet<string> = new Set(left);
  const gathered = await gather(view, query, { arm, limit, parameters });
  const { evidence, statistics, graph, changed, searched } = gathered;
  const weights = termWeights(statistics);
  const found = ({ id }: Ranked) => searched.get(id)!;
  const names = [...query.names, ...gathered.names];
  let passages = rank({ ...query, names }, evidence, { weights, roles, without });
  const best = passages[0]?.score ?? 0;
  let model: SearchModel | null = null;
  // What is asked for as a fact is in its place, whatever it is like.
  if (arm === 'full' && passages.length > 0 && !graph && !changed) {
    const isJudged = gathered.hasVectors && !without.has('ranker');
    let looked = passages.slice(0, LOOKED_AT);
    const texts = await readTexts(view, looked);
    if (isJudged) looked = await judged(view, looked, { query, weights, texts, found, roles });
    if (reranking) ({ passages: looked, model } = await rerank(query.text, looked, texts, reranking));
    if (!without.has('copy')) looked = lessenCopies(looked, texts);
    if (!without.has('merge')) looked = mergeNeighbours(looked);
    if (isJudged && !without.has('spread')) looked = spread(looked);
    passages = [...looked, ...passages.slice(LOOKED_AT)];
  }
  return {
    passages: passages.slice(0, limit),
    best,
    edges: graph?.edges ?? [],
    changed,
    statistics,
    weights,
    found,
    models: [...view.embeddersAsked(), ...(model ? [model] : [])],
  };
}

/** By their numbers. */
export async function readTexts(view: IndexView, passages: readonly Ranked[]): Promise<Map<number, string>> {
  const texts = await view.texts(passages);
  return new Map(passages.map(({ id }, i) => [id, texts[i]!]));
}
