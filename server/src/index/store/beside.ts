/** The files of one folder, found without reading what lies in the folders below it. */
import type { DatabaseSync } from 'node:sqlite';

const MAX_BESIDE = 300;

/** Paths of the first files beside this one, in order. */
export function filesBeside(database: DatabaseSync, path: string): string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  // By the index of paths, hence the plus: that of states holds every file.
  const next = database.prepare(
    "SELECT path FROM present WHERE +state = 'done' AND path >= ? AND path < ? ORDER BY path LIMIT 1",
  );
  // The folder's paths are a run in order: those that begin with it. `0` comes after `/`, and so after all below it.
  const end = folder === '' ? '\u{10ffff}' : `${folder.slice(0, -1)}0`;
  const found: string[] = [];
  for (let from = folder; found.length < MAX_BESIDE; ) {
    const other = (next.get(from, end) as { path: string } | undefined)?.path;
    if (other === undefined) break;
    const below = other.indexOf('/', folder.length);
    if (below < 0 && other !== path) found.push(other);
    from = below < 0 ? `${other}\0` : `${other.slice(0, below)}0`;
  }
  return found;
}
