/**
 * The output of `git blame --incremental` to commits and their lines, piece by piece as it comes. Pure.
 *
 * An entry is a line with a hash and numbers, then lines that begin with a word, the last of them `filename`. Nothing
 * that a commit holds can begin a line, so whatever a subject says, it cannot pass for something else.
 */
import { shownSubject } from './gitLog.js';

export interface BlamedCommit {
  hash: string;
  /** Seconds since the epoch. */
  at: number;
  author: string;
  /** At most 200 characters, secrets masked. */
  subject: string;
  /** History ends here: the first commit there is, or the last that a shallow clone holds. */
  isBoundary: boolean;
}

export interface BlameParser {
  push(text: string): void;
}

const ENTRY = /^([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+) (\d+)$/;
/** A longer line is cut while it still comes in. */
const MAX_LINE_CHARACTERS = 4000;

/** `onLines` is given each run of lines of the blamed file, from 1, as soon as its entry is whole. */
export function blameParser(onLines: (commit: BlamedCommit, first: number, count: number) => void): BlameParser {
  const commits = new Map<string, BlamedCommit>();
  let rest = '';
  let entry: { commit: BlamedCommit; first: number; count: number } | null = null;

  function take(line: string): void {
    if (!entry) {
      const [, hash, first, count] = ENTRY.exec(line) ?? [];
      if (!hash) return;
      // Only the first entry of a commit tells about it.
      const commit = commits.get(hash) ?? { hash, at: 0, author: '', subject: '', isBoundary: false };
      commits.set(hash, commit);
      entry = { commit, first: Number(first), count: Number(count) };
      return;
    }
    const { commit, first, count } = entry;
    const end = line.indexOf(' ');
    const key = end < 0 ? line : line.slice(0, end);
    const value = end < 0 ? '' : line.slice(end + 1);
    if (key === 'summary') commit.subject = shownSubject(value);
    else if (key === 'author') commit.author = shownSubject(value);
    else if (key === 'committer-time') commit.at = Number(value);
    else if (key === 'boundary') commit.isBoundary = true;
    else if (key === 'filename') {
      entry = null;
      onLines(commit, first, count);
    }
  }

  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!.slice(0, MAX_LINE_CHARACTERS);
      for (const line of lines) take(line);
    },
  };
}
