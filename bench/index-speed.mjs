/**
 * How fast the index is, as ratios taken in one run.
 *
 *   npm run bench -- index-speed --repos DIR [--large DIR] [--chunks 100000] [--saves 120] [--rounds 3]
 *
 * `--large` is a real tree of 10,000 files or more; without it the repositories of DIR are one. Prints the cold index
 * beside plain tree-sitter parsing of the same files with as many threads, the time from the server's start to its first
 * answer on no index, how late the server's event loop was meanwhile, an update that finds nothing changed beside our own
 * walk alone, and the time from a save to its being found with `--chunks` chunks there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { openServer } from './lspClient.mjs';
import { copiesOf } from './support/copies.mjs';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    large: { type: 'string' },
    chunks: { type: 'string', default: '100000' },
    saves: { type: 'string', default: '120' },
    rounds: { type: 'string', default: '3' },
  },
});
if (!values.repos) {
  console.error('index-speed needs --repos DIR');
  process.exit(2);
}

const project = join(import.meta.dirname, '..');
const cli = join(project, 'dist/server/cli.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-index-speed-'));
const large = resolve(values.large ?? values.repos);
const rounds = Array.from({ length: Number(values.rounds) }, (_, i) => i);
// As compose.ts has it.
const threads = Math.min(4, availableParallelism());
/** The walk as the product has it, as often as there are rounds; prints the seconds of each. */
const WALK = `
import { openWorkspace } from './server/src/workspace/walk.ts';
import { disk } from './server/src/workspace/disk.ts';
const [, , folder, rounds] = process.argv;
const workspace = await openWorkspace(disk, folder, {
  maxFileBytes: 4096 * 1024,
  exclude: [],
  hidden: [],
  user: null,
});
const times = [];
for (let i = 0; i < Number(rounds); i++) {
  const start = performance.now();
  await workspace.scan();
  times.push((performance.now() - start) / 1000);
}
console.log(JSON.stringify(times));
`;

try {
  row('load before', loadavg()[0].toFixed(1));
  await coldIndex();
  await firstAnswer();
  await nothingChanged();
  await saves();
  row('load after', loadavg()[0].toFixed(1));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function row(name, value) {
  console.log(`${name.padEnd(22)} ${value}`);
}

function scholia(command, root, store) {
  const run = spawnSync(process.execPath, [cli, command, '--json', '--root', root, '--store', store], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** The store of `large`, filled by the first round. */
function largeStore() {
  return join(scratch, 'large');
}

function openDatabase(store) {
  const [folder] = readdirSync(join(store, 'roots'));
  return new DatabaseSync(join(store, 'roots', folder, 'index.db'), { readOnly: true });
}

async function coldIndex() {
  // The first reading of a disk would be charged to whoever comes first.
  const report = scholia('index', large, largeStore());
  const database = openDatabase(largeStore());
  const files = database
    .prepare("SELECT path FROM files WHERE state = 'done'")
    .all()
    .map(({ path }) => join(large, path));
  database.close();
  row('files, chunks, text', `${report.files}, ${report.chunks}, ${(report.bytes / 1e6).toFixed(1)} MB`);
  const ours = [];
  const plain = [];
  for (const round of rounds) {
    ours.push(scholia('index', large, join(scratch, `cold${round}`)).seconds.total);
    rmSync(join(scratch, `cold${round}`), { recursive: true });
    plain.push(await plainParse(files));
  }
  row('cold index', `${seconds(median(ours))}, ${threads} parse threads`);
  row('plain parse', `${seconds(median(plain))}, ${threads} threads; ratio ${ratio(ours, plain)}`);
}

async function plainParse(files) {
  const start = performance.now();
  const next = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { files, next, assets: join(project, 'dist') };
  await Promise.all(
    Array.from({ length: threads }, () => {
      const worker = new Worker(join(import.meta.dirname, 'support/plainParse.mjs'), { workerData });
      return new Promise((done, fail) => worker.once('message', done).once('error', fail));
    }),
  );
  return (performance.now() - start) / 1000;
}

/** Also how late the loop of that server was, until its index was complete. */
async function firstAnswer() {
  const file = join(scratch, 'eventLoop.json');
  const nodeArgs = ['--require', join(import.meta.dirname, 'support/eventLoop.cjs')];
  const start = performance.now();
  const server = await openServer(large, join(scratch, 'first'), { nodeArgs, env: { SCHOLIA_EVENT_LOOP: file } });
  row('first answer', `${seconds((performance.now() - start) / 1000)} after the process began, on no index`);
  await untilReady(server);
  row('complete index', `${seconds((performance.now() - start) / 1000)} after the process began`);
  server.signal('SIGUSR2');
  while (!existsSync(file)) await delay(20);
  const { p50, p99, max, own } = JSON.parse(readFileSync(file, 'utf8'));
  row(
    'event loop, indexing',
    `late by p50 ${ms(p50)}, p99 ${ms(p99)}, at most ${ms(max)}; by its own work at most ${ms(own)}`,
  );
  await server.close();
}

async function untilReady(server) {
  while (!(await server.request('scholia/status')).every(({ state }) => state === 'ready')) await delay(50);
}

async function nothingChanged() {
  const walk = join(scratch, 'walk.mjs');
  await build({
    stdin: { contents: WALK, resolveDir: project },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    outfile: walk,
  });
  const before = contentsOf(largeStore());
  const server = await openServer(large, largeStore());
  await untilReady(server);
  const updates = [];
  for (const _ of rounds) {
    const ended = server.logged(/^generation \d+: \d+ files, (\d+) ms/);
    // What the editor's watcher says when the branch changes: look at the whole folder.
    await server.notify('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(large, '.git/HEAD')).href, type: 2 }],
    });
    updates.push(Number((await ended)[1]) / 1000);
  }
  await server.close();
  const walks = JSON.parse(execFileSync(process.execPath, [walk, large, values.rounds], { encoding: 'utf8' }));
  const same = contentsOf(largeStore()) === before ? 'no row changed' : 'ROWS CHANGED';
  row('nothing changed', `${seconds(median(updates))}, ${same}`);
  row('our walk alone', `${seconds(median(walks))}; ratio ${ratio(updates, walks)}`);
}

/** Every row of files and chunks, and the generation, as a digest. */
function contentsOf(store) {
  const database = openDatabase(store);
  const digest = createHash('sha256');
  for (const sql of [
    'SELECT id, path, stamp, settled, digest, state FROM files ORDER BY id',
    'SELECT * FROM chunks ORDER BY id',
    "SELECT value FROM meta WHERE key = 'generation'",
  ])
    for (const values of database.prepare(sql).iterate()) digest.update(JSON.stringify(values));
  database.close();
  return digest.digest('hex');
}

async function saves() {
  const tree = join(scratch, 'tree');
  copiesOf(values.repos, tree, Number(values.chunks));
  const server = await openServer(tree, join(scratch, 'saves'));
  await untilReady(server);
  const [{ files, chunks }] = await server.request('scholia/status');
  const sources = readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(go|java|rs|py|ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const step = Math.floor(sources.length / Number(values.saves));
  const times = [];
  for (let i = 0; i < Number(values.saves); i++) times.push(await save(server, sources[i * step], wordOf(i)));
  await server.close();
  row('tree for saves', `${files} files, ${chunks} chunks`);
  row(
    'save to found',
    `p50 ${ms(at(times, 0.5))}, p95 ${ms(at(times, 0.95))}, at most ${ms(at(times, 1))} (${times.length})`,
  );
}

/** A word that is in no file, of letters alone, so that it is one token. */
function wordOf(i) {
  const letters = [...String(10_000 + i)].map((digit) => 'bcdfghjklm'[Number(digit)]);
  return `qxzv${letters.join('')}`;
}

/** Milliseconds from the end of writing to an answer that holds what was written. */
async function save(server, path, word) {
  const isComment = path.endsWith('.py') ? '#' : '//';
  appendFileSync(path, `\n${isComment} ${word}\n`);
  const start = performance.now();
  await server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: pathToFileURL(path).href, type: 2 }] });
  while (true) {
    const hits = await server.request('scholia/search', { query: word, limit: 1 });
    if (hits.some(({ text }) => text.includes(word))) return performance.now() - start;
    if (performance.now() - start > 30_000) throw new Error(`${path} was not found within 30 s of its save`);
    await delay(5);
  }
}

function at(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function median(numbers) {
  return at(numbers, 0.5);
}

/** Of the medians, and of each round. */
function ratio(ours, reference) {
  const each = ours.map((value, i) => (value / reference[i]).toFixed(2)).join(', ');
  return `${(median(ours) / median(reference)).toFixed(2)} (rounds: ${each})`;
}

function seconds(value) {
  return `${value.toFixed(2)} s`;
}

function ms(value) {
  return `${value.toFixed(0)} ms`;
}
