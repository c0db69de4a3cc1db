/**
 * Questions about references and imports to the store. The posting lists say which files hold a name in their code;
 * the packed links of those files say where it is called or named as a type, exactly.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { LineRange } from '../../base/answer.js';
import { createImportResolver, type ImportResolver, type ResolvedImport } from '../imports.js';
import type { ParsedFile, SymbolRecord } from '../parse.js';
import { BODY, visitPacked } from '../postings.js';
import { FACT_FILE, readFacts } from '../projectFacts.js';
import { type Reference, unpackLinks } from '../references.js';
import type { FileRole } from '../roles.js';
import { tokensOf } from '../tokens.js';
import { postingRows } from './postingLists.js';

/** A place where the code refers to something by a name. */
export interface SiteRow extends Omit<Reference, 'within'> {
  path: string;
  role: FileRole;
  language: string;
  /** The innermost function, method, class or constant around it; null outside of all. */
  within: SymbolRecord | null;
}

/** A buffer's imports, in the place of the stored file's. */
export type OpenImports = Pick<ParsedFile, 'path' | 'language' | 'imports'>;

interface LinkedFile {
  id: number;
  path: string;
  role: FileRole;
  language: string;
  data: Uint8Array;
}

/** Files looked at for one name; a name that stands in more says nothing of who calls what. */
const MAX_REFERENCE_FILES = 1000;
const MAX_FACT_FILES = 500;

const LINKED_FILE = 'SELECT f.id, f.path, f.role, f.language, l.data FROM present f JOIN links l ON l.file = f.id';

/** Every reference by one of these exact names, sources first, then by path and line. */
export function referencesTo(database: DatabaseSync, names: readonly string[]): SiteRow[] {
  const wanted = new Set(names);
  return filesHolding(database, [...wanted]).flatMap((file) =>
    sitesOf(database, file, (reference) => wanted.has(reference.name)),
  );
}

/** What is referred to within line ranges, one list for each range, in order of lines. */
export function referencesIn(database: DatabaseSync, ranges: readonly (LineRange & { path: string })[]): SiteRow[][] {
  const find = database.prepare(`${LINKED_FILE} WHERE f.path = ?`);
  return ranges.map(({ path, startLine, endLine }) => {
    const file = find.get(path) as LinkedFile | undefined;
    return file ? sitesOf(database, file, ({ line }) => startLine <= line && line <= endLine) : [];
  });
}

/** What files import, resolved. A file that is neither stored nor open imports nothing. */
export function importsOf(
  database: DatabaseSync,
  resolve: ImportResolver,
  paths: readonly string[],
  open: readonly OpenImports[],
): ResolvedImport[][] {
  const find = database.prepare(`${LINKED_FILE} WHERE f.path = ?`);
  const opened = new Map(open.map((file) => [file.path, file]));
  return paths.map((path) => {
    const stored = opened.get(path) ?? (find.get(path) as LinkedFile | undefined);
    if (!stored) return [];
    const { imports } = 'data' in stored ? unpackLinks(stored.data) : stored;
    return imports.flatMap((imported) => resolve({ path, language: stored.language }, imported));
  });
}

/** Resolves imports among the stored files and `added` ones. `textOf` reads a stored file. */
export function importResolver(
  database: DatabaseSync,
  textOf: (path: string) => string,
  added: readonly string[],
): ImportResolver {
  const rows = database.prepare("SELECT path FROM files WHERE state = 'done'").all() as { path: string }[];
  const paths = rows.map(({ path }) => path);
  const configs = paths.filter((path) => FACT_FILE.test(path)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const facts = readFacts(configs.slice(0, MAX_FACT_FILES).map((path) => ({ path, text: textOf(path) })));
  return createImportResolver([...new Set([...paths, ...added])], facts);
}

function filesHolding(database: DatabaseSync, names: readonly string[]): LinkedFile[] {
  const chunks: number[] = [];
  for (const term of new Set(names.flatMap((name) => tokensOf(name).slice(0, 1))))
    for (const row of postingRows(database, term))
      visitPacked(row, (chunk, frequencies) => {
        if (!frequencies || frequencies[BODY]! > 0) chunks.push(chunk);
      });
  return database
    .prepare(
      `${LINKED_FILE} WHERE f.id IN (SELECT c.file FROM json_each(?) JOIN chunks c ON c.id = json_each.value)
       ORDER BY f.role != 'source', f.path LIMIT ${MAX_REFERENCE_FILES}`,
    )
    .all(JSON.stringify(chunks)) as unknown as LinkedFile[];
}

function sitesOf(database: DatabaseSync, file: LinkedFile, isWanted: (reference: Reference) => boolean): SiteRow[] {
  const { path, role, language } = file;
  const references = unpackLinks(file.data).references.filter(isWanted);
  if (references.length === 0) return [];
  const symbols = database
    .prepare(
      `SELECT name, qualified, kind, start_line AS startLine, end_line AS endLine, name_line AS nameLine, signature
       FROM symbols WHERE file = ? ORDER BY rowid`,
    )
    .all(file.id) as unknown as SymbolRecord[];
  return references.map((reference) => ({
    ...reference,
    path,
    role,
    language,
    within: symbols[reference.within] ?? null,
  }));
}
