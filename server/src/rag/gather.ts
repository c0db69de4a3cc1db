/**
 * Everything that may answer a question: what words find and what meaning finds, the definitions of every name it
 * mentions, the calls it asks for, the lines whose history it asks for and what it points at otherwise. A union, so that
 * an exact name is never lost for want of other words, nor for want of a vector.
 */
import type { Arm } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { createPasses } from '../index/filter.js';
import type { LexicalParameters, TermStatistics } from '../index/lexical.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { DenseCandidate } from '../index/store/vectorQueries.js';
import { type ChangeEvidence, changeEvidence } from './changes.js';
import { reciprocalRanks, type Scored } from './fuse.js';
import { type GraphEvidence, graphEvidence } from './graph.js';
import { historyLandmarks } from './history.js';
import { landmarks } from './landmarks.js';
import type { Query } from './query.js';
import type { Candidate, Evidence } from './rank.js';
import type { IndexView } from './view.js';
import { CANDIDATES, MAX_TERMS } from './weights.js';

export interface Gathered {
  evidence: Evidence;
  statistics: TermStatistics;
  /** The calls that are asked for; null where none are. */
  graph: GraphEvidence | null;
  /** Lines whose history is asked for; null where none is. */
  changed: ChangeEvidence | null;
  /** Besides those that the question names. */
  names: string[];
  /** What the two searches made of each candidate, by its number. */
  searched: ReadonlyMap<number, Scored>;
  hasVectors: boolean;
}

export interface GatherOptions {
  arm: Arm;
  /** Passages that will be wanted of it. */
  limit: number;
  parameters: LexicalParameters;
}

type LexicalRow = ChunkRow & { lexical: number };

/** Rejects with an `unavailable` error when an arm needs vectors, and there are none. */
export async function gather(
  view: IndexView,
  query: Query,
  { arm, limit, parameters }: GatherOptions,
): Promise<Gathered> {
  const { filter } = query;
  const wanted = Math.max(CANDIDATES, 3 * limit);
  const near = arm === 'lexical' ? null : await view.dense(query.text, wanted, filter);
  if (!near && (arm === 'dense' || arm === 'hybrid'))
    throw new EngineError('unavailable', t('There are no vectors for the {0} arm; use --arm lexical', arm));
  const terms = arm === 'dense' ? [] : [...query.terms, ...query.joined];
  const also = near?.map(({ id }) => id);
  const worded = await view.lexical({ terms, parameters, maxTerms: MAX_TERMS, limit: wanted, filter, also });
  const found = union(
    worded.candidates,
    (near ?? []).map((row, i) => ({ ...row, lexical: worded.also[i]! })),
  );
  const pointers = arm === 'dense' ? NO_POINTERS : await pointersOf(view, query, worded.candidates);
  const { graph, changed, names, definitions, named, pointedAt } = pointers;
  const places = [...(graph?.places ?? []), ...(changed?.places ?? [])];
  const others = [...named, ...[...pointedAt, ...places].map(({ chunk }) => chunk)];
  const rows = union(
    found,
    others.filter(filter ? createPasses(filter) : () => true).map((chunk) => ({ ...chunk, lexical: 0 })),
  );
  const searched = await bothOf(view, query, rows, near);
  const candidates =
    arm === 'dense' ? byMeaning(near!) : near ? fused(rows, searched) : rows.map((row) => ({ ...row, meaning: 0 }));
  const { statistics } = worded;
  const evidence = { candidates, definitions, landmarks: pointedAt, places };
  return { evidence, statistics, graph, changed, names, searched, hasVectors: near !== null };
}

interface Pointers extends Pick<Gathered, 'graph' | 'changed' | 'names'>, Pick<Evidence, 'definitions'> {
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
  const pointedAt = [...(await landmarks(view, query, found)), ...(await historyLandmarks(view, query, found))];
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
