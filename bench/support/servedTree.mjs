/** What the benches over the protocol begin with: a tree, its index, and a server that an editor would talk to. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openServer } from '../lspClient.mjs';

const cli = join(import.meta.dirname, '../../dist/server/cli.cjs');

/**
 * Reads `--root`, `--store` and the number of what is `counted`, indexes the tree, and calls
 * `work({ root, count, server, report })`; `report` is that of the index. A store that was not named is deleted again.
 */
export async function onServedTree(bench, counted, defaultCount, work) {
  const { values } = parseArgs({
    options: {
      root: { type: 'string' },
      store: { type: 'string' },
      [counted]: { type: 'string', default: `${defaultCount}` },
    },
  });
  if (!values.root) {
    console.error(`${bench} needs --root DIR`);
    process.exit(2);
  }
  const root = resolve(values.root);
  const store = values.store ?? mkdtempSync(join(tmpdir(), `scholia-${bench}-`));
  try {
    const index = ['index', '--json', '--root', root, '--store', store];
    const report = JSON.parse(
      execFileSync(process.execPath, [cli, ...index], { encoding: 'utf8', maxBuffer: 1 << 30 }),
    );
    const server = await openServer(root, store);
    await work({ root, count: Number(values[counted]), server, report });
    await server.close();
  } finally {
    if (!values.store) rmSync(store, { recursive: true, force: true });
  }
}
