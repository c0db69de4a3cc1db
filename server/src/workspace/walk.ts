/**
 * The files of a folder, by the rules of its scope.
 *
 * Links are not followed: what they point to inside the root is found where it lies, and a loop cannot catch the walk.
 * A folder that cannot be read is a named failure and the walk goes on.
 */
import { eachLimited } from '../base/async.js';
import { documentFormat } from '../base/document.js';
import { EngineError, messageOf } from '../base/errors.js';
import { kept, phrase, t } from '../base/l10n.js';
import type { DirectoryEntry, FileSystem, FoundFile, Scan, ScopeLimits, Workspace } from '../base/ports.js';
import { whyOut } from './exclusions.js';
import { isBelow, isSamePlace } from './inside.js';
import { createScope, type Judgement, type ScopeConfig, type Standing } from './scope.js';

export interface WalkConfig extends ScopeConfig {
  /** Files over this many bytes are left out. */
  maxFileBytes: number;
}

interface Candidate {
  path: string;
  forced: boolean;
}

/** How a path stands, with the part of it that decides: the path itself, or a folder on the way to it. */
interface Located {
  judgement: Judgement;
  part: string;
  kind: DirectoryEntry['kind'] | 'missing';
}

/** Documents are mostly pictures and fonts: their size says little about their text, which has a limit of its own. */
const MAX_DOCUMENT_BYTES = 50_000_000;
const STAT_CONCURRENCY = 32;

/** Opens a folder. Throws a `no-root` error when it is not there. */
export async function openWorkspace(files: FileSystem, folder: string, config: WalkConfig): Promise<Workspace> {
  const root = await rootOf(files, folder);
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`);
  const scope = createScope(files, root, config);
  let { maxFileBytes } = config;
  const maxBytesOf = (path: string) =>
    documentFormat(path) ? Math.max(MAX_DOCUMENT_BYTES, maxFileBytes) : maxFileBytes;

  async function scan(signal?: AbortSignal): Promise<Scan> {
    const found: Scan = { files: [], skipped: {}, failed: [] };
    const candidates: Candidate[] = [];
    signal?.throwIfAborted();
    const entries = await files.list(root).catch((error) => {
      throw new EngineError('no-root', t('The folder {0} cannot be read: {1}', root, messageOf(error)));
    });
    await walk(await scope.top(namesOf(entries)), entries, candidates, found, signal);
    await eachLimited(candidates, STAT_CONCURRENCY, async (candidate) => {
      signal?.throwIfAborted();
      const file = await look(candidate);
      if ('failed' in file) found.failed.push({ path: candidate.path, reason: file.failed });
      else if ('file' in file) found.files.push(file.file);
      else if (file.bytes !== null) count(found, phrase('too large'));
    });
    found.files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return found;
  }

  async function walk(
    standing: Standing,
    entries: readonly DirectoryEntry[],
    candidates: Candidate[],
    found: Scan,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const { name, kind } of entries) {
      const path = inFolder(standing.folder, name);
      const judgement = scope.judge(standing, path, kind);
      if (judgement.out && !judgement.leadsOn) count(found, judgement.out.reason);
      else if (kind === 'directory') await walkInto(standing, path, judgement, candidates, found, signal);
      else if (kind === 'file') candidates.push({ path, forced: judgement.forced });
    }
  }

  async function walkInto(
    above: Standing,
    path: string,
    judgement: Judgement,
    candidates: Candidate[],
    found: Scan,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    const entries = await files.list(absolute(path)).catch((error) => {
      found.failed.push({ path, reason: kept('the folder cannot be read: {0}', messageOf(error)) });
      return null;
    });
    if (!entries) return;
    const standing = await scope.enter(above, path, judgement, namesOf(entries));
    const { out, leadsOn } = standing.judgement;
    if (out && !leadsOn) count(found, out.reason);
    else await walk(standing, entries, candidates, found, signal);
  }

  async function look({
    path,
    forced,
  }: Candidate): Promise<{ file: FoundFile } | { bytes: number | null } | { failed: string }> {
    try {
      const { kind, ...stat } = await files.stat(absolute(path));
      if (kind !== 'file') return { bytes: null };
      return stat.size > maxBytesOf(path) ? { bytes: stat.size } : { file: { path, stat, forced } };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return { failed: messageOf(error) };
      // Gone since the folder was listed: the next scan will not see it either.
      return { bytes: null };
    }
  }

  /** Goes down to a path as a scan does, through the listings of its folders. A file that is not there is judged by its name. */
  async function locate(path: string): Promise<Located> {
    const parts = path.split('/');
    let entries = await files.list(root).catch(() => []);
    let standing = await scope.top(namesOf(entries));
    for (const [depth, name] of parts.entries()) {
      const part = parts.slice(0, depth + 1).join('/');
      const isLast = depth === parts.length - 1;
      const kind = entries.find((entry) => entry.name === name)?.kind ?? 'missing';
      let judgement = scope.judge(standing, part, kind === 'missing' ? (isLast ? 'file' : 'directory') : kind);
      if (kind === 'link' || (judgement.out && (isLast || !judgement.leadsOn))) return { judgement, part, kind };
      if (isLast && kind !== 'directory') return { judgement, part, kind };
      entries = await files.list(absolute(part)).catch(() => []);
      standing = await scope.enter(standing, part, judgement, namesOf(entries));
      judgement = standing.judgement;
      if (isLast || (judgement.out && !judgement.leadsOn)) return { judgement, part, kind };
    }
    throw new EngineError('usage', t('{0} names nothing', path));
  }

  async function includes(path: string): Promise<Pick<FoundFile, 'forced'> | null> {
    if (!isBelow(path)) return null;
    const { judgement, part, kind } = await locate(path);
    const isFile = part === path && (kind === 'file' || kind === 'missing');
    return isFile && !judgement.out ? { forced: judgement.forced } : null;
  }

  async function explain(path: string): Promise<string | null> {
    if (!isBelow(path)) return t('{0} is not in the folder {1}', path, root);
    const { judgement, part, kind } = await locate(path);
    if (judgement.out)
      return part === path ? sentence(path, judgement) : t('The folder {0}', sentence(part, judgement));
    if (kind === 'missing') return t('There is no file {0}', path);
    if (kind !== 'file')
      return kind === 'directory'
        ? t('{0} is a folder; only files are indexed', path)
        : t('{0} is no plain file; only files are indexed', path);
    const file = await look({ path, forced: judgement.forced });
    if ('failed' in file) return t('{0} cannot be read: {1}', path, file.failed);
    if ('file' in file) return null;
    return file.bytes === null
      ? t('There is no file {0}', path)
      : t(
          '{0} has {1} bytes; files over {2} are left out',
          path,
          file.bytes.toLocaleString('en'),
          maxFileBytes.toLocaleString('en'),
        );
  }

  /** No link on the way, and no way out. A file that is not there yet is judged by its folder. */
  async function isInside(path: string): Promise<boolean> {
    if (!isBelow(path)) return false;
    const real = await files.realPath(absolute(path)).catch(() => null);
    if (real !== null) return isSamePlace(real, absolute(path));
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return folder === '' || isInside(folder);
  }

  return {
    root,
    scan,
    includes,
    exists: (path) =>
      files.stat(absolute(path)).then(
        () => true,
        () => false,
      ),
    explain,
    limit(limits: ScopeLimits) {
      scope.limit(limits);
      maxFileBytes = Math.min(config.maxFileBytes, limits.maxFileBytes);
    },
    async read(path) {
      if (!(await isInside(path))) throw new EngineError('unavailable', t('{0} is not in the folder {1}', path, root));
      return files.read(absolute(path), maxBytesOf(path));
    },
    async find(path) {
      const taken = await includes(path);
      const file = taken && (await look({ path, ...taken }));
      return file && 'file' in file ? file.file : null;
    },
  };
}

async function rootOf(files: FileSystem, folder: string): Promise<string> {
  try {
    const root = await files.realPath(folder);
    if ((await files.stat(root)).kind === 'directory') return root;
  } catch {
    // Said below in one sentence, whatever the system's words for it are.
  }
  throw new EngineError('no-root', t('There is no folder {0}', folder));
}

function inFolder(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** What a folder says of itself. As in git, an ignore file that is a link says nothing. */
function namesOf(entries: readonly DirectoryEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ name, kind }) => (kind === 'link' && name !== '.git' ? [] : name)));
}

function sentence(path: string, { out }: Judgement): string {
  return t('{0} is left out: {1}', path, whyOut(out!));
}

function count(scan: Scan, reason: string): void {
  scan.skipped[reason] = (scan.skipped[reason] ?? 0) + 1;
}
