/** Passages, sources and statistics for tests of what is done with them; only what a test names matters. */
import type { Source } from '../../server/src/base/answer.js';
import { linesOf } from '../../server/src/base/text.js';
import type { TermStatistics } from '../../server/src/index/lexical.js';
import { roleOf } from '../../server/src/index/roles.js';
import type { ChunkRow } from '../../server/src/index/store/chunkRows.js';
import type { Ranked } from '../../server/src/rag/rank.js';

let nextId = 1;

export function chunkOf(path: string, startLine = 1, more: Partial<ChunkRow> = {}): ChunkRow {
  return {
    id: nextId++,
    path,
    startLine,
    endLine: startLine + 4,
    language: 'typescript',
    role: roleOf(path),
    symbol: '',
    kind: 'text',
    enclosing: '',
    parentStart: 0,
    parentEnd: 0,
    signature: '',
    place: '',
    ...more,
  };
}

export function passageOf(path: string, startLine = 1, score = 1): Ranked {
  return { ...chunkOf(path, startLine), score, why: { lexical: score } };
}

export function sourceOf(n: number, path: string, text: string, more: Partial<Source> = {}): Source {
  const startLine = more.startLine ?? 1;
  return {
    n,
    path,
    startLine,
    endLine: startLine + linesOf(text).starts.length - 1,
    text,
    symbol: '',
    kind: 'text',
    score: 1,
    why: { lexical: 1 },
    language: 'typescript',
    signature: '',
    place: '',
    ...more,
  };
}

/** Each term with the number of chunks that hold it. */
export function statisticsOf(chunks: number, documents: Record<string, number>): TermStatistics {
  return {
    chunks,
    averageLengths: [3, 1, 5, 10, 50],
    filled: [chunks, chunks, chunks, chunks, chunks],
    terms: Object.entries(documents).map(([term, count]) => ({ term, documents: count })),
  };
}
