/**
 * Refusal: fits the calibration in rag/weights.ts to judged questions and prints what it is worth.
 *
 *   npm run bench -- refusal-cases --repos DIR --out CASES
 *   npm run scholia -- eval refusal:folders --data CASES --arms lexical,full --json RUN
 *   npm run bench -- refusal RUN …
 *
 * A multinomial logistic regression on the signals of rag/refuse.ts, by words alone (arm `lexical`) and by all (`full`):
 * answerable, about something else, or without the files that answer. Each of the three counts alike, and so do comments
 * and questions; those in Chinese, which are judged by their nearness alone, are left out. Everything but the weights is
 * cross-validated: each repository is judged by a fit to four fifths of the others.
 */
import { readFileSync } from 'node:fs';

const FOLDS = 5;
const RIDGE = 1e-3;
const ARMS = { lexical: 'byWords', full: 'byBoth' };
/** What tells each of the rivals of an answer; the others of their signals have no use or the wrong sign. */
const TELL = {
  foreign: ['coverage', 'rarity', 'agreement'],
  gone: ['coverage', 'unresolved', 'lead', 'strength'],
};
const PARTS = ['comment', 'question'];
const RIVALS = { foreign: 'foreign', gone: 'near' };

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('refusal needs files that `scholia eval refusal:folders --json` wrote');
  process.exit(2);
}
const judged = files
  .flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).refusals[0].judged)
  .filter(({ query }) => !/\p{Script=Han}/u.test(query));
const folds = [...new Set(judged.map(repositoryOf))].sort();

for (const [arm, name] of Object.entries(ARMS)) {
  const rows = weighed(judged.filter(({ arms }) => arms[arm]));
  if (rows.length === 0) continue;
  const signals = Object.keys(rows[0].arms[arm].signals);
  const judge = (kept) => crossValidated(rows, arm, kept);
  const scores = judge(signals);
  console.log(`\n${name}, ${rows.length} questions of ${folds.length} repositories\n`);
  console.log(`${''.padEnd(20)}${PARTS.map((part) => part.padStart(20)).join('')}`);
  console.log(row('AUROC', ['foreign   near', 'foreign   near']));
  console.log(row('all signals', areas(rows, scores)));
  for (const left of signals) {
    const others = signals.filter((signal) => signal !== left);
    console.log(row(`without ${left}`, areas(rows, judge(others))));
  }
  for (const only of signals) console.log(row(`${only} alone`, areas(rows, judge([only]))));
  console.log(`\nthreshold   foreign answered   near answered   own refused`);
  for (const least of [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6]) {
    const over = (asked) => share(rows, (one, i) => one.asked === asked && scores[i] >= least, asked);
    const cells = [over('foreign'), over('near'), 1 - over('own')];
    console.log(
      `${least.toFixed(2).padStart(9)}${cells.map((cell, i) => percent(cell).padStart([19, 16, 14][i])).join('')}`,
    );
  }
  console.log('\nanswerability   questions   answerable');
  for (let low = 0; low < 10; low++) {
    const inside = rows.filter((_, i) => Math.min(9, Math.floor(10 * scores[i])) === low);
    const weight = (list) => list.reduce((sum, { weight }) => sum + weight, 0);
    const answerable = weight(inside.filter(({ asked }) => asked === 'own')) / weight(inside);
    console.log(
      `${`${low / 10} to ${(low + 1) / 10}`.padStart(13)}${String(inside.length).padStart(12)}${percent(answerable).padStart(13)}`,
    );
  }
  const weights = fitted(rows, arm, signals);
  const shown = Object.keys(RIVALS).map((rival) => {
    const own = weights.filter((one) => one.rival === rival);
    return `${rival}: { ${own.map(({ signal, weight }) => `${signal}: ${weight.toFixed(2)}`).join(', ')} }`;
  });
  console.log(`\n  ${name}: { ${shown.join(', ')} },`);
}

/** Suites name it with its owner or without. */
function repositoryOf({ group }) {
  return group.split('+').at(-1);
}

/** Whoever wrote the questions put them into parts of their own. */
function partOf({ parts }) {
  return parts.includes('comment') ? 'comment' : 'question';
}

/** Each question with what it counts. */
function weighed(all) {
  const sizes = Object.groupBy(all, (one) => `${partOf(one)} ${one.asked}`);
  return all.map((one) => ({ ...one, weight: 100 / sizes[`${partOf(one)} ${one.asked}`].length }));
}

function crossValidated(rows, arm, signals) {
  const foldOf = (one) => folds.indexOf(repositoryOf(one)) % FOLDS;
  const fits = Array.from({ length: FOLDS }, (_, fold) =>
    fitted(
      rows.filter((one) => foldOf(one) !== fold),
      arm,
      signals,
    ),
  );
  return rows.map((one) => likelihoods(fits[foldOf(one)], one.arms[arm].signals).answerable);
}

/** Of an answer and of each of its rivals. */
function likelihoods(weights, signals) {
  const sums = Object.fromEntries(Object.keys(RIVALS).map((rival) => [rival, 0]));
  for (const { rival, signal, weight } of weights) sums[rival] += weight * (signals[signal] ?? 1);
  const odds = Object.entries(sums).map(([rival, sum]) => [rival, Math.exp(sum)]);
  const all = odds.reduce((sum, [, value]) => sum + value, 1);
  return { answerable: 1 / all, ...Object.fromEntries(odds.map(([rival, value]) => [rival, value / all])) };
}

/** By Newton's method: a weight for each rival and signal that tells it, and its bias. */
function fitted(rows, arm, signals) {
  let weights = Object.entries(TELL).flatMap(([rival, tell]) =>
    ['bias', ...tell.filter((signal) => signals.includes(signal))].map((signal) => ({ rival, signal, weight: 0 })),
  );
  for (let round = 0; round < 30; round++) {
    const gradient = weights.map(({ weight }) => -RIDGE * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? RIDGE : 0)));
    for (const { asked, weight, arms } of rows) {
      const known = arms[arm].signals;
      const p = likelihoods(weights, known);
      const values = weights.map(({ signal }) => known[signal] ?? 1);
      for (const [i, { rival }] of weights.entries()) {
        gradient[i] += weight * values[i] * (Number(asked === RIVALS[rival]) - p[rival]);
        for (const [j, other] of weights.entries())
          curvature[i][j] +=
            weight * values[i] * values[j] * p[rival] * (Number(rival === other.rival) - p[other.rival]);
      }
    }
    const step = solve(curvature, gradient);
    weights = weights.map((one, i) => ({ ...one, weight: one.weight + step[i] }));
  }
  return weights;
}

/** Gauss-Jordan; the matrix is positive definite. */
function solve(matrix, vector) {
  const rows = matrix.map((row, i) => [...row, vector[i]]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows[i][i];
    rows[i] = rows[i].map((value) => value / pivot);
    for (let k = 0; k < rows.length; k++)
      if (k !== i) {
        const factor = rows[k][i];
        rows[k] = rows[k].map((value, j) => value - factor * rows[i][j]);
      }
  }
  return rows.map((row) => row.at(-1));
}

/** For each part, against foreign questions and near misses. */
function areas(rows, scores) {
  return PARTS.map((part) => {
    const of = (asked) => scores.filter((_, i) => rows[i].asked === asked && partOf(rows[i]) === part);
    return ['foreign', 'near'].map((asked) => area(of('own'), of(asked)).toFixed(3)).join('   ');
  });
}

function area(own, others) {
  const won = own.reduce((sum, a) => sum + others.reduce((n, b) => n + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  return won / (own.length * others.length);
}

function share(rows, test, asked) {
  return rows.filter(test).length / rows.filter((one) => one.asked === asked).length;
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`;
}

function row(name, cells) {
  return `${name.padEnd(20)}${cells.map((cell) => cell.padStart(20)).join('')}`;
}
