/**
 * The folders that are searched, laid out once below a cache folder and used again by the next run.
 *
 * Files come out of git's objects as they are: no attribute leaves any out or rewrites its line ends, links and
 * submodules are not taken. Each is a git repository of its own, with the history only where the suite gives it, so that
 * ignore files and commits of whatever lies around it have no say.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EngineError } from '../base/errors.js';
import type { RepositoryTree, Tree } from './suite.js';

const MAX_OUTPUT = 2 ** 32 - 1;

/**
 * The folder to search. Rejects with an `unavailable` error, a sentence, when the repository or its commit is not among
 * `repositories`.
 */
export function layOut(tree: Tree, cache: string, repositories: string | undefined): string {
  const folder = join(cache, tree.key);
  // A folder may have changed since; a commit has not.
  if (tree.kind === 'folder') rmSync(folder, { recursive: true, force: true });
  if (!existsSync(folder)) {
    // Under another name until it is whole.
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    write(tree, repositories, partial);
    renameSync(partial, folder);
  }
  return tree.kind === 'repository' ? join(folder, tree.root) : folder;
}

function write(tree: Tree, repositories: string | undefined, folder: string): void {
  if (tree.kind === 'repository') {
    checkOut(tree, findRepository(tree, repositories), folder);
    return;
  }
  git(['init', '--quiet', folder]);
  if (tree.kind === 'written') for (const [path, text] of tree.files) writeBelow(folder, path, text);
  else if (!existsSync(tree.folder)) throw new EngineError('unavailable', `There is no folder ${tree.folder}`);
  else cpSync(tree.folder, folder, { recursive: true, filter: (path) => basename(path) !== '.git' });
}

/** A clone, bare or not, below the folder that the user named. */
function findRepository({ repository, commit }: RepositoryTree, repositories: string | undefined): string {
  if (!repositories) throw new EngineError('unavailable', `${repository} needs --repos, the folder that holds a clone`);
  const name = repository.split('/').at(-1)!;
  const joined = repository.replace('/', '+');
  const found = [join(joined, 'repo'), joined, repository, name]
    .map((path) => join(repositories, path))
    .find((path) => existsSync(join(path, '.git')) || existsSync(join(path, 'HEAD')));
  if (!found) throw new EngineError('unavailable', `There is no clone of ${repository} in ${repositories}`);
  try {
    git(['-C', found, 'cat-file', '-e', `${commit}^{commit}`]);
  } catch {
    throw new EngineError('unavailable', `${found} has no commit ${commit}`);
  }
  return found;
}

function checkOut({ commit, root, history }: RepositoryTree, repository: string, folder: string): void {
  if (history) {
    git(['clone', '--quiet', '--shared', '--no-checkout', repository, folder]);
    git(['-C', folder, 'update-ref', '--no-deref', 'HEAD', commit]);
  } else git(['init', '--quiet', folder]);
  const within = root === '' ? [] : ['--', `${root}/`];
  const listed = git(['-C', repository, 'ls-tree', '-r', '-z', '--full-tree', commit, ...within]).toString('utf8');
  const blobs = [...listed.matchAll(/100\d{3} blob ([0-9a-f]+)\t([^\0]+)\0/g)].map(([, hash, path]) => ({
    hash: hash!,
    path: path!,
  }));
  const packed = git(['-C', repository, 'cat-file', '--batch'], blobs.map(({ hash }) => `${hash}\n`).join(''));
  let at = 0;
  for (const { path, hash } of blobs) {
    const lineEnd = packed.indexOf(10, at);
    const [, type, size] = packed.toString('latin1', at, lineEnd).split(' ');
    if (type !== 'blob') throw new EngineError('unavailable', `${repository} lacks the object ${hash} (${path})`);
    const end = lineEnd + 1 + Number(size);
    writeBelow(folder, path, packed.subarray(lineEnd + 1, end));
    at = end + 1;
  }
}

function writeBelow(folder: string, path: string, content: string | Uint8Array): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** git without what a surrounding git may have set. */
function git(args: readonly string[], input = ''): Buffer {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
  return execFileSync('git', args, { env, input, maxBuffer: MAX_OUTPUT, stdio: ['pipe', 'pipe', 'ignore'] });
}
