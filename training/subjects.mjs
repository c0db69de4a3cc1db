/** Commits as cases: what a later commit says of itself is the query, the sources of the tree that it changed the gold. */
import { git, isSource } from './clones.mjs';

const CHORE =
  /\b(bump|release|merge|revert|changelog|readme|typo|version|deps?|dependenc|ci|lint|format|update|upgrade|prepare)\b|^v?\d/i;
const MIN_WORDS = 4;
const MAX_FILES = 6;
/** Above this many words a message is also a query as a whole, as long as an issue. */
const LONG = 60;
const SUBJECTS = 30;
const LONG_MESSAGES = 8;

/** Rows of `commit-loc` on the tree at `base`, of which `paths` are the files. */
export function subjectCases(clone, repo, base, paths, shuffle) {
  const there = new Set(paths);
  const subjects = [];
  const long = [];
  for (const { id, subject, body, changed } of commitsSince(clone, base)) {
    const query = withoutMarks(subject);
    const old = changed.filter((path) => there.has(path));
    const gold = old.filter(isSource).map((path) => ({ path, lines: [] }));
    if (wordCount(query) < MIN_WORDS || CHORE.test(query) || gold.length === 0 || old.length > MAX_FILES) continue;
    subjects.push({ id: `a-${id}`, repo, base_commit: base, query, gold });
    const message = body.replace(/^(Signed-off-by|Co-authored-by).*$/gm, '').trim();
    if (wordCount(message) > LONG)
      long.push({ id: `La-${id}`, repo, base_commit: base, query: `${query}\n\n${message}`, gold });
  }
  return [...shuffle(subjects).slice(0, SUBJECTS), ...shuffle(long).slice(0, LONG_MESSAGES)];
}

function commitsSince(clone, base) {
  const log = git(clone, 'log', '--no-merges', '--format=%x00%H%x01%s%x01%b%x02', '--name-only', `${base}..HEAD`);
  return log
    .split('\0')
    .slice(1)
    .map((commit) => {
      const [head, ...rest] = commit.split('\x02');
      const [id, subject, body = ''] = head.trim().split('\x01');
      return { id, subject, body, changed: rest.join('').trim().split('\n') };
    });
}

/** A subject without the number of its pull request and without its `fix(scope):`. */
function withoutMarks(subject) {
  return subject
    .replace(/\s*\(?#\d+\)?/g, '')
    .replace(/^\w+(\([^)]*\))?!?:\s*/, '')
    .trim();
}

function wordCount(text) {
  return text.split(/\s+/).length;
}
