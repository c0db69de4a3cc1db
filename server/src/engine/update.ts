/**
 * What changed since the last look, and bringing the store up to date with it: all of the workspace, or a few files
 * that were saved.
 */
import { createHash } from 'node:crypto';
import { unlessAborted } from '../base/async.js';
import type { FoundFile, Scan } from '../base/ports.js';
import type { KnownFile } from '../index/store/reader.js';
import type { PackedChange } from '../index/store/threads.js';
import {
  dormantKey,
  type IndexOptions,
  indexFiles,
  isUnchanged,
  treatmentIn,
  type UpdateParts,
  unreadable,
  type Work,
} from './indexFiles.js';

export interface UpdateOptions extends IndexOptions {
  /** Read every file again, whatever its stamp says. */
  everything?: boolean;
  /** Open files, which somebody is likely to ask about first. */
  openPaths?: readonly string[];
}

/** Seconds by step, summed over what runs side by side; `total` is wall time. */
export interface UpdateTimes {
  scan: number;
  parse: number;
  embed: number;
  store: number;
  total: number;
}

/** With fewer files, looking for another root's index costs more than it saves. */
const MIN_SEEDED_FILES = 100;
const SEED_SAMPLE = 50;

/** Scans the workspace and brings the store up to date with it. */
export async function updateAll(parts: UpdateParts, options: UpdateOptions = {}): Promise<UpdateTimes> {
  const { workspace, store, clock } = parts;
  const { signal, onProgress = () => {} } = options;
  const started = clock.now();
  onProgress({ step: 'scanning', done: 0, total: 0 });
  await unlessAborted(parts.turn(), signal);
  const scan = await workspace.scan(signal);
  const scanned = clock.now();

  let known = await knownFiles(parts);
  if (known.size === 0 && (await seeded(parts, scan))) known = await knownFiles(parts);
  const spent = await indexFiles(parts, await workOf(parts, scan, known, options), options);
  await store.writer.finishScan({ at: new Date(started).toISOString(), skipped: scan.skipped });
  await store.writer.checkpoint();
  return { scan: (scanned - started) / 1000, ...spent, total: (clock.now() - started) / 1000 };
}

async function workOf(
  parts: UpdateParts,
  scan: Scan,
  known: ReadonlyMap<string, KnownFile>,
  { everything, openPaths = [] }: UpdateOptions,
): Promise<Work> {
  const present = new Set(scan.files.map(({ path }) => path));
  const failures = new Map(scan.failed.map(({ path, reason }) => [path, reason]));
  const gone = [...known.keys()].filter((path) => !present.has(path) && !failures.has(path));
  // What has no stamp could not even be looked at; the look at its folder is the new try.
  const isKnown = (path: string) => known.get(path)?.state === 'failed' && known.get(path)?.stamp === '';
  const failed = [...failures]
    .filter(([path]) => !isKnown(path))
    .map(([path, reason]) => unreadable({ path, stamp: '', settled: false }, reason, undefined, parts.clock.now()));
  const others = [...(await Promise.all(gone.map((path) => removal(parts, path)))), ...failed];
  if (everything) return { files: inOrder(scan.files, openPaths), known: new Map(), dormant: new Set(), others };
  const changed = scan.files.filter((file) => !isUnchanged(parts, file, known.get(file.path)));
  return { files: inOrder(changed, openPaths), known, dormant: await dormantFiles(parts), others };
}

/** What is open, then what was written last: that is what people ask about while the rest is still being indexed. */
function inOrder(files: readonly FoundFile[], openPaths: readonly string[]): FoundFile[] {
  const open = new Set(openPaths);
  return [...files].sort(
    (a, b) =>
      Number(open.has(b.path)) - Number(open.has(a.path)) ||
      Number(b.stat.mtimeNs / 1_000_000n) - Number(a.stat.mtimeNs / 1_000_000n),
  );
}

/**
 * Brings single files up to date, say after a save. What may concern more than itself, a folder or an ignore file, is
 * answered with a scan: editors report the renaming of a folder as one event.
 */
export async function updatePaths(parts: UpdateParts, paths: readonly string[]): Promise<void> {
  const files: FoundFile[] = [];
  const others: PackedChange[] = [];
  const known = await knownFiles(parts, paths);
  for (const path of new Set(paths)) {
    const found = await parts.workspace.find(path);
    if (found) files.push(found);
    else if (known.has(path)) others.push(await removal(parts, path));
    if (!found && !known.has(path) && (await parts.workspace.includes(path))) return void (await updateAll(parts));
    if (CHANGES_SCOPE.test(path)) return void (await updateAll(parts));
  }
  await indexFiles(parts, { files, known, dormant: await dormantFiles(parts, paths), others }, {});
}

const CHANGES_SCOPE = /(^|\/)(\.gitignore|\.ignore|\.scholiaignore|\.gitattributes)$|^scholia\.json$/;

async function removal({ workspace }: UpdateParts, path: string): Promise<PackedChange> {
  return { kind: 'removed', path, isLeftOut: await workspace.exists(path) };
}

async function knownFiles({ store }: UpdateParts, paths?: readonly string[]): Promise<Map<string, KnownFile>> {
  const files = await store.read((reader) => reader.knownFiles(paths));
  return new Map(files.map((file) => [file.path, file]));
}

async function dormantFiles({ store }: UpdateParts, paths?: readonly string[]): Promise<Set<string>> {
  const files = await store.read((reader) => reader.dormantFiles(paths));
  return new Set(files.map(({ path, digest, stamp }) => dormantKey(path, digest, treatmentIn(stamp))));
}

/** Whether the index could begin as a copy of another root's with the same files. */
async function seeded({ workspace, store }: UpdateParts, { files }: Scan): Promise<boolean> {
  if (files.length < MIN_SEEDED_FILES) return false;
  const step = Math.floor(files.length / SEED_SAMPLE) || 1;
  const sample = await Promise.all(
    files
      .filter((_, i) => i % step === 0)
      .map(async ({ path }) => {
        const bytes = await workspace.read(path).catch(() => null);
        return { path, digest: bytes ? createHash('sha256').update(bytes).digest('hex') : '' };
      }),
  );
  return store.writer.seed({ sample, paths: files.map(({ path }) => path) });
}
