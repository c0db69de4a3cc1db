/**
 * The vectors of a real index, and questions to it, as files that `graph` reads: rows of float32.
 *
 *   npm run bench -- vectors --root CLONE --store DIR --out vectors.f32 --questions questions.f32
 *
 * Indexes the clone if need be. The questions are the subjects of its last 400 commits without their prefixes: text by
 * people, which lies apart from code. Prints how many rows of how many dimensions there are.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    store: { type: 'string' },
    out: { type: 'string' },
    questions: { type: 'string' },
  },
});
if (!values.root || !values.store || !values.out || !values.questions) {
  console.error('vectors needs --root, --store, --out and --questions');
  process.exit(2);
}
const dist = join(import.meta.dirname, '../dist');

const scholia = (command) =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [join(dist, 'server/cli.cjs'), command, '--json', '--root', values.root, '--store', values.store],
      { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'inherit'] },
    ),
  );
scholia('index');
const { path } = scholia('status').store;

const database = new DatabaseSync(join(path, 'index.db'), { readOnly: true });
const { dimensions } = database.prepare('SELECT dimensions FROM embedders').get();
const files = database.prepare("SELECT data FROM vectors JOIN files ON id = file WHERE state = 'done'").all();
const rows = files.flatMap(({ data }) => {
  const bytes = new Int8Array(data.buffer, data.byteOffset, data.length);
  return Array.from({ length: bytes.length / dimensions }, (_, i) =>
    unit(bytes.subarray(i * dimensions, (i + 1) * dimensions)),
  );
});
write(values.out, rows);

const subjects = execFileSync('git', ['-C', resolve(values.root), 'log', '--no-merges', '--format=%s', '-400'], {
  encoding: 'utf8',
});
const model = await openModel();
const questions = [...new Set(subjects.split('\n'))]
  .map((line) => line.replace(/\s*\(?#\d+\)?/g, '').replace(/^\w+(\([^)]*\))?!?:\s*/, ''))
  .filter((line) => line.split(' ').length >= 4)
  .map((line) => model.embedQuery(line));
write(values.questions, questions);
console.log(`${rows.length} vectors and ${questions.length} questions of ${dimensions} dimensions`);

function unit(bytes) {
  const length = Math.hypot(...bytes) || 1;
  return Float32Array.from(bytes, (value) => value / length);
}

function write(file, vectors) {
  const all = new Float32Array(vectors.length * dimensions);
  for (const [i, vector] of vectors.entries()) all.set(vector, i * dimensions);
  writeFileSync(file, new Uint8Array(all.buffer));
}

async function openModel() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../server/src/index/staticModel.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  const bundle = Buffer.from(outputFiles[0].contents).toString('base64');
  const { openStaticModel } = await import(`data:text/javascript;base64,${bundle}`);
  const folder = join(dist, 'models/static');
  return openStaticModel(readFileSync(join(folder, 'model.json'), 'utf8'), readFileSync(join(folder, 'model.bin')));
}
