/**
 * Passages that a question points at by other means than its words: the file that it names, the lines of a stack trace,
 * what its regular expression matches, the few places of its only word, and for “what does this project do?” the page
 * that introduces it, whose words are quite other ones.
 */
import type { ChunkRow } from '../index/store/chunkRows.js';
import { wordTokens } from '../index/tokens.js';
import { matching } from './pattern.js';
import type { Query } from './query.js';
import { filesOfFrame, framesOf } from './stackTrace.js';
import type { IndexView } from './view.js';

export interface Landmark {
  chunk: ChunkRow;
  /** The name of the score part. */
  part: 'file' | 'frame' | 'overview' | 'history' | 'pattern' | 'word';
  /** Share of the best lexical score that it adds. */
  share: number;
}

const FILE_NAME = /[\p{L}\p{N}_.@-]*\.[A-Za-z][A-Za-z0-9]{0,9}\b/gu;
const PROJECT =
  /\b(project|repo|repository|code ?base|application|app|program|package|library|tool)\b|项目|仓库|代码库|程序/i;
const ABOUT = /\b(what|describe|overview|about|purpose|explain|summar\w+|introduc\w+)\b|什么|介绍|概述|作用/i;
const PROJECT_TERMS = new Set(
  'project repo repository code base codebase application app program package library tool overview about purpose summary summarise summarize introduce introduction'
    .split(' ')
    .flatMap(wordTokens),
);
const INTRODUCTIONS = ['README.md', 'README.rst', 'README.txt', 'README', 'readme.md', 'Readme.md', 'README.markdown'];

/** The beginning of a file says what it is for; the rest of it comes after. */
const BEGINNING = 1;
const REST = 0.5;
/** Above anything that the words of such a question can find. */
const INTRODUCTION = 4;
const INTRODUCTION_CHUNKS = 3;
const MAX_CHUNKS = 12;
/** A line that was being run when it happened is one of several, and seldom the one to blame. */
const FRAME = 0.5;
const MAX_MEANT = 3;
/** What an expression matches is what was asked for, before any definition of what it spells; which of it first, words tell. */
const MATCH = 3;
const WORD = 1;
/** Passages that hold a word which is rare. */
const MAX_RARE = 10;

/** `found`: what the words led to, best first. */
export async function landmarks(view: IndexView, query: Query, found: readonly ChunkRow[]): Promise<Landmark[]> {
  const names = [...new Set(query.text.slice(0, 2000).match(FILE_NAME) ?? [])].slice(0, 5);
  const [files, overview] = await Promise.all([
    names.length > 0 ? view.filesNamed(names) : [],
    isOverview(query) ? introduction(view) : [],
  ]);
  const named = await Promise.all(files.slice(0, 5).map((path) => chunksOfNamed(view, path)));
  const matched = query.pattern ? await matching(view, query.pattern, found) : [];
  return [
    ...named.flat(),
    ...(await linesOfTrace(view, query.text)),
    ...(overview.length === 0 ? onlyWord(query, found) : []),
    ...matched.map((chunk) => ({ chunk, part: 'pattern' as const, share: MATCH })),
    ...overview,
  ];
}

/** A question of one word that hardly stands anywhere is about what stands there, however little that looks like an answer. */
function onlyWord({ terms }: Query, found: readonly ChunkRow[]): Landmark[] {
  if (terms.length !== 1 || found.length > MAX_RARE) return [];
  return found.map((chunk) => ({ chunk, part: 'word', share: WORD }));
}

/** A line that several files could mean is one of each of the few. */
async function linesOfTrace(view: IndexView, text: string): Promise<Landmark[]> {
  const frames = framesOf(text);
  if (frames.length === 0) return [];
  const files = await view.filesNamed([...new Set(frames.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)))]);
  const places = frames.flatMap((frame) => {
    const meant = filesOfFrame(frame, files);
    return meant.length > MAX_MEANT ? [] : meant.map((path) => ({ path, line: frame.line }));
  });
  const chunks = new Map((await view.chunksAt(places)).map((chunk) => [chunk.id, chunk]));
  return [...chunks.values()].map((chunk) => ({ chunk, part: 'frame', share: FRAME }));
}

/** Nothing is asked but what the whole is about. */
function isOverview({ text, terms }: Query): boolean {
  if (!PROJECT.test(text) || !ABOUT.test(text)) return false;
  return terms.every((term) => PROJECT_TERMS.has(term) || /\p{Script=Han}/u.test(term));
}

async function introduction(view: IndexView): Promise<Landmark[]> {
  const found = await view.filesNamed(INTRODUCTIONS);
  // The one nearest the root speaks for the whole.
  const [nearest] = found.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  if (!nearest) return [];
  const chunks = await view.chunksOf(nearest, INTRODUCTION_CHUNKS);
  return chunks.map((chunk, i) => ({ chunk, part: 'overview', share: INTRODUCTION - i }));
}

async function chunksOfNamed(view: IndexView, path: string): Promise<Landmark[]> {
  const chunks = await view.chunksOf(path, MAX_CHUNKS);
  return chunks.map((chunk, i) => ({ chunk, part: 'file', share: i === 0 ? BEGINNING : REST }));
}
