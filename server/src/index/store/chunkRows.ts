/** Chunks by their numbers, as ranking sees them. */
import type { DatabaseSync } from 'node:sqlite';
import type { Chunk } from '../parse.js';
import type { FileRole } from '../roles.js';

/** A chunk without its text, as ranking sees it. */
export interface ChunkRow extends Omit<Chunk, 'fields'> {
  id: number;
  path: string;
  language: string;
  role: FileRole;
}

/** Of `chunks c` joined with `files f`. */
export const CHUNK_COLUMNS = `c.id, f.path, f.language, f.role, c.start_line AS startLine, c.end_line AS endLine,
  c.symbol, c.kind, c.enclosing, c.signature, c.place,
  c.parent_start AS parentStart, c.parent_end AS parentEnd`;

/** In order of path and line; without those that are not there. */
export function chunkRows(database: DatabaseSync, ids: readonly number[]): ChunkRow[] {
  return database
    .prepare(
      `SELECT ${CHUNK_COLUMNS} FROM json_each(?) JOIN chunks c ON c.id = json_each.value
       JOIN present f ON f.id = c.file ORDER BY f.path, c.start_line`,
    )
    .all(JSON.stringify(ids)) as unknown as ChunkRow[];
}
