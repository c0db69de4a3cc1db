/** What a store holds, told from its file: for comparing one build of an index with another. */
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { visitPostings } from '../../server/src/index/postings.js';
import { scratchFolder } from './engine.js';

/** The one root's folder in a store. */
export function onlyRoot(storeBase: string): string {
  const [name, ...others] = readdirSync(join(storeBase, 'roots'));
  if (!name || others.length > 0) throw new Error(`${storeBase} holds ${others.length + 1} roots`);
  return join(storeBase, 'roots', name);
}

/** Opens a copy of the one of several roots' stores whose folder fits. */
export function openStoreIn(storeBase: string, fits: (folder: string) => boolean): DatabaseSync {
  const roots = join(storeBase, 'roots');
  const folder = readdirSync(roots)
    .map((name) => join(roots, name))
    .find(fits);
  if (!folder) throw new Error(`${storeBase} holds no such root`);
  return copyOf(folder);
}

/** Opens a copy, with what the write-ahead log holds, so that looking changes nothing. */
export function openCopy(storeBase: string): DatabaseSync {
  return copyOf(onlyRoot(storeBase));
}

function copyOf(store: string): DatabaseSync {
  const folder = scratchFolder();
  for (const ending of ['', '-wal']) {
    const from = join(store, `index.db${ending}`);
    if (existsSync(from)) copyFileSync(from, join(folder, `index.db${ending}`));
  }
  return new DatabaseSync(join(folder, 'index.db'));
}

/** What SQLite finds wrong with the store; empty when it is whole. */
export function damageIn(storeBase: string): string[] {
  const database = openCopy(storeBase);
  try {
    const found = database
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(Object.values(row)[0]));
    return found.filter((line) => line !== 'ok');
  } catch (error) {
    return [String(error)];
  } finally {
    database.close();
  }
}

/** Everything but numbers that depend on the order of writing: files, chunks, symbols and every posting. */
export function contentOf(storeBase: string): unknown {
  const database = openCopy(storeBase);
  try {
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => JSON.stringify(Object.values(row)));
    return {
      files: all(
        "SELECT path, digest, state, reason, language, role, lines, covered, chunks, coalesce(hex(lengths), ''), bytes, notes, coalesce((SELECT hex(data) FROM texts WHERE file = id), '') FROM present ORDER BY path",
      ),
      chunks: all(
        'SELECT f.path, start_line, end_line, symbol, kind, enclosing, signature, place, parent_start, parent_end FROM chunks c JOIN present f ON f.id = c.file ORDER BY f.path, start_line',
      ),
      symbols: all(
        'SELECT f.path, key, name, qualified, kind, start_line, end_line, name_line, signature FROM symbols s JOIN present f ON f.id = s.file ORDER BY 1, name_line, start_line, name, kind',
      ),
      links: all('SELECT f.path, rank, hex(data) FROM links JOIN present f ON f.id = file ORDER BY f.path'),
      vectors: all(
        'SELECT f.path, e.digest, hex(v.data) FROM vectors v JOIN present f ON f.id = v.file JOIN embedders e ON e.id = v.embedder ORDER BY 1, 2',
      ),
      postings: postingsOf(database),
    };
  } finally {
    database.close();
  }
}

/** Each living chunk's terms and frequencies; what is dead in a list does not count. */
function postingsOf(database: DatabaseSync): string[] {
  const chunks = database
    .prepare('SELECT c.id, f.path, c.start_line AS line FROM chunks c JOIN present f ON f.id = c.file')
    .all() as { id: number; path: string; line: number }[];
  const places = new Map(chunks.map(({ id, path, line }) => [id, `${path}:${line}`]));
  const rows = database.prepare('SELECT term, data FROM postings').all() as { term: string; data: Uint8Array }[];
  const found: string[] = [];
  for (const { term, data } of rows)
    visitPostings(data, (chunk, frequencies) => {
      const place = places.get(chunk);
      if (place) found.push(`${place} ${term} ${frequencies.join(' ')}`);
    });
  return found.sort();
}
