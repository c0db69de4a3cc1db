/**
 * Several processes on one folder: one keeps the index, the others read it, ask the keeper to look, and follow it when
 * it is gone, however it went.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { kindOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Clock } from '../base/ports.js';
import type { StoreThreads } from '../index/store/threads.js';

/** How often a keeper looks for requests, and a reader whether it must follow. Milliseconds. */
const LOOK_MS = 500;
const FOLLOW_MS = 3000;
/** A keeper that shows no sign of life for so long is not waited for. Milliseconds. */
const PATIENCE_MS = 10_000;
const GLANCE_MS = 100;

export function silentKeeper(): string {
  return t(
    'The process that keeps this index did not answer within {0} seconds; what changed since its last look is not in it',
    PATIENCE_MS / 1000,
  );
}

/**
 * Waits until the keeper has looked at the folder anew. False when it did not. Ends early when this process takes over,
 * and at once where the store cannot be written: then nobody can be asked, and the store's notes say why.
 */
export async function askKeeper(store: StoreThreads, clock: Clock, signal?: AbortSignal): Promise<boolean> {
  const askedAt = clock.now();
  if (!(await store.request('update'))) return true;
  let generation = -1;
  for (let waited = 0; waited < PATIENCE_MS; waited += GLANCE_MS) {
    await sleep(GLANCE_MS, undefined, { signal });
    if (await store.tryOwn()) return true;
    const overview = await store.read((reader) => reader.overview()).catch(stillBeingMade);
    if (overview?.scannedAt && Date.parse(overview.scannedAt) >= askedAt) return true;
    // A keeper that commits is at work, however long it takes.
    if (overview && overview.generation !== generation) waited = 0;
    generation = overview?.generation ?? generation;
  }
  return false;
}

function stillBeingMade(error: unknown): null {
  if (kindOf(error) === 'store-busy') return null;
  throw error;
}

export interface Duties {
  update(): Promise<unknown>;
  check(): Promise<unknown>;
}

/** Serves the others while this process keeps the index, and takes over when nobody does. Returns how to stop. */
export function attend(store: StoreThreads, { update, check }: Duties): () => void {
  let isBusy = false;
  let looks = 0;

  async function look(): Promise<void> {
    if (store.owner) {
      if (await store.requested('check')) await check();
      if (await store.requested('update')) await update();
    } else if (++looks % (FOLLOW_MS / LOOK_MS) === 0 && (await store.tryOwn())) await update();
  }

  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    // What fails is in the status, and the next look comes.
    look()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
