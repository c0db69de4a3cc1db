/** What the store holds as a whole: counts, failures, what was left out. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { FileFailure, IndexCounts } from '../../base/status.js';
import { DATABASE_NAME } from './schema.js';

export interface Overview extends IndexCounts {
  generation: number;
  scannedAt: string | null;
  failed: FileFailure[];
  skipped: Record<string, number>;
  notes: string[];
  /** On disk. */
  storeBytes: number;
}

export function overviewOf(database: DatabaseSync, folder: string): Overview {
  const counts = database
    .prepare(
      `SELECT count(*) AS files, coalesce(sum(chunks), 0) AS chunks, coalesce(sum(lines), 0) AS total,
         coalesce(sum(covered), 0) AS covered, coalesce(sum(bytes), 0) AS bytes FROM present WHERE state = 'done'`,
    )
    .get() as { files: number; chunks: number; total: number; covered: number; bytes: number };
  const failed = database.prepare("SELECT path, reason FROM present WHERE state = 'failed' ORDER BY path").all();
  const skipped = JSON.parse(String(meta(database, 'skipped') ?? '{}')) as Record<string, number>;
  const byContent = database
    .prepare("SELECT reason, count(*) AS n FROM present WHERE state = 'skipped' GROUP BY reason")
    .all() as { reason: string; n: number }[];
  for (const { reason, n } of byContent) skipped[reason] = (skipped[reason] ?? 0) + n;
  const notes = database.prepare("SELECT notes FROM present WHERE notes != '[]' ORDER BY path").all() as {
    notes: string;
  }[];
  return {
    generation: generationOf(database),
    scannedAt: (meta(database, 'scannedAt') as string | undefined) ?? null,
    files: counts.files,
    chunks: counts.chunks,
    lines: { total: counts.total, covered: counts.covered },
    bytes: counts.bytes,
    failed: failed as unknown as FileFailure[],
    skipped,
    notes: notes.flatMap((row) => JSON.parse(row.notes) as string[]),
    storeBytes: bytesOf(folder),
  };
}

export function generationOf(database: DatabaseSync): number {
  return meta(database, 'generation') as number;
}

function meta(database: DatabaseSync, key: string): unknown {
  return (database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: unknown } | undefined)?.value;
}

function bytesOf(folder: string): number {
  return ['', '-wal'].reduce((sum, ending) => {
    const stat = statSync(join(folder, DATABASE_NAME + ending), { throwIfNoEntry: false });
    return sum + (stat?.size ?? 0);
  }, 0);
}
