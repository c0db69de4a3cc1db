/**
 * Trains the ranker: server/src/rag/ranker.json, small trees over the features of passages (server/src/rag/features.ts).
 *
 *   node training/ranker.mjs --features FILE[:WEIGHT] … [--out FILE]
 *
 * Each FILE is written by `scholia eval SUITE --features FILE`: questions whose answers are known, with the passages of
 * the first order. WEIGHT is how much each of its questions counts. Prints what trees trained on the other repositories
 * make of each quarter of the repositories; with --out writes trees trained on all of them.
 *
 * The loss is that of choosing among files (softmax), where a file is as good as all its passages together, so that the
 * trees themselves find which passage of a wanted file speaks for it; where lines are known, that of choosing among
 * passages comes on top. Trees are grown leaf by leaf on gradients and curvature of it (Friedman 2001; Chen and Guestrin
 * 2016), beginning from the first order's score.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

const TREES = 100;
const LEAVES = 8;
const RATE = 0.08;
/** What the first order's score is worth, as a share of its best, in the loss's own unit. */
const SCALE = 5;
/** How much the choice among passages counts beside the one among files. */
const LINES = 0.5;
const BINS = 48;
/** Against leaves of a few passages. */
const MIN_CURVATURE = 3;
const SHRINKAGE = 5;
const MIN_PASSAGES = 40;
const FOLDS = 4;
const MIN_STEP = 1e-4;

const { values } = parseArgs({ options: { features: { type: 'string', multiple: true }, out: { type: 'string' } } });
if (!values.features) {
  console.error('ranker needs --features FILE[:WEIGHT], once or more');
  process.exit(2);
}

const questions = values.features.flatMap(readQuestions);
const groups = [...new Set(questions.map(({ group }) => group))].sort();
report('first order', questions, (question) => question.start);
const judged = new Map();
for (let fold = 0; fold < FOLDS; fold++) {
  const held = new Set(groups.filter((_, i) => i % FOLDS === fold));
  const trees = train(questions.filter(({ group }) => !held.has(group)));
  for (const question of questions.filter(({ group }) => held.has(group)))
    judged.set(question, scoresOf(question, trees));
}
report('with trees', questions, (question) => judged.get(question));
if (values.out) {
  const ranker = { scale: SCALE, trees: train(questions).map(flattened) };
  writeFileSync(values.out, `${JSON.stringify(ranker)}\n`);
}

function readQuestions(name) {
  const [file, weight = '1'] = name.split(/:(?=[\d.]+$)/);
  const rows = readFileSync(file, 'utf8').trim().split('\n');
  const kind = basename(file).replace(/\.jsonl$/, '');
  return rows
    .map((row) => JSON.parse(row))
    .map(({ group, part, wanted, passages }) => ({
      kind: part ? `${kind}, ${part}` : kind,
      group,
      wanted,
      passages,
      weight: Number(weight),
      start: passages.map(({ score }) => SCALE * score),
    }));
}

/** Trees for these questions; those without a wanted passage teach nothing. */
function train(all) {
  const asked = all.filter(({ passages }) => passages.some(({ isWanted }) => isWanted));
  const rows = asked.flatMap(({ passages }) => passages.map(({ features }) => features));
  const columns = binned(rows);
  const scores = Float64Array.from(asked.flatMap(({ start }) => start));
  const trees = [];
  for (let i = 0; i < TREES; i++) {
    const { slopes, curvatures } = derivatives(asked, scores);
    const tree = grow(columns, slopes, curvatures);
    for (const { value, members } of leavesOf(tree)) for (const row of members) scores[row] += value;
    trees.push(tree);
  }
  return trees;
}

/** Each feature's numbers as places between cuts, of which about as many passages lie on either side. */
function binned(rows) {
  return rows[0].map((_, feature) => {
    const sorted = Float64Array.from(rows, (row) => row[feature]).sort();
    const cuts = [];
    for (let bin = 1; bin < BINS; bin++) {
      const cut = sorted[Math.floor((bin * sorted.length) / BINS)];
      if (cuts.length === 0 || cut > cuts.at(-1)) cuts.push(cut);
    }
    const places = Uint8Array.from(rows, (row) => {
      const at = cuts.findIndex((cut) => row[feature] <= cut);
      return at < 0 ? cuts.length : at;
    });
    return { cuts, places };
  });
}

function derivatives(asked, scores) {
  const slopes = new Float64Array(scores.length);
  const curvatures = new Float64Array(scores.length);
  let from = 0;
  for (const { passages, weight } of asked) {
    const own = scores.subarray(from, from + passages.length);
    const most = Math.max(...own);
    const odds = own.map((score) => Math.exp(score - most));
    const choose = (isRight, isWrong, share) => {
      const sum = (test) => odds.reduce((total, odd, i) => total + (test(i) ? odd : 0), 0);
      const right = sum(isRight);
      const all = right + sum(isWrong);
      if (right === 0 || right === all) return;
      for (const [i, odd] of odds.entries()) {
        if (!isRight(i) && !isWrong(i)) continue;
        const chance = odd / all;
        slopes[from + i] += share * (chance - (isRight(i) ? odd / right : 0));
        curvatures[from + i] += share * Math.max(chance * (1 - chance), MIN_STEP);
      }
    };
    const files = [...new Set(passages.filter(({ isWanted }) => isWanted).map(({ path }) => path))];
    for (const file of files)
      choose(
        (i) => passages[i].path === file,
        (i) => !passages[i].isWanted,
        weight / files.length,
      );
    choose(
      (i) => passages[i].hasLines === true,
      (i) => passages[i].hasLines !== true,
      LINES * weight,
    );
    from += passages.length;
  }
  return { slopes, curvatures };
}

function grow(columns, slopes, curvatures) {
  const root = nodeOf(Int32Array.from(slopes.keys()), columns, slopes, curvatures);
  const open = [root];
  for (let leaves = 1; leaves < LEAVES; leaves++) {
    const node = open.sort((a, b) => a.split.gain - b.split.gain).pop();
    if (!node || node.split.gain <= 0) break;
    const { feature, place } = node.split;
    const { cuts, places } = columns[feature];
    const side = (test) =>
      nodeOf(
        node.members.filter((row) => test(places[row])),
        columns,
        slopes,
        curvatures,
      );
    node.feature = feature;
    node.cut = cuts[place];
    node.left = side((at) => at <= place);
    node.right = side((at) => at > place);
    open.push(node.left, node.right);
  }
  return root;
}

function nodeOf(members, columns, slopes, curvatures) {
  let slope = 0;
  let curvature = 0;
  for (const row of members) {
    slope += slopes[row];
    curvature += curvatures[row];
  }
  const worth = (s, c) => (s * s) / (c + SHRINKAGE);
  const split = { gain: 0, feature: -1, place: 0 };
  if (members.length >= MIN_PASSAGES)
    for (const [feature, { cuts, places }] of columns.entries()) {
      const slopeAt = new Float64Array(cuts.length + 1);
      const curvatureAt = new Float64Array(cuts.length + 1);
      for (const row of members) {
        slopeAt[places[row]] += slopes[row];
        curvatureAt[places[row]] += curvatures[row];
      }
      let s = 0;
      let c = 0;
      for (let place = 0; place < cuts.length; place++) {
        s += slopeAt[place];
        c += curvatureAt[place];
        if (c < MIN_CURVATURE || curvature - c < MIN_CURVATURE) continue;
        const gain = worth(s, c) + worth(slope - s, curvature - c) - worth(slope, curvature);
        if (gain > split.gain) Object.assign(split, { gain, feature, place });
      }
    }
  return { members, value: (-RATE * slope) / (curvature + SHRINKAGE), split };
}

function leavesOf(node) {
  return node.left ? [...leavesOf(node.left), ...leavesOf(node.right)] : [node];
}

function scoresOf({ start, passages }, trees) {
  return passages.map(({ features }, i) => trees.reduce((sum, tree) => sum + treeValue(tree, features), start[i]));
}

function treeValue(node, features) {
  let at = node;
  while (at.left) at = features[at.feature] <= at.cut ? at.left : at.right;
  return at.value;
}

/** As `Tree` of server/src/rag/ranker.ts has it. */
function flattened(root) {
  const nodes = [];
  const add = (node) => {
    const at = nodes.push({ feature: -1, cut: 0, left: 0, right: 0, value: node.value }) - 1;
    if (node.left)
      Object.assign(nodes[at], { feature: node.feature, cut: node.cut, left: add(node.left), right: add(node.right) });
    return at;
  };
  add(root);
  const rounded = (number) => Number(number.toPrecision(6));
  const column = (name) => nodes.map((node) => rounded(node[name]));
  return Object.fromEntries(['feature', 'cut', 'left', 'right', 'value'].map((name) => [name, column(name)]));
}

function report(title, all, scored) {
  console.log(
    `\n${title.padEnd(28)}${['cases', 'MRR', 'nDCG@10', 'first', 'chunk@10'].map((t) => t.padStart(10)).join('')}`,
  );
  for (const [kind, asked] of Map.groupBy(all, (question) => question.kind)) {
    const measured = asked.map((question) => measure(question, scored(question)));
    const mean = (name) => {
      const known = measured.map((one) => one[name]).filter((value) => value !== null);
      return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : Number.NaN;
    };
    const numbers = ['rank', 'ndcg', 'first', 'lines'].map((name) => mean(name).toFixed(3).padStart(10));
    console.log(`${kind.padEnd(28)}${String(asked.length).padStart(10)}${numbers.join('')}`);
  }
}

function measure({ passages, wanted }, scores) {
  const order = passages.map((passage, i) => ({ passage, score: scores[i] })).sort((a, b) => b.score - a.score);
  const files = [...new Map(order.map(({ passage }) => [passage.path, passage.isWanted]))];
  const first = files.findIndex(([, isWanted]) => isWanted);
  const discounted = (hits) => hits.slice(0, 10).reduce((sum, hit, i) => sum + (hit ? 1 / Math.log2(i + 2) : 0), 0);
  const knows = passages.some(({ hasLines }) => hasLines !== null);
  return {
    rank: first < 0 ? 0 : 1 / (first + 1),
    first: first === 0 ? 1 : 0,
    ndcg: discounted(files.map(([, isWanted]) => isWanted)) / discounted(Array(wanted).fill(true)),
    lines: knows ? Number(order.slice(0, 10).some(({ passage }) => passage.hasLines)) : null,
  };
}
