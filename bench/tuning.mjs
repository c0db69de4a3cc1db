/**
 * Cases for choosing weights, from any repository's history, so that nothing is ever tuned on the judging data.
 *
 *   npm run bench -- tuning --repos DIR --out DIR [--cases 60] [--ago 200]
 *
 * REPOS holds clones with history. Writes OUT/commit-loc/NAME.jsonl, which `scholia eval commit-loc --data OUT` reads: the tree `--ago` commits
 * back, the subjects of the commits since as questions, and as the answer the files of that tree which each of them
 * changed. Commits that change more than five such files, and chores, are left out.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    out: { type: 'string' },
    cases: { type: 'string', default: '60' },
    ago: { type: 'string', default: '200' },
  },
});
if (!values.repos || !values.out) {
  console.error('tuning needs --repos DIR and --out DIR');
  process.exit(2);
}

const CHORE =
  /\b(bump|release|merge|revert|changelog|readme|typo|version|deps?|dependenc|ci|lint|format|update|upgrade|prepare)\b|^v?\d/i;
const MAX_FILES = 5;

const out = join(values.out, 'commit-loc');
mkdirSync(out, { recursive: true });
for (const name of readdirSync(values.repos).sort()) {
  const git = (...args) =>
    execFileSync('git', ['-C', resolve(values.repos, name), ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const base = git('log', '--format=%H', '-1', `--skip=${values.ago}`).trim();
  const there = new Set(git('ls-tree', '-r', '--name-only', base).split('\n'));
  const commits = git('log', '--no-merges', '--format=%x00%H%x01%s', '--name-only', `${base}..HEAD`)
    .split('\0')
    .slice(1);
  const cases = [];
  for (const commit of commits) {
    const [head, ...paths] = commit.trim().split('\n');
    const [id, subject] = head.split('\x01');
    const query = subject
      .replace(/\s*\(?#\d+\)?/g, '')
      .replace(/^\w+(\([^)]*\))?!?:\s*/, '')
      .trim();
    const gold = paths.filter((path) => there.has(path)).map((path) => ({ path, lines: [] }));
    if (query.split(/\s+/).length < 4 || CHORE.test(query) || gold.length === 0 || gold.length > MAX_FILES) continue;
    cases.push({ id, repo: name, base_commit: base, query, gold });
  }
  const kept = cases.slice(0, Number(values.cases));
  writeFileSync(join(out, `${name}.jsonl`), kept.map((one) => `${JSON.stringify(one)}\n`).join(''));
  console.log(`${name}: ${kept.length} cases at ${base.slice(0, 10)}`);
}
