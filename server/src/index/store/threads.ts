/**
 * The store as the engine sees it: a writer and a reader, each in a thread of its own.
 *
 * A reader that misses its deadline is ended and a fresh one started, so that one slow query cannot hold up the next.
 */
import type { Worker } from 'node:worker_threads';
import { withDeadline } from '../../base/async.js';
import { type Connection, connectCalls, type Remote } from '../../base/calls.js';
import { EngineError } from '../../base/errors.js';
import type { Packed } from '../../base/packed.js';
import type { IndexedFile } from '../indexedFile.js';
import type { Removed } from './collect.js';
import type { StoreReader } from './reader.js';
import type { SeedRequest } from './seed.js';
import type { FileChange, StoreWriter } from './writer.js';

/** A change as it travels: its file packed by the parse thread, opened by the store's. */
export type PackedChange = FileChange<Packed<IndexedFile>>;

export interface WriterCalls extends Omit<StoreWriter, 'commit'> {
  /** Fills the empty store from another root's that holds the same files; false when there is none. */
  seed(request: SeedRequest): boolean;
  commit(changes: readonly PackedChange[]): number;
  /** Removes other stores, unused for long or beyond so many bytes for all together. */
  collect(maxBytes: number, nowMs: number): Removed;
  /** Takes the store for this process, creating it when it is not there. Must come first. */
  own(): { owner: boolean; rebuilt: string | null };
}

export interface StoreThreads {
  /** This process may write. */
  readonly owner: boolean;
  /** Why the store was built anew when it was opened, or null. */
  readonly rebuilt: string | null;
  writer: Remote<Omit<WriterCalls, 'own'>>;
  /** Asks the reader, with a time limit in milliseconds. */
  read<T>(ask: (reader: Remote<StoreReader>) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Tries again to become the owner; true when it worked. */
  tryOwn(): Promise<boolean>;
  close(): Promise<void>;
}

const READ_DEADLINE_MS = 20_000;

/** `spawn` starts a store thread for this root's folder. */
export async function openStore(spawn: (role: 'writer' | 'reader') => Worker): Promise<StoreThreads> {
  const writer = connectCalls<WriterCalls>(spawn('writer'));
  const owned = await own();
  let owner = owned.owner;
  let reader: Connection<StoreReader> | null = null;

  async function own(): Promise<{ owner: boolean; rebuilt: string | null }> {
    try {
      return await writer.remote.own();
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  function readerNow(): Connection<StoreReader> {
    if (reader) return reader;
    const started = connectCalls<StoreReader>(spawn('reader'));
    reader = started;
    started.ended.then(() => {
      if (reader === started) reader = null;
    });
    return started;
  }

  return {
    get owner() {
      return owner;
    },
    rebuilt: owned.rebuilt,
    writer: writer.remote,
    async read(ask, deadlineMs = READ_DEADLINE_MS) {
      const asked = readerNow();
      try {
        return await withDeadline(ask(asked.remote), deadlineMs, 'Reading the index');
      } catch (error) {
        if (error instanceof EngineError && error.kind === 'deadline') {
          if (reader === asked) reader = null;
          void asked.close();
        }
        throw error;
      }
    },
    async tryOwn() {
      if (!owner) owner = (await writer.remote.own()).owner;
      return owner;
    },
    async close() {
      await Promise.all([writer.close(), reader?.close()]);
    },
  };
}
