/** What bench/completion.mjs runs, bundled with the server: gathers candidates for cases, fits the weights, scores both. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText, linesOf } from '../../server/src/base/text.ts';
import { openEngine } from '../../server/src/compose.ts';
import { loadXfileCompletion, withoutLine } from '../../server/src/evaluate/completion.ts';
import { layOut } from '../../server/src/evaluate/trees.ts';
import { languageOf } from '../../server/src/index/languages.ts';
import { outlinesOf } from '../../server/src/rag/completionContext.ts';
import { surroundings } from '../../server/src/rag/cursor.ts';
import { nextNames } from '../../server/src/rag/nextNames.ts';
import { likelihoods, NEXT_WEIGHTS } from '../../server/src/rag/nextWeights.ts';
import { createPatience } from '../../server/src/rag/patience.ts';

const SIGNS = Object.keys(NEXT_WEIGHTS);

const { data, repos, store, dist } = JSON.parse(process.env.BENCH_OPTIONS);
const suite = loadXfileCompletion(join(data, 'xfile-completion'));
const cases = [];
for (const tree of suite.trees) {
  let root;
  try {
    root = layOut(tree, `${store}/trees/xfile-completion`, repos);
  } catch (error) {
    console.error(String(error));
    continue;
  }
  const engine = await openEngine({ root, storeBase: store, dist, trusted: true, settings: {} });
  try {
    await engine.update();
    for (const one of suite.cases.filter((each) => each.tree === tree.key)) cases.push(await gather(engine, one));
  } finally {
    await engine.close();
  }
  console.error(tree.key, cases.length);
}
const found = cases.filter(({ gold }) => gold >= 0);
console.log(`${cases.length} cases, the definition is among the candidates of ${found.length}`);
console.log('before', report(cases, NEXT_WEIGHTS));
for (const tokens of [1024, 2048, 4096]) console.log(tokens, report(cases, NEXT_WEIGHTS, tokens));
for (const sign of SIGNS) console.log('without', sign, report(cases, { ...NEXT_WEIGHTS, [sign]: 0 }));
const groups = [...new Set(cases.map(({ group }) => group))];
const halves = [0, 1].map((half) => groups.filter((_, i) => i % 2 === half));
for (const [i, half] of halves.entries()) {
  const weights = fitted(found.filter(({ group }) => half.includes(group)));
  const other = cases.filter(({ group }) => halves[1 - i].includes(group));
  console.log(`fitted on the other half`, report(other, weights), 'before', report(other, NEXT_WEIGHTS));
}
const weights = fitted(found);
console.log('fitted on all', report(cases, weights));
console.log(JSON.stringify(Object.fromEntries(SIGNS.map((sign) => [sign, Number(weights[sign].toFixed(2))])), null, 2));
for (const group of groups) {
  const own = cases.filter((each) => each.group === group);
  console.log(group, own.length, report(own, weights));
}
async function gather(engine, { id, cursor, wanted, group }) {
  const source = decodeText(readFileSync(join(engine.root, cursor.path)))?.text ?? '';
  const { text, column } = withoutLine(source, cursor.line);
  engine.openBuffer(cursor.path, text);
  const { view } = await engine.context();
  try {
    const at = { ...cursor, column };
    const around = surroundings(linesOf(text), at);
    const { candidates } = await nextNames(
      view,
      text,
      at,
      around,
      languageOf(at.path, text.slice(0, 200)).id,
      createPatience({ now: Date.now }, Number.POSITIVE_INFINITY),
    );
    const [{ path, lines }] = wanted;
    const gold = candidates.findIndex(
      ({ definition }) =>
        definition.path === path && definition.startLine <= lines.endLine && definition.nameLine >= lines.startLine,
    );
    return {
      id,
      at: `${cursor.path}:${cursor.line}`,
      group,
      wanted: wanted[0],
      gold,
      rows: candidates,
      line: linesOf(source).text.split('\n')[cursor.line - 1]?.trim(),
    };
  } finally {
    await view.end();
    engine.closeBuffer(cursor.path);
  }
}

function hits({ rows, wanted }, weights, tokens = 4096) {
  return outlinesOf(rows, tokens, weights)
    .slice(0, 10)
    .some(
      ({ path, shown }) =>
        path === wanted.path &&
        shown.some(({ startLine, endLine }) => startLine <= wanted.lines.endLine && endLine >= wanted.lines.startLine),
    );
}

/** The mean over groups. */
function report(some, weights, tokens) {
  const by = Map.groupBy(some, ({ group }) => group);
  const means = [...by.values()].map((own) => own.filter((one) => hits(one, weights, tokens)).length / own.length);
  return (means.reduce((sum, each) => sum + each, 0) / means.length).toFixed(3);
}

/** Softmax over each case's candidates, by Adam on whole passes. */
function fitted(some) {
  const likelihood = likelihoods(NEXT_WEIGHTS);
  const by = Map.groupBy(some, ({ group }) => group);
  // The best of them are enough to tell it from.
  const kept = some.map(({ rows, gold, group }) => {
    const best = rows
      .map((row) => ({ row, weight: likelihood(row.signs) }))
      .filter(({ row }) => row !== rows[gold])
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 300);
    return { rows: [rows[gold], ...best.map(({ row }) => row)], gold: 0, group };
  });
  const data = kept.map(({ rows, gold, group }) => ({
    x: Float32Array.from(rows.flatMap(({ signs }) => SIGNS.map((sign) => signs[sign]))),
    n: rows.length,
    gold,
    weight: 1 / (by.get(group).length * by.size),
  }));
  const w = SIGNS.map((sign) => NEXT_WEIGHTS[sign]);
  const m = w.map(() => 0);
  const v = w.map(() => 0);
  const width = w.length;
  for (let step = 1; step <= 200; step++) {
    const gradient = w.map((value) => 0.002 * value);
    for (const { x, n, gold, weight } of data) {
      const scores = new Float64Array(n);
      let most = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < width; k++) sum += w[k] * x[i * width + k];
        scores[i] = sum;
        most = Math.max(most, sum);
      }
      let total = 0;
      for (let i = 0; i < n; i++) total += scores[i] = Math.exp(scores[i] - most);
      for (let i = 0; i < n; i++) {
        const p = weight * (scores[i] / total - Number(i === gold));
        for (let k = 0; k < width; k++) gradient[k] += p * x[i * width + k];
      }
    }
    for (let k = 0; k < width; k++) {
      m[k] = 0.9 * m[k] + 0.1 * gradient[k];
      v[k] = 0.99 * v[k] + 0.01 * gradient[k] ** 2;
      w[k] -= (0.1 * (m[k] / (1 - 0.9 ** step))) / (Math.sqrt(v[k] / (1 - 0.99 ** step)) + 1e-8);
    }
  }
  return Object.fromEntries(SIGNS.map((sign, k) => [sign, w[k]]));
}
