/**
 * Which file each chunk is of, and the order in which files are shown: a name may stand in tens of thousands of chunks,
 * whose files are then known without a look at a row for each. Read anew for each generation.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { FileRole } from '../roles.js';

export interface ChunkFiles {
  generation: number;
  /** Sources first, then by path. */
  files: { id: number; path: string; role: FileRole }[];
  /** Place in `files`, by chunk number; -1 for a chunk that is not there. */
  fileOf: Int32Array;
}

export function readChunkFiles(database: DatabaseSync, generation: number): ChunkFiles {
  const rows = database
    .prepare(
      `SELECT id, path, role, first_chunk AS first, chunks FROM files WHERE state = 'done' AND chunks > 0
       ORDER BY role != 'source', path`,
    )
    .all() as (ChunkFiles['files'][number] & { first: number; chunks: number })[];
  const size = rows.reduce((most, { first, chunks }) => Math.max(most, first + chunks), 0);
  const fileOf = new Int32Array(size).fill(-1);
  for (const [i, { first, chunks }] of rows.entries()) fileOf.fill(i, first, first + chunks);
  return { generation, files: rows.map(({ id, path, role }) => ({ id, path, role })), fileOf };
}
