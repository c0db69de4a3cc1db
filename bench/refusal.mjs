/**
 * Refusal: fits the calibration in rag/weights.ts to judged questions and prints what it is worth.
 *
 *   npm run bench -- refusal-cases --repos DIR --out CASES
 *   npm run scholia -- eval refusal:folders --data CASES --arms lexical,full --json RUN
 *   npm run bench -- refusal RUN
 *
 * Logistic regressions on the signals of rag/refuse.ts, by words alone (arm `lexical`) and by all (`full`). Own
 * questions count as much as foreign ones, near misses half as much; the parts of the suite count alike. Everything but
 * the weights is cross-validated: each repository is judged by a fit to four fifths of the others.
 */
import { readFileSync } from 'node:fs';

const FOLDS = 5;
const SHARE = { own: 1, foreign: 1, near: 0.5 };
const RIDGE = 1e-3;
const ARMS = { lexical: 'byWords', full: 'byBoth' };

const file = process.argv[2];
if (!file) {
  console.error('refusal needs a file that `scholia eval refusal:folders --json` wrote');
  process.exit(2);
}
const { judged } = JSON.parse(readFileSync(file, 'utf8')).refusals[0];
const folds = [...new Set(judged.map(({ group }) => group))].sort();

for (const [arm, name] of Object.entries(ARMS)) {
  const rows = weighed(judged.filter(({ arms }) => arms[arm]));
  if (rows.length === 0) continue;
  const signals = Object.keys(rows[0].arms[arm].signals);
  const judge = (kept) => crossValidated(rows, arm, kept);
  const scores = judge(signals);
  console.log(`\n${name}, ${rows.length} questions of ${folds.length} repositories\n`);
  console.log(
    `${''.padEnd(20)}${parts()
      .map((part) => part.padStart(20))
      .join('')}`,
  );
  console.log(row('AUROC', ['foreign   near', 'foreign   near']));
  console.log(row('all signals', areas(rows, scores)));
  for (const left of signals) {
    const others = signals.filter((signal) => signal !== left);
    console.log(row(`without ${left}`, areas(rows, judge(others))));
  }
  for (const only of signals) console.log(row(`${only} alone`, areas(rows, judge([only]))));
  console.log(`\nthreshold   foreign answered   near answered   own refused`);
  for (let least = 0.1; least < 0.95; least += 0.1) {
    const over = (asked) => share(rows, (one, i) => one.asked === asked && scores[i] >= least, asked);
    const cells = [over('foreign'), over('near'), 1 - over('own')];
    console.log(
      `${least.toFixed(1).padStart(9)}${cells.map((cell, i) => percent(cell).padStart([19, 16, 14][i])).join('')}`,
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
  const [bias, ...weights] = fit(rows, arm, signals);
  const all = Object.entries({ bias, ...Object.fromEntries(signals.map((signal, i) => [signal, weights[i]])) });
  console.log(`\n  ${name}: { ${all.map(([signal, weight]) => `${signal}: ${weight.toFixed(2)}`).join(', ')} },`);
}

function parts() {
  return [...new Set(judged.flatMap((one) => one.parts))];
}

/** Each question with what it counts. */
function weighed(all) {
  const sizes = Object.groupBy(all, ({ parts, asked }) => `${parts} ${asked}`);
  return all.map((one) => ({ ...one, weight: (100 * SHARE[one.asked]) / sizes[`${one.parts} ${one.asked}`].length }));
}

function crossValidated(rows, arm, signals) {
  const foldOf = ({ group }) => folds.indexOf(group) % FOLDS;
  const fits = Array.from({ length: FOLDS }, (_, fold) =>
    fit(
      rows.filter((one) => foldOf(one) !== fold),
      arm,
      signals,
    ),
  );
  return rows.map((one) => likelihood(fits[foldOf(one)], inputs(one, arm, signals)));
}

function inputs(one, arm, signals) {
  return [1, ...signals.map((signal) => one.arms[arm].signals[signal])];
}

function likelihood(weights, values) {
  return 1 / (1 + Math.exp(-values.reduce((sum, value, i) => sum + value * weights[i], 0)));
}

/** By Newton's method; the bias first. */
function fit(rows, arm, signals) {
  const all = rows.map((one) => inputs(one, arm, signals));
  let weights = all[0].map(() => 0);
  for (let round = 0; round < 30; round++) {
    const gradient = weights.map((weight) => -RIDGE * weight);
    const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? RIDGE : 0)));
    for (const [n, values] of all.entries()) {
      const p = likelihood(weights, values);
      const error = rows[n].weight * (Number(rows[n].asked === 'own') - p);
      const bend = rows[n].weight * p * (1 - p);
      for (let i = 0; i < values.length; i++) {
        gradient[i] += error * values[i];
        for (let j = 0; j < values.length; j++) curvature[i][j] += bend * values[i] * values[j];
      }
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, i) => weight + step[i]);
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
  return parts().map((part) => {
    const of = (asked) => scores.filter((_, i) => rows[i].asked === asked && rows[i].parts.includes(part));
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
