/**
 * Questions about references and imports to the store. The posting lists say which files hold a name in their code;
 * the packed links of those files say where it is called or named as a type, exactly.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { LineRange } from '../../base/answer.js';
import { createImportResolver, type ImportResolver, type ResolvedImport } from '../imports.js';
import type { ParsedFile, SymbolRecord } from '../parse.js';
import { folderOf, nameOf, sharedFolders } from '../places.js';
import { BODY, visitPacked } from '../postings.js';
import { FACT_FILE, readFacts } from '../projectFacts.js';
import { type Links, type Reference, unpackLinks } from '../references.js';
import { type FileRole, roleOf } from '../roles.js';
import { tokensOf } from '../tokens.js';
import type { ChunkFiles } from './chunkFiles.js';
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

/** Which of the files that hold a name are looked at. */
export interface ReferenceBounds {
  /** At most so many: a name that stands in more says little of who calls what. */
  files: number;
  /** Paths to be among them before all others. */
  first: readonly string[];
}

const MAX_FACT_FILES = 500;

const LINKED_FILE = 'SELECT f.id, f.path, f.role, f.language, l.data FROM present f JOIN links l ON l.file = f.id';

/** Every reference by one of these exact names, sources first, then by path and line. */
export function referencesTo(
  database: DatabaseSync,
  chunkFiles: ChunkFiles,
  names: readonly string[],
  bounds: ReferenceBounds,
  cache: LinksCache,
): SiteRow[] {
  const wanted = new Set(names);
  return filesHolding(database, chunkFiles, [...wanted], bounds).flatMap((file) =>
    sitesOf(
      database,
      file,
      cache.of(file).references.filter(({ name }) => wanted.has(name)),
    ),
  );
}

/** What is referred to within line ranges, one list for each range, in order of lines. */
export function referencesIn(
  database: DatabaseSync,
  ranges: readonly (LineRange & { path: string })[],
  cache: LinksCache,
): SiteRow[][] {
  const find = database.prepare(`${LINKED_FILE} WHERE f.path = ?`);
  return ranges.map(({ path, startLine, endLine }) => {
    const file = find.get(path) as LinkedFile | undefined;
    const isAsked = ({ line }: Reference) => startLine <= line && line <= endLine;
    return file ? sitesOf(database, file, cache.of(file).references.filter(isAsked)) : [];
  });
}

/** What files import, resolved. A file that is neither stored nor open imports nothing. */
export function importsOf(
  database: DatabaseSync,
  resolve: ImportResolver,
  paths: readonly string[],
  open: readonly OpenImports[],
  cache: LinksCache,
): ResolvedImport[][] {
  const find = database.prepare(`${LINKED_FILE} WHERE f.path = ?`);
  const opened = new Map(open.map((file) => [file.path, file]));
  return paths.map((path) => {
    const stored = opened.get(path) ?? (find.get(path) as LinkedFile | undefined);
    if (!stored) return [];
    const { imports } = 'data' in stored ? cache.of(stored) : stored;
    return imports.flatMap((imported) => resolve({ path, language: stored.language }, imported));
  });
}

/** A line that imports a file. */
export interface ImportSite {
  path: string;
  line: number;
  role: FileRole;
}

export interface Importers {
  /** One for each file, the nearest to what it imports first. */
  sites: ImportSite[];
  /** Not all files that may import it were looked at. */
  more: boolean;
}

/** Which files import one of these. They are told by the name that an import of it spells, then by its rule. */
export function importersOf(
  database: DatabaseSync,
  chunkFiles: ChunkFiles,
  resolve: ImportResolver,
  files: readonly string[],
  limit: number,
  open: readonly OpenImports[],
  cache: LinksCache,
): Importers {
  const spelled = importedAs(files[0]!);
  const wanted = new Set(files);
  const opened = new Set(open.map(({ path }) => path));
  const near = new Map<string, number>();
  const nearness = ({ path }: { path: string }) => {
    // Of those as near by the folders they share, the less deep.
    const known = near.get(path) ?? sharedFolders(path, files[0]!) - path.split('/').length / 100;
    near.set(path, known);
    return known;
  };
  const [word = ''] = (spelled.match(/[\p{L}\p{N}_$]+/gu) ?? []).sort((a, b) => b.length - a.length);
  const holding = holdersOf(database, chunkFiles, tokensOf(word).slice(0, 1)).filter(
    ({ path }) => !opened.has(path) && !wanted.has(path),
  );
  holding.sort((a, b) => nearness(b) - nearness(a));
  const find = database.prepare(`${LINKED_FILE} WHERE f.id = ?`);
  const stored = holding.slice(0, limit).flatMap(({ id }) => {
    const file = find.get(id) as LinkedFile | undefined;
    return file ? [{ ...file, imports: cache.of(file).imports }] : [];
  });
  const looked = [...open.map((file) => ({ ...file, role: roleOf(file.path) })), ...stored];
  const sites = looked.flatMap(({ path, language, role, imports }) => {
    const spells = imports.filter(({ target, names }) => letters(target + names.join()).includes(letters(spelled)));
    const found = wanted.has(path)
      ? undefined
      : spells.find((each) =>
          resolve({ path, language }, each).some((one) => one.files.some((file) => wanted.has(file))),
        );
    return found ? [{ path, line: found.line, role }] : [];
  });
  sites.sort(
    (a, b) =>
      Number(a.role !== 'source') - Number(b.role !== 'source') ||
      nearness(b) - nearness(a) ||
      (a.path < b.path ? -1 : 1),
  );
  return { sites, more: holding.length > limit };
}

/** The word that an import of a file spells: its own name, or its folder's where it stands for that. */
function importedAs(path: string): string {
  const own = nameOf(path).replace(/(\.d)?\.[^.]*$/, '');
  return /^(index|mod|lib|main|__init__)$/.test(own) || path.endsWith('.go') ? nameOf(folderOf(path)) || own : own;
}

/** Spelled alike in every language's way. */
function letters(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
}

/** The stored files as imports are resolved among them. */
export interface ImportPlaces {
  /** In order. */
  paths: string[];
  /** Those with facts of configuration; another content is another number. */
  configs: { id: number; path: string }[];
}

export function importPlaces(database: DatabaseSync): ImportPlaces {
  const rows = database.prepare("SELECT id, path FROM files WHERE state = 'done' ORDER BY path").all() as {
    id: number;
    path: string;
  }[];
  const configs = rows
    .filter(({ path }) => FACT_FILE.test(path))
    .sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  return { paths: rows.map(({ path }) => path), configs: configs.slice(0, MAX_FACT_FILES) };
}

/** Resolves imports among the stored files and `added` ones. `textOf` reads a stored file. */
export function importResolver(
  { paths, configs }: ImportPlaces,
  textOf: (path: string) => string,
  added: readonly string[],
): ImportResolver {
  const facts = readFacts(configs.map(({ path }) => ({ path, text: textOf(path) })));
  return createImportResolver([...new Set([...paths, ...added])], facts);
}

function filesHolding(
  database: DatabaseSync,
  chunkFiles: ChunkFiles,
  names: readonly string[],
  { files: limit, first }: ReferenceBounds,
): LinkedFile[] {
  const found = holdersOf(database, chunkFiles, [...new Set(names.flatMap((name) => tokensOf(name).slice(0, 1)))]);
  const preferred = new Set(first);
  const kept = found.length > limit ? found.filter(({ path }) => preferred.has(path)).slice(0, limit) : [];
  const others = found.filter((file) => !kept.includes(file)).slice(0, limit - kept.length);
  const find = database.prepare(`${LINKED_FILE} WHERE f.id = ?`);
  return [...kept, ...others].flatMap(({ id }) => (find.get(id) as LinkedFile | undefined) ?? []);
}

/** Files that hold one of these terms in their text. */
function holdersOf(database: DatabaseSync, { files, fileOf }: ChunkFiles, terms: readonly string[]) {
  const holding = new Uint8Array(files.length);
  for (const term of terms)
    for (const row of postingRows(database, term))
      visitPacked(row, (chunk, frequencies) => {
        const file = fileOf[chunk] ?? -1;
        if (file >= 0 && (!frequencies || frequencies[BODY]! > 0)) holding[file] = 1;
      });
  return files.filter((_file, i) => holding[i] === 1);
}

/** `references` are of this file. Of its symbols only those around one of them are read. */
function sitesOf(database: DatabaseSync, file: LinkedFile, references: readonly Reference[]): SiteRow[] {
  if (references.length === 0) return [];
  const { path, role, language } = file;
  const find = database.prepare(
    `SELECT name, qualified, kind, start_line AS startLine, end_line AS endLine, name_line AS nameLine, signature
     FROM symbols WHERE file = ? ORDER BY rowid LIMIT 1 OFFSET ?`,
  );
  const around = new Map<number, SymbolRecord | null>([[-1, null]]);
  for (const { within } of references)
    if (!around.has(within)) around.set(within, (find.get(file.id, within) as SymbolRecord | undefined) ?? null);
  return references.map((reference) => ({ ...reference, path, role, language, within: around.get(reference.within)! }));
}

/** Unpacked links of the files that were asked about last. A changed file has another number, so none goes stale. */
export interface LinksCache {
  of(file: LinkedFile): Links;
}

const MAX_CACHED_LINKS = 300;

export function createLinksCache(): LinksCache {
  const known = new Map<number, Links>();
  return {
    of({ id, data }) {
      const links = known.get(id) ?? unpackLinks(data);
      known.set(id, links);
      if (known.size > MAX_CACHED_LINKS) known.delete(known.keys().next().value!);
      return links;
    },
  };
}
