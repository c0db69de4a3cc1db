/**
 * Files to the store: read, parsed and committed, whole files at a time.
 *
 * Reading and parsing run side by side, commits one after another; what waits between them is bounded. A file that
 * cannot be read is stored as failed with its reason and tried again ever more rarely; a document that gives no text
 * fails until it changes. Neither stops the rest.
 */
import { createHash } from 'node:crypto';
import { eachLimited, serialise, unlessAborted } from '../base/async.js';
import { messageOf } from '../base/errors.js';
import type { Clock, FileStat, FoundFile, Workspace } from '../base/ports.js';
import { PARSE_OPTIONS, type ParseOptions } from '../index/parse.js';
import type { ParsePool } from '../index/parsePool.js';
import type { KnownFile } from '../index/store/reader.js';
import type { PackedChange, StoreThreads } from '../index/store/threads.js';
import type { FileMark } from '../index/store/writer.js';

export interface UpdateParts {
  workspace: Workspace;
  store: StoreThreads;
  parsers: ParsePool;
  clock: Clock;
  /** The longest chunk. */
  chunkCharacters: number;
  /** Settles when the next file may be indexed: after a rest on battery, and not during a pause. */
  turn(): Promise<void>;
}

export interface UpdateProgress {
  step: 'scanning' | 'indexing' | 'embedding';
  done: number;
  total: number;
}

export interface IndexOptions {
  signal?: AbortSignal;
  onProgress?: (progress: UpdateProgress) => void;
}

export interface Work {
  /** In the order in which they are wanted. */
  files: readonly FoundFile[];
  known: ReadonlyMap<string, KnownFile>;
  /** Earlier contents that the store still has, as `dormantKey` names them. */
  dormant: ReadonlySet<string>;
  /** Changes that need no reading. */
  others: readonly PackedChange[];
}

/** Commits grow from small, so that the first files can be found at once, to large, which costs the store least. */
const FIRST_COMMIT_FILES = 50;
const MAX_COMMIT_FILES = 1000;
const COMMIT_BYTES = 16_000_000;
/** A file written within this span before it was read may be written again without its stamp changing. */
const SETTLE_NS = 2_000_000_000n;
const READ_AHEAD = 6;
const FIRST_RETRY_MS = 60_000;
const MAX_RETRY_MS = 3_600_000;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Seconds spent parsing, embedding and storing. What was done before an abort or a failure is kept. */
export async function indexFiles(
  parts: UpdateParts,
  { files, known, dormant, others }: Work,
  { signal, onProgress = () => {} }: IndexOptions,
): Promise<{ parse: number; embed: number; store: number }> {
  const { store, clock } = parts;
  const spent = { parse: 0, embed: 0, store: 0 };
  const inOrder = serialise();
  let batch: PackedChange[] = [...others];
  let bytes = 0;
  let done = 0;
  let enough = FIRST_COMMIT_FILES;

  function commit(): Promise<void> {
    const changes = batch;
    batch = [];
    bytes = 0;
    enough = Math.min(MAX_COMMIT_FILES, 2 * enough);
    return inOrder(async () => {
      if (changes.length === 0) return;
      const start = clock.now();
      await store.writer.commit(changes);
      spent.store += (clock.now() - start) / 1000;
    });
  }

  onProgress({ step: 'indexing', done: 0, total: files.length });
  const work = eachLimited(files, READ_AHEAD, async (file) => {
    await unlessAborted(parts.turn(), signal);
    const start = clock.now();
    const { embedSeconds = 0, ...change } = await unlessAborted(
      changeOf(parts, file, known.get(file.path), dormant),
      signal,
    );
    spent.parse += (clock.now() - start) / 1000 - embedSeconds;
    spent.embed += embedSeconds;
    batch.push(change);
    if (change.kind === 'indexed') bytes += change.file.bytes.length;
    if (batch.length >= enough || bytes >= COMMIT_BYTES) await commit();
    onProgress({ step: 'indexing', done: ++done, total: files.length });
  });
  await work.finally(commit);
  return spent;
}

async function changeOf(
  { workspace, parsers, clock, chunkCharacters }: UpdateParts,
  { path, stat, forced }: FoundFile,
  known: KnownFile | undefined,
  dormant: ReadonlySet<string>,
): Promise<PackedChange & { embedSeconds?: number }> {
  const options = { forced, chunkCharacters };
  const now = clock.now();
  const mark = markOf(path, stat, options, BigInt(now) * 1_000_000n);
  try {
    const bytes = await workspace.read(path);
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (known?.digest === digest && treatmentIn(known.stamp) === treatmentOf(options)) return { kind: 'touched', mark };
    if (dormant.has(dormantKey(path, digest, treatmentOf(options)))) return { kind: 'revived', mark, digest };
    const outcome = await parsers.parse(path, bytes, options);
    if (outcome.kind === 'indexed') return { ...outcome, mark };
    // A document that gave no text gives none until it changes.
    return outcome.kind === 'failed'
      ? { ...outcome, mark, attempts: 1, retryAt: NEVER }
      : { ...outcome, mark, kind: 'skipped' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'removed', path, isLeftOut: false };
    return unreadable(mark, messageOf(error), known, now);
  }
}

export function dormantKey(path: string, digest: string, treatment: string): string {
  return `${digest} ${treatment} ${path}`;
}

export function isUnchanged(
  { chunkCharacters, clock }: UpdateParts,
  { path, stat, forced }: FoundFile,
  known: KnownFile | undefined,
): boolean {
  if (known?.stamp !== markOf(path, stat, { forced, chunkCharacters }, 0n).stamp) return false;
  return known.state === 'failed' ? clock.now() < known.retryAt : known.settled;
}

/** What could not be read may be readable later. */
export function unreadable(mark: FileMark, reason: string, known: KnownFile | undefined, now: number): PackedChange {
  const attempts = known?.stamp === mark.stamp ? known.attempts + 1 : 1;
  // The first failure may have been bad luck: the next scan tries again.
  const pause = attempts === 1 ? 0 : Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 2));
  return { kind: 'failed', mark, digest: '', reason, attempts, retryAt: now + pause };
}

function markOf(
  path: string,
  { size, mtimeNs, ctimeNs, inode }: FileStat,
  options: ParseOptions,
  nowNs: bigint,
): FileMark {
  const settled = nowNs - mtimeNs > SETTLE_NS && nowNs - ctimeNs > SETTLE_NS;
  return { path, stamp: `${size}:${mtimeNs}:${ctimeNs}:${inode}:${treatmentOf(options)}`, settled };
}

/** The end of a stamp: a file that is to be read in another way counts as changed, though its bytes did not. */
function treatmentOf({ forced, chunkCharacters }: ParseOptions): string {
  const isUsual = !forced && chunkCharacters === PARSE_OPTIONS.chunkCharacters;
  return isUsual ? '' : `${forced ? 'forced' : ''}${chunkCharacters}`;
}

export function treatmentIn(stamp: string): string {
  return stamp.slice(stamp.lastIndexOf(':') + 1);
}
