/**
 * Who last changed lines of a file, by `git blame` of the last commit.
 *
 * The work tree is left to us: git would send its files through programs that the repository names (clean filters) to
 * compare them with what is committed. So git is asked about the commit alone, and which of its lines are the lines of
 * now, saved or not, is told by comparing both texts here, line ends aside. What has no match is not committed.
 */

import { createHash } from 'node:crypto';
import type { LineCommit, LineHistory, LineRange } from '../base/answer.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { History } from '../base/ports.js';
import { decodeText, lineAt, lineCount, linesOf } from '../base/text.js';
import { type Git, HASH, tooMuch, unreadable } from './git.js';
import { type BlamedCommit, blameParser } from './gitBlame.js';
import { mapLines } from './lineMap.js';

const BLAME = [
  ...['blame', '--incremental', '--encoding=UTF-8', '--no-textconv', '--no-ext-diff'],
  // Cancels those of the configuration, which may name a file that never ends.
  '--no-ignore-revs-file',
];

/** Answers that are kept. They are small. */
const MAX_KEPT = 200;

/** A path of the root as git of its repository has it. Rejects where there is no git or no repository. */
export type GitFor = (path: string) => Promise<{ git: Git; path: string }>;

export function createLineReader(gitFor: GitFor): History['ofLines'] {
  const kept = new Map<string, LineHistory>();

  return async (asked, text, range, signal) => {
    const { git, path } = await gitFor(asked);
    const { head, isShallow } = await headOf(git, signal);
    const digest = createHash('sha256').update(text).digest('hex');
    const key = [head, isShallow, digest, range.startLine, range.endLine, asked].join(' ');
    const history = kept.get(key) ?? (await read({ git, path, head, isShallow, text, range, signal }));
    // Moved to the end: the one that was asked for longest ago goes first.
    kept.delete(key);
    kept.set(key, history);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
    return history;
  };
}

interface Head {
  /** Empty before the first commit. */
  head: string;
  isShallow: boolean;
}

async function headOf(git: Git, signal?: AbortSignal): Promise<Head> {
  const asked = ['rev-parse', '--is-shallow-repository', '--revs-only', 'HEAD'];
  const { output, code, complaint } = await git.ask(asked, signal);
  if (code !== 0) throw unreadable(complaint);
  const [shallow, head = ''] = output.split('\n');
  return { head: HASH.test(head) ? head : '', isShallow: shallow === 'true' };
}

interface LineRequest extends Head {
  git: Git;
  path: string;
  text: string;
  range: LineRange;
  signal?: AbortSignal;
}

async function read(request: LineRequest): Promise<LineHistory> {
  const now = textLines(request.text);
  const first = Math.max(1, request.range.startLine);
  const asked = now.slice(first - 1, Math.max(first - 1, request.range.endLine));
  const committed = request.head === '' ? null : await committedText(request);
  if (committed === null) return { commits: [], uncommitted: asked.length, unknown: 0 };
  const matches = mapLines(textLines(committed), now);
  const numbers = gitNumbers(committed);
  const lines = asked.map((_, i) => {
    const match = matches[first - 1 + i]!;
    return match < 0 ? null : numbers[match]!;
  });
  return blame(request, lines);
}

/** `lines`: for each line in question its number as git counts; null for one that is not committed. */
async function blame(
  { git, path, head, isShallow, signal }: LineRequest,
  lines: readonly (number | null)[],
): Promise<LineHistory> {
  const known = lines.filter((line) => line !== null);
  const history: LineHistory = { commits: [], uncommitted: lines.length - known.length, unknown: 0 };
  if (known.length === 0) return history;
  const changers = new Map<number, BlamedCommit>();
  const parser = blameParser((commit, start, count) => {
    for (let line = start; line < start + count; line++) changers.set(line, commit);
  });
  // From the first to the last: the list of what lies between might be too long for a command line.
  const span = `${known[0]},${known.at(-1)}`;
  const { code, complaint, cut } = await git.run([...BLAME, '-L', span, head, '--', path], parser.push, signal);
  if (code !== 0 && !cut) throw unreadable(complaint);
  // The newest come first: what was told before a limit holds.
  if (cut && changers.size === 0) throw tooMuch();
  const commits = new Map<string, LineCommit>();
  for (const line of known) {
    const changer = changers.get(line);
    // What a shallow clone ends with seems to have changed all that is older.
    if (!changer || (isShallow && changer.isBoundary)) history.unknown++;
    else {
      const { hash, at, author, subject } = changer;
      commits.set(hash, { hash, at, author, subject, lines: (commits.get(hash)?.lines ?? 0) + 1 });
    }
  }
  history.commits = [...commits.values()].sort((a, b) => b.at - a.at || (a.hash < b.hash ? -1 : 1));
  return history;
}

/** The file as the last commit holds it; null where it does not. */
async function committedText({ git, path, head, signal }: LineRequest): Promise<string | null> {
  const pieces: Buffer[] = [];
  const asked = ['cat-file', 'blob', `${head}:./${path}`];
  const { code, complaint, cut } = await git.runForBytes(asked, (piece) => void pieces.push(piece), signal);
  if (cut) throw tooMuch();
  if (code !== 0) {
    if (/but not in|does not exist in/.test(complaint)) return null;
    throw unreadable(complaint);
  }
  const decoded = decodeText(Buffer.concat(pieces));
  if (!decoded || decoded.encoding.startsWith('utf-16'))
    throw new EngineError('unavailable', t('git has no lines of {0}: it is committed as binary', path));
  return decoded.text;
}

/** The last line end ends the last line, as git counts. */
function textLines(text: string): string[] {
  const lines = linesOf(text);
  const count = lineCount(lines) - Number(lines.starts.at(-1) === text.length);
  return Array.from({ length: count }, (_, i) => lineAt(lines, i + 1));
}

/** For each line its number as git counts, for whom a lone carriage return ends none. */
function gitNumbers(text: string): number[] {
  const numbers: number[] = [];
  let number = 1;
  let counted = 0;
  for (const start of linesOf(text).starts) {
    for (; counted < start; counted++) if (text.charCodeAt(counted) === 10) number++;
    numbers.push(number);
  }
  return numbers;
}
