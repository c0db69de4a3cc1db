/**
 * Definitions of hundreds of names and of whole files at once, for whoever asks while somebody types.
 *
 * A name that very many things bear is looked for in near files alone: which of thousands is meant cannot be told by it
 * anyway, and to read them all takes longer than everything else. What is known of files and names is kept as long as the
 * generation, symbols of a file as long as they are asked for.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { LineRange } from '../../base/answer.js';
import { languageFamily } from '../languages.js';
import type { SymbolRecord } from '../parse.js';
import { identifierKey } from '../tokens.js';
import type { DefinitionRow } from './reader.js';

/** Which definitions of a name may be meant. */
export interface NameBounds {
  /** The first of the languages that can call each other, as `languageFamily` has it. */
  family: string;
  /** The files to look in for the names that more than sixty things bear, the nearest first. */
  near: readonly string[];
  /** Of these kinds only; of every kind when absent. */
  kinds?: readonly string[];
}

export interface DefinitionReader {
  /** Of exact names, in order of path and line. */
  definitionsNear(snapshot: number, names: readonly string[], bounds: NameBounds): DefinitionRow[];
  /** Whose first line lies within a range, one list for each range, in order of lines. */
  definitionsIn(snapshot: number, ranges: readonly (LineRange & { path: string })[]): DefinitionRow[][];
}

type FileFacts = Pick<DefinitionRow, 'path' | 'role' | 'language' | 'rank'> & { id: number };
type NamedSymbol = SymbolRecord & { file: number };

/** More things of one name say nothing by it. */
const MAX_SAME_NAME = 60;
const MAX_NEAR_FILES = 100;
const MAX_CACHED_FILES = 1000;
const MAX_CACHED_NAMES = 20_000;

const SYMBOL_COLUMNS = `name, qualified, kind, start_line AS startLine, end_line AS endLine, name_line AS nameLine,
  signature`;
const FILE_COLUMNS = 'id, path, role, language, (SELECT rank FROM links WHERE file = id) AS rank';

export function createDefinitionReader(
  viewOf: (snapshot: number) => { database: DatabaseSync; generation: number },
): DefinitionReader {
  // A changed file gets another number; only its rank is another with each generation.
  const rowsByFile = new Map<number, { generation: number; rows: DefinitionRow[] }>();
  let known = {
    generation: -1,
    byId: new Map<number, FileFacts | null>(),
    byPath: new Map<string, FileFacts | null>(),
  };
  /** By key; null for a name that too many things bear. */
  let named = new Map<string, NamedSymbol[] | null>();

  function at(snapshot: number): DatabaseSync {
    const { database, generation } = viewOf(snapshot);
    if (known.generation !== generation) {
      known = { generation, byId: new Map(), byPath: new Map() };
      named = new Map();
    }
    return database;
  }

  function fileOf(database: DatabaseSync, path: string): FileFacts | null {
    const cached = known.byPath.get(path);
    if (cached !== undefined) return cached;
    const row = database.prepare(`SELECT ${FILE_COLUMNS} FROM present WHERE path = ?`).get(path);
    const found = (row as unknown as FileFacts | undefined) ?? null;
    known.byPath.set(path, found);
    return found;
  }

  function rowsOf(database: DatabaseSync, file: FileFacts): DefinitionRow[] {
    let cached = rowsByFile.get(file.id);
    if (cached) {
      // Moved to the end: the one that was asked for longest ago goes first.
      rowsByFile.delete(file.id);
      if (cached.generation !== known.generation)
        cached = { generation: known.generation, rows: cached.rows.map((row) => ({ ...row, rank: file.rank })) };
    } else {
      const select = `SELECT ${SYMBOL_COLUMNS} FROM symbols WHERE file = ? ORDER BY start_line, end_line DESC`;
      const symbols = database.prepare(select).all(file.id) as unknown as SymbolRecord[];
      cached = { generation: known.generation, rows: symbols.map((symbol) => rowOf(symbol, file)) };
    }
    rowsByFile.set(file.id, cached);
    if (rowsByFile.size > MAX_CACHED_FILES) rowsByFile.delete(rowsByFile.keys().next().value!);
    return cached.rows;
  }

  function finder(database: DatabaseSync): (key: string) => NamedSymbol[] | null {
    const select = database.prepare(
      `SELECT ${SYMBOL_COLUMNS}, file FROM symbols WHERE key = ? LIMIT ${MAX_SAME_NAME + 1}`,
    );
    return (key) => {
      const cached = named.get(key);
      if (cached !== undefined) return cached;
      const rows = select.all(key) as unknown as NamedSymbol[];
      const found = rows.length > MAX_SAME_NAME ? null : rows;
      if (named.size >= MAX_CACHED_NAMES) named = new Map();
      named.set(key, found);
      return found;
    };
  }

  function rowOf(symbol: SymbolRecord, { path, role, language, rank }: FileFacts): DefinitionRow {
    const { name, qualified, kind, startLine, endLine, nameLine, signature } = symbol;
    return { name, qualified, kind, startLine, endLine, nameLine, signature, path, role, language, rank };
  }

  return {
    definitionsNear(snapshot, names, { family, near, kinds }) {
      const database = at(snapshot);
      const factsOf = database.prepare(`SELECT ${FILE_COLUMNS} FROM present WHERE id = ?`);
      const find = finder(database);
      const exact = new Set(names);
      const common = new Set<string>();
      const found: DefinitionRow[] = [];
      for (const [key, same] of Map.groupBy(exact, identifierKey)) {
        const symbols = find(key);
        if (!symbols) for (const name of same) common.add(name);
        for (const symbol of symbols ?? []) {
          if (!exact.has(symbol.name) || (kinds && !kinds.includes(symbol.kind))) continue;
          let file = known.byId.get(symbol.file);
          if (file === undefined) {
            file = (factsOf.get(symbol.file) as unknown as FileFacts | undefined) ?? null;
            known.byId.set(symbol.file, file);
          }
          if (file && languageFamily(file.language) === family) found.push(rowOf(symbol, file));
        }
      }
      for (const path of common.size > 0 ? new Set(near.slice(0, MAX_NEAR_FILES)) : []) {
        const file = fileOf(database, path);
        if (!file || languageFamily(file.language) !== family) continue;
        for (const row of rowsOf(database, file))
          if (common.has(row.name) && (!kinds || kinds.includes(row.kind))) found.push(row);
      }
      return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine));
    },
    definitionsIn(snapshot, ranges) {
      const database = at(snapshot);
      return ranges.map(({ path, startLine, endLine }) => {
        const file = fileOf(database, path);
        if (!file) return [];
        return rowsOf(database, file).filter((row) => startLine <= row.startLine && row.startLine <= endLine);
      });
    },
  };
}
