/**
 * The store's layout. SQLite is the truth; whatever else there is can be rebuilt from it, and it can be rebuilt from
 * the workspace. A store of another format, or one that SQLite cannot read, is set aside and built anew, never patched.
 */
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EngineError, messageOf } from '../../base/errors.js';

/**
 * Layout and content version. 1 (2026-11): files, chunks, symbols, contentless FTS5 over five fields. 2: each chunk's
 * tokens kept beside it. 3: posting lists of our own instead of FTS5, field lengths with the file. 4: secrets
 * masked, twenty more languages. 5: earlier texts of files kept, dormant;
 * history; documents, with the place of each chunk; what each is a part of;
 * references and imports packed for each file, and its rank.
 */
export const STORE_FORMAT = 5;

const SCHEMA = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL,
  stamp TEXT NOT NULL,
  settled INTEGER NOT NULL,
  digest TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  language TEXT NOT NULL,
  role TEXT NOT NULL,
  lines INTEGER NOT NULL,
  covered INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  first_chunk INTEGER NOT NULL,
  lengths BLOB,
  bytes INTEGER NOT NULL,
  notes TEXT NOT NULL,
  text BLOB,
  dormant_since INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX files_by_path ON files (path) WHERE state != 'dormant';
CREATE INDEX dormant_files ON files (path, digest) WHERE state = 'dormant';
CREATE VIEW present AS SELECT * FROM files WHERE state != 'dormant';
CREATE TABLE chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  kind TEXT NOT NULL,
  enclosing TEXT NOT NULL,
  signature TEXT NOT NULL,
  place TEXT NOT NULL,
  parent_start INTEGER NOT NULL,
  parent_end INTEGER NOT NULL
);
CREATE INDEX chunks_of_file ON chunks (file, start_line);
CREATE TABLE symbols (
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  qualified TEXT NOT NULL,
  kind TEXT NOT NULL,
  file INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  start_line INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  name_line INTEGER NOT NULL,
  signature TEXT NOT NULL
);
CREATE INDEX symbols_by_key ON symbols (key);
CREATE INDEX symbols_of_file ON symbols (file);
CREATE TABLE links (
  file INTEGER PRIMARY KEY REFERENCES files(id) ON DELETE CASCADE,
  rank REAL NOT NULL,
  data BLOB NOT NULL
);
CREATE TABLE postings (
  term TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
CREATE TABLE history (mark TEXT NOT NULL, commits BLOB NOT NULL);
`;

export const DATABASE_NAME = 'index.db';

export interface OpenedStore {
  database: DatabaseSync;
  /** Why the store was built anew, if it was: a sentence for the status. */
  rebuilt: string | null;
}

/** Opens the root's database for writing, creating folder (0700) and file (0600). Only the owner may call it. */
export function openForWriting(folder: string, root: string): OpenedStore {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, DATABASE_NAME);
    closeSync(openSync(path, 'a', 0o600));
    const found = tryOpen(path);
    if ('database' in found && formatOf(found.database) === STORE_FORMAT) return { ...found, rebuilt: null };
    const fresh = 'database' in found && formatOf(found.database) === null;
    if ('database' in found) found.database.close();
    if (!fresh) setAside(path);
    const opened = tryOpen(path);
    if (!('database' in opened)) throw new Error(opened.failed);
    create(opened.database, root);
    chmodSync(path, 0o600);
    const reason = 'failed' in found ? found.failed : 'it was written by another version';
    return { database: opened.database, rebuilt: fresh ? null : `The index was built anew because ${reason}` };
  } catch (error) {
    throw storeUnavailable(folder, error);
  }
}

export function storeUnavailable(folder: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const advice = 'Free some space or choose another folder with --store';
  return new EngineError('store-unavailable', `The index cannot be kept in ${folder}: ${messageOf(error)}. ${advice}`);
}

export function openForReading(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, DATABASE_NAME), { readOnly: true, timeout: 5000 });
  database.exec('PRAGMA query_only = 1; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -16000');
  return database;
}

function tryOpen(path: string): { database: DatabaseSync } | { failed: string } {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 5000 });
    // NORMAL keeps the store whole through a kill at any moment; a power cut may lose the last commits, never more.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000',
    );
    probe(database);
    return { database };
  } catch (error) {
    database?.close();
    return { failed: messageOf(error) };
  }
}

/** Touches every table, so that a damaged page near its root shows now and not at the first question. */
function probe(database: DatabaseSync): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE%'").all();
  for (const { name } of tables as { name: string }[]) database.prepare(`SELECT * FROM "${name}" LIMIT 1`).all();
}

/** Null when the database is empty. */
function formatOf(database: DatabaseSync): number | null {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get();
  if (!table) return null;
  const row = database.prepare("SELECT value FROM meta WHERE key = 'format'").get() as { value: number } | undefined;
  return row?.value ?? -1;
}

function create(database: DatabaseSync, root: string): void {
  database.exec('BEGIN');
  database.exec(SCHEMA);
  const put = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  put.run('format', STORE_FORMAT);
  put.run('root', root);
  put.run('generation', 0);
  put.run('gone', 0);
  database.exec('COMMIT');
}

/** Nothing is lost by it: the store can be rebuilt. The old file stays for one round, for whoever wants to look. */
function setAside(path: string): void {
  rmSync(`${path}.damaged`, { force: true });
  renameSync(path, `${path}.damaged`);
  for (const ending of ['-wal', '-shm']) rmSync(path + ending, { force: true });
  closeSync(openSync(path, 'a', 0o600));
}
