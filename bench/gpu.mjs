/**
 * How fast a model folder runs on this machine's devices, and whether they compute the same.
 *
 *   npm run bench -- gpu [--model FOLDER] [--devices cuda,webgpu,cpu] [--seconds 2] [--limit TFLOPS] [--int8] [--threads N]
 *
 * Each device is tried by itself. For each that works: its vectors against the processor's, tokens a second for growing
 * batches, and the share of two limits: what a plain product of matrices reaches on the same device in the same runtime,
 * and `--limit`, the figure for float32 in the chip's data sheet (unknown without it). Without --model, a model of the
 * shape of MiniLM-L6 with random weights is made, in int8 with --int8.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeMiniLm } from '../scripts/tinyModels.mjs';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    devices: { type: 'string' },
    seconds: { type: 'string', default: '2' },
    limit: { type: 'string' },
    threads: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    int8: { type: 'boolean', default: false },
  },
});
const SIDE = 1024;
const LENGTHS = [128, 256];
const ROWS = [1, 4, 8, 16, 32, 64, 128, 256];
const ONE_BATCH = 1 << 30;

const project = join(import.meta.dirname, '..');
const runtime = createRequire(import.meta.url)('onnxruntime-node');
const { createComputeHost, devicesToTry, matrixProduct } = await importModules();
const scratch = mkdtempSync(join(tmpdir(), 'scholia-gpu-'));
const threads = Number(values.threads);

try {
  const folder = resolve(values.model ?? join(scratch, 'minilm'));
  if (!values.model) await writeMiniLm(folder, { int8: values.int8 });
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  console.log(
    `${cpus()[0].model}, ${availableParallelism()} cores, ${threads} threads; onnxruntime ${runtime.env.versions.node}`,
  );
  let expected = null;
  const devices = values.devices?.split(',') ?? devicesToTry('auto');
  // The processor first, since the others are held against it.
  for (const device of ['cpu', ...devices.filter((name) => name !== 'cpu')])
    expected = (await measure(device, { folder, config, expected })) ?? expected;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(device, { folder, config, expected }) {
  // A process for each, since one may not survive its driver.
  const host = createComputeHost({
    entry: join(project, 'dist/server/computeHost.cjs'),
    native: join(project, 'dist/native'),
  });
  try {
    const wish = { folder, use: 'embedder', device, threads };
    const startedAt = performance.now();
    const { name, dimensions, batchTokens, maxTokens } = await host.remote.openModel({
      ...wish,
      id: 1,
      batchTokens: null,
    });
    await host.remote.openModel({ ...wish, id: 2, batchTokens: ONE_BATCH });
    const seconds = ((performance.now() - startedAt) / 2000).toFixed(1);
    console.log(
      `\n${device}: ${name}, ${dimensions} dimensions, opened in ${seconds} s; batches of ${batchTokens} tokens are best`,
    );
    const texts = Array.from({ length: 16 }, (_one, i) => 'total of a cart '.repeat(1 + i * 2));
    const { rows } = await host.remote.embedTexts(2, texts);
    if (expected) console.log(`largest difference from the processor: ${apart(rows, expected).toExponential(1)}`);
    const peak = await productRate(device);
    console.log(`a product of ${SIDE} × ${SIDE} matrices: ${(peak / 1e9).toFixed(0)} GFLOPS`);
    console.log(
      ['tokens', 'rows', 'ms', 'tokens/s', 'texts/s', 'GFLOPS', 'of product', 'of chip']
        .map((title) => title.padStart(11))
        .join(''),
    );
    for (const length of LENGTHS.filter((one) => one <= maxTokens)) await sweep(host, { length, peak, config });
    return rows;
  } catch (error) {
    console.log(`\n${device}: not used: ${error.message.split('\n')[0]}`);
    return null;
  } finally {
    await host.close();
  }
}

async function sweep(host, { length, peak, config }) {
  // A token in every vocabulary; two more are around a text.
  const text = 'a '.repeat(length - 2);
  for (const rows of ROWS) {
    const texts = new Array(rows).fill(text);
    const { times, total } = await timed(() => host.remote.embedTexts(2, texts));
    const milliseconds = total / times;
    const tokens = (rows * length * 1000) / milliseconds;
    const rate = tokens * operationsOf(config, length);
    const chip = values.limit ? share(rate, Number(values.limit) * 1e12) : 'unknown';
    const cells = [
      length,
      rows,
      milliseconds.toFixed(1),
      tokens.toFixed(0),
      (tokens / length).toFixed(1),
      (rate / 1e9).toFixed(0),
    ];
    console.log([...cells, share(rate, peak), chip].map((cell) => String(cell).padStart(11)).join(''));
    // Larger ones only make questions wait.
    if (milliseconds > 2000) break;
  }
}

/** Multiplications and additions for one token of a text of so many. */
function operationsOf(
  { hidden_size: hidden, intermediate_size: inner, num_hidden_layers: layers, model_type },
  length,
) {
  const matrices = 4 * hidden * hidden + (model_type === 'modernbert' ? 3 : 2) * hidden * inner;
  return layers * (2 * matrices + 4 * length * hidden);
}

/** Operations a second. */
async function productRate(device) {
  const model = matrixProduct(SIDE);
  const options = { executionProviders: [device], intraOpNumThreads: threads, logSeverityLevel: 3 };
  const session = await runtime.InferenceSession.create(model, options);
  const a = new runtime.Tensor('float32', new Float32Array(SIDE * SIDE).fill(0.5), [SIDE, SIDE]);
  const { times, total } = await timed(() => session.run({ a }));
  await session.release();
  return (2 * SIDE ** 3 * times * 1000) / total;
}

/** Runs once to warm up, then for the time that was asked for. */
async function timed(work) {
  await work();
  let times = 0;
  const startedAt = performance.now();
  do {
    await work();
    times++;
  } while (performance.now() - startedAt < Number(values.seconds) * 1000);
  return { times, total: performance.now() - startedAt };
}

function share(rate, limit) {
  return `${((100 * rate) / limit).toFixed(1)} %`;
}

function apart(a, b) {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

async function importModules() {
  const contents = [
    "export { createComputeHost } from './server/src/gpu/host.ts';",
    "export { devicesToTry } from './server/src/gpu/devices.ts';",
    "export { matrixProduct } from './test/support/onnx/graph.ts';",
  ].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
