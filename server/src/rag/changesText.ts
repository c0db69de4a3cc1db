/** The history of lines in words: for a person as markdown, for a model as data. Pure. */
import type { LineChanges, LineCommit } from '../base/answer.js';
import { escapeMarkdown, inlineCode } from '../base/markdown.js';
import { dayOf, showHidden } from '../base/text.js';

/** The newest ones, and the oldest, which says where the code came from. */
const MAX_SHOWN = 6;
const HASH_CHARACTERS = 10;

/** `symbol`: what the lines define, may be empty. `marker`: of their citation. */
export function changesMarkdown(changes: LineChanges, symbol: string, marker: string): string {
  const { commits, uncommitted } = changes;
  const lines = `${symbol && `${inlineCode(symbol)}, `}${linesName(changes)}`;
  if (commits.length === 0 && uncommitted === lineTotal(changes))
    return `Not committed as they stand here: ${lines} ${marker}`;
  const { shown, left } = chosen(commits);
  const items = shown.map(
    ({ at, hash, author, subject, lines: count }) =>
      `${dayOf(at)} ${inlineCode(hash.slice(0, HASH_CHARACTERS))} ${escapeMarkdown(showHidden(subject || '(no subject)'))} (${[
        ...(author ? [escapeMarkdown(showHidden(author))] : []),
        countOf(count, 'line'),
      ].join(', ')}) ${marker}`,
  );
  if (left > 0) items.splice(-1, 0, `… ${countOf(left, 'more commit')} …`);
  const rest = remainders(changes).map((sentence) => `${sentence} ${marker}`);
  return `Commits that last changed ${lines}:\n\n${[...items, ...rest].map((item) => `- ${item}`).join('\n')}`;
}

/** One line for each commit, tab-separated, under a line that says what they are. */
export function changesData(changes: LineChanges): string {
  const { shown } = chosen(changes.commits);
  const rows = shown.map(({ at, hash, author, subject, lines }) =>
    [dayOf(at), hash.slice(0, HASH_CHARACTERS), countOf(lines, 'line'), ...(author ? [author] : []), subject].join(
      '\t',
    ),
  );
  const title = `Commits that last changed ${linesName(changes)}, newest first (date, commit, how many of the lines, subject):`;
  return [title, ...rows, ...remainders(changes)].join('\n');
}

function linesName({ startLine, endLine }: LineChanges): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine}–${endLine}`;
}

function lineTotal({ commits, uncommitted, unknown }: LineChanges): number {
  return commits.reduce((sum, { lines }) => sum + lines, uncommitted + unknown);
}

function remainders({ uncommitted, unknown }: LineChanges): string[] {
  const rest: string[] = [];
  if (uncommitted > 0) rest.push(`not committed as it stands here: ${countOf(uncommitted, 'line')}`);
  if (unknown > 0) rest.push(`changed longer ago than could be read: ${countOf(unknown, 'line')}`);
  return rest;
}

function chosen(commits: readonly LineCommit[]): { shown: LineCommit[]; left: number } {
  if (commits.length <= MAX_SHOWN) return { shown: [...commits], left: 0 };
  return { shown: [...commits.slice(0, MAX_SHOWN - 1), commits.at(-1)!], left: commits.length - MAX_SHOWN };
}

function countOf(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
