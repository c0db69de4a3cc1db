/** The history of lines in words: for a person as markdown, for a model as data. Pure. */
import type { LineChanges, LineCommit } from '../base/answer.js';
import { countOf, type Tell, t, tellIn } from '../base/l10n.js';
import { escapeMarkdown, inlineCode } from '../base/markdown.js';
import { dayOf, showHidden } from '../base/text.js';

/** The newest ones, and the oldest, which says where the code came from. */
const MAX_SHOWN = 6;
const HASH_CHARACTERS = 10;
/** Models are instructed in English. */
const english = tellIn({});

/** `symbol`: what the lines define, may be empty. `marker`: of their citation. */
export function changesMarkdown(changes: LineChanges, symbol: string, marker: string, tell: Tell = t): string {
  const { commits, uncommitted } = changes;
  const lines = [...(symbol ? [inlineCode(symbol)] : []), linesName(changes, tell)].join(tell(', '));
  if (commits.length === 0 && uncommitted === lineTotal(changes))
    return `${tell('Not committed as they stand here: {0}', lines)} ${marker}`;
  const { shown, left } = chosen(commits);
  const items = shown.map(
    ({ at, hash, author, subject, lines: count }) =>
      `${dayOf(at)} ${inlineCode(hash.slice(0, HASH_CHARACTERS))} ${tell(
        '{0} ({1})',
        escapeMarkdown(showHidden(subject || tell('(no subject)'))),
        [...(author ? [escapeMarkdown(showHidden(author))] : []), countOf(count, 'line', tell)].join(tell(', ')),
      )} ${marker}`,
  );
  if (left > 0) items.splice(-1, 0, `… ${left === 1 ? tell('1 more commit') : tell('{0} more commits', left)} …`);
  const rest = remainders(changes, tell).map((sentence) => `${sentence} ${marker}`);
  return `${tell('Commits that last changed {0}:', lines)}\n\n${[...items, ...rest].map((item) => `- ${item}`).join('\n')}`;
}

/** One line for each commit, tab-separated, under a line that says what they are. */
export function changesData(changes: LineChanges): string {
  const { shown } = chosen(changes.commits);
  const rows = shown.map(({ at, hash, author, subject, lines }) =>
    [
      dayOf(at),
      hash.slice(0, HASH_CHARACTERS),
      countOf(lines, 'line', english),
      ...(author ? [author] : []),
      subject,
    ].join('\t'),
  );
  const title = `Commits that last changed ${linesName(changes, english)}, newest first (date, commit, how many of the lines, subject):`;
  return [title, ...rows, ...remainders(changes, english)].join('\n');
}

function linesName({ startLine, endLine }: LineChanges, tell: Tell): string {
  return startLine === endLine ? tell('line {0}', startLine) : tell('lines {0}–{1}', startLine, endLine);
}

function lineTotal({ commits, uncommitted, unknown }: LineChanges): number {
  return commits.reduce((sum, { lines }) => sum + lines, uncommitted + unknown);
}

function remainders({ uncommitted, unknown }: LineChanges, tell: Tell): string[] {
  const rest: string[] = [];
  if (uncommitted > 0) rest.push(tell('not committed as it stands here: {0}', countOf(uncommitted, 'line', tell)));
  if (unknown > 0) rest.push(tell('changed longer ago than could be read: {0}', countOf(unknown, 'line', tell)));
  return rest;
}

function chosen(commits: readonly LineCommit[]): { shown: LineCommit[]; left: number } {
  if (commits.length <= MAX_SHOWN) return { shown: [...commits], left: 0 };
  return { shown: [...commits.slice(0, MAX_SHOWN - 1), commits.at(-1)!], left: commits.length - MAX_SHOWN };
}
