/**
 * All stores of this user: what they take, and giving space back. A store in use by any process is never touched.
 *
 * Judged by when each was last opened; whose folder is gone from the disk is not looked for, since a disk that is not
 * plugged in looks the same.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OWNER_NAME, tryOwn } from './owner.js';

interface StoreFolder {
  path: string;
  bytes: number;
  /** Milliseconds since the epoch. */
  lastOpened: number;
}

export interface Removed {
  stores: number;
  bytes: number;
  /** Those that another process uses. */
  inUse: number;
}

const UNUSED_MS = 90 * 24 * 3600 * 1000;

/** Removes stores that nobody opened for 90 days, then the longest unused ones until the rest takes at most `maxBytes`. */
export function collectStores(folder: string, maxBytes: number, nowMs: number): Removed {
  const stores = storesIn(folder).sort((a, b) => a.lastOpened - b.lastOpened);
  let total = stores.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: Removed = { stores: 0, bytes: 0, inUse: 0 };
  for (const store of stores) {
    if (total <= maxBytes && nowMs - store.lastOpened < UNUSED_MS) break;
    if (removeStore(store, removed)) total -= store.bytes;
  }
  return removed;
}

export function removeAllStores(folder: string): Removed {
  const removed: Removed = { stores: 0, bytes: 0, inUse: 0 };
  for (const store of storesIn(folder)) removeStore(store, removed);
  return removed;
}

function removeStore({ path, bytes }: StoreFolder, removed: Removed): boolean {
  const ownership = tryOwn(path);
  if (!ownership) {
    removed.inUse++;
    return false;
  }
  // Let go first: Windows deletes no open file. Whoever comes in between finds an index that is gone and builds it.
  ownership.release();
  rmSync(path, { recursive: true, force: true });
  removed.stores++;
  removed.bytes += bytes;
  return true;
}

function storesIn(folder: string): StoreFolder[] {
  return namesIn(folder).map((name) => {
    const path = join(folder, name);
    const bytes = namesIn(path).reduce((sum, file) => sum + (statOf(join(path, file))?.size ?? 0), 0);
    return { path, bytes, lastOpened: statOf(join(path, OWNER_NAME))?.mtimeMs ?? 0 };
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
