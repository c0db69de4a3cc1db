/**
 * Changes to the store: whole files, many in one transaction.
 *
 * A reader sees a file as it was or as it is, never half of it. Chunk numbers are never used again, so that a number
 * held from an older snapshot finds its own chunk or none.
 */
import type { DatabaseSync } from 'node:sqlite';
import { deflateSync } from 'node:zlib';
import { countTokens } from '../lexical.js';
import type { ParsedFile } from '../parse.js';
import { roleOf } from '../roles.js';
import { identifierKey } from '../tokens.js';
import { createFileSum } from './checksums.js';
import { createPostingWriter } from './postingLists.js';

/** What the walk saw of a file: equal stamps mean an unchanged file, if it was settled. */
export interface FileMark {
  path: string;
  /** Size, modification and change time in nanoseconds, and inode, joined. */
  stamp: string;
  /** The file had been quiet for two seconds when it was read, so that its stamp can be trusted. */
  settled: boolean;
}

/** `File` is packed on its way to the store's thread. */
export type FileChange<File = ParsedFile> =
  | { kind: 'indexed'; mark: FileMark; file: File }
  /** Left out, or not readable; kept with its reason. `digest` is empty when it could not be read. */
  | { kind: 'skipped'; mark: FileMark; digest: string; reason: string }
  | { kind: 'failed'; mark: FileMark; digest: string; reason: string; attempts: number; retryAt: number }
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

/** A compaction must be worth its second or two. */
const MIN_GONE = 1000;
const GONE_SHARE = 0.25;

export function createWriter(database: DatabaseSync): StoreWriter {
  const remove = database.prepare('DELETE FROM files WHERE path = ? RETURNING chunks');
  const postings = createPostingWriter(database);
  const insert = {
    file: database.prepare(
      `INSERT INTO files (path, stamp, settled, digest, state, reason, language, role, lines, covered, chunks, first_chunk, lengths, bytes, notes, text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    chunk: database.prepare(
      'INSERT INTO chunks (file, start_line, end_line, symbol, kind, enclosing, signature) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    symbol: database.prepare(
      `INSERT INTO symbols (key, name, qualified, kind, file, start_line, end_line, name_line, signature)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  };
  const putOff = database.prepare('UPDATE files SET attempts = ?, retry_at = ? WHERE id = ?');
  const putSum = database.prepare('UPDATE files SET sum = ? WHERE id = ?');
  const sumOf = createFileSum(database);
  const touch = database.prepare('UPDATE files SET stamp = ?, settled = ? WHERE path = ?');
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const generation = database.prepare("SELECT value FROM meta WHERE key = 'generation'");
  const bump = database.prepare("UPDATE meta SET value = value + 1 WHERE key = 'generation' RETURNING value");

  const nextChunk = database.prepare("SELECT seq + 1 AS next FROM sqlite_sequence WHERE name = 'chunks'");
  const addGone = database.prepare("UPDATE meta SET value = value + ? WHERE key = 'gone'");

  function removePath(path: string): void {
    const row = remove.get(path) as { chunks: number } | undefined;
    if (row && row.chunks > 0) addGone.run(row.chunks);
  }

  function putEmpty({ kind, mark, digest, reason }: Extract<FileChange, { reason: string }>): number {
    const { path, stamp, settled } = mark;
    const row = [path, stamp, Number(settled), digest, kind, reason, '', roleOf(path), 0, 0, 0, 0, null, 0, '[]', null];
    return Number(insert.file.run(...row).lastInsertRowid);
  }

  function putFile(mark: FileMark, file: ParsedFile): number {
    const counted = file.chunks.map(({ fields }) => countTokens(fields));
    const firstChunk = (nextChunk.get() as { next: number } | undefined)?.next ?? 1;
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
      firstChunk,
      Buffer.concat(counted.map(({ lengths }) => new Uint8Array(lengths.buffer))),
      Buffer.byteLength(file.text),
      JSON.stringify(file.notes),
      deflateSync(file.text, { level: 6 }),
    );
    file.chunks.forEach(({ startLine, endLine, symbol, kind, enclosing, signature }, i) => {
      insert.chunk.run(fileId, startLine, endLine, symbol, kind, enclosing, signature);
      postings.add(firstChunk + i, counted[i]!.frequencies);
    });
    for (const { name, qualified, kind, startLine, endLine, nameLine, signature } of file.symbols)
      insert.symbol.run(identifierKey(name), name, qualified, kind, fileId, startLine, endLine, nameLine, signature);
    return Number(fileId);
  }

  function apply(change: FileChange): void {
    if (change.kind === 'touched') {
      touch.run(change.mark.stamp, Number(change.mark.settled), change.mark.path);
      return;
    }
    removePath(change.kind === 'removed' ? change.path : change.mark.path);
    if (change.kind === 'removed') return;
    const id = change.kind === 'indexed' ? putFile(change.mark, change.file) : putEmpty(change);
    if (change.kind === 'failed') putOff.run(change.attempts, change.retryAt, id);
    putSum.run(sumOf(id), id);
  }

  /** Lists that are a quarter dead are written anew. */
  function compactIfWorthIt(): void {
    const { gone } = database.prepare("SELECT value AS gone FROM meta WHERE key = 'gone'").get() as { gone: number };
    const { count } = database.prepare('SELECT count(*) AS count FROM chunks').get() as { count: number };
    if (gone < MIN_GONE || gone < count * GONE_SHARE) return;
    const ids = database.prepare('SELECT id FROM chunks').all() as { id: number }[];
    const living = new Set(ids.map(({ id }) => id));
    transact(() => {
      postings.compact((chunk) => living.has(chunk));
      putMeta.run('gone', 0);
    });
  }

  function transact<T>(work: () => T): T {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      postings.forget();
      // A full disk has rolled it back already.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    commit: (changes) =>
      transact(() => {
        for (const change of changes) apply(change);
        postings.flush();
        // Results depend on contents alone, so a mere touch is not a new generation.
        const isNew = changes.some((change) => change.kind !== 'touched');
        return ((isNew ? bump : generation).get() as { value: number }).value;
      }),
    finishScan({ at, skipped }) {
      putMeta.run('scannedAt', at);
      putMeta.run('skipped', JSON.stringify(skipped));
      compactIfWorthIt();
    },
    checkpoint() {
      // A reader in the middle of something is not waited for: the next checkpoint will do.
      database.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000');
    },
  };
}
