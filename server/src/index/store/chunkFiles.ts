/**
 * Which file each chunk is of, and the order in which files are shown: a name may stand in tens of thousands of chunks,
 * whose files are then known without a look at a row for each. Read anew for each generation.
 */
import type { DatabaseSync } from 'node:sqlite';
import { BODY, FIELD_NAMES, visitPacked } from '../postings.js';
import type { FileRole } from '../roles.js';
import { postingRows } from './postingLists.js';

/** Chunks looked at for the uses of one name; more would not fit on a hover anyway. */
const MAX_USE_CHUNKS = 300;
const README = /(^|\/)readme\b/i;

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

/** The first chunks whose body holds a term, sources first, then by path and line. */
export function chunksWith(database: DatabaseSync, { fileOf }: ChunkFiles, term: string): number[] {
  const ids: number[] = [];
  for (const row of postingRows(database, term))
    visitPacked(row, (chunk, frequencies) => {
      if ((fileOf[chunk] ?? -1) >= 0 && (!frequencies || frequencies[BODY]! > 0)) ids.push(chunk);
    });
  return ids.sort((a, b) => fileOf[a]! - fileOf[b]! || a - b).slice(0, MAX_USE_CHUNKS);
}

/** Chunks of documentation that hold a term, headings and introductions first. */
export function documentationWith(database: DatabaseSync, { files, fileOf }: ChunkFiles, term: string): number[] {
  const found: { chunk: number; weight: number }[] = [];
  for (const row of postingRows(database, term))
    visitPacked(row, (chunk, frequencies) => {
      const file = files[fileOf[chunk] ?? -1];
      if (file?.role !== 'docs') return;
      const isHeading = frequencies !== null && frequencies[FIELD_NAMES.indexOf('symbol')]! > 0;
      found.push({ chunk, weight: 2 * Number(isHeading) + Number(README.test(file.path)) });
    });
  found.sort((a, b) => b.weight - a.weight || fileOf[a.chunk]! - fileOf[b.chunk]! || a.chunk - b.chunk);
  return found.map(({ chunk }) => chunk);
}
