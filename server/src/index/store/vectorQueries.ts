/**
 * Questions about vectors: which chunks are near, and which have none yet. Part of the reader.
 *
 * Scores are exact: those of the graph's candidates are computed anew from the rows here, and what the graph does not
 * know is scanned, so that a vector counts from the commit that stored it.
 */

import type { DatabaseSync } from 'node:sqlite';
import type { EmbeddablePassage, EmbedderIdentity, VectorRows } from '../../base/embedding.js';
import { t } from '../../base/l10n.js';
import { linesOf, sliceLines } from '../../base/text.js';
import type { ChunkFilter } from '../filter.js';
import { unpackText } from '../indexedFile.js';
import { inverseLength, passageOf } from '../vectors.js';
import { sumOfVectors } from './checksums.js';
import { type ChunkRow, chunkRows } from './chunkRows.js';
import { damaged } from './damage.js';
import { best, hide, leftOut } from './lexicalSearch.js';
import type { LivingChunks } from './livingChunks.js';
import { createVectorTable, type FileRows, type VectorTable } from './vectorTable.js';

export interface DenseQuery {
  embedder: EmbedderIdentity;
  /** Of length one. */
  vector: Float32Array;
  limit: number;
  /** Paths masked by open buffers. */
  hidden: readonly string[];
  /** Null: every chunk. */
  filter: ChunkFilter | null;
  /** What a graph found, and the number up to which it knows the chunks; null: every row is looked at. */
  near: { ids: readonly number[]; through: number } | null;
}

/** Best first; ties by path, then line. `similarity` is a cosine. */
export type DenseCandidate = ChunkRow & { similarity: number };

export interface VectorCoverage {
  /** Chunks that are there, and how many of them have a vector. */
  chunks: number;
  embedded: number;
  /** Every chunk had one at some time: those that have none now are new. */
  isComplete: boolean;
  /** Of the store: one that was built anew has another, and other numbers for its chunks. */
  storeId: string;
}

/** A file without vectors: what to embed of each chunk, or the row that an equal chunk of it had before. */
export interface Unembedded {
  file: number;
  passages: EmbeddablePassage[];
  known: (Int8Array | null)[];
}

export interface VectorReader {
  dense(snapshot: number, query: DenseQuery): DenseCandidate[];
  /** Cosine of these chunks; null where there is no vector. */
  similarities(
    snapshot: number,
    query: Pick<DenseQuery, 'embedder' | 'vector'>,
    chunks: readonly number[],
  ): (number | null)[];
  vectorCoverage(embedder: string): VectorCoverage;
  /** Files without vectors of this embedder after this one, in order of their numbers, until so many chunks are found. */
  unembedded(embedder: string, after: number, chunks: number): Unembedded[];
  /** Vectors with numbers of chunks over `after`, in order, whole files until there are `limit`; dormant ones too. */
  vectorRows(embedder: string, after: number, limit: number): VectorRows;
  /** Numbers up to `through` of chunks that are not in the store any more. */
  goneChunks(through: number): number[];
}

/** Of so small a share of chunks a graph finds too few. */
const FEW = 0.1;

export interface VectorReaderParts {
  viewOf(snapshot: number): { database: DatabaseSync; generation: number };
  livingAt(snapshot: number): LivingChunks;
  withSnapshot<T>(read: (database: DatabaseSync) => T): T;
}

export function createVectorReader({ viewOf, livingAt, withSnapshot }: VectorReaderParts): VectorReader {
  // One embedder is asked about at a time but for the moment when another takes over.
  let current: { embedder: string; table: VectorTable; newest: number; synced: number } | null = null;

  function tableAt(snapshot: number, { digest, dimensions }: EmbedderIdentity): VectorTable {
    const { database, generation } = viewOf(snapshot);
    if (current?.embedder !== digest)
      current = { embedder: digest, table: createVectorTable(dimensions), newest: -1, synced: -1 };
    if (current.synced === generation) return current.table;
    const files = database
      .prepare(
        `SELECT f.id AS file, f.first_chunk AS first, f.chunks FROM files f
         JOIN vectors v ON v.file = f.id AND v.embedder = (SELECT id FROM embedders WHERE digest = ?)
         WHERE f.state = 'done'`,
      )
      .all(digest) as unknown as FileRows[];
    const load = vectorLoader(database, digest, dimensions);
    current.table.sync(files, generation > current.newest, load);
    current.newest = Math.max(current.newest, generation);
    current.synced = generation;
    return current.table;
  }

  return {
    dense(snapshot, { embedder, vector, limit, hidden, filter, near }) {
      const { database } = viewOf(snapshot);
      const table = tableAt(snapshot, embedder);
      const { alive, count } = livingAt(snapshot);
      const others = filter ? leftOut(database, filter) : [];
      const passing = 1 - others.reduce((sum, { chunks }) => sum + chunks, 0) / Math.max(1, count);
      const graph = passing < FEW ? null : near;
      const scores = new Float64Array(alive.length);
      const note = (chunk: number, similarity: number) => {
        if (alive[chunk] === 1) scores[chunk] = similarity;
      };
      table.scan(vector, graph?.through ?? 0, note);
      for (const id of graph?.ids ?? []) note(id, table.similarity(vector, id) ?? 0);
      hide(database, hidden, scores);
      for (const { first, chunks } of others) scores.fill(0, first, first + chunks);
      // The scan rounds the query; what it picks is scored as the graph's candidates are.
      const similarity = new Map(best(scores, limit).map(({ id }) => [id, table.similarity(vector, id)!]));
      const candidates = chunkRows(database, [...similarity.keys()]).map((row) => ({
        ...row,
        similarity: similarity.get(row.id)!,
      }));
      // The sort is stable, so ties stay in order of path and line.
      candidates.sort((a, b) => b.similarity - a.similarity);
      return candidates.slice(0, limit);
    },
    similarities(snapshot, { embedder, vector }, chunks) {
      const table = tableAt(snapshot, embedder);
      return chunks.map((chunk) => table.similarity(vector, chunk));
    },
    vectorCoverage: (embedder) =>
      withSnapshot((database) => {
        const row = database
          .prepare(
            `SELECT coalesce(sum(f.chunks), 0) AS chunks, coalesce(sum(iif(v.file IS NULL, 0, f.chunks)), 0) AS embedded,
               coalesce((SELECT complete FROM embedders WHERE digest = ?), 0) AS isComplete,
               (SELECT value FROM meta WHERE key = 'id') AS storeId
             FROM files f LEFT JOIN vectors v ON v.file = f.id AND v.embedder = (SELECT id FROM embedders WHERE digest = ?)
             WHERE f.state = 'done'`,
          )
          .get(embedder, embedder) as unknown as VectorCoverage;
        return { ...row, isComplete: Boolean(row.isComplete) };
      }),
    unembedded: (embedder, after, chunks) => withSnapshot((database) => unembedded(database, embedder, after, chunks)),
    vectorRows: (embedder, after, limit) => withSnapshot((database) => vectorRows(database, embedder, after, limit)),
    goneChunks: (through) =>
      withSnapshot((database) => {
        const there = new Uint8Array(through + 1);
        for (const { id } of database.prepare('SELECT id FROM chunks WHERE id <= ?').iterate(through) as Iterable<{
          id: number;
        }>)
          there[id] = 1;
        return Array.from({ length: through }, (_, i) => i + 1).filter((id) => there[id] === 0);
      }),
  };
}

function vectorLoader(database: DatabaseSync, embedder: string, dimensions: number): (file: number) => Int8Array {
  const select = database.prepare(
    `SELECT v.embedder, v.sum, v.data, f.chunks FROM vectors v JOIN files f ON f.id = v.file
     WHERE v.file = ? AND v.embedder = (SELECT id FROM embedders WHERE digest = ?)`,
  );
  return (file) => {
    const row = select.get(file, embedder) as { embedder: number; sum: number; data: Uint8Array; chunks: number };
    if (row.data.length !== row.chunks * dimensions || sumOfVectors(file, row.embedder, row.data) !== row.sum)
      throw damaged(t('vectors are not what was written'));
    return new Int8Array(row.data.buffer, row.data.byteOffset, row.data.length);
  };
}

interface FileToEmbed {
  id: number;
  path: string;
  chunks: number;
}

function unembedded(database: DatabaseSync, embedder: string, after: number, chunks: number): Unembedded[] {
  const files = database
    .prepare(
      `SELECT f.id, f.path, f.chunks FROM files f
       WHERE f.state = 'done' AND f.chunks > 0 AND f.id > ? AND NOT EXISTS
         (SELECT 1 FROM vectors v WHERE v.file = f.id AND v.embedder = (SELECT id FROM embedders WHERE digest = ?))
       ORDER BY f.id LIMIT ?`,
    )
    .all(after, embedder, chunks) as unknown as FileToEmbed[];
  const found: Unembedded[] = [];
  let count = 0;
  for (const file of files) {
    const passages = passagesOf(database, file);
    const earlier = earlierVectors(database, file, embedder);
    found.push({ file: file.id, passages, known: passages.map((passage) => earlier.get(keyOf(passage)) ?? null) });
    count += passages.length;
    if (count >= chunks) break;
  }
  return found;
}

function passagesOf(database: DatabaseSync, { id, path }: Pick<FileToEmbed, 'id' | 'path'>): EmbeddablePassage[] {
  const { data } = database.prepare('SELECT data FROM texts WHERE file = ?').get(id) as { data: Uint8Array };
  const lines = linesOf(unpackText(data));
  const rows = database
    .prepare(
      `SELECT start_line AS startLine, end_line AS endLine, symbol, enclosing FROM chunks WHERE file = ? ORDER BY id`,
    )
    .all(id) as { startLine: number; endLine: number; symbol: string; enclosing: string }[];
  return rows.map((row) => passageOf(path, row, sliceLines(lines, row)));
}

/** What the file's earlier contents had for equal passages: a branch switch embeds only what was never seen. */
function earlierVectors(database: DatabaseSync, { path }: FileToEmbed, embedder: string): Map<string, Int8Array> {
  const known = new Map<string, Int8Array>();
  const dormant = database
    .prepare(
      `SELECT f.id, e.dimensions FROM files f JOIN vectors v ON v.file = f.id JOIN embedders e ON e.id = v.embedder
       WHERE f.state = 'dormant' AND f.path = ? AND e.digest = ?`,
    )
    .all(path, embedder) as { id: number; dimensions: number }[];
  for (const { id, dimensions } of dormant) {
    const data = vectorLoader(database, embedder, dimensions)(id);
    for (const [i, passage] of passagesOf(database, { id, path }).entries())
      known.set(keyOf(passage), data.slice(i * dimensions, (i + 1) * dimensions));
  }
  return known;
}

function keyOf({ name, text }: EmbeddablePassage): string {
  return `${name}\0${text}`;
}

function vectorRows(database: DatabaseSync, embedder: string, after: number, limit: number): VectorRows {
  const known = database.prepare('SELECT dimensions FROM embedders WHERE digest = ?').get(embedder) as
    | { dimensions: number }
    | undefined;
  if (!known) return { ids: [], rows: new Float32Array() };
  const { dimensions } = known;
  const files = database
    .prepare(
      `SELECT f.id AS file, f.first_chunk AS first, f.chunks FROM files f
       JOIN vectors v ON v.file = f.id AND v.embedder = (SELECT id FROM embedders WHERE digest = ?)
       WHERE f.first_chunk > ? ORDER BY f.first_chunk LIMIT ?`,
    )
    .all(embedder, after, limit) as unknown as FileRows[];
  const load = vectorLoader(database, embedder, dimensions);
  const ids: number[] = [];
  const parts: Int8Array[] = [];
  for (const { file, first, chunks } of files) {
    if (ids.length >= limit) break;
    for (let i = 0; i < chunks; i++) ids.push(first + i);
    parts.push(load(file));
  }
  const rows = new Float32Array(ids.length * dimensions);
  let at = 0;
  for (const part of parts)
    for (let start = 0; start < part.length; start += dimensions) {
      const scale = inverseLength(part, start, dimensions);
      for (let d = 0; d < dimensions; d++) rows[at++] = part[start + d]! * scale;
    }
  return { ids, rows };
}
