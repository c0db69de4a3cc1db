/**
 * Lays out the questions of `questions/` for `scholia eval folders --data OUT`.
 *
 *   node training/questions.mjs --repos DIR --out DIR
 *
 * REPOS holds clones that have the commits that the questions are about, named `owner+name` (or with the bare clone in
 * `owner+name/repo`). Writes OUT/folders/NAME, each repository's files at its commit, and OUT/folders/cases.jsonl.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cloneOf, layOut } from './clones.mjs';

const { values } = parseArgs({ options: { repos: { type: 'string' }, out: { type: 'string' } } });
if (!values.repos || !values.out) {
  console.error('questions needs --repos DIR and --out DIR');
  process.exit(2);
}

const QUESTIONS = join(import.meta.dirname, 'questions');
const folders = join(values.out, 'folders');
mkdirSync(folders, { recursive: true });
const cases = [];
for (const file of readdirSync(QUESTIONS).sort()) {
  if (!file.endsWith('.jsonl')) continue;
  const [about, ...questions] = readFileSync(join(QUESTIONS, file), 'utf8').trim().split('\n');
  const { repository, commit } = JSON.parse(about);
  layOut(cloneOf(values.repos, repository), commit, join(folders, basename(file, '.jsonl')));
  cases.push(...questions);
}
writeFileSync(join(folders, 'cases.jsonl'), `${cases.join('\n')}\n`);
console.log(`${cases.length} questions on ${new Set(cases.map((line) => JSON.parse(line).folder)).size} repositories`);
