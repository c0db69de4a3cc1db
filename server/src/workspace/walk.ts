/**
 * The files of a folder, by the rules of its ignore files.
 *
 * Ignore files hold for their own folder and below, the deeper one last, as git has it. Links are not followed: what
 * they point to inside the root is found where it lies, and a loop cannot catch the walk. A folder that cannot be read
 * is a named failure and the walk goes on.
 */
import ignore, { type Ignore } from 'ignore';
import { eachLimited } from '../base/async.js';
import { documentFormat } from '../base/document.js';
import { EngineError, messageOf } from '../base/errors.js';
import type { FileSystem, FoundFile, Scan, Workspace } from '../base/ports.js';
import { excludedFile, excludedFolder } from './exclusions.js';

export interface WalkConfig {
  /** Files over this many bytes are left out. */
  maxFileBytes: number;
  /** Patterns in `.gitignore` form, besides the ignore files. */
  exclude: readonly string[];
}

/** Later names win over earlier ones in the same folder. */
const IGNORE_FILES = ['.gitignore', '.ignore', '.scholiaignore'];
/** Documents are mostly pictures and fonts: their size says little about their text, which has a limit of its own. */
const MAX_DOCUMENT_BYTES = 50_000_000;
const MAX_IGNORE_FILE_BYTES = 1024 * 1024;
const STAT_CONCURRENCY = 32;
const IGNORE_OPTIONS = {
  allowRelativePaths: true,
  ignorecase: process.platform === 'win32' || process.platform === 'darwin',
};

/** The rules of one folder, which see paths relative to it. */
interface Rules {
  folder: string;
  rules: Ignore;
}

/** Opens a folder. Throws a `no-root` error when it is not there. */
export async function openWorkspace(files: FileSystem, folder: string, config: WalkConfig): Promise<Workspace> {
  const root = await rootOf(files, folder);
  const absolute = (path: string) => (path === '' ? root : `${root}/${path}`);

  const maxBytesOf = (path: string) =>
    documentFormat(path) ? Math.max(MAX_DOCUMENT_BYTES, config.maxFileBytes) : config.maxFileBytes;

  async function rulesOf(path: string, names: ReadonlySet<string> | null): Promise<Rules | null> {
    const rules = ignore(IGNORE_OPTIONS);
    let any = false;
    const load = async (file: string) => {
      const bytes = await files.read(file, MAX_IGNORE_FILE_BYTES).catch(() => null);
      if (bytes) rules.add(new TextDecoder().decode(bytes));
      any ||= bytes !== null;
    };
    if (path === '') await load(`${root}/.git/info/exclude`);
    for (const name of IGNORE_FILES) if (!names || names.has(name)) await load(`${absolute(path)}/${name}`);
    return any ? { folder: path, rules } : null;
  }

  const configured: Rules = { folder: '', rules: ignore(IGNORE_OPTIONS).add([...config.exclude]) };

  async function scan(signal?: AbortSignal): Promise<Scan> {
    const found: Scan = { files: [], skipped: {}, failed: [] };
    const candidates: string[] = [];
    await walk('', [], candidates, found, signal);
    await eachLimited(candidates, STAT_CONCURRENCY, async (path) => {
      signal?.throwIfAborted();
      const file = await look(path);
      if ('failed' in file) found.failed.push({ path, reason: file.failed });
      else if ('file' in file) found.files.push(file.file);
      else if (file.reason) count(found, file.reason);
    });
    found.files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return found;
  }

  async function walk(
    folder: string,
    above: readonly Rules[],
    candidates: string[],
    found: Scan,
    signal?: AbortSignal,
  ): Promise<void> {
    signal?.throwIfAborted();
    let entries: Awaited<ReturnType<FileSystem['list']>>;
    try {
      entries = await files.list(absolute(folder));
    } catch (error) {
      if (folder === '') throw new EngineError('no-root', `The folder ${root} cannot be read: ${messageOf(error)}`);
      found.failed.push({ path: folder, reason: `the folder cannot be read: ${messageOf(error)}` });
      return;
    }
    const own = await rulesOf(folder, new Set(entries.map((entry) => entry.name)));
    const rules = own ? [...above, own] : above;
    for (const { name, kind } of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const isFolder = kind === 'directory';
      const reason = kind === 'link' ? 'link' : isFolder ? excludedFolder(name) : excludedFile(name);
      if (isIgnored(path, isFolder, [...rules, configured])) count(found, 'ignored');
      else if (reason) count(found, reason);
      else if (isFolder) await walk(path, rules, candidates, found, signal);
      else if (kind === 'file') candidates.push(path);
    }
  }

  async function look(path: string): Promise<{ file: FoundFile } | { reason: string | null } | { failed: string }> {
    try {
      const { kind, ...stat } = await files.stat(absolute(path));
      if (kind !== 'file') return { reason: null };
      return stat.size > maxBytesOf(path) ? { reason: 'too large' } : { file: { path, stat } };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return { failed: messageOf(error) };
      // Gone since the folder was listed: the next scan will not see it either.
      return { reason: null };
    }
  }

  /** No link on the way, and no way out. A file that is not there yet is judged by its folder. */
  async function isInside(path: string): Promise<boolean> {
    if (path === '' || path.split('/').includes('..')) return false;
    const real = await files.realPath(absolute(path)).catch(() => null);
    if (real !== null) return real === absolute(path);
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return folder === '' || isInside(folder);
  }

  async function includes(path: string): Promise<boolean> {
    const folders = path.split('/').slice(0, -1);
    const rules: Rules[] = [];
    if (!(await isInside(path))) return false;
    const isOut = (part: string, isFolder: boolean) => isIgnored(part, isFolder, [...rules, configured]);
    for (let depth = 0; depth <= folders.length; depth++) {
      const folder = folders.slice(0, depth).join('/');
      if (depth > 0 && (excludedFolder(folders[depth - 1]!) || isOut(folder, true))) return false;
      const own = await rulesOf(folder, null);
      if (own) rules.push(own);
    }
    return !excludedFile(path.slice(path.lastIndexOf('/') + 1)) && !isOut(path, false);
  }

  return {
    root,
    scan,
    includes,
    async read(path) {
      if (!(await isInside(path))) throw new EngineError('unavailable', `${path} is not in the folder ${root}`);
      return files.read(absolute(path), maxBytesOf(path));
    },
    async find(path) {
      if (!(await includes(path))) return null;
      const file = await look(path);
      return 'file' in file ? file.file : null;
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
  throw new EngineError('no-root', `There is no folder ${folder}`);
}

/** The deepest rule that speaks of the path decides, as git has it. */
function isIgnored(path: string, isFolder: boolean, rules: readonly Rules[]): boolean {
  let ignored = false;
  for (const { folder, rules: own } of rules) {
    const relative = folder === '' ? path : path.slice(folder.length + 1);
    const verdict = own.test(isFolder ? `${relative}/` : relative);
    // What ignored the folder around it was overruled by a deeper file, or the walk would not be here.
    const parent = relative.slice(0, relative.lastIndexOf('/') + 1);
    if (verdict.ignored) ignored ||= parent === '' || !own.test(parent).ignored;
    else if (verdict.unignored) ignored = false;
  }
  return ignored;
}

function count(scan: Scan, reason: string): void {
  scan.skipped[reason] = (scan.skipped[reason] ?? 0) + 1;
}
