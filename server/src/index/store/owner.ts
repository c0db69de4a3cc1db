/**
 * Who may write: the process that holds an exclusive transaction on `owner.db`.
 *
 * The operating system lets go of it when a process dies, however it dies, so there is no stale lock to clean up and
 * no process number to trust.
 */
import { closeSync, mkdirSync, openSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../base/errors.js';
import { isDamage } from './damage.js';
import { storeUnavailable } from './schema.js';

/** Its modification time tells when the store was last opened. */
export const OWNER_NAME = 'owner.db';

export interface Ownership {
  release(): void;
}

/** Null when another process owns the store. Throws a `store-unavailable` error when the folder cannot be used. */
export function tryOwn(folder: string): Ownership | null {
  const path = join(folder, OWNER_NAME);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      return lock(path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      // The file holds nothing but the lock: a damaged one is simply made again.
      rmSync(path, { force: true });
      return lock(path);
    }
  } catch (error) {
    throw storeUnavailable(folder, error);
  }
}

function lock(path: string): Ownership | null {
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    utimesSync(path, new Date(), new Date());
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (/locked|busy/i.test(messageOf(error))) return null;
    throw error;
  }
}
