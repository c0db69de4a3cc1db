/**
 * What a folder's repository says of it, read from files and never by running git: where the repository begins, which
 * one a nested folder belongs to, and the patterns that git keeps outside of the tree.
 */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { FileSystem } from '../base/ports.js';
import { type Rules, rulesFrom } from './ignoreRules.js';

/** The user's own folders, for git's configuration and ignore file. */
export interface UserFolders {
  home: string;
  /** `$XDG_CONFIG_HOME`, or what stands for it. */
  configuration: string;
}

const MAX_BYTES = 1024 * 1024;

export async function readText(files: FileSystem, path: string): Promise<string | null> {
  const bytes = await files.read(path, MAX_BYTES).catch(() => null);
  return bytes && new TextDecoder().decode(bytes);
}

/** The folder in which a repository keeps what all its work trees share; null when `folder` is no top of one. */
export async function commonGitFolder(files: FileSystem, folder: string): Promise<string | null> {
  const git = join(folder, '.git');
  const kind = await files.stat(git).then(
    (found) => found.kind,
    () => null,
  );
  if (kind === null || kind === 'other') return null;
  if (kind === 'directory') return git;
  // A submodule's or a linked work tree's: a file with one line.
  const target = /^gitdir: (.+?)\s*$/m.exec((await readText(files, git)) ?? '')?.[1];
  if (!target) return null;
  const own = resolve(folder, target);
  const common = await readText(files, join(own, 'commondir'));
  const shared = common === null ? own : resolve(own, common.trim());
  return files.realPath(shared).catch(() => shared);
}

export interface Repository {
  commonFolder: string;
  /** The ignore files above the root, outermost first, and none when the root is the top. */
  rules: Rules[];
}

/** The repository that the root lies in, be it further up; null when there is none. */
export async function repositoryOf(files: FileSystem, root: string): Promise<Repository | null> {
  for (let top = root; ; top = dirname(top)) {
    const commonFolder = await commonGitFolder(files, top);
    if (commonFolder) return { commonFolder, rules: await rulesAbove(files, top, root) };
    if (top === dirname(top)) return null;
  }
}

async function rulesAbove(files: FileSystem, top: string, root: string): Promise<Rules[]> {
  const found: Rules[] = [];
  for (let folder = root; folder !== top; ) {
    folder = dirname(folder);
    const path = join(folder, '.gitignore');
    const text = await readText(files, path);
    const above = `${relative(folder, root).replaceAll('\\', '/')}/`;
    if (text !== null) found.unshift(rulesFrom('', [{ source: path, text }], above));
  }
  return found;
}

/** The user's patterns for every repository, where git looks for them: `core.excludesFile`, or the usual place. */
export async function userIgnores(files: FileSystem, user: UserFolders): Promise<{ source: string; text: string }[]> {
  const usual = join(user.configuration, 'git', 'ignore');
  let source = usual;
  for (const path of [join(user.configuration, 'git', 'config'), join(user.home, '.gitconfig')])
    source = excludesFileOf((await readText(files, path)) ?? '', user.home) ?? source;
  const text = await readText(files, source);
  return text === null ? [] : [{ source, text }];
}

/** `core.excludesFile` of a configuration file; included files are not followed. */
function excludesFileOf(text: string, home: string): string | null {
  let section = '';
  let found: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1]?.toLowerCase() ?? section;
    const value = /^\s*excludesfile\s*=\s*"?(.*?)"?\s*$/i.exec(line)?.[1];
    if (section === 'core' && value) found = value.replace(/^~(?=\/|$)/, home);
  }
  return found && isAbsolute(found) ? found : null;
}
