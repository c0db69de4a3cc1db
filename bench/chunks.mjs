/**
 * Chunk quality: whether the index loses a line, cites a wrong one, or cuts crumbs.
 *
 *   npm run bench -- chunks --repos DIR
 *
 * Indexes each folder of DIR through the command line, opens the store it wrote and holds every chunk against the file on
 * the disk, sliced here byte by byte. Prints a row for each repository, each language and all. Exits with 1 if in any
 * repository a non-blank line does not lie in exactly one chunk, a chunk's text is not the bytes of its cited lines
 * (masked secrets apart), or more than 5 % of the chunks in files over 1,000 characters are shorter than 100.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { inflateSync } from 'node:zlib';
import { decodeText, isBlank, linesOf, sliceLines } from '../server/src/base/text.ts';

const { values } = parseArgs({
  options: { repos: { type: 'string' }, crumbs: { type: 'boolean' } },
});
if (!values.repos) {
  console.error('chunks needs --repos DIR');
  process.exit(2);
}

const CRUMB = 100;
const MAX_CRUMB_SHARE = 0.05;
const LARGE_FILE = 1000;
const MASK = '•';
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** Read as text that is not the file's own bytes. */
const DOCUMENT = /\.(pdf|docx|ipynb|html?|xhtml)$/i;

const cli = join(import.meta.dirname, '../dist/server/cli.cjs');
const scratch = mkdtempSync(join(tmpdir(), 'scholia-chunks-'));
const byRepository = new Map();
const byLanguage = new Map();
const all = emptyCounts();
try {
  for (const name of readdirSync(values.repos).sort()) measure(name);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

console.log(
  `${'repository'.padEnd(18)}${['files', 'lines', 'in one chunk', 'byte-exact', 'chunks', `< ${CRUMB}`, 'p5', 'p50', 'p95', 'in a parent'].map((title) => title.padStart(13)).join('')}`,
);
for (const [name, counts] of byRepository) print(name, counts);
console.log('');
for (const [name, counts] of [...byLanguage].sort(([a], [b]) => (a < b ? -1 : 1))) print(name, counts);
console.log('');
print('all', all);
const missed = [...byRepository].flatMap(([name, counts]) => missesOf(name, counts));
for (const miss of missed) console.error(`missed: ${miss}`);
process.exitCode = missed.length > 0 ? 1 : 0;

function emptyCounts() {
  return { files: 0, lines: 0, inOne: 0, chunks: 0, exact: 0, inLarge: 0, crumbs: 0, inParent: 0, sizes: [] };
}

function measure(name) {
  const root = join(values.repos, name);
  const store = join(scratch, name);
  const run = spawnSync(process.execPath, [cli, 'index', '--json', '--root', root, '--store', store], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const [folder] = readdirSync(join(store, 'roots'));
  const database = new DatabaseSync(join(store, 'roots', folder, 'index.db'), { readOnly: true });
  const counts = emptyCounts();
  byRepository.set(name, counts);
  const chunksOf = database.prepare('SELECT * FROM chunks WHERE file = ? ORDER BY start_line');
  for (const { id, path, language, text } of database
    .prepare("SELECT id, path, language, data AS text FROM files JOIN texts ON file = id WHERE state = 'done'")
    .all()) {
    if (DOCUMENT.test(path)) continue;
    if (!byLanguage.has(language)) byLanguage.set(language, emptyCounts());
    const held = hold(
      `${name}/${path}`,
      readFileSync(join(root, path)),
      inflateSync(text).toString(),
      chunksOf.all(id),
    );
    for (const sum of [counts, byLanguage.get(language), all]) add(sum, held);
  }
  database.close();
}

/** One file of the index against the file on the disk. */
function hold(path, bytes, indexed, chunks) {
  const lines = byteLines(bytes);
  const text = decodeText(bytes).text;
  const own = linesOf(indexed);
  const holders = new Uint16Array(lines.length + 1);
  const held = { ...emptyCounts(), files: 1, chunks: chunks.length };
  for (const chunk of chunks) {
    const range = { startLine: chunk.start_line, endLine: chunk.end_line };
    for (let line = range.startLine; line <= range.endLine; line++) holders[line]++;
    const served = sliceLines(own, range);
    const isCrumb = served.length < CRUMB && text.length > LARGE_FILE;
    if (isExact(served, lines, range)) held.exact++;
    else console.error(`${path}:${range.startLine}-${range.endLine} is not what the file holds`);
    held.sizes.push(served.length);
    if (text.length > LARGE_FILE) held.inLarge++;
    if (isCrumb) held.crumbs++;
    if (chunk.parent_start > 0) held.inParent++;
    if (isCrumb && values.crumbs)
      console.error(`${path}:${range.startLine}-${range.endLine} ${JSON.stringify(served)}`);
  }
  lines.forEach((line, i) => {
    if (isBlank(line)) return;
    held.lines++;
    if (holders[i + 1] === 1) held.inOne++;
    else console.error(`${path}:${i + 1} lies in ${holders[i + 1]} chunks`);
  });
  return held;
}

/** The lines of a file with their ends, as text; lines are found in the bytes, not by the code that is being held to them. */
function byteLines(bytes) {
  const { encoding } = decodeText(bytes);
  if (encoding.startsWith('utf-16')) return decodeText(bytes).text.split(/(?<=\n|\r(?!\n))/);
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  const lines = [];
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let at = start; at < bytes.length; at++) {
    const ends = bytes[at] === LINE_FEED || (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] !== LINE_FEED);
    if (!ends) continue;
    lines.push(decoder.decode(bytes.subarray(start, at + 1)));
    start = at + 1;
  }
  lines.push(decoder.decode(bytes.subarray(start)));
  return lines;
}

/** The bytes of the cited lines without the last line end; where a secret is masked, any character may stand. */
function isExact(served, lines, { startLine, endLine }) {
  const real = lines
    .slice(startLine - 1, endLine)
    .join('')
    .replace(/(\r\n|\n|\r)$/, '');
  if (real === served) return true;
  if (real.length !== served.length) return false;
  for (let i = 0; i < served.length; i++) if (served[i] !== real[i] && served[i] !== MASK) return false;
  return true;
}

function add(sum, held) {
  for (const key of Object.keys(held)) {
    if (key === 'sizes') for (const size of held.sizes) sum.sizes.push(size);
    else sum[key] += held[key];
  }
}

function missesOf(name, { lines, inOne, chunks, exact, inLarge, crumbs }) {
  return [
    inOne < lines && `${name}: ${lines - inOne} lines do not lie in exactly one chunk`,
    exact < chunks && `${name}: ${chunks - exact} chunks are not what their lines hold`,
    crumbs >= MAX_CRUMB_SHARE * inLarge && `${name}: ${percent(crumbs, inLarge)} of chunks under ${CRUMB} characters`,
  ].filter(Boolean);
}

function print(name, counts) {
  const sizes = counts.sizes.sort((a, b) => a - b);
  const at = (share) => sizes[Math.floor(sizes.length * share)] ?? 0;
  const cells = [
    counts.files,
    counts.lines,
    percent(counts.inOne, counts.lines),
    percent(counts.exact, counts.chunks),
    counts.chunks,
    percent(counts.crumbs, counts.inLarge),
    at(0.05),
    at(0.5),
    at(0.95),
    percent(counts.inParent, counts.chunks),
  ];
  console.log(`${name.padEnd(18)}${cells.map((cell) => String(cell).padStart(13)).join('')}`);
}

function percent(part, whole) {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`;
}
