/**
 * Rounds of killing: files change, an engine process works on them and is killed at a moment that chance picks, and
 * what is left must be whole, and once brought up to date be what a clean build gives.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { openEngine } from '../../server/src/compose.js';
import type { Chance } from '../support/chance.js';
import { dist, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { damageIn, onlyRoot, openCopy } from '../support/store.js';
import { treeOf } from '../support/tree.js';
import { contentOfCleanBuild, contentThrough } from './content.js';
import { buildDriver, startEngine } from './process.js';

export interface SeriesOptions {
  rounds: number;
  /** Files at the start; a hundred and more bring enough dead postings for lists to be written anew. */
  files: number;
  chance: Chance;
}

/** How often a kill met the index where. */
export type Tally = Record<string, number>;

const WORDS = ['lantern', 'rope', 'oil', 'harbour', 'anchor', 'mast', 'barrel', 'bowline'];
const KILLS = ['opening', 'scanning', 'indexing', 'finishing', 'folding', 'folding', 'editing', 'command'] as const;

/** Some twelve chunks. */
function sourceOf(name: string, chance: Chance): string {
  const functions = Array.from({ length: 12 }, (_, i) => {
    const word = chance.pick(WORDS);
    const body = many(14, `  const ${word}# = '${chance.pick(WORDS)} ${chance.below(1000)} lights the brass ${word}';`);
    return `/** Returns a number of the ${word}. */\nexport function ${word}${name}${i}() {\n${body}\n  return ${i};\n}\n`;
  });
  return functions.join('\n');
}

/** A folder under git whose contents are known. */
function createTree(chance: Chance) {
  const root = join(scratchFolder(), 'root');
  const texts = new Map<string, string>();
  let created = 0;

  async function write(path: string): Promise<void> {
    texts.set(path, sourceOf(`F${created}`, chance));
    await writeFiles(root, { [path]: texts.get(path)! });
  }

  async function add(): Promise<void> {
    await write(`part${chance.below(5)}/f${created++}.ts`);
  }

  async function change(): Promise<void> {
    const path = chance.pick([...texts.keys()]);
    const kind = chance.below(10);
    if (kind < 6) await write(path);
    else if (kind < 8) await add();
    else {
      const text = texts.get(path)!;
      texts.delete(path);
      if (kind === 8) return rmSync(join(root, path));
      const target = `part${chance.below(5)}/r${created++}.ts`;
      await writeFiles(root, { [target]: '' });
      renameSync(join(root, path), join(root, target));
      texts.set(target, text);
    }
  }

  return {
    root,
    async fill(files: number): Promise<void> {
      for (let i = 0; i < files; i++) await add();
      for (const args of [
        ['init', '-q'],
        ['add', '.'],
        ['-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '-qm', 'x'],
      ])
        expect(spawnSync('git', args, { cwd: root }).status).toBe(0);
    },
    async changeSome(share: number): Promise<void> {
      for (let left = 1 + Math.floor(texts.size * share); left > 0; left--) await change();
    },
    /** Nobody but this wrote in it. */
    check(): void {
      for (const [path, text] of texts) expect(readFileSync(join(root, path), 'utf8')).toBe(text);
    },
  };
}

export async function killRounds({ rounds, files, chance }: SeriesOptions): Promise<Tally> {
  const tree = createTree(chance);
  const { root } = tree;
  await tree.fill(files);
  const driver = await buildDriver();
  const storeBase = scratchFolder();
  const tally: Tally = {};

  async function killOne(kill: (typeof KILLS)[number], startedAt: string): Promise<void> {
    if (kill === 'command') {
      const args = [join(dist, 'server/cli.cjs'), 'index', '--root', root, '--store', storeBase];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await Promise.race([sleep(100 + chance.below(900)), ended]);
      child.kill('SIGKILL');
      return void (await ended);
    }
    const engine = startEngine(driver, root, storeBase);
    const update = () => engine.tell({ do: 'update' }).catch(() => {});
    if (kill === 'opening') await sleep(60 + chance.below(150));
    else {
      await engine.reached('opened');
      const reached = engine.reached(kill === 'finishing' || kill === 'folding' ? 'indexed' : kill);
      const updated = update();
      if (kill === 'editing') {
        for (let edits = 1 + chance.below(3); edits > 0; edits--) {
          await tree.changeSome(0.1);
          void update();
          await sleep(chance.below(150));
        }
      } else {
        await reached;
        if (kill === 'folding') await scanNoted(storeBase, startedAt, updated);
        await sleep(chance.below({ finishing: 500, folding: 30, indexing: 400, scanning: 30 }[kill]));
      }
    }
    await engine.kill();
  }

  for (let round = 1; round <= rounds; round++) {
    const kill = chance.pick(KILLS);
    const hint = `seed ${chance.seed}, round ${round}, killed while ${kill}`;
    const before = stateOf(storeBase);
    await tree.changeSome(round === 1 ? 0 : 0.5);
    const startedAt = new Date().toISOString();
    await killOne(kill, startedAt);
    const moment = momentOf(before, stateOf(storeBase), startedAt);
    tally[moment] = (tally[moment] ?? 0) + 1;
    if (existsSync(join(storeBase, 'roots'))) expect(damageIn(storeBase), hint).toEqual([]);
    tree.check();
    const untouched = treeOf(root);
    const engine = await openEngine({ root, storeBase, dist });
    const { failed } = await engine.update();
    expect(failed, hint).toEqual([]);
    // Nothing needs mending: what a kill leaves is whole, not merely rebuilt.
    await engine.check();
    expect(
      (await engine.status()).degraded.filter((line) => /anew/.test(line)),
      hint,
    ).toEqual([]);
    const content = await contentThrough(engine, storeBase);
    expect(content, hint).toEqual(await contentOfCleanBuild(root));
    expect(damageIn(storeBase), hint).toEqual([]);
    expect(treeOf(root), hint).toEqual(untouched);
  }
  return tally;
}

/** Resolves when the store notes the end of a scan: lists are written anew after it, and the log is folded back. */
async function scanNoted(storeBase: string, startedAt: string, updated: Promise<unknown>): Promise<void> {
  let isOver = false;
  void updated.then(() => {
    isOver = true;
  });
  const database = new DatabaseSync(join(onlyRoot(storeBase), 'index.db'), { readOnly: true, timeout: 1000 });
  const scannedAt = database.prepare("SELECT value FROM meta WHERE key = 'scannedAt'");
  while (!isOver && String(scannedAt.get()?.['value'] ?? '') < startedAt) await sleep(1);
  database.close();
}

interface State {
  generation: number;
  scannedAt: string;
  isCompactionDue: boolean;
  logBytes: number;
}

function stateOf(storeBase: string): State | null {
  try {
    const folder = onlyRoot(storeBase);
    const logBytes = statSync(join(folder, 'index.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
    const database = openCopy(storeBase);
    const meta = (key: string) => database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'];
    const { chunks } = database.prepare('SELECT count(*) AS chunks FROM chunks').get() as { chunks: number };
    const gone = Number(meta('gone'));
    const state = {
      generation: Number(meta('generation')),
      scannedAt: String(meta('scannedAt') ?? ''),
      isCompactionDue: gone >= 1000 && gone >= chunks / 4,
      logBytes,
    };
    database.close();
    return state;
  } catch {
    return null;
  }
}

/** Where in an update the kill came, told from what it left. */
function momentOf(before: State | null, after: State | null, startedAt: string): string {
  if (!after) return 'before the store was made';
  if (after.scannedAt >= startedAt)
    return after.isCompactionDue
      ? 'during compaction'
      : after.logBytes > 0
        ? 'before or during checkpoint'
        : 'when done';
  if (before && after.generation === before.generation) return 'before the first commit';
  return 'between commits';
}
