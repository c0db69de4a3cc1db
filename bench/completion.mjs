/**
 * What each sign of `rag/nextNames.ts` is worth: fits the weights of `rag/nextWeights.ts` and tells how often the
 * definition that the next line calls is in the context, before and after.
 *
 *   npm run bench -- completion --data DIR --repos DIR --store DIR
 *
 * DATA holds `xfile-completion`, as bench/xfile-cases.mjs writes it. Never give it data that something is judged on.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    repos: { type: 'string' },
    store: { type: 'string' },
  },
});
if (!values.data || !values.repos || !values.store) {
  console.error('completion needs --data DIR, --repos DIR and --store DIR');
  process.exit(2);
}
const project = join(import.meta.dirname, '..');
const dist = join(project, 'dist');
const bundle = join(dist, 'server/nextNames.bench.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'support/nextNames.mjs')],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  outfile: bundle,
});
const options = {
  dist,
  data: resolve(values.data),
  repos: resolve(values.repos),
  store: resolve(values.store),
};
const env = { ...process.env, BENCH_OPTIONS: JSON.stringify(options) };
const { status } = spawnSync(process.execPath, [bundle], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
