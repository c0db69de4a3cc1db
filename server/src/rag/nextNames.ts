/**
 * Which definitions of other files the next lines may use, each with what speaks for it.
 *
 * Imports, the types that are in scope, what the code around calls and what similar code calls: everything is looked
 * up by names in the index, nothing is inferred. What each sign is worth is in `nextWeights.ts`.
 */
import { linesOf, sliceLines } from '../base/text.js';
import type { ResolvedImport } from '../index/imports.js';
import { languageFamily } from '../index/languages.js';
import { folderOf } from '../index/places.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { tokensOf } from '../index/tokens.js';
import { type Cursor, declaredTypes, type Surroundings } from './cursor.js';
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

const TYPES = new Set(['class', 'interface', 'type', 'enum', 'module']);
const CALLABLE = new Set(['function', 'method', 'class', 'interface', 'type', 'enum']);
const NOT_NAMED = new Set(['key', 'rule', 'heading', 'text']);
const FOLDER_IS_SCOPE = new Set(['go', 'java', 'csharp']);
const PRIVATE = /\bprivate\b|\bfileprivate\b|\bdefp\b/;
const WORD = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
const MAX_NAMES = 600;
/** Files whose definitions are looked at. */
const MAX_FILES = 250;
const MAX_SIMILAR = 12;
const MAX_TERMS = 60;
const WHOLE = { startLine: 1, endLine: Number.MAX_SAFE_INTEGER };

export async function nextNames(
  view: IndexView,
  text: string,
  cursor: Cursor,
  around: Surroundings,
  language: string,
): Promise<NextNames> {
  const { path } = cursor;
  const family = languageFamily(language);
  const [[imports], beside, similar, [own]] = await Promise.all([
    view.imports([path]),
    view.filesBeside(path),
    similarChunks(view, path, around.query),
    view.definitionsIn([{ path, ...WHOLE }]),
  ]);
  const scoped = new Map(around.above);
  for (const one of own!) {
    if (one.startLine > cursor.line || one.endLine < cursor.line) continue;
    for (const word of wordsOf(one.signature)) raise(scoped, word, 0.5);
    if (!TYPES.has(one.kind)) continue;
    for (const field of own!)
      if (field.kind === 'field' && field.startLine >= one.startLine && field.endLine <= one.endLine)
        for (const word of wordsOf(field.signature)) raise(scoped, word, 0.3);
  }
  for (const [variable, weight] of around.variables)
    for (const type of declaredTypes(text, variable)) raise(scoped, type, 0.8 * weight);
  const names = byWeight(scoped, around.below).slice(0, MAX_NAMES);
  const named = await definitionsOf(view, names, family);
  const importedFiles = new Set(imports!.flatMap(({ files }) => files));
  const scopeFiles = FOLDER_IS_SCOPE.has(family) ? new Set(beside) : new Set<string>();
  const connection = (definition: DefinitionRow) => connectionOf(definition, path, imports!, importedFiles, scopeFiles);

  const types = new Map<string, number>();
  const fileNear = new Map<string, number>();
  const nearestIn = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(WORD)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const importedNames = new Set(imports!.flatMap((one) => (one.files.length > 0 ? one.names : [])));
  const isUnused = (name: string) => importedNames.has(name) && counts.get(name) === 1;
  const deeper = new Map<string, number>();
  const meantBy = new Map<string, number>();
  const meantBelow = new Map<string, number>();
  const byName = Map.groupBy(named, ({ name }) => name);
  for (const [name, definitions] of byName) {
    const weight = Math.max(scoped.get(name) ?? 0, 0.7 * (around.below.get(name) ?? 0));
    for (const [definition, share] of meant(definitions, connection)) {
      if (TYPES.has(definition.kind)) raise(types, name, weight * share);
      for (const word of wordsOf(definition.signature)) raise(deeper, word, 0.7 * weight * share);
      if (share >= 0.3 && around.above.has(name)) meantBy.set(keyOf(definition), (around.above.get(name) ?? 0) * share);
      if (share >= 0.3 && around.below.has(name))
        meantBelow.set(keyOf(definition), (around.below.get(name) ?? 0) * share);
      if (definition.path !== path) {
        fileNear.set(definition.path, (fileNear.get(definition.path) ?? 0) + weight * share);
        raise(nearestIn, definition.path, weight * share);
      }
    }
  }
  const receivers = await receiverTypes(view, text, cursor, around, family);
  for (const name of receivers) raise(types, name, 1);

  const [sites, typed] = await Promise.all([
    view.referencesIn(similar),
    definitionsOf(view, [...deeper.keys()].slice(0, MAX_NAMES), family),
  ]);
  const further = new Map<string, number>();
  for (const definition of typed)
    if (TYPES.has(definition.kind)) raise(types, definition.name, deeper.get(definition.name)!);
  const owners = [...named, ...typed].filter(({ kind, name }) => TYPES.has(kind) && types.has(name));
  const fields = (await view.definitionsIn(owners.slice(0, MAX_FILES))).flat();
  for (const field of fields) {
    const owner = types.get(ownerOf(field)) ?? 0;
    for (const word of wordsOf(field.signature)) raise(further, word, 0.4 * owner);
  }
  const called = new Map<string, number>();
  for (const [i, chunk] of sites.entries())
    for (const { name, kind } of chunk) if (kind === 'call') raise(called, name, 1 / (1 + i / 3));
  const [again, callees] = await Promise.all([
    definitionsOf(view, [...further.keys()].slice(0, MAX_NAMES), family),
    definitionsOf(view, [...called.keys()].slice(0, MAX_NAMES), family),
  ]);
  for (const definition of again)
    if (TYPES.has(definition.kind)) raise(types, definition.name, further.get(definition.name)!);

  const similarFile = new Map<string, number>();
  for (const [name, definitions] of Map.groupBy(callees, ({ name }) => name))
    for (const [definition, share] of meant(definitions, connection))
      similarFile.set(definition.path, (similarFile.get(definition.path) ?? 0) + called.get(name)! * share);

  const typeFiles = [...named, ...typed, ...again].filter(({ kind, name }) => TYPES.has(kind) && types.has(name));
  const files = new Set<string>();
  for (const file of [
    ...importedFiles,
    ...scopeFiles,
    ...ordered(fileNear),
    ...typeFiles.map((one) => one.path),
    ...ordered(similarFile),
    ...beside,
  ])
    if (file !== path && files.size < MAX_FILES) files.add(file);
  const list = [...files];
  const all = await view.definitionsIn(list.map((file) => ({ path: file, ...WHOLE })));

  const candidates = all.flatMap((definitions) =>
    definitions
      .filter((one) => languageFamily(one.language) === family && !NOT_NAMED.has(one.kind) && one.kind !== 'module')
      .map((definition): Candidate => {
        const { name, kind, role, rank } = definition;
        const owner = ownerOf(definition);
        const isBeside = folderOf(definition.path) === folderOf(path);
        return {
          definition,
          signs: {
            meantAbove: meantBy.get(keyOf(definition)) ?? 0,
            meantBelow: meantBelow.get(keyOf(definition)) ?? 0,
            mentioned: Number(around.above.has(name) || around.below.has(name)),
            unused: Number(isUnused(name) || isUnused(owner)),
            nearest: nearestIn.get(definition.path) ?? 0,
            imported: Number(imports!.some((one) => one.names.includes(name) && one.files.includes(definition.path))),
            member: owner === '' ? 0 : (types.get(owner) ?? 0),
            receiver: Number(receivers.includes(owner) || (receivers.length > 0 && receivers.includes(name))),
            near: squashed(fileNear.get(definition.path) ?? 0),
            similar: called.get(name) ?? 0,
            similarFile: squashed(similarFile.get(definition.path) ?? 0),
            callable: Number(CALLABLE.has(kind) && !TYPES.has(kind)),
            type: Number(TYPES.has(kind)),
            field: Number(kind === 'field'),
            hidden: Number(isHidden(definition, family, isBeside)),
            test: Number(role !== 'source'),
            rank: Math.log(1 + Math.max(0, rank)),
            crowd: Math.log(1 + definitions.length) / 5,
          },
        };
      }),
  );
  return { candidates, similar };
}

function keyOf({ path, nameLine, qualified }: DefinitionRow): string {
  return `${path}:${nameLine}:${qualified}`;
}

/** The nearest first. */
function byWeight(above: ReadonlyMap<string, number>, below: ReadonlyMap<string, number>): string[] {
  const all = new Map(above);
  for (const [word, weight] of below) raise(all, word, 0.7 * weight);
  return ordered(all);
}

function ordered(weights: ReadonlyMap<string, number>): string[] {
  return [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([key]) => key);
}

function raise(weights: Map<string, number>, key: string, weight: number): void {
  if (weight > (weights.get(key) ?? 0)) weights.set(key, weight);
}

function squashed(value: number): number {
  return Math.log1p(value) / 2;
}

async function definitionsOf(view: IndexView, names: readonly string[], family: string): Promise<DefinitionRow[]> {
  const exact = new Set(names);
  const found = await view.definitions(names);
  return found.filter(
    ({ name, language, kind }) => exact.has(name) && languageFamily(language) === family && !NOT_NAMED.has(kind),
  );
}

/** Those that a name most likely means, with the share that each may have of it. */
function meant(
  definitions: readonly DefinitionRow[],
  connection: (definition: DefinitionRow) => number,
): [DefinitionRow, number][] {
  const best = Math.max(...definitions.map(connection));
  const nearest = definitions.filter((one) => connection(one) === best);
  return nearest.map((one) => [one, Math.max(0.2, best) / nearest.length]);
}

/** 1: surely meant when it is named here. */
function connectionOf(
  { path, name, role }: DefinitionRow,
  from: string,
  imports: readonly ResolvedImport[],
  importedFiles: ReadonlySet<string>,
  scopeFiles: ReadonlySet<string>,
): number {
  if (path === from) return 1;
  if (imports.some(({ names, files }) => names.includes(name) && files.includes(path))) return 1;
  if (importedFiles.has(path)) return 0.9;
  if (scopeFiles.has(path)) return 0.8;
  if (folderOf(path) === folderOf(from)) return 0.4;
  return role === 'source' ? 0.3 : 0;
}

async function similarChunks(view: IndexView, path: string, query: string): Promise<ChunkRow[]> {
  const terms = [...new Set(tokensOf(query))];
  const found = await view.lexical({
    terms,
    parameters: LEXICAL,
    maxTerms: MAX_TERMS,
    limit: 3 * MAX_SIMILAR,
    filter: null,
  });
  return found.candidates.filter((chunk) => chunk.path !== path && chunk.role === 'source').slice(0, MAX_SIMILAR);
}

/** Types of what the cursor stands behind, as far as names tell. */
async function receiverTypes(
  view: IndexView,
  text: string,
  { path, line }: Cursor,
  { receiver }: Surroundings,
  family: string,
): Promise<string[]> {
  const [root, ...rest] = receiver;
  if (root === undefined) return [];
  const lines = linesOf(text);
  const above = sliceLines(lines, { startLine: Math.max(1, line - 400), endLine: line }).slice(0, -1);
  let types = [root, ...declaredTypes(above, root)];
  if (/^(this|self|Self|@)$/.test(root)) {
    const [own] = await view.definitionsIn([{ path, startLine: 1, endLine: line }]);
    types = own!.filter(({ kind, endLine }) => TYPES.has(kind) && endLine >= line).map(({ name }) => name);
    types.push(
      ...own!
        .filter(({ kind }) => kind === 'method')
        .slice(-1)
        .map(ownerOf),
    );
  }
  for (const name of [null, ...rest]) {
    const wanted = name === null ? types : [name];
    const found = await definitionsOf(view, wanted, family);
    const fit = name === null ? found : found.filter((one) => types.includes(ownerOf(one)));
    const own = fit.filter(({ kind }) => TYPES.has(kind)).map((one) => one.name);
    const through = (fit.length > 0 ? fit : found).filter(({ kind }) => !TYPES.has(kind));
    types = [
      ...new Set([
        ...own,
        ...through.flatMap(({ signature, name: self }) => wordsOf(signature).filter((word) => word !== self)),
      ]),
    ].slice(0, 40);
  }
  return types;
}

function wordsOf(signature: string): string[] {
  return signature.match(WORD) ?? [];
}

/** The name of what it is a member of; empty where it stands alone. */
function ownerOf({ qualified }: DefinitionRow): string {
  return qualified.split('.').at(-2) ?? '';
}

function isHidden({ name, signature }: DefinitionRow, family: string, isBeside: boolean): boolean {
  if (family === 'go') return !isBeside && !/^\p{Lu}/u.test(name);
  return /^[_#]/.test(name) || PRIVATE.test(signature);
}
