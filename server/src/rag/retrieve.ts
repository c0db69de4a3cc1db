/**
 * Question to ranked passages: what words find and what meaning finds, the definitions of every name it mentions, the
 * calls it asks for, the lines whose history it asks for and what it points at otherwise, as a union, so that an exact name is never lost for want of other
 * words, nor for want of a vector.
 */

import type { Arm, SearchModel } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { createPasses } from '../index/filter.js';
import type { TermStatistics } from '../index/lexical.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { DenseCandidate } from '../index/store/vectorQueries.js';
import { type ChangeEvidence, changeEvidence } from './changes.js';
import { reciprocalRanks, type Scored } from './fuse.js';
import { type Edge, type GraphEvidence, graphEvidence } from './graph.js';
import { historyLandmarks } from './history.js';
import { landmarks } from './landmarks.js';
import type { Query } from './query.js';
import { type Candidate, type Evidence, type Ranked, rank, termWeights } from './rank.js';
import { judged } from './ranker.js';
import { type Reranking, rerank } from './rerank.js';
import type { IndexView } from './view.js';
import { CANDIDATES, MAX_TERMS, RANKING, type RankingWeights } from './weights.js';

export interface Retrieved {
  passages: Ranked[];
  /** The references that the question asks for; empty where it asks for none. */
  edges: Edge[];
  /** Lines whose history is asked for; null where none is. */
  changed: ChangeEvidence | null;
  statistics: TermStatistics;
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

/** What may be left out of a search: parts of the first order's score, and the ranker that puts it right. */
export const SIGNALS = ['definition', 'path', 'agreement', 'history', 'role', 'repeat', 'ranker'] as const;
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
  const { filter } = query;
  const without: ReadonlySet<string> = new Set(left);
  const wanted = Math.max(CANDIDATES, 3 * limit);
  const near = arm === 'lexical' ? null : await view.dense(query.text, wanted, filter);
  if (!near && (arm === 'dense' || arm === 'hybrid'))
    throw new EngineError('unavailable', t('There are no vectors for the {0} arm; use --arm lexical', arm));
  const terms = arm === 'dense' ? [] : [...query.terms, ...query.joined];
  const also = near?.map(({ id }) => id);
  const worded = await view.lexical({ terms, parameters, maxTerms: MAX_TERMS, limit: wanted, filter, also });
  const { statistics } = worded;
  const scored = union(
    worded.candidates,
    (near ?? []).map((row, i) => ({ ...row, lexical: worded.also[i]! })),
  );
  const pointers = arm === 'dense' ? NO_POINTERS : await pointersOf(view, query, worded.candidates);
  const { graph, changed, names, definitions, named, pointedAt } = pointers;
  const places = [...(graph?.places ?? []), ...(changed?.places ?? [])];
  const others = [...named, ...[...pointedAt, ...places].map(({ chunk }) => chunk)];
  const rows = union(
    scored,
    others.filter(filter ? createPasses(filter) : () => true).map((chunk) => ({ ...chunk, lexical: 0 })),
  );
  const searched = await bothOf(view, query, rows, near);
  const candidates =
    arm === 'dense' ? byMeaning(near!) : near ? fused(rows, searched) : rows.map((row) => ({ ...row, meaning: 0 }));
  const evidence: Evidence = { candidates, definitions, landmarks: pointedAt, places, statistics };
  let passages = rank({ ...query, names: [...query.names, ...names] }, evidence, { roles, without });
  const found = ({ id }: Ranked) => searched.get(id)!;
  // What is asked for as a fact is in its place, whatever it is like.
  const isJudged = arm === 'full' && passages.length > 0 && !graph && !changed;
  if (isJudged && near && !without.has('ranker'))
    passages = await judged(view, passages, { query, weights: termWeights(statistics), found, roles });
  const reranked = isJudged && reranking ? await rerank(view, query.text, passages, reranking) : null;
  return {
    passages: (reranked?.passages ?? passages).slice(0, limit),
    edges: graph?.edges ?? [],
    changed,
    statistics,
    found,
    models: [...view.embeddersAsked(), ...(reranked ? [reranked.model] : [])],
  };
}

type LexicalRow = ChunkRow & { lexical: number };

interface Pointers extends Pick<Evidence, 'definitions'> {
  graph: GraphEvidence | null;
  changed: ChangeEvidence | null;
  /** Besides those that the question names. */
  names: string[];
  /** The chunks that begin the definitions. */
  named: ChunkRow[];
  pointedAt: Evidence['landmarks'];
}

const NO_POINTERS: Pointers = { graph: null, changed: null, names: [], definitions: [], named: [], pointedAt: [] };

/** What the question says of places, other than by words that stand there. */
async function pointersOf(view: IndexView, query: Query, found: readonly LexicalRow[]): Promise<Pointers> {
  const graph = await graphEvidence(view, query.text);
  const changed = await changeEvidence(view, query.text);
  const names = [graph?.name, changed?.name].filter((name) => typeof name === 'string');
  const definitions = await view.definitions([...query.names, ...names, ...query.joined]);
  const named = await view.chunksAt(definitions.map(({ path, nameLine }) => ({ path, line: nameLine })));
  const pointedAt = [...(await landmarks(view, query)), ...(await historyLandmarks(view, query, found))];
  return { graph, changed, names, definitions, named, pointedAt };
}

function byMeaning(near: readonly DenseCandidate[]): Candidate[] {
  return near.map(({ similarity, ...row }) => ({ ...row, lexical: 0, meaning: similarity }));
}

/** What either search makes of each row; what is `near` is known to be so. */
async function bothOf(
  view: IndexView,
  query: Query,
  rows: readonly LexicalRow[],
  near: readonly DenseCandidate[] | null,
): Promise<Map<number, Scored>> {
  const similarities = new Map<number, number | null>(near?.map(({ id, similarity }) => [id, similarity]));
  const others = near ? rows.map(({ id }) => id).filter((id) => !similarities.has(id)) : [];
  if (others.length > 0) {
    const found = await view.similarities(query.text, others);
    for (const [i, id] of others.entries()) similarities.set(id, found[i]!);
  }
  return new Map(rows.map(({ id, lexical }) => [id, { lexical, similarity: similarities.get(id) ?? null }]));
}

function fused(rows: readonly LexicalRow[], searched: ReadonlyMap<number, Scored>): Candidate[] {
  const scores = reciprocalRanks(rows.map(({ id }) => searched.get(id)!));
  return rows.map((row, i) => ({ ...row, ...scores[i]! }));
}

/** Rows that `first` has already keep what it says of them. */
function union(first: readonly LexicalRow[], second: readonly LexicalRow[]): LexicalRow[] {
  const all = new Map([...second, ...first].map((row) => [row.id, row]));
  return [...all.values()];
}
