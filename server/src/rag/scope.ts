/**
 * What the names around a cursor mean, and which types are in scope there: those that are named, those of what is named
 * by its signature, and one step further those of their fields.
 *
 * Types are looked up by their names and never inferred; where a name may mean several definitions, each has its share.
 */
import { linesOf, sliceLines } from '../base/text.js';
import type { ResolvedImport } from '../index/imports.js';
import { folderOf } from '../index/places.js';
import type { NameBounds } from '../index/store/definitionQueries.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { type Cursor, declaredTypes, type Surroundings } from './cursor.js';
import type { Patience } from './patience.js';
import type { IndexView } from './view.js';

export interface Scope {
  /** How near a definition is meant, by `keyOf`. */
  meantAbove: Map<string, number>;
  meantBelow: Map<string, number>;
  /** How much of the code around means something of a file, and the nearest that does. */
  files: Map<string, number>;
  nearest: Map<string, number>;
  /** Names of types, with how near they are. */
  types: Map<string, number>;
  typeFiles: string[];
  /** Names of the types of what the cursor stands behind. */
  receivers: string[];
  /** The definitions of other files that all this was told by. */
  met: DefinitionRow[];
}

/** How a file is connected with the definitions of others. */
export interface Connections extends NameBounds {
  /** Files that it takes something from. */
  imported: readonly string[];
  /** The other files of its folder. */
  beside: readonly string[];
  /** The names that it takes from files of the workspace. */
  names: ReadonlySet<string>;
  /** It takes this very definition by its name. */
  byName(definition: DefinitionRow): boolean;
  /** 1: surely meant when it is named here. */
  strength(definition: DefinitionRow): number;
}

/** No code means these by a name. */
export const NOT_NAMED = new Set(['key', 'rule', 'heading', 'text']);
/** Looked up at once. */
export const MAX_NAMES = 300;

const TYPES = ['class', 'interface', 'type', 'enum', 'module'];
const FOLDER_IS_SCOPE = new Set(['go', 'java', 'csharp']);
const WORD = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
const OWN_NAMES = /^(this|self|Self)$/;
/** Below this a name means hardly more than any other. */
const SURE = 0.3;
const MAX_OWNERS = 100;
const MAX_RECEIVER_TYPES = 40;
const RECEIVER_LINES = 400;
/** The rest of the time is for the definitions of the files that were found. */
const TYPES_SHARE = 0.5;

interface Place {
  text: string;
  cursor: Cursor;
  around: Surroundings;
  /** Of the cursor's file. */
  own: readonly DefinitionRow[];
  links: Connections;
}

export async function scopeOf(view: IndexView, place: Place, patience: Patience): Promise<Scope> {
  const { text, cursor, around, own, links } = place;
  const near = wordsInScope(own, text, cursor, around);
  for (const [word, weight] of around.below) raise(near, word, 0.7 * weight);
  const names = ordered(near).slice(0, MAX_NAMES);
  const [named, receivers] = await Promise.all([
    patience.within('names around', definitionsOf(view, names, links), []),
    patience.within('what is before the cursor', receiverTypes(view, place), [], TYPES_SHARE),
  ]);
  const scope: Scope = {
    meantAbove: new Map(),
    meantBelow: new Map(),
    files: new Map(),
    nearest: new Map(),
    types: new Map(),
    typeFiles: [],
    receivers,
    met: named,
  };
  const bySignature = new Map<string, number>();
  for (const [name, definitions] of Map.groupBy(named, (one) => one.name))
    for (const { definition, share } of meant(definitions, links)) {
      const weight = near.get(name)! * share;
      if (isType(definition)) raise(scope.types, name, weight);
      for (const word of wordsOf(definition.signature)) raise(bySignature, word, 0.7 * weight);
      noteMeaning(scope, definition, share, around);
      if (definition.path === cursor.path) continue;
      scope.files.set(definition.path, (scope.files.get(definition.path) ?? 0) + weight);
      raise(scope.nearest, definition.path, weight);
    }
  for (const name of scope.receivers) raise(scope.types, name, 1);
  await patience.within('types', noteFurtherTypes(view, named, bySignature, links, scope), undefined, TYPES_SHARE);
  return scope;
}

/** The types that signatures name, and those of the fields of all types in scope. */
async function noteFurtherTypes(
  view: IndexView,
  named: readonly DefinitionRow[],
  bySignature: ReadonlyMap<string, number>,
  links: Connections,
  scope: Scope,
): Promise<void> {
  const typed = await noteTypes(view, bySignature, links, scope);
  const owners = [...named.filter(isType), ...typed].filter(({ name }) => scope.types.has(name));
  scope.typeFiles = owners.map(({ path }) => path);
  const byField = new Map<string, number>();
  for (const field of (await view.definitionsIn(owners.slice(0, MAX_OWNERS))).flat())
    for (const word of wordsOf(field.signature)) raise(byField, word, 0.4 * (scope.types.get(ownerOf(field)) ?? 0));
  const further = await noteTypes(view, byField, links, scope);
  scope.typeFiles = [...owners, ...further].map(({ path }) => path);
}

export function connections(file: {
  path: string;
  family: string;
  imports: readonly ResolvedImport[];
  beside: readonly string[];
}): Connections {
  const { path: from, family, imports, beside } = file;
  const imported = new Set(imports.flatMap(({ files }) => files));
  const inScope = new Set(FOLDER_IS_SCOPE.has(family) ? beside : []);
  const byName = ({ name, path }: DefinitionRow) =>
    imports.some(({ names, files }) => names.includes(name) && files.includes(path));
  return {
    family,
    near: [from, ...imported, ...beside],
    imported: [...imported],
    beside,
    names: new Set(imports.flatMap(({ names, files }) => (files.length > 0 ? names : []))),
    byName,
    strength(definition) {
      const { path, role } = definition;
      if (path === from || byName(definition)) return 1;
      if (imported.has(path)) return 0.9;
      if (inScope.has(path)) return 0.8;
      if (folderOf(path) === folderOf(from)) return 0.4;
      return role === 'source' ? 0.3 : 0;
    },
  };
}

/** Of the definitions of one name those that are nearest, each with the share that it may have of it. */
export function meant(
  definitions: readonly DefinitionRow[],
  { strength }: Pick<Connections, 'strength'>,
): { definition: DefinitionRow; share: number }[] {
  const strengths = definitions.map(strength);
  const best = Math.max(...strengths);
  const nearest = definitions.filter((_one, i) => strengths[i] === best);
  return nearest.map((definition) => ({ definition, share: Math.max(0.2, best) / nearest.length }));
}

/** Of what code can name. */
export async function definitionsOf(
  view: IndexView,
  names: readonly string[],
  { family, near, kinds }: NameBounds,
): Promise<DefinitionRow[]> {
  if (names.length === 0) return [];
  const found = await view.definitionsNear(names, { family, near, ...(kinds && { kinds }) });
  return found.filter(({ kind }) => !NOT_NAMED.has(kind));
}

export function isType({ kind }: Pick<DefinitionRow, 'kind'>): boolean {
  return TYPES.includes(kind);
}

/** The name of what it is a member of; empty where it stands alone. */
export function ownerOf({ qualified }: DefinitionRow): string {
  const end = qualified.lastIndexOf('.');
  return end < 0 ? '' : qualified.slice(qualified.lastIndexOf('.', end - 1) + 1, end);
}

export function keyOf({ path, nameLine, qualified }: DefinitionRow): string {
  return `${path}:${nameLine}:${qualified}`;
}

/** The heaviest first. */
export function ordered(weights: ReadonlyMap<string, number>): string[] {
  return [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([key]) => key);
}

export function raise(weights: Map<string, number>, key: string, weight: number): void {
  if (weight > (weights.get(key) ?? 0)) weights.set(key, weight);
}

/** The words above, and those of what is around the cursor however long ago it began: signatures, fields, declarations. */
function wordsInScope(
  own: readonly DefinitionRow[],
  text: string,
  { line }: Cursor,
  { above, variables }: Surroundings,
): Map<string, number> {
  const words = new Map(above);
  for (const one of own.filter(({ startLine, endLine }) => startLine <= line && line <= endLine)) {
    for (const word of wordsOf(one.signature)) raise(words, word, 0.5);
    const fields = own.filter(
      ({ kind, startLine, endLine }) => kind === 'field' && startLine >= one.startLine && endLine <= one.endLine,
    );
    if (isType(one)) for (const field of fields) for (const word of wordsOf(field.signature)) raise(words, word, 0.3);
  }
  for (const [variable, weight] of variables)
    for (const type of declaredTypes(text, variable)) raise(words, type, 0.8 * weight);
  return words;
}

function noteMeaning(scope: Scope, definition: DefinitionRow, share: number, { above, below }: Surroundings): void {
  const { name } = definition;
  if (share < SURE) return;
  if (above.has(name)) scope.meantAbove.set(keyOf(definition), above.get(name)! * share);
  if (below.has(name)) scope.meantBelow.set(keyOf(definition), below.get(name)! * share);
}

/** Types among these names are in scope too. */
async function noteTypes(
  view: IndexView,
  names: ReadonlyMap<string, number>,
  bounds: NameBounds,
  { types, met }: Scope,
): Promise<DefinitionRow[]> {
  const found = await definitionsOf(view, ordered(names).slice(0, MAX_NAMES), { ...bounds, kinds: TYPES });
  for (const one of found) raise(types, one.name, names.get(one.name)!);
  met.push(...found);
  return found;
}

/** Follows `opts.IO.` from what is declared of `opts` through the signature of `IO`, as far as names tell. */
async function receiverTypes(view: IndexView, { text, cursor, around, own, links }: Place): Promise<string[]> {
  const [root, ...members] = around.receiver;
  if (root === undefined) return [];
  const range = { startLine: Math.max(1, cursor.line - RECEIVER_LINES), endLine: cursor.line };
  const declared = OWN_NAMES.test(root)
    ? typesAround(own, cursor.line)
    : [root, ...declaredTypes(sliceLines(linesOf(text), range), root)];
  let types = await throughSignatures(view, declared, null, links);
  for (const member of members) types = await throughSignatures(view, [member], types, links);
  return types;
}

/** The types that stand around a line; in languages whose methods stand apart, that of the last method. */
function typesAround(own: readonly DefinitionRow[], line: number): string[] {
  const above = own.filter(({ startLine }) => startLine <= line);
  const around = above.filter((one) => isType(one) && one.endLine >= line).map(({ name }) => name);
  const methods = above.filter(({ kind }) => kind === 'method');
  return [...around, ...methods.slice(-1).map(ownerOf)];
}

/** The types among these names, and those that the signatures of the others name. `owners`: what they must belong to. */
async function throughSignatures(
  view: IndexView,
  names: readonly string[],
  owners: readonly string[] | null,
  bounds: NameBounds,
): Promise<string[]> {
  const found = await definitionsOf(view, names, bounds);
  const owned = owners ? found.filter((one) => owners.includes(ownerOf(one))) : found;
  const types = owned.filter(isType).map(({ name }) => name);
  const others = (owned.length > 0 ? owned : found).filter((one) => !isType(one));
  const named = others.flatMap(({ signature, name }) => wordsOf(signature).filter((word) => word !== name));
  return [...new Set([...types, ...named])].slice(0, MAX_RECEIVER_TYPES);
}

function wordsOf(signature: string): string[] {
  return signature.match(WORD) ?? [];
}
