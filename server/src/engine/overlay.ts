/**
 * Open buffers laid over the index. They live in memory only, mask the stored file, and are parsed when first asked
 * for, so that typing costs nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LineRange } from '../base/answer.js';
import { unpack } from '../base/packed.js';
import { lineAt, lineCount, linesOf } from '../base/text.js';
import { MEAN_RANK } from '../index/centrality.js';
import { type IndexedFile, unpackText } from '../index/indexedFile.js';
import { scoreFile, type TermStatistics } from '../index/lexical.js';
import type { ParseOptions } from '../index/parse.js';
import type { ParsePool } from '../index/parsePool.js';
import { unpackLinks } from '../index/references.js';
import { roleOf } from '../index/roles.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { LexicalQuery } from '../index/store/lexicalSearch.js';
import type { OpenImports, SiteRow } from '../index/store/linkQueries.js';
import type { DefinitionRow, UseRow } from '../index/store/reader.js';
import type { DenseCandidate } from '../index/store/vectorQueries.js';
import { identifierKey } from '../index/tokens.js';
import { similarities } from '../index/vectors.js';
import type { QuestionVector } from './meaning.js';
import { createRecentEdits, type EditedLines } from './recentEdits.js';

export interface Overlay {
  set(path: string, text: string): void;
  delete(path: string): void;
  paths(): string[];
  /** The buffer's text, or undefined when the file is not open. */
  textOf(path: string): string | undefined;
  /** The buffers as they are now, parsed. One that takes past so many milliseconds counts as it was parsed before. */
  read(patienceMs?: number): Promise<OverlayView>;
}

export interface OverlayView {
  readonly paths: readonly string[];
  /** Lines that were changed since their file was opened, the newest first. */
  readonly edits: readonly EditedLines[];
  lexical(query: Pick<LexicalQuery, 'parameters'>, statistics: TermStatistics): (ChunkRow & { lexical: number })[];
  /** The chunks with a vector of this embedder that are near at all, in no order. */
  dense(question: QuestionVector): DenseCandidate[];
  definitions(names: readonly string[]): DefinitionRow[];
  definitionsIn(range: LineRange & { path: string }): DefinitionRow[];
  chunksAt(place: { path: string; line: number }): ChunkRow[];
  chunksOf(path: string): ChunkRow[];
  textOf(path: string): string | undefined;
  uses(isUse: (line: string) => boolean): UseRow[];
  references(names: readonly string[]): SiteRow[];
  referencesIn(range: LineRange & { path: string }): SiteRow[];
  readonly imports: readonly OpenImports[];
}

interface Buffer {
  text: string;
  /** Settled once for each opening. */
  taken: Promise<ParseOptions | null>;
  parsed: Promise<IndexedFile | null> | null;
  /** As it was parsed last, perhaps some keys ago. */
  before: IndexedFile | null;
}

/** `takes` says how the index would read a file, and null for what it leaves out, secrets among it. */
export function createOverlay(parsers: ParsePool, takes: (path: string) => Promise<ParseOptions | null>): Overlay {
  const buffers = new Map<string, Buffer>();
  const edits = createRecentEdits();

  function parse(path: string, buffer: Buffer): Promise<IndexedFile | null> {
    buffer.parsed ??= parseIncluded(path, buffer);
    return buffer.parsed;
  }

  async function parseIncluded(path: string, buffer: Buffer): Promise<IndexedFile | null> {
    const options = await buffer.taken;
    if (!options) return null;
    // A buffer that cannot be parsed leaves the stored file in its place.
    const outcome = await parsers.parse(path, buffer.text, options).catch(() => null);
    const file = outcome?.kind === 'indexed' ? unpack(outcome.file) : null;
    const now = buffers.get(path);
    if (now) now.before = file;
    return file;
  }

  return {
    set(path, text) {
      const known = buffers.get(path);
      const { taken = takes(path), before = null } = known ?? {};
      if (known) edits.note(path, known.text, text);
      buffers.set(path, { text, taken, parsed: null, before });
    },
    delete(path) {
      buffers.delete(path);
      edits.forget(path);
    },
    paths: () => [...buffers.keys()],
    textOf: (path) => buffers.get(path)?.text,
    async read(patienceMs) {
      const late = patienceMs === undefined ? null : delay(patienceMs, 'late' as const, { ref: false });
      const parsed = [...buffers].map(async ([path, buffer]) => {
        const file = await (late ? Promise.race([parse(path, buffer), late]) : parse(path, buffer));
        return file === 'late' ? buffer.before : file;
      });
      return viewOf(
        (await Promise.all(parsed)).filter((file) => file !== null),
        edits.list(),
      );
    },
  };
}

function viewOf(files: readonly IndexedFile[], edits: readonly EditedLines[]): OverlayView {
  // Numbers below zero cannot meet a stored chunk's.
  let nextId = -1;
  const chunks = files.flatMap((file) =>
    file.chunks.map((chunk) => ({
      ...chunk,
      id: nextId--,
      path: file.path,
      language: file.language,
      role: roleOf(file.path),
      rank: MEAN_RANK,
    })),
  );
  const byPath = new Map(files.map((file) => [file.path, file]));
  const texts = new Map(files.map((file) => [file.path, unpackText(file.packedText)]));
  return {
    paths: [...byPath.keys()],
    // Of a file that the index leaves out nothing is told.
    edits: edits.filter(({ path }) => byPath.has(path)),
    lexical({ parameters }, statistics) {
      const scores = files.flatMap((file) => [...scoreFile(file.terms, parameters, statistics)]);
      return chunks.map((row, i) => ({ ...row, lexical: scores[i]! })).filter(({ lexical }) => lexical > 0);
    },
    dense({ embedder, vector }) {
      const near = files.flatMap(({ vectors, chunks: own }) =>
        vectors?.embedder.digest === embedder.digest ? similarities(vector, vectors) : own.map(() => 0),
      );
      return chunks.map((row, i) => ({ ...row, similarity: near[i]! })).filter(({ similarity }) => similarity > 0);
    },
    definitions(names) {
      const keys = new Set(names.map(identifierKey));
      return files.flatMap((file) => definitionsOf(file).filter(({ name }) => keys.has(identifierKey(name))));
    },
    definitionsIn({ path, startLine, endLine }) {
      const file = byPath.get(path);
      return file ? definitionsOf(file).filter((row) => row.startLine >= startLine && row.startLine <= endLine) : [];
    },
    chunksOf: (path) => chunks.filter((row) => row.path === path),
    chunksAt: ({ path, line }) =>
      chunks.filter((row) => row.path === path && row.startLine <= line && line <= row.endLine),
    textOf: (path) => texts.get(path),
    uses(isUse) {
      return files.flatMap(({ path }) => {
        const lines = linesOf(texts.get(path)!);
        return Array.from({ length: lineCount(lines) }, (_, i) => i + 1)
          .map((line) => ({ path, line, text: lineAt(lines, line), role: roleOf(path) }))
          .filter((use) => isUse(use.text));
      });
    },
    references: (names) => files.flatMap((file) => sitesOf(file).filter(({ name }) => names.includes(name))),
    referencesIn({ path, startLine, endLine }) {
      const file = byPath.get(path);
      return file ? sitesOf(file).filter(({ line }) => startLine <= line && line <= endLine) : [];
    },
    imports: files.map(({ path, language, links }) => ({ path, language, imports: unpackLinks(links).imports })),
  };
}

function sitesOf({ path, language, symbols, links }: IndexedFile): SiteRow[] {
  return unpackLinks(links).references.map((reference) => ({
    ...reference,
    path,
    role: roleOf(path),
    language,
    within: symbols[reference.within] ?? null,
  }));
}

function definitionsOf({ path, language, symbols }: IndexedFile): DefinitionRow[] {
  return symbols.map((symbol) => ({ ...symbol, path, language, role: roleOf(path), rank: MEAN_RANK }));
}
