/**
 * What a question about the history of some code points at, and the commits that last changed it.
 *
 * Which lines are meant is told by the index alone, so that a search puts them first as well; git is asked only where
 * an answer is written.
 */
import type { LineChanges, LineRange } from '../base/answer.js';
import { messageOf } from '../base/errors.js';
import { lineCount, linesOf } from '../base/text.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { type AskedFile, changeQuestion } from './changeQuestion.js';
import type { RagContext } from './chat.js';
import { verify } from './cite.js';
import { definitionsOf, type Place } from './graph.js';
import type { IndexView } from './view.js';

/** Lines whose history is asked for. */
export interface ChangeTarget extends Pick<DefinitionRow, 'path' | 'startLine' | 'endLine' | 'nameLine'> {
  /** As in `LineChanges`. */
  symbol: string;
  kind: string;
  signature: string;
}

export interface ChangeEvidence {
  /** As it is spelled; null where lines are meant. */
  name: string | null;
  targets: ChangeTarget[];
  /** The chunks in which the targets begin. */
  places: Place[];
  asksWho: boolean;
}

/** Of one name, or of files of one name. */
const MAX_TARGETS = 5;

/** Null where the question is not about history, or about something that is unknown here. */
export async function changeEvidence(view: IndexView, text: string): Promise<ChangeEvidence | null> {
  const question = changeQuestion(text);
  if (!question) return null;
  const { named, file, asksWho } = question;
  const defined = named ? await definitionsOf(view, named) : [];
  const found = defined.length > 0 ? defined.map(targetOf) : file ? await linesIn(view, file) : [];
  if (found.length === 0) return null;
  const targets = found.slice(0, MAX_TARGETS);
  const chunks = await view.chunksAt(targets.map(({ path, nameLine }) => ({ path, line: nameLine })));
  const places = [...new Map(chunks.map((chunk) => [chunk.id, chunk])).values()].map(
    (chunk): Place => ({ chunk, part: 'changed', certain: found.length === 1 }),
  );
  return { name: defined.length > 0 ? named!.name : null, targets, places, asksWho };
}

function targetOf({ path, startLine, endLine, nameLine, qualified, kind, signature }: DefinitionRow): ChangeTarget {
  return { path, startLine, endLine, nameLine, symbol: qualified, kind, signature };
}

async function linesIn(view: IndexView, { path: asked, range }: AskedFile): Promise<ChangeTarget[]> {
  const named = await view.filesNamed([asked.slice(asked.lastIndexOf('/') + 1)]);
  const paths = named.filter((path) => `/${path}`.endsWith(`/${asked}`)).slice(0, MAX_TARGETS);
  const texts = await view.texts(paths.map((path) => ({ path, startLine: 1, endLine: Number.MAX_SAFE_INTEGER })));
  return paths.flatMap((path, i) => {
    const last = lineCount(linesOf(texts[i]!));
    const { startLine, endLine } = range ?? { startLine: 1, endLine: last };
    if (startLine > last) return [];
    const lines = { startLine, endLine: Math.min(endLine, last) };
    return [{ path, ...lines, nameLine: startLine, symbol: '', kind: 'text', signature: '' }];
  });
}

export interface ReadChanges {
  /** In the order of the targets; null where the history of one is not known. */
  changes: (LineChanges | null)[];
  /** Why, a sentence without a full stop; empty otherwise. */
  reason: string;
}

/** Asks git about each target, as its lines stand now. */
export async function readChanges(
  ctx: RagContext,
  { targets, asksWho }: ChangeEvidence,
  signal?: AbortSignal,
): Promise<ReadChanges> {
  const texts = await ctx.view.texts(targets);
  const reasons = new Set<string>();
  const changes = await Promise.all(
    targets.map(async (target, i): Promise<LineChanges | null> => {
      const { path, startLine, endLine, symbol, kind, signature } = target;
      try {
        const now = await verify(
          { n: 0, path, startLine, endLine, quote: texts[i]!, verified: false },
          ctx.currentText,
        );
        if ('reason' in now) throw new Error(`${now.reason} since they were indexed`);
        const history = await ctx.lineHistory(path, now, signal);
        const commits = history.commits.map((commit) => (asksWho ? commit : { ...commit, author: '' }));
        return { startLine, endLine, symbol, kind, signature, ...history, commits };
      } catch (error) {
        signal?.throwIfAborted();
        reasons.add(messageOf(error));
        return null;
      }
    }),
  );
  return { changes, reason: [...reasons].join('; ') };
}

/** The changes that belong to a passage: those of targets that begin in it. */
export function changesIn(
  passage: LineRange & { path: string },
  { targets }: ChangeEvidence,
  { changes }: ReadChanges,
): LineChanges[] {
  return targets.flatMap(({ path, nameLine }, i) =>
    path === passage.path && passage.startLine <= nameLine && nameLine <= passage.endLine ? (changes[i] ?? []) : [],
  );
}
