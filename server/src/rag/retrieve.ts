/**
 * Question to ranked passages: the lexical candidates, the definitions of every name it mentions, the calls it asks
 * for, the lines whose history it asks for and what it points at otherwise, as a union, so that an exact name is never lost for want of other words.
 */
import type { TermStatistics } from '../index/lexical.js';
import { type ChangeEvidence, changeEvidence } from './changes.js';
import { type Edge, graphEvidence } from './graph.js';
import { historyLandmarks } from './history.js';
import { landmarks } from './landmarks.js';
import type { Query } from './query.js';
import { type Candidate, type Ranked, rank } from './rank.js';
import type { IndexView } from './view.js';
import { CANDIDATES, MAX_TERMS, RANKING, type RankingWeights } from './weights.js';

export interface Retrieved {
  passages: Ranked[];
  /** The references that the question asks for; empty where it asks for none. */
  edges: Edge[];
  /** Lines whose history is asked for; null where none is. */
  changed: ChangeEvidence | null;
  statistics: TermStatistics;
}

export async function retrieve(
  view: IndexView,
  query: Query,
  limit: number,
  { lexical, roles }: RankingWeights = RANKING,
): Promise<Retrieved> {
  const found = await view.lexical({
    terms: [...query.terms, ...query.joined],
    parameters: lexical,
    maxTerms: MAX_TERMS,
    limit: Math.max(CANDIDATES, 3 * limit),
  });
  const graph = await graphEvidence(view, query.text);
  const changed = await changeEvidence(view, query.text);
  const names = [...query.names, ...[graph?.name, changed?.name].filter((name) => typeof name === 'string')];
  const definitions = await view.definitions([...names, ...query.joined]);
  const named = await view.chunksAt(definitions.map(({ path, nameLine }) => ({ path, line: nameLine })));
  const pointedAt = [...(await landmarks(view, query)), ...(await historyLandmarks(view, query, found.candidates))];
  const places = [...(graph?.places ?? []), ...(changed?.places ?? [])];
  const candidates = union(found.candidates, [...named, ...[...pointedAt, ...places].map(({ chunk }) => chunk)]);
  const evidence = { candidates, definitions, landmarks: pointedAt, places, statistics: found.statistics };
  return {
    passages: rank({ ...query, names }, evidence, roles).slice(0, limit),
    edges: graph?.edges ?? [],
    changed,
    statistics: found.statistics,
  };
}

function union(found: readonly Candidate[], named: readonly Omit<Candidate, 'lexical'>[]): Candidate[] {
  const all = new Map(found.map((candidate) => [candidate.id, candidate]));
  for (const chunk of named) if (!all.has(chunk.id)) all.set(chunk.id, { ...chunk, lexical: 0 });
  return [...all.values()];
}
