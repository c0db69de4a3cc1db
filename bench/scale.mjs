/**
 * The index at size: a tree made of copies of real repositories until it holds the wanted number of chunks.
 *
 *   npm run bench -- scale --repos DIR [--chunks 100000]
 *
 * Prints the time and memory of the cold index, with and without vectors, the size of the store against the text, the time of a scan that finds
 * nothing changed, and the p50 and p95 of queries (sentences, and 300 terms) by words and meaning, the server's memory after them, beside ripgrep looking for one word
 * in the same tree, all in one run.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openServer } from './lspClient.mjs';
import { copiesOf } from './support/copies.mjs';

const { values } = parseArgs({ options: { repos: { type: 'string' }, chunks: { type: 'string', default: '100000' } } });
if (!values.repos) {
  console.error('scale needs --repos DIR');
  process.exit(2);
}

const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-scale-'));
const tree = join(scratch, 'tree');
const store = join(scratch, 'store');
try {
  copiesOf(values.repos, tree, Number(values.chunks));
  const bare = timed(['index', '--json'], { SCHOLIA_EMBEDDER: 'off' });
  rmSync(store, { recursive: true });
  const cold = timed(['index', '--json']);
  const report = JSON.parse(cold.stdout);
  const status = JSON.parse(timed(['status', '--json']).stdout);
  const again = JSON.parse(timed(['index', '--json']).stdout);
  row('files, chunks', `${report.files}, ${report.chunks}`);
  row('text', `${(report.bytes / 1e6).toFixed(1)} MB`);
  row('cold index', `${report.seconds.total.toFixed(1)} s, ${cold.megabytes} MB at most`);
  const { total } = JSON.parse(bare.stdout).seconds;
  row(
    'without vectors',
    `${total.toFixed(1)} s, ${bare.megabytes} MB at most: ${(report.seconds.total / total).toFixed(2)} × with; embedding took ${report.seconds.embed.toFixed(1)} s of processor time`,
  );
  row(
    'store',
    `${(status.store.bytes / 1e6).toFixed(1)} MB, ${(status.store.bytes / report.bytes).toFixed(2)} × the text`,
  );
  row('nothing changed', `${again.seconds.total.toFixed(2)} s`);
  const sentences = questions();
  const server = await openServer(tree, store);
  await percentiles(server, sentences.slice(0, 20));
  row('sentence queries', await percentiles(server, sentences));
  row(
    '300-term queries',
    await percentiles(
      server,
      Array.from({ length: 30 }, (_, i) => longQuery(sentences, i)),
    ),
  );
  row('server', `${server.megabytes()} MB after these, by words and by meaning`);
  server.close();
  row('ripgrep, one word', ripgrep());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function row(name, value) {
  console.log(`${name.padEnd(18)} ${value}`);
}

function timed(args, env = {}) {
  const run = spawnSync(
    '/usr/bin/env',
    ['time', '-f', '%M', process.execPath, cli, ...args, '--root', tree, '--store', store],
    { env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const done =
    run.error || run.status === 127
      ? spawnSync(process.execPath, [cli, ...args, '--root', tree, '--store', store], {
          env: { ...process.env, ...env },
          encoding: 'utf8',
          maxBuffer: 1 << 30,
        })
      : run;
  if (done.status !== 0) throw new Error(done.stderr);
  return { stdout: done.stdout, megabytes: Math.round(Number(done.stderr.trim().split('\n').at(-1)) / 1024) || '?' };
}

/** First sentences of comments of the tree itself: what people ask is worded like that. */
function questions() {
  const lines = execFileSync('grep', ['-rhoE', '// [A-Z][a-z]+ [a-zA-Z ]{20,80}', tree], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  }).split('\n');
  return [...new Set(lines.map((line) => line.slice(3)))]
    .sort()
    .filter((_, i, all) => i % Math.max(1, Math.floor(all.length / 200)) === 0);
}

function longQuery(sentences, i) {
  const words = [
    ...new Set(
      sentences
        .slice(i * 5)
        .concat(sentences)
        .join(' ')
        .split(/\s+/),
    ),
  ];
  return words.slice(0, 300).join(' ');
}

async function percentiles(server, queries) {
  const times = [];
  for (const query of queries) {
    const start = performance.now();
    await server.request('scholia/search', { query, limit: 10 });
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)].toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (${queries.length})`;
}

function ripgrep() {
  const start = performance.now();
  const run = spawnSync('rg', ['-c', 'configuration', tree], { maxBuffer: 1 << 30 });
  return run.error ? 'not installed' : `${(performance.now() - start).toFixed(0)} ms`;
}
