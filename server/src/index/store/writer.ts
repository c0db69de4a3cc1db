/**
 * Changes to the store: whole files, many in one transaction.
 *
 * A reader sees a file as it was or as it is, never half of it. Chunk numbers are never used again, so that a number
 * held from an older snapshot finds its own chunk or none.
 */
import type { DatabaseSync } from 'node:sqlite';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ParsedFile } from '../parse.js';
import { roleOf } from '../roles.js';
import { identifierKey } from '../tokens.js';

/** What the walk saw of a file: equal stamps mean an unchanged file, if it was settled. */
export interface FileMark {
  path: string;
  /** Size, modification and change time in nanoseconds, and inode, joined. */
  stamp: string;
  /** The file had been quiet for two seconds when it was read, so that its stamp can be trusted. */
  settled: boolean;
}

export type FileChange =
  | { kind: 'indexed'; mark: FileMark; file: ParsedFile }
  /** Left out, or not readable; kept with its reason. `digest` is empty when it could not be read. */
  | { kind: 'skipped' | 'failed'; mark: FileMark; digest: string; reason: string }
  /** The content is what it was; only the stamp changed. */
  | { kind: 'touched'; mark: FileMark }
  | { kind: 'removed'; path: string };

export interface StoreWriter {
  /** Applies all changes in one transaction and returns the new generation. */
  commit(changes: readonly FileChange[]): number;
  /** Notes the end of a scan: when it ended, and what was left out by name, counted by reason. */
  finishScan(scan: { at: string; skipped: Record<string, number> }): void;
  /** Folds the write-ahead log back into the database. */
  checkpoint(): void;
}

export function createWriter(database: DatabaseSync): StoreWriter {
  const remove = {
    chunks: database.prepare('SELECT id, fields FROM chunks WHERE file = ?'),
    lexical: database.prepare(
      "INSERT INTO lexical (lexical, rowid, path, symbol, signature, comment, body) VALUES ('delete', ?, ?, ?, ?, ?, ?)",
    ),
    file: database.prepare('DELETE FROM files WHERE id = ?'),
    find: database.prepare('SELECT id FROM files WHERE path = ?'),
  };
  const insert = {
    file: database.prepare(
      `INSERT INTO files (path, stamp, settled, digest, state, reason, language, role, lines, covered, chunks, tokens, bytes, notes, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    chunk: database.prepare(
      'INSERT INTO chunks (file, start_line, end_line, symbol, kind, enclosing, signature, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    lexical: database.prepare(
      'INSERT INTO lexical (rowid, path, symbol, signature, comment, body) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    symbol: database.prepare(
      `INSERT INTO symbols (key, name, qualified, kind, file, start_line, end_line, name_line, signature)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
  const touch = database.prepare('UPDATE files SET stamp = ?, settled = ? WHERE path = ?');
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const generation = database.prepare("SELECT value FROM meta WHERE key = 'generation'");
  const bump = database.prepare("UPDATE meta SET value = value + 1 WHERE key = 'generation' RETURNING value");

  function removePath(path: string): void {
    const row = remove.find.get(path) as { id: number } | undefined;
    if (!row) return;
    // FTS5 keeps its totals, and so its scores, right only when it is told what goes; `contentless_delete` does not.
    for (const { id, fields } of remove.chunks.all(row.id) as { id: number; fields: Uint8Array }[])
      remove.lexical.run(id, ...(JSON.parse(inflateRawSync(fields).toString('utf8')) as string[]));
    remove.file.run(row.id);
  }

  function putEmpty(mark: FileMark, state: string, digest: string, reason: string): void {
    const { path, stamp, settled } = mark;
    insert.file.run(path, stamp, Number(settled), digest, state, reason, '', roleOf(path), 0, 0, 0, 0, 0, '[]', null);
  }

  function putFile(mark: FileMark, file: ParsedFile): void {
    const tokenCounts = file.chunks.map(({ fields }) =>
      Object.values(fields).reduce((sum, tokens) => sum + countTokens(tokens), 0),
    );
    const { lastInsertRowid: fileId } = insert.file.run(
      mark.path,
      mark.stamp,
      Number(mark.settled),
      file.digest,
      'done',
      '',
      file.language,
      roleOf(mark.path),
      file.lines.total,
      file.lines.covered,
      file.chunks.length,
      tokenCounts.reduce((sum, count) => sum + count, 0),
      Buffer.byteLength(file.text),
      JSON.stringify(file.notes),
      deflateRawSync(file.text, { level: 6 }),
    );
    for (const chunk of file.chunks) {
      const { startLine, endLine, symbol, kind, enclosing, signature, fields } = chunk;
      const { lastInsertRowid: id } = insert.chunk.run(
        fileId,
        startLine,
        endLine,
        symbol,
        kind,
        enclosing,
        signature,
        deflateRawSync(JSON.stringify([fields.path, fields.symbol, fields.signature, fields.comment, fields.body])),
      );
      insert.lexical.run(id, fields.path, fields.symbol, fields.signature, fields.comment, fields.body);
    }
    for (const { name, qualified, kind, startLine, endLine, nameLine, signature } of file.symbols)
      insert.symbol.run(identifierKey(name), name, qualified, kind, fileId, startLine, endLine, nameLine, signature);
  }

  function apply(change: FileChange): void {
    if (change.kind === 'touched') {
      touch.run(change.mark.stamp, Number(change.mark.settled), change.mark.path);
      return;
    }
    removePath(change.kind === 'removed' ? change.path : change.mark.path);
    if (change.kind === 'indexed') putFile(change.mark, change.file);
    else if (change.kind !== 'removed') putEmpty(change.mark, change.kind, change.digest, change.reason);
  }

  return {
    commit(changes) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const change of changes) apply(change);
        // Results depend on contents alone, so a mere touch is not a new generation.
        const isNew = changes.some((change) => change.kind !== 'touched');
        const { value } = (isNew ? bump : generation).get() as { value: number };
        database.exec('COMMIT');
        return value;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    finishScan({ at, skipped }) {
      putMeta.run('scannedAt', at);
      putMeta.run('skipped', JSON.stringify(skipped));
    },
    checkpoint() {
      // A reader in the middle of something is not waited for: the next checkpoint will do.
      database.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000');
    },
  };
}

function countTokens(tokens: string): number {
  if (tokens === '') return 0;
  let count = 1;
  for (let i = tokens.indexOf(' '); i >= 0; i = tokens.indexOf(' ', i + 1)) count++;
  return count;
}
