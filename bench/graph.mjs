/**
 * The graph over vectors against looking at each: what it finds, and what it costs.
 *
 *   npm run bench -- graph [--sizes 20000,100000,300000] [--vectors FILE] [--questions FILE] [--dimensions 256]
 *                          [--queries 200] [--folder DIR]
 *
 * The files hold rows of float32, as many as there are. Without questions every so many-th row is a query instead, which
 * is easier, since questions lie apart from code. Without vectors they are made up: clusters of few true dimensions, which
 * is easier still. Of each size it prints the
 * recall@10 against an exact scan in float32 and the median and least time of a query for: that scan; scans of rows in
 * int8 by a query in float32 (asymmetric; as the index does it in WebAssembly, and in JavaScript) and in int8 (symmetric,
 * alone and with its best 40 scored again); and the graph through the compute process. Then it prints what the graph
 * costs, its recall by `ef`, and where the least time of scans reaches 10 and 30 ms.
 */
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '20000,100000,300000' },
    vectors: { type: 'string' },
    questions: { type: 'string' },
    dimensions: { type: 'string', default: '256' },
    queries: { type: 'string', default: '200' },
    folder: { type: 'string', default: tmpdir() },
  },
});
/** A multiple of four. */
const dimensions = Number(values.dimensions);
const queryCount = Number(values.queries);
const LIMIT = 10;
const dist = join(import.meta.dirname, '../dist');

const { createByteRows, createComputeHost, openVectorGraph } = await importGraph();
const sizes = values.sizes.split(',').map(Number);
const crossings = [];
for (const size of sizes) await measure(size);
console.log('\nVectors at which a scan takes 10 and 30 ms, by the least time at the largest size:');
for (const [name, perVector] of crossings)
  console.log(`  ${name}: ${Math.round(10 / perVector)}, ${Math.round(30 / perVector)}`);

async function measure(wanted) {
  const { rows, queries } = values.vectors ? readVectors(values.vectors, wanted) : madeUp(wanted);
  const count = rows.length / dimensions;
  console.log(`\n${count} vectors of ${dimensions} dimensions, ${queries.length} queries`);
  const packed = quantised(rows);
  packed.program = inProgram(packed.numbers);
  const truth = queries.map((query) => scanFloat(rows, query, LIMIT));

  const scans = {
    'scan float32': (query) => scanFloat(rows, query, LIMIT),
    'scan int8, WebAssembly': (query) => scanProgram(packed, query, LIMIT),
    'scan int8 by float32': (query) => scanInt8(packed, query, LIMIT),
    'scan int8 by int8': (query) => scanInt8(packed, rounded(query), LIMIT),
    'scan int8 by int8, 40 again': (query) =>
      best(scanInt8(packed, rounded(query), 40), (id) => dotInt8(packed, query, id), LIMIT),
  };
  crossings.length = 0;
  for (const [name, scan] of Object.entries(scans)) {
    const { least, text } = await judge(queries, truth, scan);
    crossings.push([name, least / count]);
    print(name, text);
  }
  await measureGraph({ rows, queries, truth, count });
}

async function measureGraph({ rows, queries, truth, count }) {
  const folder = mkdtempSync(join(values.folder, 'scholia-graph-'));
  const log = (_level, text) => console.error(text);
  const host = createComputeHost({ entry: join(dist, 'server/computeHost.cjs'), native: join(dist, 'native'), log });
  try {
    const expected = { identity: { name: 'bench', dimensions, digest: 'bench' }, store: 'bench' };
    const graph = await openVectorGraph(host, folder, 60_000);
    const ids = Array.from({ length: count }, (_, i) => i);
    const added = await timed(async () => {
      await graph.begin(expected, count);
      for (let at = 0; at < count; at += 10_000) {
        const end = Math.min(count, at + 10_000);
        await graph.add({ ids: ids.slice(at, end), rows: rows.subarray(at * dimensions, end * dimensions) });
      }
    });
    print('graph, build', `${(added / 1000).toFixed(1)} s, ${Math.round((count / added) * 1000)} vectors/s`);
    const saved = await timed(() => graph.finish(1));
    const bytes = statSync(join(folder, 'graph.hnsw')).size;
    print(
      'graph, save',
      `${saved.toFixed(0)} ms, ${(bytes / 1e6).toFixed(0)} MB, ${memoryOf(host.pid)} in the process`,
    );
    print('graph, search', (await judge(queries, truth, async (query) => (await graph.search(query, LIMIT)).ids)).text);
    const loaded = await timed(() => graph.load(expected));
    print('graph, load', `${loaded.toFixed(0)} ms, ${memoryOf(host.pid)} after it`);
    const some = 320;
    const more = { ids: ids.slice(0, some).map((id) => count + id), rows: rows.slice(0, some * dimensions) };
    const grown = await timed(() => graph.add(more));
    const removed = await timed(() => graph.remove(more.ids));
    print('graph, one more', `${(grown / some).toFixed(2)} ms, and one less ${(removed / some).toFixed(3)} ms`);
    await graph.close();
    await judgeEf(join(folder, 'graph.hnsw'), queries, truth);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true });
  }
}

/** The saved graph in this process, without the way to another. */
async function judgeEf(file, queries, truth) {
  const { HierarchicalNSW } = createRequire(import.meta.url)('hnswlib-node');
  const index = new HierarchicalNSW('ip', dimensions);
  index.readIndexSync(file);
  for (const ef of [64, 128, 256, 512, 1024]) {
    index.setEf(ef);
    const search = (query) => index.searchKnn(Array.from(query), LIMIT).neighbors;
    print(`  ef ${ef}`, (await judge(queries, truth, search)).text);
  }
}

async function judge(queries, truth, search) {
  const times = [];
  let hits = 0;
  for (const [i, query] of queries.entries()) {
    const start = performance.now();
    const found = await search(query);
    times.push(performance.now() - start);
    hits += found.filter((id) => truth[i].includes(id)).length;
  }
  times.sort((a, b) => a - b);
  const [least, median] = [times[0], times[times.length >> 1]];
  const recall = hits / (queries.length * LIMIT);
  return {
    least,
    text: `recall@10 ${recall.toFixed(4)}, median ${median.toFixed(2)} ms, least ${least.toFixed(2)} ms`,
  };
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function print(name, text) {
  console.log(`${name.padEnd(30)} ${text}`);
}

function memoryOf(pid) {
  try {
    const [, kilobytes] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/);
    return `${Math.round(kilobytes / 1000)} MB`;
  } catch {
    return 'unknown memory';
  }
}

/** The nearest first. `score` may be any function of the row's number. */
function nearest(count, limit, score) {
  const ids = [];
  const scores = [];
  for (let id = 0; id < count; id++) {
    const value = score(id);
    if (ids.length === limit && value <= scores[limit - 1]) continue;
    let at = ids.length === limit ? limit - 1 : ids.length;
    for (; at > 0 && scores[at - 1] < value; at--) {
      ids[at] = ids[at - 1];
      scores[at] = scores[at - 1];
    }
    ids[at] = id;
    scores[at] = value;
  }
  return ids;
}

function best(ids, score, limit) {
  return nearest(ids.length, limit, (i) => score(ids[i])).map((i) => ids[i]);
}

function scanFloat(rows, query, limit) {
  return nearest(rows.length / dimensions, limit, (id) => dotFloat(rows, query, id));
}

function dotFloat(rows, query, id) {
  return dot(query, rows, id * dimensions);
}

/** As the index does it. */
function scanProgram({ program, scales }, query, limit) {
  const scores = new Float32Array(scales.length);
  program.scan(query, scales.length, (id, product) => {
    scores[id] = product * scales[id];
  });
  return nearest(scales.length, limit, (id) => scores[id]);
}

function scanInt8(packed, query, limit) {
  const score = query instanceof Int8Array ? dotInts : dotInt8;
  return nearest(packed.scales.length, limit, (id) => score(packed, query, id));
}

function dotInt8({ numbers, scales }, query, id) {
  return dot(query, numbers, id * dimensions) * scales[id];
}

/** Four sums at a time, since each addition waits for the one before. */
function dot(query, rows, from) {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < dimensions; i += 4) {
    a += query[i] * rows[from + i];
    b += query[i + 1] * rows[from + i + 1];
    c += query[i + 2] * rows[from + i + 2];
    d += query[i + 3] * rows[from + i + 3];
  }
  return a + b + c + d;
}

/** The same in whole numbers, of which the engine knows that they are. */
function dotInts({ numbers, scales }, query, id) {
  const from = id * dimensions;
  let [a, b] = [0, 0];
  for (let i = 0; i < dimensions; i += 2) {
    a = (a + Math.imul(query[i], numbers[from + i])) | 0;
    b = (b + Math.imul(query[i + 1], numbers[from + i + 1])) | 0;
  }
  return (a + b) * scales[id];
}

/** Each row in steps of its own largest number / 127. */
function quantised(rows) {
  const count = rows.length / dimensions;
  const numbers = new Int8Array(rows.length);
  const scales = new Float32Array(count);
  for (let id = 0; id < count; id++) {
    const row = rows.subarray(id * dimensions, (id + 1) * dimensions);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    scales[id] = largest / 127;
    for (let i = 0; i < dimensions; i++) numbers[id * dimensions + i] = Math.round((row[i] / largest) * 127);
  }
  return { numbers, scales };
}

function inProgram(numbers) {
  const program = createByteRows(dimensions);
  for (let id = 0; id * dimensions < numbers.length; id++)
    program.set(id, numbers.subarray(id * dimensions, (id + 1) * dimensions));
  return program;
}

function rounded(query) {
  return quantised(query).numbers;
}

/** The rows of a file, which may be larger than one read. */
function readRows(file) {
  const rowBytes = dimensions * 4;
  const bytes = Buffer.alloc(Math.floor(statSync(file).size / rowBytes) * rowBytes);
  const fd = openSync(file);
  for (let at = 0; at < bytes.length; ) at += readSync(fd, bytes, at, Math.min(bytes.length - at, 1 << 30), at);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return Array.from({ length: bytes.length / rowBytes }, (_, i) => all.subarray(i * dimensions, (i + 1) * dimensions));
}

/** So many rows at equal distances of the file; of what is left, the queries. */
function readVectors(file, wanted) {
  const all = readRows(file);
  const stride = Math.floor(all.length / queryCount);
  const held = values.questions ? readRows(values.questions) : all.filter((_row, i) => i % stride === 0);
  const others = values.questions ? all : all.filter((_row, i) => i % stride !== 0);
  const count = Math.min(wanted, others.length);
  const rows = new Float32Array(count * dimensions);
  for (let i = 0; i < count; i++) rows.set(others[Math.floor((i * others.length) / count)], i * dimensions);
  return { rows, queries: held.slice(0, queryCount) };
}

/** Unit vectors around a thousand centres, of 48 true dimensions, with a little of everything on top. */
function madeUp(count) {
  let state = 1;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const bell = () => uniform() + uniform() + uniform() + uniform() - 2;
  const LATENT = 48;
  const basis = Array.from({ length: LATENT }, () => Float32Array.from({ length: dimensions }, bell));
  const centres = Array.from({ length: 1000 }, () => Float32Array.from({ length: LATENT }, bell));
  function vector(into) {
    const centre = centres[Math.floor(uniform() * centres.length)];
    for (let i = 0; i < dimensions; i++) into[i] = 0.5 * bell();
    for (let k = 0; k < LATENT; k++) {
      const weight = centre[k] + 0.6 * bell();
      for (let i = 0; i < dimensions; i++) into[i] += weight * basis[k][i];
    }
    const length = Math.sqrt(into.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < dimensions; i++) into[i] /= length;
    return into;
  }
  const rows = new Float32Array(count * dimensions);
  for (let id = 0; id < count; id++) vector(rows.subarray(id * dimensions, (id + 1) * dimensions));
  return { rows, queries: Array.from({ length: queryCount }, () => vector(new Float32Array(dimensions))) };
}

async function importGraph() {
  const resolveDir = join(import.meta.dirname, '../server/src');
  const contents = ['index/byteRows', 'gpu/host', 'gpu/graph']
    .map((file) => `export * from './${file}.ts';`)
    .join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
