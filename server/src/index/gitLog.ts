/**
 * The output of `git log -z --name-status` to commits, piece by piece as it comes. Pure.
 *
 * Fields end with a NUL, which neither subjects nor paths can hold, and are told apart by their place; so whatever a
 * subject or a path says, it cannot pass for something else.
 */
import type { Commit } from '../base/ports.js';
import { maskSecrets } from './secrets.js';

/** A commit that touches more is a bulk change, which says nothing of any one file. */
export const MAX_PATHS = 100;
/** A folder of this many files may move at once and be followed. */
const MAX_RENAMES = 2000;
export const MAX_SUBJECT_CHARACTERS = 200;
/** A longer field is cut while it still comes in. */
const MAX_FIELD_CHARACTERS = 4000;

const STATUS = /^\n?([ACDMRTUXB])\d*$/;

export interface CommitParser {
  push(text: string): void;
  /** Nothing more comes: the last commit is whole. */
  end(): void;
}

/** `onCommit` is given each commit as soon as it is whole, and how many parents it has. */
export function commitParser(onCommit: (commit: Commit, parents: number) => void): CommitParser {
  let rest = '';
  let header: string[] = [];
  let status = '';
  let from = '';
  let touched = 0;
  let paths: string[] = [];
  let renames: [string, string][] = [];

  function finish(): void {
    const [hash, parents = '', at, subject] = header;
    if (subject !== undefined)
      onCommit(
        {
          hash: hash!,
          at: Number(at),
          subject: shownSubject(subject),
          paths: touched > MAX_PATHS ? [] : paths,
          renames,
        },
        parents.split(' ').filter(Boolean).length,
      );
    header = [];
    touched = 0;
    paths = [];
    renames = [];
  }

  function path(field: string): void {
    if ((status === 'R' || status === 'C') && from === '') {
      from = field;
      return;
    }
    if (status === 'R' && renames.length < MAX_RENAMES) renames.push([from, field]);
    if (++touched <= MAX_PATHS && status !== 'D') paths.push(field);
    status = '';
    from = '';
  }

  function take(field: string): void {
    if (header.length < 4) header.push(field);
    else if (status !== '') path(field);
    else if (STATUS.test(field)) status = STATUS.exec(field)![1]!;
    else {
      finish();
      header.push(field);
    }
  }

  return {
    push(text) {
      const fields = (rest + text).split('\0');
      rest = fields.pop()!.slice(0, MAX_FIELD_CHARACTERS);
      for (const field of fields) take(field);
    },
    end: finish,
  };
}

/** At most `MAX_SUBJECT_CHARACTERS`, secrets masked. */
export function shownSubject(subject: string): string {
  const masked = maskSecrets(subject.slice(0, MAX_FIELD_CHARACTERS)).text;
  return masked.slice(0, MAX_SUBJECT_CHARACTERS).toWellFormed().trim();
}
