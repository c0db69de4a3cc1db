/**
 * What a question about the history of some code points at, and the commits that last changed it.
 *
 * Which lines are meant is told by the index alone, so that a search puts them first as well; git is asked only where
 * an answer is written.
 */

import type { LineChanges } from '../base/answer.js';
import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { lineCount, linesOf, sliceLines } from '../base/text.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { type AskedFile, changeQuestion } from './changeQuestion.js';
import type { RagContext } from './chat.js';
import { verify } from './cite.js';
import { definitionsOf, type Place } from './graph.js';
import type { Ranked } from './rank.js';
import type { IndexView } from './view.js';

/** Lines whose history is asked for. */
export interface ChangeTarget extends Pick<DefinitionRow, 'path' | 'startLine' | 'endLine' | 'nameLine'> {
  /** What these lines define; empty where lines were asked about by number. */
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
/** What is longer is shown, and cited, as far as its first passage goes. */
const MAX_WHOLE_CHARACTERS = 8000;

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
  /** Of the targets. */
  texts: string[];
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
      const { path, startLine, endLine } = target;
      try {
        const now = await verify(
          { n: 0, path, startLine, endLine, quote: texts[i]!, verified: false },
          ctx.currentText,
        );
        if ('reason' in now) throw new Error(t('{0} since they were indexed', now.reason));
        const history = await ctx.lineHistory(path, now, signal);
        const commits = history.commits.map((commit) => (asksWho ? commit : { ...commit, author: '' }));
        return { startLine, endLine, ...history, commits };
      } catch (error) {
        signal?.throwIfAborted();
        reasons.add(messageOf(error));
        return null;
      }
    }),
  );
  return { texts, changes, reason: [...reasons].join('; ') };
}

/** A passage as it goes to an answer. */
export interface ToldPassage {
  passage: Ranked & { changes?: LineChanges };
  text: string;
}

/** The passages in which targets begin give way to the targets themselves, with what was told of them. */
export function withChanges(
  passages: readonly ToldPassage[],
  { targets }: ChangeEvidence,
  { texts, changes }: ReadChanges,
): ToldPassage[] {
  const told = passages.flatMap((one): ToldPassage[] => {
    const own = targets.flatMap((target, i): ToldPassage[] =>
      changes[i] && holds(one.passage, target) ? [shownOf(one, target, texts[i]!, changes[i])] : [],
    );
    return own.length > 0 ? own : [one];
  });
  const shown = told.flatMap(({ passage }) => (passage.changes ? [passage] : []));
  return told.filter(
    ({ passage }) => passage.changes !== undefined || !shown.some((whole) => contains(whole, passage)),
  );
}

function shownOf(
  { passage, text }: ToldPassage,
  target: ChangeTarget,
  whole: string,
  changes: LineChanges,
): ToldPassage {
  const { symbol, kind, signature, startLine, endLine } = target;
  const named = { ...passage, symbol, kind, signature, changes };
  if (whole.length <= MAX_WHOLE_CHARACTERS) return { passage: { ...named, startLine, endLine }, text: whole };
  const part = { startLine: Math.max(startLine, passage.startLine), endLine: Math.min(endLine, passage.endLine) };
  const above = passage.startLine - 1;
  const own = { startLine: part.startLine - above, endLine: part.endLine - above };
  return { passage: { ...named, ...part }, text: sliceLines(linesOf(text), own) };
}

function holds(passage: Ranked, { path, nameLine }: ChangeTarget): boolean {
  return path === passage.path && passage.startLine <= nameLine && nameLine <= passage.endLine;
}

function contains(whole: Ranked, passage: Ranked): boolean {
  return whole.path === passage.path && whole.startLine <= passage.startLine && passage.endLine <= whole.endLine;
}
