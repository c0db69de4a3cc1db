/**
 * The store as the engine sees it: a writer and a reader, each in a thread of its own.
 *
 * A reader that misses its deadline is ended and a fresh one started, so that one slow query cannot hold up the next.
 * Whichever thread meets damage, the owner sets the store aside and opens a fresh one; whoever asked is told.
 */

import type { Worker } from 'node:worker_threads';
import { withDeadline } from '../../base/async.js';
import { type Connection, connectCalls, type Remote } from '../../base/calls.js';
import { EngineError, kindOf, messageOf } from '../../base/errors.js';
import { t } from '../../base/l10n.js';
import type { Packed } from '../../base/packed.js';
import type { IndexedFile } from '../indexedFile.js';
import type { Removed } from './collect.js';
import type { StoreReader } from './reader.js';
import { createRequests, type Request } from './requests.js';
import type { SeedRequest } from './seed.js';
import type { FileChange, StoreWriter } from './writer.js';

/** A change as it travels: its file packed by the parse thread, opened by the store's. */
export type PackedChange = FileChange<Packed<IndexedFile>>;

/** What a store thread is started with. */
export interface StoreThreadData {
  role: 'writer' | 'reader';
  /** The store's folder. */
  folder: string;
  /** The folder that is indexed. */
  root: string;
  /** Of the people who are told what fails; English when absent. */
  locale?: string;
  /** What kind of disk the store lies on; found out when absent. */
  fileSystemType?: number;
}

export interface Owned {
  /** Which process keeps the store up to date; none where it cannot be written. */
  keeper: 'this' | 'another' | 'none';
  /** What works less well with the store: sentences for the status. */
  notes: string[];
}

export interface WriterCalls extends Omit<StoreWriter, 'commit'> {
  /** Fills the empty store from another root's that holds the same files; false when there is none. */
  seed(request: SeedRequest): boolean;
  commit(changes: readonly PackedChange[]): number;
  /** Removes other stores, unused for long or beyond so many bytes for all together. */
  collect(maxBytes: number, nowMs: number): Removed;
  /** Takes the store for this process, creating it when it is not there. Must come first. */
  own(): Owned;
  /** Sets the damaged store aside and opens a fresh one. */
  renew(damage: string): Owned;
}

export interface ReaderCalls extends StoreReader {
  /** Reads the whole store. Throws a `store-damaged` error when it is not what was written. */
  check(): void;
}

export interface StoreThreads {
  /** This process may write. */
  readonly owner: boolean;
  /** What works less well with the store: sentences for the status. */
  readonly notes: readonly string[];
  writer: Remote<Omit<WriterCalls, 'own' | 'renew'>>;
  /** Asks the reader, with a time limit in milliseconds. */
  read<T>(ask: (reader: Remote<StoreReader>) => Promise<T>, deadlineMs?: number): Promise<T>;
  /** Tries again to become the owner; true when it worked. */
  tryOwn(): Promise<boolean>;
  /** Reads the whole store in a thread of its own. Rejects with a `store-damaged` error after the store was set aside. */
  check(): Promise<void>;
  /** Asks the process that owns the store. False when there is none, or none can be asked. */
  request(what: Request): Promise<boolean>;
  /** Whether another process asked this one since the last look. */
  requested(what: Request): Promise<boolean>;
  /** Told when a damaged store was set aside, so that the fresh one can be filled. */
  onRenewed(listener: () => void): void;
  close(): Promise<void>;
}

const READ_DEADLINE_MS = 20_000;
/** A disk that damages one store after the other is not worth filling a fourth. */
const MAX_RENEWALS = 3;

/** `spawn` starts a store thread for this root's folder. */
export async function openStore(
  folder: string,
  spawn: (role: StoreThreadData['role']) => Worker,
): Promise<StoreThreads> {
  const writer = connectCalls<WriterCalls>(spawn('writer'));
  const requests = createRequests(folder);
  const listeners: (() => void)[] = [];
  let owned = await own();
  let reader: Connection<ReaderCalls> | null = null;
  let checker: Connection<ReaderCalls> | null = null;
  let closed = false;
  let renewals = 0;
  let renewing: Promise<void> = Promise.resolve();
  const isOwner = () => owned.keeper === 'this';

  async function own(): Promise<Owned> {
    try {
      return await writer.remote.own();
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** A thread that began after the others were ended would have nobody to end it, and would hold the program. */
  function startReader(): Connection<ReaderCalls> {
    if (closed) throw new EngineError('worker-lost', t('The index was closed'));
    return connectCalls<ReaderCalls>(spawn('reader'));
  }

  function readerNow(): Connection<ReaderCalls> {
    if (reader) return reader;
    const started = startReader();
    reader = started;
    started.ended.then(() => drop(started));
    return started;
  }

  function drop(connection: Connection<ReaderCalls>): void {
    if (reader === connection) reader = null;
    void connection.close();
  }

  /** Runs what may meet damage. Then the store is renewed, once for all that meet it at the same time. */
  async function mending<T>(work: () => Promise<T>): Promise<T> {
    const before = renewals;
    try {
      return await work();
    } catch (error) {
      if (kindOf(error) === 'store-damaged') {
        if (isOwner() && renewals === before) renewing = renew(messageOf(error));
        if (!isOwner()) await requests.make('check');
      } else if (renewals === before || kindOf(error) !== 'worker-lost') throw error;
      await renewing;
      const remedy = isOwner()
        ? t('it is being built anew')
        : t('the process that keeps it was asked to build it anew');
      throw new EngineError('store-damaged', t('The index is damaged: {0}; ask again in a moment', remedy));
    }
  }

  async function renew(damage: string): Promise<void> {
    if (++renewals > MAX_RENEWALS)
      throw new EngineError(
        'store-unavailable',
        t('The index was damaged again and again ({0}). Check the disk, or choose another folder with --store', damage),
      );
    await Promise.all([reader?.close(), checker?.close()]);
    owned = await writer.remote.renew(damage).catch((error) => {
      owned = { keeper: 'none', notes: [messageOf(error)] };
      throw error;
    });
    for (const listener of listeners) listener();
  }

  async function ask<T>(
    question: (reader: Remote<StoreReader>) => Promise<T>,
    deadlineMs: number,
    isAgain = false,
  ): Promise<T> {
    const asked = readerNow();
    try {
      return await withDeadline(question(asked.remote), deadlineMs, t('Reading the index'));
    } catch (error) {
      const isReplaced = kindOf(error) === 'store-replaced';
      if (isReplaced || (error instanceof EngineError && error.kind === 'deadline')) drop(asked);
      // Only the owner sets the database aside, and ends its reader first: somebody else removed it.
      if (isReplaced && isOwner()) throw new EngineError('store-damaged', t('its files were removed'));
      if (isReplaced && !isAgain) return ask(question, deadlineMs, true);
      throw error;
    }
  }

  return {
    get owner() {
      return isOwner();
    },
    get notes() {
      return owned.notes;
    },
    writer: new Proxy(writer.remote, {
      get: (remote, name) => {
        const call = Reflect.get(remote, name) as ((...args: unknown[]) => Promise<unknown>) | undefined;
        return call && ((...args: unknown[]) => mending(() => call(...args)));
      },
    }),
    read: (question, deadlineMs = READ_DEADLINE_MS) => mending(() => ask(question, deadlineMs)),
    async tryOwn() {
      const { keeper } = owned;
      if (keeper !== 'this') owned = await writer.remote.own();
      // A reader of what could not be written takes it for unchanging.
      if (keeper === 'none' && owned.keeper !== 'none' && reader) drop(reader);
      return isOwner();
    },
    async check() {
      const started = startReader();
      checker = started;
      await mending(() => started.remote.check()).finally(() => started.close());
    },
    request: async (what) => owned.keeper === 'another' && requests.make(what),
    requested: (what) => requests.take(what),
    onRenewed: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      await Promise.all([writer.close(), reader?.close(), checker?.close()]);
    },
  };
}
