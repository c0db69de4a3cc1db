/**
 * The bundled embedder's speed.
 *
 *   npm run bench -- embedder [--files DIR] [--rounds 5]
 *
 * Cuts the sources of DIR (this repository's by default) into pieces of 1,000 characters and embeds them all, over and
 * over: pieces per second of processor time, best and median round, the first one (nothing remembered yet) apart. Also
 * how long the model takes to open, reading included, what a query takes, and how many texts a small transformer embeds. All in processor time, because on a busy
 * machine the clock says little.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeMiniLm } from '../scripts/tinyModels.mjs';
import { openStaticModel } from '../server/src/index/staticModel.ts';

const project = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { files: { type: 'string', default: project }, rounds: { type: 'string', default: '5' } },
});
const PIECE = 1000;
const MAX_PIECES = 20_000;
const SOURCE = /\.(ts|tsx|js|mjs|py|go|rs|java|kt|cs|php|rb|c|cc|cpp|h|hpp|swift|scala|md)$/;
const QUERIES = 2000;

const opening = Array.from({ length: 5 }, () => timed(open));
const model = open();
const pieces = piecesOf(values.files);
const rounds = Array.from({ length: 1 + Number(values.rounds) }, () => timed(() => pieces.forEach(embed)));
const [first, ...later] = rounds.map((ms) => (1000 * pieces.length) / ms);
const queries = ['where is the configuration file read and merged with defaults', '在哪里读取配置文件并合并默认值'];
const query = timed(() => {
  for (let at = 0; at < QUERIES; at++) model.embedQuery(queries[at % queries.length]);
});

console.log(`${model.identity.name}, ${model.identity.dimensions} dimensions`);
console.log(`open: ${median(opening).toFixed(0)} ms of processor time (first ${opening[0].toFixed(0)} ms)`);
console.log(
  `${pieces.length} pieces of ${PIECE} characters: ${perSecond(Math.max(...later))} per CPU-second at best, ${perSecond(median(later))} in the middle, ${perSecond(first)} at first`,
);
const transformer = await transformerPerSecond();
console.log(
  `a model of MiniLM-L6's shape in int8, 256 tokens, one thread: ${transformer.toFixed(1)} per CPU-second; ratio ${Math.round(median(later) / transformer)}`,
);
console.log(`a query: ${((1000 * query) / QUERIES).toFixed(0)} µs`);

/** Random weights and tokens: for the time it makes no difference. A thousand characters of code are some 280 tokens. */
async function transformerPerSecond() {
  const folder = mkdtempSync(join(tmpdir(), 'scholia-minilm-'));
  try {
    await writeMiniLm(folder, { int8: true });
    const runtime = createRequire(import.meta.url)('onnxruntime-node');
    const session = await runtime.InferenceSession.create(join(folder, 'model.onnx'), { intraOpNumThreads: 1 });
    const tensor = (value) => new runtime.Tensor('int64', BigInt64Array.from({ length: 256 }, value), [1, 256]);
    const all = { input_ids: () => 1n, attention_mask: () => 1n, token_type_ids: () => 0n };
    const input = Object.fromEntries(session.inputNames.map((name) => [name, tensor(all[name])]));
    await session.run(input);
    const before = process.cpuUsage();
    for (let n = 0; n < 40; n++) await session.run(input);
    const { user, system } = process.cpuUsage(before);
    return (40 * 1e6) / (user + system);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function open() {
  const folder = join(project, 'models/static');
  return openStaticModel(readFileSync(join(folder, 'model.json'), 'utf8'), readFileSync(join(folder, 'model.bin')));
}

function embed(piece) {
  model.embedPassage(piece);
}

function piecesOf(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !SOURCE.test(path) || /node_modules|[\\/]dist[\\/]/.test(path)) continue;
    const text = readFileSync(path, 'utf8');
    for (let at = 0; at + PIECE <= text.length && found.length < MAX_PIECES; at += PIECE)
      found.push({ path, name: entry.name, text: text.slice(at, at + PIECE) });
  }
  return found;
}

/** Milliseconds of processor time. */
function timed(run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

function perSecond(number) {
  return Math.round(number).toLocaleString('en');
}
