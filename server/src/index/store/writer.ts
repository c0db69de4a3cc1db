/**
 * Changes to the store: whole files, many in one transaction.
 *
 * A reader sees a file as it was or as it is, never half of it. Chunk numbers are never used for another chunk, so that
 * a number held from an older snapshot finds its own chunk or none. What a file was before lies dormant for a while: a
 * branch that is switched back to costs nothing but the reading.
 */

import type { DatabaseSync } from 'node:sqlite';
import { t } from '../../base/l10n.js';
import type { HistoryRead } from '../../base/ports.js';
import { MEAN_RANK } from '../centrality.js';
import { MAX_COMMITS, mergeCommits, packCommits, unpackCommits } from '../history.js';
import type { IndexedFile } from '../indexedFile.js';
import { roleOf } from '../roles.js';
import { identifierKey } from '../tokens.js';
import type { FileVectors } from '../vectors.js';
import { createFileSum, sumOfVectors } from './checksums.js';
import { createPostingWriter } from './postingLists.js';
import { updateRanks } from './ranks.js';

/** What the walk saw of a file: equal stamps mean an unchanged file, if it was settled. */
export interface FileMark {
  path: string;
  /** Size, modification and change time in nanoseconds, and inode, joined. */
  stamp: string;
  /** The file had been quiet for two seconds when it was read, so that its stamp can be trusted. */
  settled: boolean;
}

/** `File` is packed on its way to the store's thread. */
export type FileChange<File = IndexedFile> =
  | { kind: 'indexed'; mark: FileMark; file: File }
  /** Left out, or not readable; kept with its reason. `digest` is empty when it could not be read. */
  | { kind: 'skipped'; mark: FileMark; digest: string; reason: string }
  | { kind: 'failed'; mark: FileMark; digest: string; reason: string; attempts: number; retryAt: number }
  /** The content is what it was; only the stamp changed. */
  | { kind: 'touched'; mark: FileMark }
  /** The content is one that the file had before, and the store still has what was made of it. */
  | { kind: 'revived'; mark: FileMark; digest: string }
  /** Gone from the disk; or there, but no longer to be indexed, and then nothing of it is kept. */
  | { kind: 'removed'; path: string; isLeftOut: boolean };

export interface StoreWriter {
  /** Applies all changes in one transaction and returns the new generation. */
  commit(changes: readonly FileChange[]): number;
  /** Notes the end of a scan: when it ended, and what was left out by name, counted by reason. */
  finishScan(scan: { at: string; skipped: Record<string, number> }): void;
  /** Vectors of files whose index came without; a file that is gone by now is passed over. Returns the new generation. */
  putVectors(rows: readonly { file: number; vectors: FileVectors }[]): number;
  /** Every chunk has a vector of this embedder. */
  completeVectors(embedder: FileVectors['embedder']): void;
  /** Drops the vectors of every other embedder. */
  keepVectorsOf(embedders: readonly string[]): void;
  /** Lays what was read over what is there, in one transaction. */
  putHistory(read: HistoryRead): void;
  /** Folds the write-ahead log back into the database. */
  checkpoint(): void;
}

/** A compaction must be worth its second or two. */
const MIN_GONE = 1000;
/** Chunks that are gone or dormant, as a share of those that are there: above the first it is cut to the second. */
const MOST_GONE = 0.5;
const KEPT_DORMANT = 0.25;

export function createWriter(database: DatabaseSync): StoreWriter {
  // Each names the states that it is about: there is one index over files that are present, one over dormant ones.
  const removePresent = database.prepare(
    "DELETE FROM files WHERE path = ? AND state != 'dormant' AND (state != 'done' OR digest = ?) RETURNING state, chunks",
  );
  const removeDormant = database.prepare("DELETE FROM files WHERE path = ? AND state = 'dormant' AND digest = ?");
  const removeAllDormant = database.prepare("DELETE FROM files WHERE path = ? AND state = 'dormant'");
  const sleep = database.prepare(
    `UPDATE files SET state = 'dormant', dormant_since = (SELECT value FROM meta WHERE key = 'generation')
     WHERE path = ? AND state != 'dormant' AND state = 'done' RETURNING chunks`,
  );
  const wake = database.prepare(
    `UPDATE files SET state = 'done', stamp = ?, settled = ? WHERE id =
     (SELECT id FROM files WHERE state = 'dormant' AND path = ? AND digest = ? LIMIT 1) RETURNING chunks`,
  );
  const postings = createPostingWriter(database);
  const insert = {
    file: database.prepare(
      `INSERT INTO files (path, stamp, settled, digest, state, reason, language, role, lines, covered, chunks, first_chunk, lengths, bytes, notes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    text: database.prepare('INSERT INTO texts (file, data) VALUES (?, ?)'),
    chunk: database.prepare(
      `INSERT INTO chunks (file, start_line, end_line, symbol, kind, enclosing, signature, place, parent_start, parent_end)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    symbol: database.prepare(
      `INSERT INTO symbols (key, name, qualified, kind, file, start_line, end_line, name_line, signature)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    links: database.prepare('INSERT INTO links (file, rank, data) VALUES (?, ?, ?)'),
    embedder: database.prepare('INSERT OR IGNORE INTO embedders (digest, dimensions) VALUES (?, ?)'),
    vectors: database.prepare('INSERT OR REPLACE INTO vectors (file, embedder, sum, data) VALUES (?, ?, ?, ?)'),
  };
  const embedderOf = database.prepare('SELECT id FROM embedders WHERE digest = ?');
  const rankOf = database.prepare('SELECT rank FROM links JOIN present ON id = file WHERE path = ?');
  const touch = database.prepare("UPDATE files SET stamp = ?, settled = ? WHERE path = ? AND state != 'dormant'");
  const putOff = database.prepare('UPDATE files SET attempts = ?, retry_at = ? WHERE id = ?');
  const putSum = database.prepare('UPDATE files SET sum = ? WHERE id = ?');
  const sumOf = createFileSum(database);
  const putMeta = database.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const generation = database.prepare("SELECT value FROM meta WHERE key = 'generation'");
  const bump = database.prepare("UPDATE meta SET value = value + 1 WHERE key = 'generation' RETURNING value");

  const nextChunk = database.prepare("SELECT seq + 1 AS next FROM sqlite_sequence WHERE name = 'chunks'");
  const addGone = database.prepare("UPDATE meta SET value = value + ? WHERE key = 'gone'");

  function remove(rows: unknown[]): void {
    // Those that lay dormant are counted as gone already.
    for (const { state, chunks } of rows as { state: string; chunks: number }[])
      if (state === 'done' && chunks > 0) addGone.run(chunks);
  }

  /** Makes room for what the file is now; what it was stays, dormant, unless it was the same. */
  function makeRoom(path: string, digest: string): void {
    remove(removePresent.all(path, digest));
    removeDormant.run(path, digest);
    const slept = sleep.get(path) as { chunks: number } | undefined;
    if (slept) addGone.run(slept.chunks);
  }

  function revive({ path, stamp, settled }: FileMark, digest: string): void {
    const slept = sleep.get(path) as { chunks: number } | undefined;
    const woken = wake.get(stamp, Number(settled), path, digest) as { chunks: number } | undefined;
    if (!woken) throw new Error(t('the earlier index of {0} is gone', path));
    addGone.run((slept?.chunks ?? 0) - woken.chunks);
  }

  function putEmpty({ kind, mark, digest, reason }: Extract<FileChange, { reason: string }>): number {
    const { path, stamp, settled } = mark;
    const row = [path, stamp, Number(settled), digest, kind, reason, '', roleOf(path), 0, 0, 0, 0, null, 0, '[]'];
    return Number(insert.file.run(...row).lastInsertRowid);
  }

  function putFile(mark: FileMark, file: IndexedFile, rank: number): number {
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
      bytesOf(file.terms.lengths),
      file.bytes,
      JSON.stringify(file.notes),
    );
    insert.text.run(fileId, file.packedText);
    for (const chunk of file.chunks) {
      const { startLine, endLine, symbol, kind, enclosing, signature, place, parentStart, parentEnd } = chunk;
      insert.chunk.run(fileId, startLine, endLine, symbol, kind, enclosing, signature, place, parentStart, parentEnd);
    }
    postings.add(firstChunk - 1, file.terms);
    for (const { name, qualified, kind, startLine, endLine, nameLine, signature } of file.symbols)
      insert.symbol.run(identifierKey(name), name, qualified, kind, fileId, startLine, endLine, nameLine, signature);
    insert.links.run(fileId, rank, file.links);
    if (file.vectors) putVectors(Number(fileId), file.vectors);
    return Number(fileId);
  }

  function putVectors(file: number, { embedder: { digest, dimensions }, data }: FileVectors): void {
    insert.embedder.run(digest, dimensions);
    const { id } = embedderOf.get(digest) as { id: number };
    const bytes = bytesOf(data);
    insert.vectors.run(file, id, sumOfVectors(file, id, bytes), bytes);
  }

  function apply(change: FileChange): void {
    if (change.kind === 'touched') {
      touch.run(change.mark.stamp, Number(change.mark.settled), change.mark.path);
      return;
    }
    if (change.kind === 'revived') {
      revive(change.mark, change.digest);
      return;
    }
    if (change.kind === 'removed') {
      makeRoom(change.path, '');
      if (change.isLeftOut) removeAllDormant.run(change.path);
      return;
    }
    const rank = (rankOf.get(change.mark.path) as { rank: number } | undefined)?.rank ?? MEAN_RANK;
    makeRoom(change.mark.path, change.kind === 'indexed' ? change.file.digest : '');
    const id = change.kind === 'indexed' ? putFile(change.mark, change.file, rank) : putEmpty(change);
    if (change.kind === 'failed') putOff.run(change.attempts, change.retryAt, id);
    putSum.run(sumOf(id), id);
  }

  /** Drops what has been dormant longest and writes the posting lists anew, once too much of them is gone. */
  function compactIfWorthIt(): void {
    const { gone } = database.prepare("SELECT value AS gone FROM meta WHERE key = 'gone'").get() as { gone: number };
    const { count } = database.prepare("SELECT sum(chunks) AS count FROM files WHERE state = 'done'").get() as {
      count: number | null;
    };
    if (gone < MIN_GONE || gone < (count ?? 0) * MOST_GONE) return;
    transact(() => {
      const dormant = dropLongestDormant((count ?? 0) * KEPT_DORMANT);
      const kept = new Set((database.prepare('SELECT id FROM chunks').all() as { id: number }[]).map(({ id }) => id));
      postings.compact((chunk) => kept.has(chunk));
      putMeta.run('gone', dormant);
    });
  }

  /** Keeps at most so many dormant chunks and returns how many are left. */
  function dropLongestDormant(most: number): number {
    const rows = database
      .prepare("SELECT id, chunks FROM files WHERE state = 'dormant' ORDER BY dormant_since DESC, id DESC")
      .all() as { id: number; chunks: number }[];
    const drop = database.prepare('DELETE FROM files WHERE id = ?');
    let kept = 0;
    for (const { id, chunks } of rows) {
      if (kept + chunks <= most) kept += chunks;
      else drop.run(id);
    }
    return kept;
  }

  function rankIfChanged(): void {
    const ranked = database.prepare("SELECT value FROM meta WHERE key = 'ranked'").get() as
      | { value: number }
      | undefined;
    const { value } = generation.get() as { value: number };
    if (ranked?.value === value) return;
    transact(() => {
      updateRanks(database);
      putMeta.run('ranked', value);
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
      rankIfChanged();
      putMeta.run('scannedAt', at);
      putMeta.run('skipped', JSON.stringify(skipped));
      compactIfWorthIt();
    },
    putVectors: (rows) =>
      transact(() => {
        const isThere = database.prepare('SELECT 1 FROM files WHERE id = ?');
        for (const { file, vectors } of rows) if (isThere.get(file)) putVectors(file, vectors);
        return (bump.get() as { value: number }).value;
      }),
    completeVectors: ({ digest, dimensions }) =>
      transact(() => {
        insert.embedder.run(digest, dimensions);
        database.prepare('UPDATE embedders SET complete = 1 WHERE digest = ?').run(digest);
      }),
    keepVectorsOf: (embedders) =>
      transact(() => {
        const rows = database.prepare('SELECT id, digest FROM embedders').all() as { id: number; digest: string }[];
        for (const { id } of rows.filter(({ digest }) => !embedders.includes(digest))) {
          database.prepare('DELETE FROM vectors WHERE embedder = ?').run(id);
          database.prepare('DELETE FROM embedders WHERE id = ?').run(id);
        }
      }),
    putHistory: ({ mark, commits, rebuilt }) =>
      transact(() => {
        const row = database.prepare('SELECT commits FROM history').get() as { commits: Uint8Array } | undefined;
        const before = row && !rebuilt ? unpackCommits(row.commits) : [];
        const merged = mergeCommits([...commits, ...before], MAX_COMMITS);
        database.exec('DELETE FROM history');
        database.prepare('INSERT INTO history (mark, commits) VALUES (?, ?)').run(mark, packCommits(merged));
        bump.get();
      }),
    checkpoint() {
      // A reader in the middle of something is not waited for: the next checkpoint will do.
      database.exec('PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000');
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
