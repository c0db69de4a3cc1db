/**
 * Commit localisation: a later commit's message as the query, the files it changed as the answer.
 *
 *   npm run bench -- commit-loc --data DIR [--repos DIR] [--limit 100]
 *
 * DATA holds NAME.jsonl files ({id, repo, base_commit, query, gold: [{path, lines}]}), REPOS a checkout or bare clone of
 * each repository named NAME. Tests are in the index. Prints, for each repository and their mean, the mean reciprocal
 * rank of the first gold file (a file ranks by its first passage), Hit@10 and chunk hit@10, through the command line only.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    repos: { type: 'string' },
    limit: { type: 'string', default: '100' },
    misses: { type: 'boolean' },
  },
});
if (!values.data || !values.repos) {
  console.error('commit-loc needs --data DIR and --repos DIR');
  process.exit(2);
}

const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-commit-loc-'));
const rows = [];
try {
  for (const file of readdirSync(values.data)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()) {
    const name = file.replace('.jsonl', '');
    if (!existsSync(join(values.repos, name))) {
      console.error(`no repository ${name} in ${values.repos}: left out`);
      continue;
    }
    const cases = readFileSync(join(values.data, file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    rows.push(measure(name, cases));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const columns = ['files', 'lines', 'MRR', 'Hit@10', 'chunk@10', 'ms/query'];
console.log(`${'repository'.padEnd(12)}${columns.map((column) => column.padStart(10)).join('')}`);
for (const row of rows) print(row);
const mean = (column) => rows.reduce((sum, row) => sum + row[column], 0) / rows.length;
print(Object.fromEntries([['name', 'mean'], ...columns.map((column) => [column, mean(column)])]));

function print(row) {
  const cells = columns.map((column) => {
    const value = row[column];
    const text =
      column === 'lines'
        ? `${(100 * value).toFixed(2)} %`
        : column === 'files'
          ? value.toFixed(0)
          : value.toFixed(column === 'ms/query' ? 1 : 3);
    return text.padStart(10);
  });
  console.log(`${row.name.padEnd(12)}${cells.join('')}`);
}

function measure(name, cases) {
  const root = checkout(name, cases[0].base_commit);
  const store = join(scratch, `${name}-store`);
  const scholia = (args, input) => {
    const run = spawnSync(process.execPath, [cli, ...args, '--root', root, '--store', store], {
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return run.stdout;
  };
  const report = JSON.parse(scholia(['index', '--json']));
  const queries = cases.map(({ id, query }) => JSON.stringify({ id, query })).join('\n');
  const start = performance.now();
  const results = scholia(['search', '--arm', 'lexical', '--limit', values.limit, '--queries', '-'], queries);
  const milliseconds = performance.now() - start;
  const hits = new Map(
    results
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((result) => [result.id, result.hits]),
  );
  const scores = cases.map((one) => score(one, hits.get(one.id)));
  const average = (pick) => scores.reduce((sum, one) => sum + pick(one), 0) / scores.length;
  const ranged = scores.filter((one) => one.chunk !== null);
  return {
    name,
    files: report.files,
    lines: report.lines.covered / report.lines.total,
    MRR: average((one) => one.reciprocal),
    'Hit@10': average((one) => Number(one.reciprocal >= 0.1)),
    'chunk@10': ranged.reduce((sum, one) => sum + one.chunk, 0) / ranged.length,
    'ms/query': milliseconds / cases.length,
  };
}

function score({ id, gold, query }, hits) {
  const files = [...new Set(hits.map((hit) => hit.path))];
  const wanted = new Set(gold.map(({ path }) => path));
  const rank = files.findIndex((path) => wanted.has(path)) + 1;
  const reciprocal = rank > 0 ? 1 / rank : 0;
  const ranges = gold.flatMap(({ path, lines }) => lines.map(([start, end]) => ({ path, start, end })));
  const overlaps = (hit) =>
    ranges.some(({ path, start, end }) => path === hit.path && hit.startLine <= end && hit.endLine >= start);
  if (values.misses && rank !== 1)
    console.error(
      `${id} rank ${rank}: ${query.slice(0, 100)}\n   want ${[...wanted].join(' ')}\n   got  ${files.slice(0, 3).join(' ')}`,
    );
  return { reciprocal, chunk: ranges.length > 0 ? Number(hits.slice(0, 10).some(overlaps)) : null };
}

/** The tree at the commit with its history up to there, without touching the repository. */
function checkout(name, commit) {
  const folder = join(scratch, name);
  const repository = join(values.repos, name);
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', repository, folder]);
  execFileSync('git', ['-C', folder, 'update-ref', '--no-deref', 'HEAD', commit]);
  const archive = execFileSync('git', ['-C', repository, 'archive', commit], { maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  return folder;
}
