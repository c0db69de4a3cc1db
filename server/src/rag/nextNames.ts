/**
 * Which definitions of other files the next lines may use, each with what speaks for it.
 *
 * Imports, the types that are in scope, what the code around calls and what similar code calls: everything is looked
 * up by names in the index, nothing is inferred. What each sign is worth is in `nextWeights.ts`.
 */
import { languageFamily } from '../index/languages.js';
import { folderOf } from '../index/places.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { tokensOf } from '../index/tokens.js';
import type { Cursor, Surroundings } from './cursor.js';
import type { Patience } from './patience.js';
import {
  type Connections,
  connections,
  definitionsOf,
  isType,
  keyOf,
  MAX_NAMES,
  meant,
  NOT_NAMED,
  ordered,
  ownerOf,
  raise,
  type Scope,
  scopeOf,
} from './scope.js';
import type { IndexView } from './view.js';
import { LEXICAL } from './weights.js';

/** What speaks for a definition, each from 0 to about 1. */
export interface Signs {
  /** How near above a name stands that means it. */
  meantAbove: number;
  meantBelow: number;
  /** Its name stands anywhere near. */
  mentioned: number;
  /** It, or what it belongs to, is imported by name and not used yet. */
  unused: number;
  /** The nearest name that means something of its file. */
  nearest: number;
  /** The file imports it by its name. */
  imported: number;
  /** What it belongs to is a type in scope. */
  member: number;
  /** It belongs to the type of what the cursor stands behind. */
  receiver: number;
  /** How much of the code around names what its file defines. */
  near: number;
  /** Similar code calls it. */
  similar: number;
  /** Similar code calls something else of its file. */
  similarFile: number;
  /** Its file is open in the editor. */
  open: number;
  callable: number;
  type: number;
  field: number;
  /** It is not meant to be seen from there. */
  hidden: number;
  test: number;
  /** How central its file is. */
  rank: number;
  /** How many definitions its file has. */
  crowd: number;
}

export interface Candidate {
  definition: DefinitionRow;
  signs: Signs;
}

export interface NextNames {
  candidates: Candidate[];
  /** Code of other files that is like the lines above, best first. */
  similar: ChunkRow[];
}

const CALLABLE = new Set(['function', 'method']);
const PRIVATE = /\bprivate\b|\bfileprivate\b|\bdefp\b/;
const WORD = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
/** Files whose definitions are looked at. */
const MAX_FILES = 150;
const MAX_SIMILAR = 12;
const MAX_TERMS = 60;
/** How much likelier code is wanted again that somebody has open. */
const OPEN_FACTOR = 1.3;
/** Words that stand in more chunks make nothing alike, and take long to look up. */
const MAX_DOCUMENTS = 2000;
/** What comes after this share of the time is done without. */
const SIMILAR_SHARE = 0.6;
const WHOLE = { startLine: 1, endLine: Number.MAX_SAFE_INTEGER };

/** `text` is the file as it is now, without what stands right of the cursor on its line. */
export async function nextNames(
  view: IndexView,
  text: string,
  cursor: Cursor,
  around: Surroundings,
  language: string,
  patience: Patience,
): Promise<NextNames> {
  const { path } = cursor;
  const family = languageFamily(language);
  const [[imports], beside, [own]] = await patience.within(
    'imports',
    Promise.all([view.imports([path]), view.filesBeside(path), view.definitionsIn([{ path, ...WHOLE }])]),
    [[[]], [], [[]]],
  );
  const links = connections({ path, family, imports: imports!, beside });
  const [scope, { similar, alike }] = await Promise.all([
    scopeOf(view, { text, cursor, around, own: own!, links }, patience),
    similarCode(view, path, around.query, links, patience),
  ]);
  const isOpen = new Set(view.openFiles());
  const evidence: Evidence = {
    path,
    family,
    around,
    scope,
    alike,
    links,
    isOpen,
    isUnused: unusedIn(text, links.names),
  };
  const met = Map.groupBy(scope.met, (one) => one.path);
  const files = asked(evidence);
  const found = await patience.within(
    'files',
    view.definitionsIn(files.map((file) => ({ path: file, ...WHOLE }))),
    files.map((file) => met.get(file) ?? []),
  );
  const candidates = found.flatMap((definitions) =>
    definitions
      .filter((one) => languageFamily(one.language) === family && !NOT_NAMED.has(one.kind) && one.kind !== 'module')
      .map((definition) => ({ definition, signs: signsOf(definition, definitions.length, evidence) })),
  );
  return { candidates, similar };
}

/** The files whose definitions are looked at, likeliest first. */
function asked({ path, scope, alike, links, isOpen }: Evidence): string[] {
  const files = [
    ...links.imported,
    ...ordered(scope.files),
    ...scope.typeFiles,
    ...isOpen,
    ...ordered(alike.files),
    ...links.beside,
  ];
  return [...new Set(files.filter((file) => file !== path))].slice(0, MAX_FILES);
}

interface Evidence {
  path: string;
  family: string;
  around: Surroundings;
  scope: Scope;
  alike: Alike;
  links: Connections;
  isOpen: ReadonlySet<string>;
  isUnused(name: string): boolean;
}

function signsOf(definition: DefinitionRow, crowd: number, evidence: Evidence): Signs {
  const { path, family, around, scope, alike, links, isOpen, isUnused } = evidence;
  const { name, kind, role, rank } = definition;
  const owner = ownerOf(definition);
  const key = keyOf(definition);
  return {
    meantAbove: scope.meantAbove.get(key) ?? 0,
    meantBelow: scope.meantBelow.get(key) ?? 0,
    mentioned: Number(around.above.has(name) || around.below.has(name)),
    unused: Number(isUnused(name) || isUnused(owner)),
    nearest: scope.nearest.get(definition.path) ?? 0,
    imported: Number(links.byName(definition)),
    member: owner === '' ? 0 : (scope.types.get(owner) ?? 0),
    receiver: Number(scope.receivers.includes(owner) || scope.receivers.includes(name)),
    near: squashed(scope.files.get(definition.path) ?? 0),
    similar: alike.names.get(name) ?? 0,
    similarFile: squashed(alike.files.get(definition.path) ?? 0),
    open: Number(isOpen.has(definition.path)),
    callable: Number(CALLABLE.has(kind)),
    type: Number(isType(definition)),
    field: Number(kind === 'field'),
    hidden: Number(isHidden(definition, family, folderOf(definition.path) === folderOf(path))),
    test: Number(role !== 'source'),
    rank: Math.log(1 + Math.max(0, rank)),
    crowd: Math.log(1 + crowd) / 5,
  };
}

async function similarCode(
  view: IndexView,
  path: string,
  query: string,
  links: Connections,
  patience: Patience,
): Promise<{ similar: ChunkRow[]; alike: Alike }> {
  const what = 'similar code';
  const similar = await patience.within(what, similarChunks(view, path, query), [], SIMILAR_SHARE);
  const none: Alike = { names: new Map(), files: new Map() };
  const alike = await patience.within(`calls in ${what}`, calledBy(view, similar, links), none, SIMILAR_SHARE);
  return { similar, alike };
}

async function similarChunks(view: IndexView, path: string, query: string): Promise<ChunkRow[]> {
  const terms = [...new Set(tokensOf(query))];
  const bounds = { maxTerms: MAX_TERMS, maxDocuments: MAX_DOCUMENTS, limit: 3 * MAX_SIMILAR };
  const found = await view.lexical({ terms, parameters: LEXICAL, ...bounds, filter: null });
  const isOpen = new Set(view.openFiles());
  const weight = ({ lexical, path: file }: (typeof found.candidates)[number]) =>
    isOpen.has(file) ? OPEN_FACTOR * lexical : lexical;
  return found.candidates
    .filter((chunk) => chunk.path !== path && (chunk.role === 'source' || isOpen.has(chunk.path)))
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MAX_SIMILAR);
}

/** What similar code calls, and how much of it each file defines. */
interface Alike {
  names: Map<string, number>;
  files: Map<string, number>;
}

async function calledBy(view: IndexView, chunks: readonly ChunkRow[], links: Connections): Promise<Alike> {
  const names = new Map<string, number>();
  if (chunks.length === 0) return { names, files: new Map() };
  for (const [i, sites] of (await view.referencesIn(chunks)).entries())
    for (const { name, kind } of sites) if (kind === 'call') raise(names, name, 1 / (1 + i / 3));
  const callees = await definitionsOf(view, ordered(names).slice(0, MAX_NAMES), links);
  const files = new Map<string, number>();
  for (const [name, definitions] of Map.groupBy(callees, (one) => one.name))
    for (const { definition, share } of meant(definitions, links))
      files.set(definition.path, (files.get(definition.path) ?? 0) + names.get(name)! * share);
  return { names, files };
}

/** An import stands once in the text, and nothing else of the name. */
function unusedIn(text: string, imported: ReadonlySet<string>): (name: string) => boolean {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (name) => imported.has(name) && counts.get(name) === 1;
}

function squashed(value: number): number {
  return Math.log1p(value) / 2;
}

function isHidden({ name, signature }: DefinitionRow, family: string, isBeside: boolean): boolean {
  if (family === 'go') return !isBeside && !/^\p{Lu}/u.test(name);
  return /^[_#]/.test(name) || PRIVATE.test(signature);
}
