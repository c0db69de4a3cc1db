/**
 * Who may write: the process that holds an exclusive transaction on `owner.db`.
 *
 * The operating system lets go of it when a process dies, however it dies, so there is no stale lock to clean up and
 * no process number to trust.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface Ownership {
  release(): void;
}

/** Null when another process owns the store. */
export function tryOwn(folder: string): Ownership | null {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'owner.db');
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(String(error))) return null;
    throw error;
  }
}
