/**
 * Files to the store: read, parsed and committed, whole files at a time.
 *
 * Reading and parsing run side by side, commits one after another; what waits between them is bounded. A file that
 * cannot be read is stored as failed with its reason and tried again at the next scan; a document that gives no text
 * fails until it changes. Neither stops the rest.
 */
import { createHash } from 'node:crypto';
import { abortable, eachLimited, serialise } from '../base/async.js';
import { EngineError, messageOf } from '../base/errors.js';
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
  step: 'scanning' | 'indexing';
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

/** Seconds spent parsing and storing. What was done before an abort or a failure is kept. */
export async function indexFiles(
  parts: UpdateParts,
  { files, known, dormant, others }: Work,
  { signal, onProgress = () => {} }: IndexOptions,
): Promise<{ parse: number; store: number }> {
  const { store, clock } = parts;
  const spent = { parse: 0, store: 0 };
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
      await store.writer.commit(changes).catch((error) => {
        throw new EngineError(
          'store-unavailable',
          `The index could not be written: ${messageOf(error)}. Is the disk full?`,
        );
      });
      spent.store += (clock.now() - start) / 1000;
    });
  }

  onProgress({ step: 'indexing', done: 0, total: files.length });
  const work = eachLimited(files, READ_AHEAD, async (file) => {
    await abortable(parts.turn(), signal);
    const start = clock.now();
    const change = await abortable(changeOf(parts, file, known.get(file.path), dormant), signal);
    spent.parse += (clock.now() - start) / 1000;
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
): Promise<PackedChange> {
  const options = { forced, chunkCharacters };
  const mark = markOf(path, stat, options, BigInt(clock.now()) * 1_000_000n);
  try {
    const bytes = await workspace.read(path);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const isSame = known?.digest === digest && !isToBeTriedAgain(known);
    if (isSame && treatmentIn(known.stamp) === treatmentOf(options)) return { kind: 'touched', mark };
    if (dormant.has(dormantKey(path, digest, treatmentOf(options)))) return { kind: 'revived', mark, digest };
    const outcome = await parsers.parse(path, bytes, options);
    return outcome.kind === 'indexed' ? { kind: 'indexed', mark, file: outcome.file } : { ...outcome, mark };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'removed', path, isLeftOut: false };
    return { kind: 'failed', mark, digest: '', reason: messageOf(error) };
  }
}

export function dormantKey(path: string, digest: string, treatment: string): string {
  return `${digest} ${treatment} ${path}`;
}

export function isUnchanged(
  { chunkCharacters }: UpdateParts,
  { path, stat, forced }: FoundFile,
  known: KnownFile | undefined,
): boolean {
  if (!known?.settled || isToBeTriedAgain(known)) return false;
  return known.stamp === markOf(path, stat, { forced, chunkCharacters }, 0n).stamp;
}

/** What could not be read may be readable now; a document that gave no text gives none until it changes. */
function isToBeTriedAgain({ state, digest }: KnownFile): boolean {
  return state === 'failed' && digest === '';
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
