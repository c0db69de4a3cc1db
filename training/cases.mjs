/**
 * Cases that the ranker is tuned on, from the history and the comments of any repositories.
 *
 *   node training/cases.mjs --repos DIR --list FILE --out DIR [--ago 300] [--seed 12345]
 *
 * REPOS holds clones with history, named `owner+name` (or with the bare clone in `owner+name/repo`), LIST a line
 * `owner/name` for each one to use. Of each the tree `--ago` commits back is taken:
 *
 * - OUT/commit-loc/NAME.jsonl: subjects and long messages of the commits since, and the sources that they changed
 *   (`subjects.mjs`); `scholia eval commit-loc --data OUT --repos REPOS` reads them.
 * - OUT/folders/NAME and OUT/folders/cases.jsonl: the tree without some of its comments, and their first sentences
 *   (`stripped.mjs`); `scholia eval folders --data OUT` reads them.
 *
 * The same clones, list and seed give the same bytes. Where a clone lacks an object of the tree, that is said; its
 * subjects are kept and it has no folder.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cloneOf, git, layOut } from './clones.mjs';
import { strippedCases } from './stripped.mjs';
import { subjectCases } from './subjects.mjs';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    list: { type: 'string' },
    out: { type: 'string' },
    ago: { type: 'string', default: '300' },
    seed: { type: 'string', default: '12345' },
  },
});
if (!values.repos || !values.list || !values.out) {
  console.error('cases needs --repos DIR, --list FILE and --out DIR');
  process.exit(2);
}

const commitLoc = join(values.out, 'commit-loc');
const folders = join(values.out, 'folders');
for (const folder of [commitLoc, folders]) mkdirSync(folder, { recursive: true });
const shuffle = shuffler(Number(values.seed));
const stripped = [];
for (const repository of readFileSync(values.list, 'utf8').trim().split('\n')) {
  try {
    stripped.push(...makeCases(repository));
  } catch (error) {
    if (!error.stderr) throw error;
    console.error(`${repository}: not finished. ${error.stderr.toString().trim()}`);
  }
}
writeFileSync(join(folders, 'cases.jsonl'), jsonLines(stripped));

/** Writes the repository's subjects and its folder; gives the folder's cases. */
function makeCases(repository) {
  const clone = cloneOf(values.repos, repository);
  const name = basename(repository);
  const base = git(clone, 'log', '--format=%H', '-1', `--skip=${values.ago}`).trim();
  const paths = git(clone, 'ls-tree', '-r', '--name-only', base).trimEnd().split('\n');
  const subjects = subjectCases(clone, repository, base, paths, shuffle);
  writeFileSync(join(commitLoc, `${name}.jsonl`), jsonLines(subjects));
  layOut(clone, base, join(folders, name));
  const cases = strippedCases(join(folders, name), name, paths, shuffle);
  console.log(`${name}: ${subjects.length} subjects, ${cases.length} of the folder, at ${base.slice(0, 10)}`);
  return cases;
}

/** Shuffles a list in place by a linear congruential generator, so that a run can be repeated. */
function shuffler(seed) {
  let state = seed;
  const below = (bound) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return Math.floor((state / 0x7fffffff) * bound);
  };
  return (list) => {
    for (let i = list.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  };
}

function jsonLines(rows) {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
