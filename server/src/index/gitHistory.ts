/**
 * Commits out of a git repository: those of the whole, and those that last changed some lines.
 *
 * Renames are told by equal contents alone: then no file is read, only trees, which is fast and also works where a
 * partial clone has no files to read.
 */

import { dirname, join, relative, sep } from 'node:path';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Commit, History, HistoryRead } from '../base/ports.js';
import { type Git, type GitOptions, HASH, openGit, repositoryOf, tooMuch, unreadable } from './git.js';
import { createLineReader } from './gitLines.js';
import { commitParser } from './gitLog.js';

/** Somebody waits for the history of lines. */
const LINES_TIMEOUT_MS = 3000;

const LOG = [
  ...['log', '--no-merges', '--no-ext-diff', '--no-textconv', '--no-show-signature', '--no-mailmap', '--no-color'],
  // The order file is cancelled: a repository may name one that never ends.
  ...['--no-decorate', '--encoding=UTF-8', '--find-renames=100%', '-O/dev/null', '--name-status', '-z'],
  '--format=%H%x00%P%x00%ct%x00%s',
];

/** Reads reject with an `unavailable` error, a sentence, where there is a repository that cannot be read. */
export function gitHistory(options: GitOptions): History {
  const { root, files } = options;

  async function read(since: string, limit: number, signal?: AbortSignal): Promise<HistoryRead> {
    const repository = await repositoryOf(root, files);
    if (repository === null) return { mark: '', commits: [], rebuilt: since !== '' };
    const git = await openGit(options, repository);
    const { output, code, complaint } = await git.ask(
      ['rev-parse', '--is-shallow-repository', '--show-prefix', '--revs-only', 'HEAD'],
      signal,
    );
    if (code !== 0) throw unreadable(complaint);
    const [shallow, prefix = '', head = ''] = output.split('\n');
    // A repository without a commit.
    if (!HASH.test(head)) return { mark: '', commits: [], rebuilt: since !== '' };
    const isShallow = shallow === 'true';
    const mark = isShallow ? `${head} shallow` : head;
    if (mark === since) return { mark, commits: [], rebuilt: false };
    const base = isShallow ? null : await ancestor(git, since, head, signal);
    const commits = await log(git, { range: base ? `${base}..${head}` : head, prefix, limit, isShallow }, signal);
    return { mark, commits, rebuilt: base === null };
  }

  async function gitFor(path: string): Promise<{ git: Git; path: string }> {
    const file = join(root, path);
    const repository = await repositoryOf(dirname(file), files);
    if (repository === null) throw new EngineError('unavailable', t('{0} is in no git repository', path));
    const hurried = { ...options, timeoutMs: options.timeoutMs ?? LINES_TIMEOUT_MS };
    // A submodule, or any repository in the root, knows its own files.
    const git = await openGit(hurried, repository, repository);
    return { git, path: relative(repository, file).replaceAll(sep, '/') };
  }

  return { read, ofLines: createLineReader(gitFor) };
}

/** `since` where it is a commit before `head`, which a rebase or another branch make untrue; else null. */
async function ancestor(git: Git, since: string, head: string, signal?: AbortSignal): Promise<string | null> {
  if (!HASH.test(since)) return null;
  const { code, output } = await git.ask(['log', '-1', '--format=%H', `${head}..${since}`], signal);
  return code === 0 && output.trim() === '' ? since : null;
}

interface LogRequest {
  range: string;
  /** Of the root in the work tree, with a last `/`; empty where they are the same. */
  prefix: string;
  limit: number;
  isShallow: boolean;
}

async function log(git: Git, { range, prefix, limit, isShallow }: LogRequest, signal?: AbortSignal): Promise<Commit[]> {
  const commits: Commit[] = [];
  const parser = commitParser((commit, parents) => {
    // What a shallow clone ends with seems to bring every file there is.
    commits.push(isShallow && parents === 0 ? { ...commit, paths: [] } : commit);
  });
  const within = prefix === '' ? [range] : ['--full-history', '--relative', range, '--', '.'];
  const { code, complaint, cut } = await git.run([...LOG, `-${limit}`, ...within], parser.push, signal);
  if (code !== 0 && !cut) throw unreadable(complaint);
  if (!cut) parser.end();
  // The newest come first: where a large history takes too long or too much room, these are kept.
  else if (commits.length === 0) throw tooMuch();
  return commits;
}
