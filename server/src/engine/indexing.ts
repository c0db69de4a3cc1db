/**
 * Keeping the index up to date: one update at a time, held back by a person or a battery, mended when the store is
 * damaged, asked of the process that keeps it when that is another one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { serialise, unlessAborted } from '../base/async.js';
import { kindOf, messageOf } from '../base/errors.js';
import type { Clock, History, Log, Workspace } from '../base/ports.js';
import type { Status } from '../base/status.js';
import type { ParsePool } from '../index/parsePool.js';
import type { StoreThreads } from '../index/store/threads.js';
import { updateHistory } from './history.js';
import type { UpdateParts } from './indexFiles.js';
import { askKeeper, attend, silentKeeper } from './neighbours.js';
import { TEAM_FILE, type TeamFile } from './teamFile.js';
import { type UpdateOptions, type UpdateTimes, updateAll, updatePaths } from './update.js';

export interface IndexingParts {
  workspace: Workspace;
  store: StoreThreads;
  parsers: ParsePool;
  /** Null in a workspace that is not trusted: then no git is run. */
  history: History | null;
  isOnBattery(): Promise<boolean>;
  team: TeamFile;
  /** Open files, which are indexed first. */
  openPaths(): string[];
  /** Disk space for the stores of all folders. */
  maxStoreBytes: number;
  clock: Clock;
  log: Log;
  /** Called whenever the status may have changed. */
  changed(): void;
}

export interface Indexing {
  /** Brings the index up to date with the disk and resolves with what it took. Updates run one after another. */
  update(options?: UpdateOptions): Promise<UpdateTimes>;
  /** Files that were saved, created, renamed or deleted. */
  filesChanged(paths: readonly string[]): Promise<void>;
  /** Reads the whole store, once the updates before it are done, and builds it anew when it is not what was written. */
  check(): Promise<void>;
  /**
   * Resolves when there is an index to ask: at once, or with the end of the first update, whatever became of it, but
   * after three seconds with whatever is indexed by then.
   */
  answerable(): Promise<void>;
  /** Holds indexing back, or lets it go on. */
  pause(on: boolean): void;
  readonly isPaused: boolean;
  readonly progress: Status['progress'];
  /** Why the last update failed, or null. */
  readonly failure: string | null;
  /** What works less well than it could, one sentence each. */
  notes(): string[];
  /** Settles when the next piece of work may be done: after a rest on battery, and not during a pause. */
  turn(): Promise<void>;
  close(): void;
}

/** Before each of a few files that are indexed at a time: a fifth of the usual speed, or less. */
const BATTERY_REST_MS = 50;
/** How long a question waits for the first index before it is answered from a part of it. */
const FIRST_ANSWER_MS = 3000;
/** From the first update to the look at the whole store, which short commands do not live to see. */
const CHECK_AFTER_MS = 30_000;

export function createIndexing(parts: IndexingParts): Indexing {
  const { workspace, store, parsers, team, clock, log, changed } = parts;
  const oneAtATime = serialise();
  const { promise: firstUpdate, resolve: firstUpdateEnded } = Promise.withResolvers<void>();
  let progress: Status['progress'] = null;
  let failure: string | null = null;
  let historyFailure: string | null = null;
  let paused: PromiseWithResolvers<void> | null = null;
  let isKeeperSilent = false;
  let isCollected = false;
  /** There was an index once; a look at each question would cost more than the answer. */
  let isIndexed = false;
  let checkTimer: NodeJS.Timeout | undefined;
  const updateParts: UpdateParts = {
    workspace,
    store,
    parsers,
    clock,
    turn,
    get chunkCharacters() {
      return team.settings.chunkCharacters;
    },
  };

  async function turn(): Promise<void> {
    await paused?.promise;
    if (await parts.isOnBattery()) await sleep(BATTERY_REST_MS);
  }

  async function runUpdate(options: UpdateOptions): Promise<UpdateTimes> {
    const start = clock.now();
    let times: UpdateTimes = { scan: 0, parse: 0, embed: 0, store: 0, total: 0 };
    const stopped = () => {
      progress = null;
    };
    options.signal?.addEventListener('abort', stopped);
    try {
      await team.read();
      // Another process may keep this index; then ours is to ask that one, and to take over when it is gone.
      if (!store.owner && !(await store.tryOwn())) isKeeperSilent = !(await askKeeper(store, clock, options.signal));
      if (store.owner) times = await bringUpToDate(options);
      failure = null;
    } catch (error) {
      if (!options.signal?.aborted) failure = messageOf(error);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', stopped);
      progress = null;
      firstUpdateEnded();
      changed();
    }
    return { ...times, total: (clock.now() - start) / 1000 };
  }

  async function bringUpToDate(options: UpdateOptions): Promise<UpdateTimes> {
    const everything = () =>
      updateAll(updateParts, { ...options, openPaths: parts.openPaths(), onProgress: report(options) });
    checkTimer ??= setTimeout(() => void check().catch(() => {}), CHECK_AFTER_MS).unref();
    const times = await everything().catch((error) => {
      // The damaged store was set aside meanwhile; the same again fills the fresh one.
      if (kindOf(error) !== 'store-damaged') throw error;
      return everything();
    });
    if (parts.history) historyFailure = await updateHistory(parts.history, store, options);
    await collectOnce().catch((error) => log('warn', `No space was made: ${messageOf(error)}`));
    return times;
  }

  /** Other folders' stores that nobody needs any more make room, once for each start. */
  async function collectOnce(): Promise<void> {
    if (isCollected) return;
    isCollected = true;
    const { stores, bytes } = await store.writer.collect(parts.maxStoreBytes, clock.now());
    if (stores > 0) log('info', `${stores} unused stores removed, ${bytes} bytes`);
  }

  function report({ onProgress, signal }: UpdateOptions): NonNullable<UpdateOptions['onProgress']> {
    return (now) => {
      // What was read when it was stopped may still come in.
      if (signal?.aborted) return;
      progress = now;
      onProgress?.(now);
      changed();
    };
  }

  /** What is found is mended by the update that `onRenewed` begins. */
  async function check(): Promise<void> {
    await oneAtATime(async () => {
      if (!store.owner) return;
      await store.check().catch((error) => {
        if (kindOf(error) !== 'store-damaged') throw error;
      });
    });
  }

  const update = (options: UpdateOptions = {}) =>
    unlessAborted(
      oneAtATime(() => runUpdate(options)),
      options.signal,
    );
  store.onRenewed(() => {
    isIndexed = false;
    update().catch((error) => log('error', messageOf(error)));
  });
  const stopAttending = attend(store, { update, check });

  return {
    update,
    check,
    filesChanged: (paths) =>
      oneAtATime(async () => {
        if (paths.includes(TEAM_FILE)) await team.read();
        if (store.owner) await updatePaths(updateParts, paths);
        else await store.request('update');
        changed();
      }),
    async answerable() {
      if (isIndexed) return;
      const overview = () => store.read((reader) => reader.overview());
      isIndexed = (await overview()).scannedAt !== null;
      if (isIndexed) return;
      // A store that was built anew is filled by an update after the first.
      const indexed = firstUpdate.then(() => oneAtATime(async () => {})).then(() => true);
      // A program that has ended meanwhile is not held for it.
      const after = (milliseconds: number) => sleep(milliseconds, false, { ref: false });
      let isOver = await Promise.race([indexed, after(FIRST_ANSWER_MS)]);
      // Nothing to wait for: it is held back, or all data was deleted and nobody asked for it again.
      const isComing = async () => !isOver && !paused && progress !== null && (await overview()).files === 0;
      while (await isComing()) isOver = await Promise.race([indexed, after(200)]);
    },
    pause(on) {
      if (on) paused ??= Promise.withResolvers();
      else paused?.resolve();
      if (!on) paused = null;
      changed();
    },
    get isPaused() {
      return paused !== null;
    },
    get progress() {
      return progress;
    },
    get failure() {
      return failure;
    },
    notes() {
      const silent = !store.owner && isKeeperSilent ? silentKeeper() : null;
      return [...store.notes, ...[silent, historyFailure, failure].filter((note) => note !== null)];
    },
    turn,
    close() {
      stopAttending();
      clearTimeout(checkTimer);
    },
  };
}
