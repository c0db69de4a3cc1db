/**
 * Sums over what is stored, because SQLite has none: a changed byte inside a value looks like any other value to it.
 *
 * A posting list is summed up by row and checked whenever it is read, a text carries zlib's own sum. Whatever else
 * belongs to a file has one sum beside it, checked by `findDamage` when the whole store is read.
 */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { t } from '../../base/l10n.js';

/** Tables with the rows of a file, and what of them belongs to its content. */
const TABLES_OF_FILES = { texts: '*', chunks: '*', symbols: '*', links: 'data' };
/** Columns that may change without the file: they only tell whether to look at it again, and since when nobody does. */
const UNSUMMED = ['stamp', 'settled', 'sum', 'state', 'dormant_since'];
/** A file that lies dormant is what it was. */
const STATE = "iif(state = 'dormant', 'done', state)";

/** An empty blob that was read has no memory, of which older versions of Node make 0. */
function sumWith(sum: number, blob: Uint8Array): number {
  return blob.length > 0 ? crc32(blob, sum) : sum;
}

export interface PostingRow {
  term: string;
  first: number;
  last: number;
  sum: number;
  data: Uint8Array;
}

/** The sum of a row can be carried on when its list is appended to, without reading the list. */
export function sumOfPostings({ term, first, last, data }: Omit<PostingRow, 'sum'>): number {
  return (sumWith(crc32(`${first} ${term}`), data) ^ last) >>> 0;
}

export function sumAppended(row: Pick<PostingRow, 'last' | 'sum'>, appended: Uint8Array, last: number): number {
  return (sumWith((row.sum ^ row.last) >>> 0, appended) ^ last) >>> 0;
}

interface VectorRow {
  file: number;
  embedder: number;
  sum: number;
  data: Uint8Array;
}

/** Vectors may come later than the file they belong to, so each row has a sum of its own. */
export function sumOfVectors(file: number, embedder: number, data: Uint8Array): number {
  return sumWith(crc32(`${file} ${embedder}`), data);
}

/** Sums up all rows of a file by its number. */
export function createFileSum(database: DatabaseSync): (file: number) => number {
  const names = database.prepare('SELECT name FROM pragma_table_info(?)').all('files') as { name: string }[];
  const columns = names.map(({ name }) => name).filter((name) => !UNSUMMED.includes(name));
  const statements = [
    database.prepare(`SELECT ${[STATE, ...columns].join(', ')} FROM files WHERE id = ?`),
    ...Object.entries(TABLES_OF_FILES).map(([table, own]) =>
      database.prepare(`SELECT ${own} FROM ${table} WHERE file = ? ORDER BY rowid`),
    ),
  ];
  for (const statement of statements) statement.setReturnArrays(true);
  return (file) => {
    let sum = 0;
    for (const statement of statements)
      for (const row of statement.all(file) as unknown as SQLOutputValue[][]) {
        const blobs = row.filter((value) => value instanceof Uint8Array);
        sum = crc32(JSON.stringify(row.filter((value) => !(value instanceof Uint8Array))), sum);
        for (const blob of blobs) sum = sumWith(sum, blob);
      }
    return sum;
  };
}

/** Sums up the definitions of tables: a changed letter in one renames a column. */
export function sumOfSchema(database: DatabaseSync): number {
  const rows = database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  return crc32(JSON.stringify(rows));
}

/** Reads the whole store. Null when it is whole, else what is wrong with it. Whatever it throws but a failing disk is damage too. */
export function findDamage(database: DatabaseSync): string | null {
  return brokenStructure(database) ?? changedPostings(database) ?? changedVectors(database) ?? changedFiles(database);
}

function brokenStructure(database: DatabaseSync): string | null {
  const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check(1)').get() as Record<string, string>;
  if (verdict !== 'ok') return String(verdict);
  if (database.prepare('PRAGMA foreign_key_check').get()) return t('rows of a file are left that is not there');
  const { lost } = database
    .prepare(
      `SELECT coalesce(max(id), 0) > coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'chunks'), 0) AS lost
       FROM chunks`,
    )
    .get() as { lost: number };
  return lost ? t('numbers of chunks would be used again') : null;
}

function changedPostings(database: DatabaseSync): string | null {
  const rows = database.prepare('SELECT term, first, last, sum, data FROM postings').iterate();
  for (const row of rows as Iterable<unknown> as Iterable<PostingRow>)
    if (sumOfPostings(row) !== row.sum) return t('a list of words is not what was written');
  return null;
}

function changedVectors(database: DatabaseSync): string | null {
  const rows = database.prepare('SELECT file, embedder, sum, data FROM vectors').iterate() as Iterable<unknown>;
  for (const { file, embedder, sum, data } of rows as Iterable<VectorRow>)
    if (sumOfVectors(file, embedder, data) !== sum) return t('vectors are not what was written');
  return null;
}

function changedFiles(database: DatabaseSync): string | null {
  const sumOf = createFileSum(database);
  const rows = database.prepare('SELECT id, path, sum FROM files').all() as { id: number; path: string; sum: number }[];
  const changed = rows.find(({ id, sum }) => sumOf(id) !== sum);
  return changed ? t('what is stored of {0} is not what was written', changed.path) : null;
}
