/**
 * Refusal: how well answerability tells a repository's own questions from another's.
 *
 *   npm run bench -- refusal --repos DIR [--cases 40]
 *
 * REPOS holds clones with history (at least two). Each is indexed as it was 200 commits ago; the subjects of the commits
 * since are its own questions, the other repositories' subjects are foreign ones. Prints the area under the ROC curve
 * and, for a row of thresholds, how many foreign questions are answered and how many own ones refused. The threshold in
 * rag/weights.ts was read off this table.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { repos: { type: 'string' }, cases: { type: 'string', default: '40' } } });
if (!values.repos) {
  console.error('refusal needs --repos DIR');
  process.exit(2);
}

const AGO = 200;
const CHORE =
  /\b(bump|release|merge|revert|changelog|readme|typo|version|deps?|dependenc|ci|lint|format|update|upgrade|prepare)\b|^v?\d/i;
const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-refusal-'));

try {
  const names = readdirSync(values.repos).sort();
  const questions = new Map(names.map((name) => [name, subjects(name)]));
  const own = [];
  const foreign = [];
  for (const name of names) {
    const root = tree(name);
    for (const [from, list] of questions)
      for (const question of list.slice(0, from === name ? undefined : Math.ceil(list.length / (names.length - 1))))
        (from === name ? own : foreign).push(answerability(root, question));
    console.error(`${name}: ${questions.get(name).length} questions`);
  }
  const auroc =
    own.reduce((sum, a) => sum + foreign.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0) /
    (own.length * foreign.length);
  console.log(`${own.length} own, ${foreign.length} foreign questions; AUROC ${auroc.toFixed(3)}`);
  console.log('threshold  false answers  false refusals');
  for (let t = 0.2; t < 0.85; t += 0.05) {
    const share = (list, test) => `${((100 * list.filter(test).length) / list.length).toFixed(1)} %`;
    console.log(
      `${t.toFixed(2).padStart(9)}${share(foreign, (a) => a >= t).padStart(15)}${share(own, (a) => a < t).padStart(16)}`,
    );
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function git(name, ...args) {
  return execFileSync('git', ['-C', resolve(values.repos, name), ...args], { maxBuffer: 1 << 30 });
}

function subjects(name) {
  return git(name, 'log', '--no-merges', '--format=%s', `-${AGO}`)
    .toString()
    .split('\n')
    .map((line) =>
      line
        .replace(/\s*\(?#\d+\)?/g, '')
        .replace(/^\w+(\([^)]*\))?!?:\s*/, '')
        .trim(),
    )
    .filter((line) => line.split(/\s+/).length >= 4 && !CHORE.test(line))
    .slice(0, Number(values.cases));
}

function tree(name) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const commit = git(name, 'log', '--format=%H', '-1', `--skip=${AGO}`).toString().trim();
  execFileSync('tar', ['-x', '-C', folder], { input: git(name, 'archive', commit) });
  return folder;
}

function answerability(root, question) {
  const run = spawnSync(
    process.execPath,
    [cli, 'ask', question, '--json', '--root', root, '--store', join(scratch, 'store')],
    { encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout).trace.answerability;
}
