/** A folder as it lies on the disk, hidden folders included: for showing that nobody touched it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One line for each entry: path, mode, times in nanoseconds, digest. */
export function treeOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeNs, ctimeNs, mode } = statSync(path, { bigint: true });
      const digest = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
      return `${path} ${mode} ${mtimeNs} ${ctimeNs} ${digest}`;
    })
    .sort();
}
