/**
 * Store files that somebody altered: opened or already open, the index must neither crash nor hang, and must end up as
 * a clean build.
 */
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { kindOf } from '../../server/src/base/errors.js';
import { openEngine } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';
import type { Chance } from '../support/chance.js';
import { dist, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { damageIn, onlyRoot } from '../support/store.js';
import { treeOf } from '../support/tree.js';
import { contentOfCleanBuild, contentThrough } from './content.js';

const PAGE_BYTES = 4096;
const HEADER_BYTES = 100;
const NAMES = ['index.db', 'index.db-wal', 'index.db-shm', 'owner.db'];

export interface Alteration {
  name: string;
  /** Done to a folder with the store's files. */
  apply(folder: string): void;
}

/** A tree and a store of it. */
export interface Prepared {
  root: string;
  storeBase: string;
  content: unknown;
}

function files(): Files {
  const words = ['lantern', 'rope', 'oil', 'harbour', 'tieBowline'];
  const texts: Files = {
    'README.md': '# Harbour README\n\nHow the brass lantern is lit, and where the oil barrel stands.\n',
  };
  for (let i = 0; i < 12; i++) {
    const word = words[i % words.length]!;
    texts[`src/f${i}.ts`] =
      `/** Returns a ${word}. */\nexport function ${word}${i}() {\n${many(25, `  const a# = '${word} ${i} #';`)}\n}\n`;
  }
  return texts;
}

/** With a log: as a killed process leaves it, part of it in the write-ahead log, which covers many pages of the database. */
export async function prepare({ hasLog }: { hasLog: boolean }): Promise<Prepared> {
  const root = join(scratchFolder(), 'root');
  await writeFiles(root, files());
  const live = scratchFolder();
  const engine = await openEngine({ root, storeBase: live, dist });
  await engine.update();
  await writeFiles(root, { 'src/f3.ts': 'export const lantern3 = 1;\n', 'src/late.ts': 'export const Rope3 = 2;\n' });
  await engine.filesChanged(['src/f3.ts', 'src/late.ts']);
  const storeBase = scratchFolder();
  // The end of a whole update folds the log back.
  if (!hasLog) await engine.update();
  cpSync(live, storeBase, { recursive: true });
  await engine.close();
  return { root, storeBase, content: await contentOfCleanBuild(root) };
}

function edit(folder: string, name: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(join(folder, name));
  change(bytes);
  // In place: whoever has the file open sees it.
  writeFileSync(join(folder, name), bytes, { flag: 'r+' });
}

/** Every region of every file: header bytes, a byte of each page, each page whole, each boundary, each file. */
export function alterationsOf({ storeBase }: Prepared, chance: Chance): Alteration[] {
  const folder = onlyRoot(storeBase);
  const found: Alteration[] = [];
  const add = (name: string, apply: Alteration['apply']) => found.push({ name, apply });
  for (const name of NAMES) {
    add(`${name} is removed`, (at) => rmSync(join(at, name), { force: true }));
    add(`${name} is prose`, (at) => writeFileSync(join(at, name), 'This is no database. '.repeat(1000)));
    if (!existsSync(join(folder, name))) continue;
    const size = readFileSync(join(folder, name)).length;
    for (let at = 0; at < Math.min(size, HEADER_BYTES); at++) {
      const mask = 1 + chance.below(255);
      add(`${name}: header byte ${at} is altered by ${mask}`, (where) =>
        edit(where, name, (bytes) => {
          bytes[at]! ^= mask;
        }),
      );
    }
    for (let start = 0; start < size; start += PAGE_BYTES) {
      const end = Math.min(size, start + PAGE_BYTES);
      const bytesAt = Array.from({ length: 3 }, () => start + chance.below(end - start));
      const noise = Buffer.from(Array.from({ length: end - start }, () => chance.below(256)));
      for (const at of bytesAt)
        add(`${name}: byte ${at} is altered`, (where) =>
          edit(where, name, (bytes) => {
            bytes[at]! ^= 0x41;
          }),
        );
      add(`${name}: ${start} to ${end} is zero`, (where) =>
        edit(where, name, (bytes) => bytes.subarray(start, end).fill(0)),
      );
      add(`${name}: ${start} to ${end} is noise`, (where) => edit(where, name, (bytes) => noise.copy(bytes, start)));
      add(`${name} ends at ${start}`, (where) => truncateSync(join(where, name), start));
    }
  }
  return found;
}

/** Alters the closed store, or the one that an engine has open, and goes on as a person would. */
export async function checkSettles(prepared: Prepared, alteration: Alteration, isOpen: boolean): Promise<string[]> {
  const { root } = prepared;
  const storeBase = scratchFolder();
  cpSync(prepared.storeBase, storeBase, { recursive: true });
  const before = treeOf(root);
  const hint = `${alteration.name}${isOpen ? ' while open' : ''}`;
  if (!isOpen) alteration.apply(onlyRoot(storeBase));
  const engine = await openEngine({ root, storeBase, dist });
  try {
    if (isOpen) {
      // Both threads have it open by now, and the log is not folded back yet.
      await search(engine);
      alteration.apply(onlyRoot(storeBase));
    }
    await unlessDamaged(() => engine.update());
    await unlessDamaged(() => search(engine));
    await engine.check();
    await engine.update();
    const notes = (await engine.status()).degraded.filter((line) => /anew/.test(line));
    expect(await contentThrough(engine, storeBase), hint).toEqual(prepared.content);
    expect(damageIn(storeBase), hint).toEqual([]);
    expect(treeOf(root), hint).toEqual(before);
    return notes;
  } catch (error) {
    throw new Error(`${hint}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await engine.close();
  }
}

async function search(engine: Engine): Promise<void> {
  await using snapshot = await engine.snapshot();
  for (const query of ['lantern', 'rope oil harbour', 'tieBowline']) await snapshot.search(query, 10);
}

/** Damage may be told, in words; nothing else may go wrong. */
async function unlessDamaged(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error) => {
    if (kindOf(error) !== 'store-damaged') throw error;
    expect(String(error)).toMatch(/The index is damaged: it is being built anew; ask again in a moment/);
  });
}
