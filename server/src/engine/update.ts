/**
 * Workspace to store: what changed since the last look is read, parsed and committed, whole files at a time.
 *
 * Reading and parsing run side by side, commits one after another; what waits between them is bounded. A file that
 * cannot be read or parsed is stored as failed with its reason and tried again: at once when it changes, else at the
 * next scan, then ever more rarely. It never stops the rest.
 */
import { createHash } from 'node:crypto';
import { eachLimited, serialise } from '../base/async.js';
import { messageOf } from '../base/errors.js';
import type { Clock, FileStat, FoundFile, Workspace } from '../base/ports.js';
import type { ParsePool } from '../index/parsePool.js';
import type { KnownFile } from '../index/store/reader.js';
import type { PackedChange, StoreThreads } from '../index/store/threads.js';
import type { FileMark } from '../index/store/writer.js';

export interface UpdateParts {
  workspace: Workspace;
  store: StoreThreads;
  parsers: ParsePool;
  clock: Clock;
}

export interface UpdateProgress {
  step: 'scanning' | 'indexing';
  done: number;
  total: number;
}

export interface UpdateOptions {
  /** Read every file again, whatever its stamp says. */
  everything?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: UpdateProgress) => void;
}

/** Seconds by step, summed over what runs side by side; `total` is wall time. */
export interface UpdateTimes {
  scan: number;
  parse: number;
  store: number;
  total: number;
}

const COMMIT_FILES = 64;
const COMMIT_BYTES = 16_000_000;
/** A file written within this span before it was read may be written again without its stamp changing. */
const SETTLE_NS = 2_000_000_000n;
const READ_AHEAD = 6;
const FIRST_RETRY_MS = 60_000;
const MAX_RETRY_MS = 3_600_000;

/** Scans the workspace and brings the store up to date with it. */
export async function updateAll(parts: UpdateParts, options: UpdateOptions = {}): Promise<UpdateTimes> {
  const { workspace, store, clock } = parts;
  const { signal, onProgress = () => {} } = options;
  const started = clock.now();
  onProgress({ step: 'scanning', done: 0, total: 0 });
  const known = new Map((await store.read((reader) => reader.knownFiles())).map((file) => [file.path, file]));
  const scan = await workspace.scan(signal);
  const scanned = clock.now();

  const present = new Set(scan.files.map((file) => file.path));
  const unreadable = new Map(scan.failed.map((failure) => [failure.path, failure.reason]));
  const gone = [...known.keys()].filter((path) => !present.has(path) && !unreadable.has(path));
  const changed = scan.files.filter((file) => options.everything || !isUnchanged(file, known.get(file.path), started));
  const others: PackedChange[] = [
    ...gone.map((path): PackedChange => ({ kind: 'removed', path })),
    ...[...unreadable]
      .filter(([path]) => !isKnownUnreadable(known.get(path)))
      .map(([path, reason]) => failed(unknownMark(path), reason, undefined, started)),
  ];
  const spent = await indexFiles(parts, { files: changed, known, others }, options);
  await store.writer.finishScan({ at: new Date(started).toISOString(), skipped: scan.skipped });
  await store.writer.checkpoint();
  return { scan: (scanned - started) / 1000, ...spent, total: (clock.now() - started) / 1000 };
}

/**
 * Brings single files up to date, say after a save. What may concern more than itself, a folder or an ignore file, is
 * answered with a scan: editors report the renaming of a folder as one event.
 */
export async function updatePaths(parts: UpdateParts, paths: readonly string[]): Promise<void> {
  const files: FoundFile[] = [];
  const others: PackedChange[] = [];
  const rows = await parts.store.read((reader) => reader.knownFiles(paths));
  const known = new Map(rows.map((file) => [file.path, file]));
  for (const path of new Set(paths)) {
    const found = await parts.workspace.find(path);
    if (found) files.push(found);
    else if (known.has(path)) others.push({ kind: 'removed', path });
    if (!found && !known.has(path) && (await parts.workspace.includes(path))) return void (await updateAll(parts));
    if (CHANGES_SCOPE.test(path)) return void (await updateAll(parts));
  }
  await indexFiles(parts, { files, known, others }, {});
}

const CHANGES_SCOPE = /(^|\/)(\.gitignore|\.ignore|\.scholiaignore)$/;

interface Work {
  files: readonly FoundFile[];
  known: ReadonlyMap<string, KnownFile>;
  /** Changes that need no reading. */
  others: readonly PackedChange[];
}

async function indexFiles(
  parts: UpdateParts,
  { files, known, others }: Work,
  { everything, signal, onProgress = () => {} }: UpdateOptions,
): Promise<Pick<UpdateTimes, 'parse' | 'store'>> {
  const { store, clock } = parts;
  const spent = { parse: 0, store: 0 };
  const inOrder = serialise();
  let batch: PackedChange[] = [...others];
  let bytes = 0;
  let done = 0;

  function commit(): Promise<void> {
    const changes = batch;
    batch = [];
    bytes = 0;
    return inOrder(async () => {
      if (changes.length === 0) return;
      const start = clock.now();
      await store.writer.commit(changes);
      spent.store += (clock.now() - start) / 1000;
    });
  }

  onProgress({ step: 'indexing', done: 0, total: files.length });
  await eachLimited(files, READ_AHEAD, async (file) => {
    signal?.throwIfAborted();
    const start = clock.now();
    const change = await changeOf(parts, file, everything ? undefined : known.get(file.path));
    spent.parse += (clock.now() - start) / 1000;
    batch.push(change);
    if (change.kind === 'indexed') bytes += change.file.bytes.length;
    if (batch.length >= COMMIT_FILES || bytes >= COMMIT_BYTES) await commit();
    onProgress({ step: 'indexing', done: ++done, total: files.length });
  });
  await commit();
  return spent;
}

async function changeOf(
  { workspace, parsers, clock }: UpdateParts,
  { path, stat }: FoundFile,
  known: KnownFile | undefined,
): Promise<PackedChange> {
  const now = clock.now();
  const mark = markOf(path, stat, BigInt(now) * 1_000_000n);
  try {
    const bytes = await workspace.read(path);
    if (known && known.state !== 'failed' && known.digest === createHash('sha256').update(bytes).digest('hex'))
      return { kind: 'touched', mark };
    const outcome = await parsers.parse(path, bytes);
    return outcome.kind === 'skipped' ? { ...outcome, mark } : { kind: 'indexed', mark, file: outcome.file };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'removed', path };
    return failed(mark, messageOf(error), known, now);
  }
}

function failed(mark: FileMark, reason: string, known: KnownFile | undefined, now: number): PackedChange {
  const attempts = known?.stamp === mark.stamp ? known.attempts + 1 : 1;
  // The first failure may have been bad luck: the next scan tries again.
  const pause = attempts === 1 ? 0 : Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 2));
  return { kind: 'failed', mark, digest: '', reason, attempts, retryAt: now + pause };
}

function isUnchanged({ path, stat }: FoundFile, known: KnownFile | undefined, now: number): boolean {
  if (!known || known.stamp !== markOf(path, stat, 0n).stamp) return false;
  return known.state === 'failed' ? now < known.retryAt : known.settled;
}

/** What has no stamp could not even be looked at; the look at its folder is the new try. */
function isKnownUnreadable(known: KnownFile | undefined): boolean {
  return known?.state === 'failed' && known.stamp === '';
}

function markOf(path: string, { size, mtimeNs, ctimeNs, inode }: FileStat, nowNs: bigint): FileMark {
  const settled = nowNs - mtimeNs > SETTLE_NS && nowNs - ctimeNs > SETTLE_NS;
  return { path, stamp: `${size}:${mtimeNs}:${ctimeNs}:${inode}`, settled };
}

function unknownMark(path: string): FileMark {
  return { path, stamp: '', settled: false };
}
