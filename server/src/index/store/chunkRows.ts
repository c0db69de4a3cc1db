/** Chunks by their numbers, as ranking sees them. */
import type { DatabaseSync } from 'node:sqlite';
import type { LineRange } from '../../base/answer.js';
import type { FileRole } from '../roles.js';

/** A chunk without its text, as ranking sees it. */
export interface ChunkRow extends LineRange {
  id: number;
  path: string;
  language: string;
  role: FileRole;
  symbol: string;
  kind: string;
  enclosing: string;
  signature: string;
  /** As in a chunk. */
  place: string;
  /** Lines of the definition or section that the chunk is a part of, with other chunks; zeros if there is none. */
  parentStart: number;
  parentEnd: number;
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
