/**
 * The workspace's paths as rules of import look things up in them: by path, by folder, by the end of a path. Pure.
 *
 * Where several would do, the one nearest to the importing file is taken, then the shortest, then the first by path, so
 * that nothing depends on the order of indexing.
 */
import type { ProjectFacts } from './projectFacts.js';

/** What a language's rule may ask of the workspace. Paths have `/` and no `.` or `..` in them. */
export interface Places {
  has(path: string): boolean;
  /** The files right in a folder, in order; the root is ''. */
  filesIn(folder: string): readonly string[];
  /** The file that ends with these path parts, nearest to `from`. */
  endingWith(suffix: string, from: string): string | null;
  /** The folder that ends with these path parts and holds files, nearest to `from`. */
  folderEndingWith(suffix: string, from: string): string | null;
  facts: ProjectFacts;
}

export function placesOf(paths: readonly string[], facts: ProjectFacts): Places {
  const sorted = [...paths].sort();
  const files = new Set(sorted);
  const byFolder = Map.groupBy(sorted, folderOf);
  const byName = Map.groupBy(sorted, nameOf);
  const foldersByName = Map.groupBy(byFolder.keys(), nameOf);
  return {
    has: (path) => files.has(path),
    filesIn: (folder) => byFolder.get(folder) ?? [],
    endingWith: (suffix, from) => nearest(byName.get(nameOf(suffix)) ?? [], suffix, from),
    folderEndingWith: (suffix, from) => nearest(foldersByName.get(nameOf(suffix)) ?? [], suffix, from),
    facts,
  };
}

function nearest(candidates: readonly string[], suffix: string, from: string): string | null {
  const fit = candidates.filter((path) => path === suffix || path.endsWith(`/${suffix}`));
  let best: string | null = null;
  let bestShared = -1;
  for (const path of fit) {
    const shared = sharedFolders(path, from);
    if (shared > bestShared || (shared === bestShared && path.length < best!.length)) {
      best = path;
      bestShared = shared;
    }
  }
  return best;
}

/** How many folders two paths have in common, from the root. */
export function sharedFolders(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  let shared = 0;
  while (shared < one.length - 1 && shared < other.length - 1 && one[shared] === other[shared]) shared++;
  return shared;
}

export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Folder and relative path to a path; null when it leads out of the root. */
export function joinPath(folder: string, relative: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}
