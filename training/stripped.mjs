/**
 * Comments as cases: some are taken out of a tree's files, each one's first sentence is the query and the place where it
 * was the gold, so that only the code can be found by it. And names that one file alone defines.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSource } from './clones.mjs';
import { readComments } from './comments.mjs';

const MAX_CHARACTERS = 200_000;
const COMMENTS_OF_A_FILE = 2;
const HEADERS = 16;
const COMMENTS = 26;
const SYMBOLS = 10;
/** Lines of a definition, and of a name's, that are gold. */
const DEFINITION_LINES = 9;
const NAME_LINES = 3;

/** Rewrites files of the tree in `folder`, of which `paths` are the files; gives rows of `folders` for the name `tree`. */
export function strippedCases(folder, tree, paths, shuffle) {
  const { comments, places } = readSources(folder, paths, shuffle);
  const drawn = [
    ...shuffle(comments.filter(({ part }) => part === 'header')).slice(0, HEADERS),
    ...shuffle(comments.filter(({ part }) => part === 'comment')).slice(0, COMMENTS),
  ];
  const cases = [];
  for (const [path, ofFile] of Map.groupBy(drawn, (comment) => comment.path)) {
    const lineAfter = takeOut(join(folder, path), ofFile);
    for (const { part, from, at, query } of ofFile) {
      const line = lineAfter(at);
      const lines = part === 'header' ? [] : [[line, line + DEFINITION_LINES - 1]];
      cases.push({ id: `${tree}-${part}-${path}-${from}`, folder: tree, query, part, gold: [{ path, lines }] });
    }
  }
  const unique = [...places].filter(([, found]) => new Set(found.map(({ path }) => path)).size === 1);
  for (const [name, [{ path, line }]] of shuffle(unique).slice(0, SYMBOLS)) {
    const gold = [{ path, lines: [[line, line + NAME_LINES - 1]] }];
    cases.push({ id: `${tree}-symbol-${name}`, folder: tree, query: name, part: 'symbol', gold });
  }
  return cases;
}

/** A few comments of each source file, and for each name the places that define it. */
function readSources(folder, paths, shuffle) {
  const comments = [];
  const places = new Map();
  for (const path of paths.filter(isSource)) {
    if (!statSync(join(folder, path), { throwIfNoEntry: false })?.isFile()) continue;
    const text = readFileSync(join(folder, path), 'utf8');
    if (text.length > MAX_CHARACTERS) continue;
    const read = readComments(path, text.split('\n'));
    for (const { name, row } of read.names) places.set(name, [...(places.get(name) ?? []), { path, line: row + 1 }]);
    const drawn = [
      ...read.comments.filter(({ part }) => part === 'header').slice(0, 1),
      ...shuffle(read.comments.filter(({ part }) => part === 'comment')).slice(0, COMMENTS_OF_A_FILE),
    ];
    comments.push(...drawn.map((comment) => ({ ...comment, path })));
  }
  return { comments, places };
}

/** Takes comments out of a file. Gives a function from a row that was to the line that it is now. */
function takeOut(file, comments) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const isKept = (row) => comments.every(({ from, to }) => row < from || row > to);
  const kept = lines.filter((_, row) => isKept(row));
  writeFileSync(file, kept.join('\n'));
  return (row) => Math.max(1, lines.slice(0, row + 1).filter((_, before) => isKept(before)).length);
}
