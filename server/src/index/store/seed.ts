/**
 * A new root's first index from another root's: worktrees and clones of one repository hold the same files.
 *
 * Judged by content alone, so that neither git nor names matter: of a sample of this root's files the other store must
 * know most, path and digest. Stamps are not taken over; every file is still read once, but only what differs is parsed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DATABASE_NAME, STORE_FORMAT } from './schema.js';

export interface SeedRequest {
  /** Some of the root's files. */
  sample: readonly { path: string; digest: string }[];
  /** All of the root's files: what the other store has besides is not taken. */
  paths: readonly string[];
}

/** Share of the sample that must be known; below it parsing anew costs hardly more than sorting out. */
const ENOUGH = 0.5;

/** Fills an empty store; false when no other store beside it knows enough of the sample. */
export function seedStore(database: DatabaseSync, folder: string, { sample, paths }: SeedRequest): boolean {
  let best = { known: sample.length * ENOUGH, path: '' };
  for (const path of storesBeside(folder)) {
    const known = attached(database, path, () => knownOf(database, sample)) ?? 0;
    if (known > best.known) best = { known, path };
  }
  return best.path !== '' && (attached(database, best.path, () => copy(database, paths)) ?? false);
}

function storesBeside(folder: string): string[] {
  const all = dirname(folder);
  return readdirSync(all)
    .filter((name) => name !== basename(folder))
    .map((name) => join(all, name, DATABASE_NAME))
    .filter((path) => existsSync(path));
}

/** Null when the other store cannot be read, is of another format, or changes under our hands: then it is none. */
function attached<T>(database: DatabaseSync, path: string, work: () => T): T | null {
  try {
    database.prepare('ATTACH ? AS other').run(`${pathToFileURL(path).href}?mode=ro`);
  } catch {
    return null;
  }
  try {
    database.exec('BEGIN');
    const { value } = database.prepare("SELECT value FROM other.meta WHERE key = 'format'").get() as { value: number };
    const result = value === STORE_FORMAT ? work() : null;
    database.exec('COMMIT');
    return result;
  } catch {
    if (database.isTransaction) database.exec('ROLLBACK');
    return null;
  } finally {
    database.exec('DETACH other');
  }
}

function knownOf(database: DatabaseSync, sample: SeedRequest['sample']): number {
  const row = database
    .prepare(
      `SELECT count(*) AS known FROM json_each(?) wanted
       JOIN other.files f ON f.path = wanted.value ->> 'path' AND f.digest = wanted.value ->> 'digest'
       WHERE f.state = 'done'`,
    )
    .get(JSON.stringify(sample)) as { known: number };
  return row.known;
}

function copy(database: DatabaseSync, paths: readonly string[]): boolean {
  const tables = database
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name != 'meta'")
    .all() as { name: string }[];
  for (const { name } of tables) database.exec(`INSERT INTO main."${name}" SELECT * FROM other."${name}"`);
  const left = database
    .prepare(
      "DELETE FROM main.files WHERE state != 'done' OR path NOT IN (SELECT value FROM json_each(?)) RETURNING chunks",
    )
    .all(JSON.stringify(paths)) as { chunks: number }[];
  database.prepare('UPDATE main.files SET settled = 0').run();
  const gone = left.reduce((sum, { chunks }) => sum + chunks, 0);
  database.prepare("UPDATE main.meta SET value = ? WHERE key = 'gone'").run(gone);
  database.prepare("UPDATE main.meta SET value = value + 1 WHERE key = 'generation'").run();
  return true;
}
