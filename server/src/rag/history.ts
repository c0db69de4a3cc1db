/**
 * Files that a question points at through the commits that changed them: a subject says in a person's words what the
 * code was changed for, often in words that the code itself does not use.
 */
import type { CommitHit } from '../index/history.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { Landmark } from './landmarks.js';
import type { Query } from './query.js';
import type { IndexView } from './view.js';
import { HISTORY } from './weights.js';

const MAX_COMMITS = 30;
const MAX_FILES = 20;
/** Files that no word of the question led to; each costs a look into the index. */
const MAX_NEWCOMERS = 5;

/** `found`: what the words led to, best first. A file is marked at its best passage, or at its first. */
export async function historyLandmarks(view: IndexView, query: Query, found: readonly ChunkRow[]): Promise<Landmark[]> {
  const shares = sharesOfFiles(await view.commits(query.terms, MAX_COMMITS));
  const best = new Map(found.toReversed().map((candidate) => [candidate.path, candidate]));
  const newcomers = shares.filter(({ path }) => !best.has(path)).slice(0, MAX_NEWCOMERS);
  const firsts = await Promise.all(newcomers.map(({ path }) => view.chunksOf(path, 1)));
  const chunks = new Map([...best, ...firsts.flat().map((chunk) => [chunk.path, chunk] as const)]);
  return shares.flatMap(({ path, share }) => {
    const chunk = chunks.get(path);
    return chunk ? [{ chunk, part: 'history' as const, share: HISTORY * share }] : [];
  });
}

/**
 * How strongly the commits speak for each file, best first. The best one gets what the best commit holds of the
 * question, so that a weak match stays weak. A commit's say is spread over the files it changed, by the square root: a
 * change of four files is not four times as vague.
 */
function sharesOfFiles(commits: readonly CommitHit[]): { path: string; share: number }[] {
  const sums = new Map<string, number>();
  for (const { share, paths } of commits)
    for (const path of paths) sums.set(path, (sums.get(path) ?? 0) + share ** 2 / Math.sqrt(paths.length));
  const most = Math.max(...sums.values());
  const strongest = Math.max(...commits.map(({ share }) => share));
  return [...sums]
    .map(([path, sum]) => ({ path, share: (strongest * sum) / most }))
    .sort((a, b) => b.share - a.share || (a.path < b.path ? -1 : 1))
    .slice(0, MAX_FILES);
}
