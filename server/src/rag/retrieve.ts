/**
 * Question to ranked passages: the lexical candidates, the definitions of every name it mentions and what it
 * points at otherwise, as a union, so that an exact name is never lost for want of other words.
 */
import type { TermStatistics } from '../index/lexical.js';
import { historyLandmarks } from './history.js';
import { landmarks } from './landmarks.js';
import type { Query } from './query.js';
import { type Candidate, type Ranked, rank } from './rank.js';
import type { IndexView } from './view.js';
import { CANDIDATES, MAX_TERMS, RANKING, type RankingWeights } from './weights.js';

export interface Retrieved {
  passages: Ranked[];
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
  const definitions = await view.definitions([...query.names, ...query.joined]);
  const named = await view.chunksAt(definitions.map(({ path, nameLine }) => ({ path, line: nameLine })));
  const pointedAt = [...(await landmarks(view, query)), ...(await historyLandmarks(view, query, found.candidates))];
  const candidates = union(found.candidates, [...named, ...pointedAt.map(({ chunk }) => chunk)]);
  const { statistics } = found;
  const passages = rank(query, { candidates, definitions, landmarks: pointedAt, statistics }, roles);
  return { passages: passages.slice(0, limit), statistics };
}

function union(found: readonly Candidate[], named: readonly Omit<Candidate, 'lexical'>[]): Candidate[] {
  const all = new Map(found.map((candidate) => [candidate.id, candidate]));
  for (const chunk of named) if (!all.has(chunk.id)) all.set(chunk.id, { ...chunk, lexical: 0 });
  return [...all.values()];
}
