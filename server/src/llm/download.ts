/**
 * A model's files from a hub to a folder: each resumed where it broke off, checked against the hub's checksum, and all
 * put in place by one rename, so that a folder of a model is whole or absent.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unlessAborted } from '../base/async.js';
import { EngineError, messageOf } from '../base/errors.js';
import { type DownloadPlan, failed, fetchFromHub, type Hub, IDLE_MS, type PlannedFile } from './hub.js';
import { folderName, type InstalledModel, type ModelOrigin, ORIGIN_FILE, readModel } from './modelFolders.js';

export interface DownloadOptions {
  hub: Hub;
  /** Of all models; made where it is missing. */
  folder: string;
  /** Of the whole plan. */
  onProgress?: (progress: { file: string; doneBytes: number; totalBytes: number }) => void;
  signal?: AbortSignal;
  /** In milliseconds. Default: half a second, longer each time. */
  sleep?: (milliseconds: number) => Promise<unknown>;
  /** Free on the disk. Default: what the system says. */
  freeBytes?: (folder: string) => Promise<number>;
}

/** Without a byte more, one after the other. */
const MAX_FRUITLESS_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
/** Why a request is given up on which nothing comes. */
const IDLE = new Error('idle');
/** Left free for everybody else. */
const SPARE_BYTES = 64 * 1024 * 1024;

/**
 * The model's folder, at once when it is there already. Fails with a `download-failed` error; an abort rejects with the
 * signal's reason. What was loaded by then is kept, and the next call goes on from there.
 */
export async function downloadModel(plan: DownloadPlan, options: DownloadOptions): Promise<InstalledModel> {
  const { folder, hub, signal } = options;
  const target = join(folder, folderName(plan, plan.onnx));
  const there = await readModel(target);
  if (there) return there;
  const partial = join(folder, `.${folderName(plan, plan.onnx)}.partial`);
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 });
    await checkSpace(plan, partial, options);
    let before = 0;
    for (const file of plan.files) {
      const doneBefore = before;
      const report = (done: number) =>
        options.onProgress?.({ file: file.from, doneBytes: doneBefore + done, totalBytes: plan.bytes });
      await loadFile(plan, file, join(partial, file.to), options, report);
      before += file.bytes;
    }
    const { name, revision, licence, onnx, bytes } = plan;
    const downloadedAt = new Date().toISOString();
    const origin: ModelOrigin = { name, revision, licence, hub: new URL(hub.url).origin, onnx, bytes, downloadedAt };
    await writeFile(join(partial, ORIGIN_FILE), `${JSON.stringify(origin, null, 2)}\n`);
    await rename(partial, target);
    return { ...origin, path: target };
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown instanceof EngineError ? thrown : diskFailure(thrown, folder);
  }
}

async function checkSpace(plan: DownloadPlan, partial: string, options: DownloadOptions): Promise<void> {
  const sizes = await Promise.all(plan.files.map(({ to }) => sizeOf(join(partial, to))));
  const missing = plan.bytes - sizes.reduce((sum, bytes) => sum + bytes, 0);
  const free = await (options.freeBytes ?? freeBytes)(partial);
  if (missing + SPARE_BYTES <= free) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw failed(`The model needs ${megabytes(missing)}, and ${options.folder} has ${megabytes(free)} free: make room`);
}

async function loadFile(
  plan: DownloadPlan,
  file: PlannedFile,
  path: string,
  options: DownloadOptions,
  report: (done: number) => void,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Not for appending: Windows does not let such a file be cut.
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    // What an earlier call left may be of another file or damaged: then it is loaded once more, from the beginning.
    const resumed = (await handle.stat()).size > 0;
    await loadRest(plan, file, handle, options, report);
    if (await matches(file, path)) return;
    await handle.truncate(0);
    if (resumed) {
      await loadRest(plan, file, handle, options, report);
      if (await matches(file, path)) return;
      await handle.truncate(0);
    }
  } finally {
    await handle.close();
  }
  throw failed(`${file.from} of ${plan.name} is not what the hub says it is (its checksum differs): it was deleted`);
}

/** Appends until the file has its size. */
async function loadRest(
  plan: DownloadPlan,
  file: PlannedFile,
  handle: FileHandle,
  options: DownloadOptions,
  report: (done: number) => void,
): Promise<void> {
  const { sleep = delay, signal } = options;
  let most = 0;
  for (let fruitless = 0; ; ) {
    const { size } = await handle.stat();
    // Counted from the most there ever was: a server that begins anew each time gets nowhere.
    if (size > most) fruitless = 0;
    most = Math.max(most, size);
    report(Math.min(size, file.bytes));
    if (size === file.bytes) return;
    if (size > file.bytes) await handle.truncate(0);
    try {
      await loadPiece(plan, file, handle, options, report);
    } catch (thrown) {
      signal?.throwIfAborted();
      if (!isPassing(thrown)) throw thrown;
      if (++fruitless === MAX_FRUITLESS_ATTEMPTS)
        throw failed(
          `The download of ${file.from} broke off and does not go on: try again later; what was loaded is kept`,
        );
      await unlessAborted(sleep(FIRST_PAUSE_MS * 2 ** fruitless), signal);
    }
  }
}

/** One request and as much of its reply as comes. */
async function loadPiece(
  { name, revision }: DownloadPlan,
  file: PlannedFile,
  handle: FileHandle,
  { hub, signal }: DownloadOptions,
  report: (done: number) => void,
): Promise<void> {
  let { size } = await handle.stat();
  const idle = new AbortController();
  const timer = setTimeout(() => idle.abort(IDLE), hub.idleMs ?? IDLE_MS);
  const ending = signal ? AbortSignal.any([signal, idle.signal]) : idle.signal;
  try {
    const path = `/${name}/resolve/${revision}/${file.from.split('/').map(encodeURIComponent).join('/')}`;
    const response = await fetchFromHub(path, hub, ending, size > 0 ? `bytes=${size}-` : null);
    if (!continues(response, size)) {
      await handle.truncate(0);
      size = 0;
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new TypeError('another part than the one asked for');
      }
    }
    for await (const piece of response.body ?? []) {
      timer.refresh();
      if (size + piece.length > file.bytes) {
        await handle.truncate(0);
        throw failed(`The hub sends more of ${file.from} than it announced: it was deleted`);
      }
      await writeAll(handle, piece, size);
      size += piece.length;
      report(size);
    }
    // An end before the end: as if the connection had been cut.
    if (size < file.bytes) throw new TypeError('cut');
  } finally {
    clearTimeout(timer);
  }
}

async function writeAll(handle: FileHandle, piece: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < piece.length; )
    done += (await handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
}

/** The reply goes on where the file ends. */
function continues(response: Response, size: number): boolean {
  if (size === 0) return response.status === 200;
  return response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${size}-`) === true;
}

/** Of the network or of a server's bad hour; anything that a repetition does not mend is not. */
function isPassing(thrown: unknown): boolean {
  if (thrown instanceof EngineError) return thrown.cause === 'passing';
  return thrown instanceof TypeError || thrown === IDLE;
}

async function matches({ bytes, checksum }: PlannedFile, path: string): Promise<boolean> {
  const hash = createHash(checksum.kind === 'sha256' ? 'sha256' : 'sha1');
  if (checksum.kind === 'git-blob') hash.update(`blob ${bytes}\0`);
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex') === checksum.hex;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function diskFailure(thrown: unknown, folder: string): EngineError {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failed(`The disk of ${folder} is full: make room and try again; what was loaded is kept`);
  return failed(`The model cannot be stored in ${folder}: ${messageOf(thrown)}`);
}
