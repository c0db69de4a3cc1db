/**
 * Which lines of open files were changed last, told by comparing each text with the one before it. Line numbers are
 * all that is kept, and they move along with what is changed above them.
 */
import type { LineRange } from '../base/answer.js';

export interface EditedLines extends LineRange {
  path: string;
}

export interface RecentEdits {
  note(path: string, before: string, after: string): void;
  forget(path: string): void;
  /** The newest first. */
  list(): EditedLines[];
}

const MAX_EDITS = 10;
/** A longer change is a formatter's, or another commit's. */
const MAX_LINES = 30;
/** Lines between two changes that are one. */
const MAX_GAP = 3;

export function createRecentEdits(): RecentEdits {
  let edits: EditedLines[] = [];

  return {
    note(path, before, after) {
      if (before === after) return;
      const { startLine, removed, added } = changeOf(before, after);
      let own: EditedLines = { path, startLine, endLine: startLine + added };
      const others: EditedLines[] = [];
      for (const edit of edits) {
        const moved = { ...edit, endLine: edit.endLine + added - removed };
        if (edit.path !== path || edit.endLine < startLine - MAX_GAP) others.push(edit);
        else if (edit.startLine > startLine + removed + MAX_GAP)
          others.push({ ...moved, startLine: edit.startLine + added - removed });
        else own = joined(own, moved);
      }
      edits = (added > MAX_LINES ? others : [own, ...others]).slice(0, MAX_EDITS);
    },
    forget(path) {
      edits = edits.filter((edit) => edit.path !== path);
    },
    list: () => [...edits],
  };
}

function joined(own: EditedLines, other: EditedLines): EditedLines {
  const startLine = Math.min(own.startLine, other.startLine);
  const endLine = Math.max(own.endLine, other.endLine);
  return endLine - startLine < MAX_LINES ? { ...own, startLine, endLine } : own;
}

/** Where two texts begin to differ, and how many line ends stand there in each. */
function changeOf(before: string, after: string): { startLine: number; removed: number; added: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let rest = 0;
  while (
    rest < shorter - start &&
    before.charCodeAt(before.length - 1 - rest) === after.charCodeAt(after.length - 1 - rest)
  )
    rest++;
  return {
    startLine: 1 + lineEnds(after, 0, start),
    removed: lineEnds(before, start, before.length - rest),
    added: lineEnds(after, start, after.length - rest),
  };
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
