/** A tree made of copies of real repositories until it holds about as many chunks as are wanted. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cli = join(import.meta.dirname, '../../dist/server/cli.cjs');

/** Copies what lies in `repos` to `tree`; what git keeps of them stays behind. */
export function copiesOf(repos, tree, wantedChunks) {
  let chunks = 0;
  for (let copy = 0; chunks < wantedChunks; copy++) {
    for (const name of readdirSync(repos))
      cpSync(realpathSync(join(repos, name)), join(tree, `${name}${copy}`), {
        recursive: true,
        filter: (path) => !/\/\.git(\/|$)/.test(path),
      });
    chunks += copy === 0 ? chunksOf(tree) : chunks / copy;
  }
}

function chunksOf(tree) {
  const store = mkdtempSync(join(tmpdir(), 'scholia-copies-'));
  try {
    const run = spawnSync(process.execPath, [cli, 'index', '--json', '--root', tree, '--store', store], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout).chunks;
  } finally {
    rmSync(store, { recursive: true, force: true });
  }
}
