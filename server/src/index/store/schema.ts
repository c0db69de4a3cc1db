/**
 * The store's layout. SQLite is the truth; whatever else there is can be rebuilt from it, and it can be rebuilt from
 * the workspace. A store of another format, or one that SQLite cannot read, is set aside and built anew, never patched.
 */

import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { EngineError, messageOf } from '../../base/errors.js';
import { phrase, t } from '../../base/l10n.js';
import { sumOfSchema } from './checksums.js';
import { damaged, isFromOutside, isUnwritable } from './damage.js';

/**
 * Layout and content version. 1 (2026-11): files, chunks, symbols, contentless FTS5 over five fields. 2: each chunk's
 * tokens kept beside it. 3: posting lists of our own instead of FTS5, field lengths with the file. 4: secrets
 * masked, twenty more languages. 5: earlier texts of files kept, dormant;
 * history; documents, with the place of each chunk; what each is a part of;
 * references and imports packed for each file, and its rank; checksums, attempts at failed
 * files. 6: vectors. 7: tests told by the conventions of their language.
 */
export const STORE_FORMAT = 7;

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
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER NOT NULL DEFAULT 0,
  sum INTEGER NOT NULL DEFAULT 0,
  dormant_since INTEGER NOT NULL DEFAULT 0
);
-- Apart, so that what is asked of every file reads little.
CREATE TABLE texts (
  file INTEGER PRIMARY KEY REFERENCES files(id) ON DELETE CASCADE,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX files_by_path ON files (path) WHERE state != 'dormant';
-- All that is counted of files, without looking at each.
CREATE INDEX files_counted ON files (state, chunks, lines, covered, bytes);
CREATE INDEX files_with_notes ON files (path) WHERE notes != '[]';
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
  sum INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
CREATE TABLE embedders (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL,
  -- Every chunk had a vector of it at some time.
  complete INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE vectors (
  file INTEGER NOT NULL REFERENCES files(id) ON DELETE CASCADE,
  embedder INTEGER NOT NULL REFERENCES embedders(id),
  sum INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE UNIQUE INDEX vectors_of_file ON vectors (file, embedder);
CREATE TABLE history (mark TEXT NOT NULL, commits BLOB NOT NULL);
`;

export const DATABASE_NAME = 'index.db';

export interface OpenedStore {
  database: DatabaseSync;
  /** What works less well, such as that the store was built anew: sentences for the status. */
  notes: string[];
}

export interface OpenOptions {
  /** Why the store that is there must not be used. */
  damage?: string;
  /** What kind of disk the store lies on, as `statfs` names it. */
  fileSystemType?: number;
}

/** NFS, SMB 2, CIFS, SMB, AFS, Coda, 9P, Ceph, and FUSE, behind which another machine may be. */
const NETWORK_DISKS = [
  0x6969, 0xfe534d42, 0xff534d42, 0x517b, 0x5346414f, 0x73757245, 0x01021997, 0x00c36400, 0x65735546,
];

const NETWORK_NOTE = phrase(
  'The index lies on a network disk: it keeps a rollback journal, and readers and writers take turns',
);

/** A commit waits this long for readers, milliseconds: with a rollback journal, as long as a snapshot may be held. */
const PATIENCE_MS = 5000;
const PATIENCE_BY_TURNS_MS = 70_000;

/** Opens the root's database for writing, creating folder (0700) and file (0600). Only the owner may call it. */
export function openForWriting(folder: string, root: string, options: OpenOptions = {}): OpenedStore {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, DATABASE_NAME);
    closeSync(openSync(path, 'a', 0o600));
    const isRemote = NETWORK_DISKS.includes(options.fileSystemType ?? statfsSync(folder).type);
    const notes = isRemote ? [t(NETWORK_NOTE)] : [];
    const found = options.damage ? { failed: options.damage } : tryOpen(path, isRemote);
    if ('database' in found && found.format === STORE_FORMAT) return { database: found.database, notes };
    if ('database' in found) found.database.close();
    const reason = 'failed' in found ? found.failed : found.format && t('it was written by another version');
    if (reason) {
      setAside(path);
      notes.push(t('The index was built anew because {0}', reason));
    }
    const opened = tryOpen(path, isRemote);
    if ('failed' in opened) throw new Error(opened.failed);
    create(opened.database, root);
    chmodSync(path, 0o600);
    return { database: opened.database, notes };
  } catch (error) {
    throw storeUnavailable(folder, error);
  }
}

export function storeUnavailable(folder: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const advice = t('Free some space or choose another folder with --store');
  const message = t('The index cannot be kept in {0}: {1}. {2}', folder, messageOf(error), advice);
  return new EngineError('store-unavailable', message, { cause: error });
}

/** Throws a `store-busy` error while another process makes the store, `store-unavailable` when it is of another version. */
export function openForReading(folder: string): DatabaseSync {
  const path = join(folder, DATABASE_NAME);
  if (!existsSync(path)) throw new EngineError('store-unavailable', t('There is no index in {0} yet', folder));
  let found: Found;
  try {
    found = tryRead(path);
  } catch (error) {
    // What cannot be written never changes either, unless a log is left that only a writer could fold back.
    if (!isUnwritable(error) || (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw error;
    found = tryRead(`${pathToFileURL(path).href}?immutable=1`);
  }
  const { database, format } = found;
  if (format === STORE_FORMAT) return database;
  database.close();
  if (format === null) throw new EngineError('store-busy', t('The index is just being made; ask again in a moment'));
  const advice = t('Close the other one, update it, or choose another folder with --store');
  throw new EngineError(
    'store-unavailable',
    t('Another version of Scholia keeps the index in {0}. {1}', folder, advice),
  );
}

function tryRead(location: string): Found {
  const database = new DatabaseSync(location, { readOnly: true, timeout: PATIENCE_MS });
  try {
    // No memory map: a disk that fails under one ends the process, where a read returns an error.
    database.exec('PRAGMA query_only = 1; PRAGMA cache_size = -16000');
    return { database, format: formatOf(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

interface Found {
  database: DatabaseSync;
  /** Null when the database is empty. */
  format: number | null;
}

/** Throws when the disk or a lock is in the way; what is left is damage. */
function tryOpen(path: string, isRemote: boolean): Found | { failed: string } {
  const database = new DatabaseSync(path, { timeout: isRemote ? PATIENCE_BY_TURNS_MS : PATIENCE_MS });
  try {
    // NORMAL keeps the store whole through a kill at any moment; a power cut may lose the last commits, never more.
    // Without a log, only FULL holds the order of writes.
    database.exec(`PRAGMA journal_mode = ${isRemote ? 'DELETE' : 'WAL'};
      PRAGMA synchronous = ${isRemote ? 'FULL' : 'NORMAL'}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000`);
    probe(database);
    return { database, format: formatOf(database) };
  } catch (error) {
    database.close();
    if (isFromOutside(error)) throw error;
    return { failed: messageOf(error) };
  }
}

/** Touches every table, so that a damaged page near its root shows now and not at the first question. */
function probe(database: DatabaseSync): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE%'").all();
  for (const { name } of tables as { name: string }[]) database.prepare(`SELECT * FROM "${name}" LIMIT 1`).all();
}

/** Null when the database is empty. Throws a `store-damaged` error when the tables of this format are not as it made them. */
function formatOf(database: DatabaseSync): number | null {
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (tables === 0) return null;
  const select = database.prepare('SELECT value FROM meta WHERE key = ?');
  const numberAt = (key: string) => (select.get(key) as { value: number } | undefined)?.value ?? -1;
  const format = numberAt('format');
  if (format === STORE_FORMAT && numberAt('schema') !== sumOfSchema(database))
    throw damaged(t('its tables are not what was made'));
  return format;
}

function create(database: DatabaseSync, root: string): void {
  database.exec('BEGIN');
  database.exec(SCHEMA);
  const put = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  put.run('format', STORE_FORMAT);
  put.run('schema', sumOfSchema(database));
  put.run('root', root);
  put.run('id', randomUUID());
  put.run('generation', 0);
  put.run('gone', 0);
  database.exec('COMMIT');
}

/** Nothing is lost by it: the store can be rebuilt. The old file stays for one round, for whoever wants to look. */
function setAside(path: string): void {
  rmSync(`${path}.damaged`, { force: true });
  renameSync(path, `${path}.damaged`);
  for (const ending of ['-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
  closeSync(openSync(path, 'a', 0o600));
}
