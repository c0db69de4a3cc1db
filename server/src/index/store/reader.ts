/**
 * Questions to the store, each asked of a snapshot: one read transaction, from the first look to the last passage.
 *
 * Everything here is synchronous and runs in the reader thread. Passages are copied out as they were at the
 * snapshot's generation; a snapshot that nobody ended is closed after a minute, because an open read keeps the
 * write-ahead log from being folded back.
 */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import type { LineRange } from '../../base/answer.js';
import { EngineError } from '../../base/errors.js';
import { t } from '../../base/l10n.js';
import { type Lines, lineAt, linesOf, sliceLines } from '../../base/text.js';
import { type CommitHit, createHistoryIndex, type HistoryIndex, unpackCommits } from '../history.js';
import type { From, ImportResolver, ResolvedImport } from '../imports.js';
import { unpackText } from '../indexedFile.js';
import type { TermStatistics } from '../lexical.js';
import type { Import } from '../references.js';
import type { FileRole } from '../roles.js';
import { identifierKey, wholeWord, wordTokens } from '../tokens.js';
import { filesBeside } from './beside.js';
import { type ChunkFiles, chunksWith, documentationWith, readChunkFiles } from './chunkFiles.js';
import { CHUNK_COLUMNS, type ChunkRow, chunkRows } from './chunkRows.js';
import { createDefinitionReader, type DefinitionReader } from './definitionQueries.js';
import { type CommonTerms, type LexicalQuery, searchPostings, stillCommon } from './lexicalSearch.js';
import {
  createLinksCache,
  type Importers,
  type ImportPlaces,
  importersOf,
  importPlaces,
  importResolver,
  importsOf,
  type OpenImports,
  type ReferenceBounds,
  referencesIn,
  referencesTo,
  type SiteRow,
} from './linkQueries.js';
import { type LivingChunks, readLivingChunks } from './livingChunks.js';
import { generationOf, type Overview, overviewOf } from './overview.js';
import { DATABASE_NAME, openForReading } from './schema.js';
import { createVectorReader, type VectorReader } from './vectorQueries.js';

export interface LexicalResult {
  /** Best first; ties by path, then line. `lexical` is BM25, higher is better. */
  candidates: (ChunkRow & { lexical: number })[];
  /** BM25 of the chunks that were asked about besides, in their order. */
  also: number[];
  statistics: TermStatistics;
}

export interface DefinitionRow extends LineRange {
  name: string;
  qualified: string;
  kind: string;
  nameLine: number;
  signature: string;
  path: string;
  role: FileRole;
  language: string;
  /** How central its file is; the mean over all is 1. */
  rank: number;
}

export interface UseRow {
  path: string;
  line: number;
  text: string;
  role: FileRole;
}

export interface KnownFile {
  path: string;
  stamp: string;
  settled: boolean;
  digest: string;
  state: string;
  /** Why its content is not indexed; empty where it is. */
  reason: string;
  /** How often in a row it has failed, and when it is worth another try, milliseconds since the epoch. */
  attempts: number;
  retryAt: number;
}

export interface StoreReader extends VectorReader, DefinitionReader {
  begin(): { snapshot: number; generation: number };
  end(snapshot: number): void;
  overview(): Overview;
  /** Files of the last scans with their marks, for the next scan to compare with: these, or every one. */
  knownFiles(paths?: readonly string[]): KnownFile[];
  /** Earlier contents of files that the store still has, by path: of these paths, or of every one. */
  dormantFiles(paths?: readonly string[]): { path: string; digest: string; stamp: string }[];
  lexical(snapshot: number, query: LexicalQuery): LexicalResult;
  /** Definitions with one of these names (compared without case and separators), and the chunks that begin in them. */
  definitions(snapshot: number, names: readonly string[]): DefinitionRow[];
  /** Chunks by the line they hold, in the order asked. */
  chunksAt(snapshot: number, places: readonly { path: string; line: number }[]): ChunkRow[];
  /** A file's chunks in order. */
  chunksOf(snapshot: number, path: string, limit: number): ChunkRow[];
  /** Paths of the files with one of these names. */
  filesNamed(snapshot: number, names: readonly string[]): string[];
  /** Paths of the first three hundred other files of its folder, in order. */
  filesBeside(snapshot: number, path: string): string[];
  /** Texts of line ranges, exactly as indexed; empty for a file that is not there. */
  texts(snapshot: number, ranges: readonly (LineRange & { path: string })[]): string[];
  /** Lines that hold this exact identifier. */
  uses(snapshot: number, name: string, limit: number): UseRow[];
  /** Chunks of documentation that hold this name, those under a heading with it first, then READMEs, then by path. */
  mentions(snapshot: number, name: string, limit: number): ChunkRow[];
  /** The mark of the history that is stored; empty where there is none. */
  historyMark(): string;
  /** Commits whose subjects hold these terms, best first. */
  commits(snapshot: number, terms: readonly string[], limit: number): CommitHit[];
  /** The newest commits that changed a file, under whatever name it then had. */
  commitsOf(snapshot: number, path: string, limit: number): CommitHit[];
  /** Where code calls or names as a type what has one of these exact names; sources first, then by path and line. */
  references(snapshot: number, names: readonly string[], bounds: ReferenceBounds): SiteRow[];
  /** The same for all names within line ranges, one list for each range. */
  referencesIn(snapshot: number, ranges: readonly (LineRange & { path: string })[]): SiteRow[][];
  /** What each file imports, resolved; open buffers count instead of the stored files. */
  imports(snapshot: number, paths: readonly string[], open: readonly OpenImports[]): ResolvedImport[][];
  /** What one import of a file means. */
  resolved(snapshot: number, from: From, imported: Import, open: readonly OpenImports[]): ResolvedImport[];
  /** Which files import one of these; of the stored ones at most `limit` are looked at. */
  importers(snapshot: number, files: readonly string[], limit: number, open: readonly OpenImports[]): Importers;
}

const MAX_SNAPSHOT_AGE_MS = 60_000;
const MAX_CACHED_TEXTS = 200;

const DEFINITION_COLUMNS = `s.name, s.qualified, s.kind, s.start_line AS startLine, s.end_line AS endLine,
  s.name_line AS nameLine, s.signature, f.path, f.role, f.language, (SELECT rank FROM links WHERE file = f.id) AS rank`;

interface View {
  database: DatabaseSync;
  generation: number;
  timer: NodeJS.Timeout | null;
}

export function createReader(folder: string): StoreReader {
  const idle: View[] = [];
  const open = new Map<number, View>();
  const texts = new Map<number, Lines>();
  // Numbers of a thread that this one replaces are never used again.
  let nextSnapshot = Date.now() * 1000;
  const opened = identityOf(folder);
  let living: LivingChunks | null = null;
  const common: CommonTerms = new Map();
  let history: { mark: string; index: HistoryIndex } = { mark: '', index: createHistoryIndex([]) };
  const links = createLinksCache();
  let chunkFiles: ChunkFiles | null = null;
  let places: (ImportPlaces & { generation: number; known: ReadonlySet<string> }) | null = null;
  let resolver: { key: string; resolve: ImportResolver } | null = null;

  function begin(): { snapshot: number; generation: number } {
    // Its owner set the database aside: what is open or kept here is of the old one, and ends with this thread.
    if (identityOf(folder) !== opened) throw new EngineError('store-replaced', t('The index was replaced; ask again'));
    const view = idle.pop() ?? { database: openForReading(folder), generation: 0, timer: null };
    view.database.exec('BEGIN');
    view.generation = generationOf(view.database);
    const snapshot = nextSnapshot++;
    view.timer = setTimeout(() => end(snapshot), MAX_SNAPSHOT_AGE_MS);
    view.timer.unref();
    open.set(snapshot, view);
    return { snapshot, generation: view.generation };
  }

  function end(snapshot: number): void {
    const view = open.get(snapshot);
    if (!view) return;
    open.delete(snapshot);
    if (view.timer) clearTimeout(view.timer);
    view.database.exec('COMMIT');
    idle.push(view);
  }

  function databaseOf(snapshot: number): DatabaseSync {
    return viewOf(snapshot).database;
  }

  function viewOf(snapshot: number): View {
    const view = open.get(snapshot);
    if (!view) throw new EngineError('deadline', t('The snapshot is closed, or was held too long; ask again'));
    return view;
  }

  function withSnapshot<T>(read: (database: DatabaseSync) => T): T {
    const { snapshot } = begin();
    try {
      return read(databaseOf(snapshot));
    } finally {
      end(snapshot);
    }
  }

  function linesOfFile(database: DatabaseSync, path: string): Lines | null {
    const row = database.prepare("SELECT id FROM present WHERE path = ? AND state = 'done'").get(path) as
      | { id: number }
      | undefined;
    if (!row) return null;
    const cached = texts.get(row.id);
    if (cached) return cached;
    const { text } = database.prepare('SELECT data AS text FROM texts WHERE file = ?').get(row.id) as {
      text: Uint8Array;
    };
    const lines = linesOf(unpackText(text));
    // A changed file gets a new number, so a cached text never goes stale; the oldest entry goes first.
    texts.set(row.id, lines);
    if (texts.size > MAX_CACHED_TEXTS) texts.delete(texts.keys().next().value!);
    return lines;
  }

  function historyOf(snapshot: number): HistoryIndex {
    const row = databaseOf(snapshot).prepare('SELECT mark, commits FROM history').get() as
      | { mark: string; commits: Uint8Array }
      | undefined;
    const mark = row?.mark ?? '';
    if (mark !== history.mark) history = { mark, index: createHistoryIndex(row ? unpackCommits(row.commits) : []) };
    return history.index;
  }

  /** Kept as long as there are the same files: making one takes longer than all that is asked of it. */
  function resolverOf({ database, generation }: View, open: readonly OpenImports[]): ImportResolver {
    if (places?.generation !== generation) {
      const found = importPlaces(database);
      if (!places || !isDeepStrictEqual([found.paths, found.configs], [places.paths, places.configs])) resolver = null;
      places = { ...found, generation, known: new Set(found.paths) };
    }
    const { known } = places;
    const added = open.map(({ path }) => path).filter((path) => !known.has(path));
    const key = JSON.stringify(added.sort());
    if (resolver?.key !== key) {
      const textOf = (path: string) => linesOfFile(database, path)?.text ?? '';
      resolver = { key, resolve: importResolver(places, textOf, added) };
    }
    return resolver.resolve;
  }

  function chunkFilesAt({ database, generation }: View): ChunkFiles {
    if (chunkFiles?.generation !== generation) chunkFiles = readChunkFiles(database, generation);
    return chunkFiles;
  }

  function livingAt(snapshot: number): LivingChunks {
    const { database, generation } = viewOf(snapshot);
    if (living?.generation !== generation) {
      const before = living;
      living = readLivingChunks(database, generation);
      stillCommon(common, before, living);
    }
    return living;
  }

  return {
    ...createVectorReader({ viewOf, livingAt, withSnapshot }),
    ...createDefinitionReader(viewOf),
    begin,
    end,
    overview: () => withSnapshot((database) => overviewOf(database, folder)),
    knownFiles: (paths) =>
      withSnapshot((database) => {
        const select = 'SELECT path, stamp, settled, digest, state, reason, attempts, retry_at AS retryAt FROM present';
        const rows = paths
          ? database.prepare(`${select} WHERE path IN (SELECT value FROM json_each(?))`).all(JSON.stringify(paths))
          : database.prepare(select).all();
        return (rows as unknown as KnownFile[]).map((row) => ({ ...row, settled: Boolean(row.settled) }));
      }),
    dormantFiles: (paths) =>
      withSnapshot((database) => {
        const select = "SELECT path, digest, stamp FROM files WHERE state = 'dormant'";
        const rows = paths
          ? database.prepare(`${select} AND path IN (SELECT value FROM json_each(?))`).all(JSON.stringify(paths))
          : database.prepare(select).all();
        return rows as unknown as { path: string; digest: string; stamp: string }[];
      }),
    lexical(snapshot, query) {
      const { database } = viewOf(snapshot);
      const { scored, also, statistics } = searchPostings(database, query, livingAt(snapshot), common);
      const scores = new Map(scored.map(({ id, score }) => [id, score]));
      // The sort is stable, so ties stay in order of path and line.
      const candidates = chunkRows(database, [...scores.keys()]).map((row) => ({
        ...row,
        lexical: scores.get(row.id)!,
      }));
      candidates.sort((a, b) => b.lexical - a.lexical);
      return { candidates: candidates.slice(0, query.limit), also, statistics };
    },
    definitions(snapshot, names) {
      const find = databaseOf(snapshot).prepare(
        `SELECT ${DEFINITION_COLUMNS} FROM symbols s JOIN present f ON f.id = s.file
         WHERE s.key = ? ORDER BY f.path, s.start_line LIMIT 50`,
      );
      return [...new Set(names.map(identifierKey))].flatMap((key) => find.all(key) as unknown as DefinitionRow[]);
    },
    chunksAt(snapshot, places) {
      const find = databaseOf(snapshot).prepare(
        `SELECT ${CHUNK_COLUMNS} FROM chunks c JOIN present f ON f.id = c.file
         WHERE f.path = ? AND c.start_line <= ? AND c.end_line >= ?`,
      );
      return places.flatMap(({ path, line }) => find.all(path, line, line) as unknown as ChunkRow[]);
    },
    chunksOf: (snapshot, path, limit) =>
      databaseOf(snapshot)
        .prepare(
          `SELECT ${CHUNK_COLUMNS} FROM chunks c JOIN present f ON f.id = c.file
           WHERE f.path = ? ORDER BY c.start_line LIMIT ?`,
        )
        .all(path, limit) as unknown as ChunkRow[],
    filesNamed(snapshot, names) {
      const wanted = new Set(names);
      const rows = databaseOf(snapshot).prepare("SELECT path FROM present WHERE state = 'done' ORDER BY path").all();
      return (rows as { path: string }[])
        .map(({ path }) => path)
        .filter((path) => wanted.has(path.slice(path.lastIndexOf('/') + 1)));
    },
    filesBeside: (snapshot, path) => filesBeside(databaseOf(snapshot), path),
    texts(snapshot, ranges) {
      const database = databaseOf(snapshot);
      return ranges.map((range) => {
        const lines = linesOfFile(database, range.path);
        return lines ? sliceLines(lines, range) : '';
      });
    },
    uses(snapshot, name, limit) {
      const view = viewOf(snapshot);
      const [term] = wordTokens(name);
      if (!term) return [];
      const find = view.database.prepare(
        `SELECT f.path, f.role, c.start_line AS startLine, c.end_line AS endLine
         FROM chunks c JOIN present f ON f.id = c.file WHERE c.id = ?`,
      );
      const exact = wholeWord(name);
      const uses: UseRow[] = [];
      for (const chunk of chunksWith(view.database, chunkFilesAt(view), term)) {
        if (uses.length >= limit) break;
        const { path, role, startLine, endLine } = find.get(chunk) as unknown as LineRange & Omit<UseRow, 'text'>;
        const lines = linesOfFile(view.database, path);
        for (let line = startLine; lines && line <= endLine && uses.length < limit; line++)
          if (exact.test(lineAt(lines, line))) uses.push({ path, line, text: lineAt(lines, line), role });
      }
      return uses;
    },
    mentions(snapshot, name, limit) {
      const view = viewOf(snapshot);
      const [term] = wordTokens(name);
      if (!term) return [];
      const ids = documentationWith(view.database, chunkFilesAt(view), term).slice(0, limit);
      const rows = new Map(chunkRows(view.database, ids).map((row) => [row.id, row]));
      return ids.flatMap((id) => rows.get(id) ?? []);
    },
    historyMark: () =>
      withSnapshot((database) => {
        const row = database.prepare('SELECT mark FROM history').get() as { mark: string } | undefined;
        return row?.mark ?? '';
      }),
    commits: (snapshot, terms, limit) => historyOf(snapshot).search(terms, limit),
    commitsOf: (snapshot, path, limit) => historyOf(snapshot).of(path, limit),
    references(snapshot, names, bounds) {
      const view = viewOf(snapshot);
      return referencesTo(view.database, chunkFilesAt(view), names, bounds, links);
    },
    referencesIn: (snapshot, ranges) => referencesIn(databaseOf(snapshot), ranges, links),
    imports(snapshot, paths, open) {
      const view = viewOf(snapshot);
      return importsOf(view.database, resolverOf(view, open), paths, open, links);
    },
    resolved: (snapshot, from, imported, open) => resolverOf(viewOf(snapshot), open)(from, imported),
    importers(snapshot, files, limit, open) {
      const view = viewOf(snapshot);
      return importersOf(view.database, chunkFilesAt(view), resolverOf(view, open), files, limit, open, links);
    },
  };
}

function identityOf(folder: string): bigint | undefined {
  return statSync(join(folder, DATABASE_NAME), { bigint: true, throwIfNoEntry: false })?.ino;
}
