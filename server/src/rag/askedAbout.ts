/**
 * What a person chose to ask about: files, folders, or lines that “this” means.
 *
 * A scope is a filter over every search. Where the question points at it (“what does this do?”), its words say nothing
 * that could be searched for; then the lines themselves are the passages, whatever else is found.
 */
import type { LineRange, Scope } from '../base/answer.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { Query } from './query.js';
import type { Ranked } from './rank.js';
import type { IndexView } from './view.js';

const MAX_CHUNKS = 12;
const POINTS =
  /\b(?:this|these|here|it|that|those|the (?:file|selection|code|function|class|method|snippet|lines?|folder))\b|[这此]|代码|文件/i;

/** “This” is what was chosen, and not what was spoken of before. */
export function pointsAtScope({ question, scope }: { question: string; scope?: Scope }): boolean {
  return scope !== undefined && /\b(?:this|these|here|selected|selection)\b|[这此]/i.test(question);
}

/** The query with the scope as a further filter. */
export function withScope(query: Query, scope: Scope | undefined): Query {
  if (!scope) return query;
  const { languages, paths } = query.filter ?? { languages: [], paths: [] };
  const within = scope.lines ? [scope.lines.path] : scope.within;
  return { ...query, filter: { languages, paths, within } };
}

/**
 * What was found, with what the question points at before it. Selected lines are always pointed at, and nothing of
 * their file but them is left; a single file is where the question says “this file” or as much.
 */
export async function pointedAt(
  view: IndexView,
  query: Query,
  passages: readonly Ranked[],
  scope: Scope | undefined,
): Promise<Ranked[]> {
  const lines = scope?.lines;
  const path = lines?.path ?? (scope?.within.length === 1 ? scope.within[0]! : undefined);
  if (path === undefined || (!lines && !POINTS.test(query.text))) return [...passages];
  const chunks = await view.chunksOf(path, lines ? Number.MAX_SAFE_INTEGER : MAX_CHUNKS);
  const meant = lines ? chunks.filter((chunk) => overlaps(chunk, lines)).slice(0, MAX_CHUNKS) : chunks;
  if (meant.length === 0) return [...passages];
  const top = Math.max(1, ...passages.map(({ score }) => score));
  const found = new Map(passages.map((passage) => [passage.id, passage]));
  const before = meant.map((chunk) => withPart(found.get(chunk.id) ?? { ...chunk, score: 0, why: {} }, top));
  const ids = new Set(meant.map(({ id }) => id));
  return [...before, ...(lines ? [] : passages.filter(({ id }) => !ids.has(id)))];
}

function withPart(passage: Ranked, scope: number): Ranked {
  return { ...passage, score: passage.score + scope, why: { ...passage.why, scope } };
}

function overlaps(chunk: ChunkRow, { startLine, endLine }: LineRange): boolean {
  return chunk.startLine <= endLine && startLine <= chunk.endLine;
}
