/**
 * What a pointer is on, and which definitions that means.
 *
 * In code the grammar tells names from keywords, strings and parameters; imports, folders and what stands before the
 * name tell which of several definitions is meant. In comments, strings and documents only what is written as a name is
 * taken for one, since most words there are words.
 */
import { lineAt, linesOf } from '../base/text.js';
import type { Brought } from '../index/brought.js';
import { languageFamily, languageOf } from '../index/languages.js';
import { folderOf } from '../index/places.js';
import { roleOf } from '../index/roles.js';
import type { DefinitionRow } from '../index/store/reader.js';
import type { RagContext } from './chat.js';
import { meaningOf } from './graph.js';
import { IMPORT_LINE } from './hoverUses.js';
import type { IndexView } from './view.js';

/** 1-based; the column in UTF-16 units. */
export interface HoverPlace {
  path: string;
  line: number;
  column: number;
}

export interface HoverTarget {
  name: string;
  /** The ones that are meant, nearest first; several where nothing tells which. At least one. */
  meant: DefinitionRow[];
  /** What else bears the name. */
  others: DefinitionRow[];
}

/** A file or, where an import means several at once, a folder of them. */
export interface ModuleTarget {
  /** All of one module. At least one. */
  files: string[];
}

interface Spot {
  path: string;
  line: number;
  name: string;
  language: string;
  isCode: boolean;
  /** It stands in an import, and so means what that brings or nothing. */
  isImport: boolean;
  /** It is spelled as nothing but a name is: `totalPrice`, `` `total` ``, `total()`. */
  isDeliberate: boolean;
  /** What stands before the dot; empty where there is none. */
  owner: string;
  isMember: boolean;
  /** Line of the parameter or variable that it means; null where it is none. */
  localLine: number | null;
  /** What an import brings under this name; null where none does. */
  brought: Brought | null;
}

/** As many as the index lists for one name: then what is near may not be among them. */
const LISTED_DEFINITIONS = 50;
const MAX_NEAR_FILES = 40;
/** Files whose imports are followed for the name under the pointer. */
const FOLLOWED = 30;
/** Nothing that anyone means by a name in code. */
const UNNAMED = new Set(['module', 'key', 'rule', 'heading']);
const NAME = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
const HAN_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/u;
const OWN = /^(this|self|cls|Self|super|@)$/;

/** Null where there is no name, or one of something that is not defined here. */
export async function hoverTarget(ctx: RagContext, at: HoverPlace): Promise<HoverTarget | ModuleTarget | null> {
  const spot = await spotAt(ctx, at);
  if (!spot) return null;
  const { brought } = spot;
  const ways = brought ? await ctx.view.resolved(spot, brought.from) : [];
  const isModule = brought?.name === null || ways.some(({ names, files }) => files.length > 0 && names.length === 0);
  const files = [...new Set(ways.flatMap((way) => way.files))];
  const named = brought && isModule ? null : await namedTarget(ctx, spot);
  // What a file brings without defining that name, as a default export may, leads at least to the file.
  return named ?? (files.length > 0 ? { files } : null);
}

async function namedTarget(ctx: RagContext, spot: Spot): Promise<HoverTarget | null> {
  const found = await definitionsNear(ctx.view, spot);
  if (found.length === 0) return null;
  const meant = await meantBy(ctx.view, spot, found);
  if (meant.length === 0) return null;
  const family = languageFamily(meant[0]!.language);
  const others = found.filter(
    (each) => !meant.includes(each) && languageFamily(each.language) === family && !UNNAMED.has(each.kind),
  );
  return { name: spot.name, meant, others: others.sort(nearest(spot)) };
}

async function spotAt(ctx: RagContext, { path, line, column }: HoverPlace): Promise<Spot | null> {
  const current = await ctx.currentText(path);
  if (!current) return null;
  const lines = linesOf(current.text);
  const text = lineAt(lines, line);
  const word = wordAt(text, column - 1);
  if (!word) return null;
  const offset = (lines.starts[line - 1] ?? 0) + word.index;
  const pointed = await ctx.pointed(path, current.text, { start: offset, end: offset + word.name.length });
  if (pointed === 'keyword') return null;
  const language = languageOf(path, lineAt(lines, 1)).id;
  // Where the grammar was late, a word on the way to a module must not be taken for its namesake.
  const isImport = pointed ? pointed.where === 'import' : IMPORT_LINE.test(text);
  const brought = pointed?.brought ?? null;
  const isCode = pointed ? isImport || pointed.where === 'code' || brought !== null : roleOf(path) !== 'docs';
  // In prose a name may stand between Chinese characters without a space.
  const { name, index } = isCode ? word : (wordAt(text, column - 1, HAN_RUN) ?? word);
  const before = text.slice(0, index);
  const owner = /(?:([\p{L}_$@][\p{L}\p{N}_$]*)(?:\(\))?\s*(?:\?\.|\.|::|->)|(@))\s*$/u.exec(before);
  const isMember = owner !== null || /[\])}]\s*(\?\.|\.|::|->)\s*$/.test(before);
  const isDeliberate = isMember || isNameLike(name) || isMarked(text, { name, index });
  if (!isCode && !isDeliberate) return null;
  const localLine = pointed?.localLine ?? null;
  return {
    path,
    line,
    name: brought?.name ?? name,
    language,
    isCode,
    isImport,
    isDeliberate,
    owner: owner?.[1] ?? owner?.[2] ?? '',
    isMember,
    localLine,
    brought,
  };
}

/** The name at an offset, cut at what `boundary` finds. */
function wordAt(line: string, offset: number, boundary?: RegExp): { name: string; index: number } | null {
  for (const { 0: run, index: start } of line.matchAll(NAME)) {
    let index = start;
    for (const name of boundary ? run.split(new RegExp(`(${boundary.source})`, 'u')) : [run]) {
      if (name !== '' && index <= offset && offset <= index + name.length && !boundary?.test(name))
        return { name, index };
      index += name.length;
    }
  }
  return null;
}

/** Spelled as a name: with capitals or signs within it. */
export function isNameLike(name: string): boolean {
  return /\p{Ll}\p{Lu}|[_$\d]|^\p{Lu}+\p{Ll}+\p{Lu}/u.test(name);
}

/** Marked as a name: called, or between the backticks of a span of code. */
function isMarked(line: string, { name, index }: { name: string; index: number }): boolean {
  if (line[index + name.length] === '(') return true;
  const ticks = line.slice(0, index).match(/`/g)?.length ?? 0;
  return ticks % 2 === 1 && line.indexOf('`', index) > 0;
}

/** What bears exactly this name; where that is too much to list, what is near is surely among it. */
async function definitionsNear(view: IndexView, { path, name, isCode }: Spot): Promise<DefinitionRow[]> {
  const listed = await view.definitions([name]);
  const found = listed.filter((definition) => definition.name === name);
  if (!isCode || listed.length < LISTED_DEFINITIONS) return found;
  const imports = (await view.imports([path]))[0]!;
  const naming = imports.filter(({ names }) => names.includes(name));
  const files = [path, ...[...naming, ...imports].flatMap((each) => each.files)];
  const whole = [...new Set(files)].slice(0, MAX_NEAR_FILES);
  const near = await view.definitionsIn(whole.map((file) => ({ path: file, startLine: 1, endLine: 1e9 })));
  const all = [...near.flat().filter((definition) => definition.name === name), ...found];
  return [...new Map(all.map((each) => [`${each.path}:${each.nameLine}:${each.qualified}`, each])).values()];
}

async function meantBy(view: IndexView, spot: Spot, found: readonly DefinitionRow[]): Promise<DefinitionRow[]> {
  const { path, line, localLine } = spot;
  const here = found.filter((each) => each.path === path && each.nameLine === (localLine ?? line));
  if (localLine !== null || here.length > 0) return here;
  if (!spot.isCode) return byDistance(spot, owned(spot, found, []));
  if (spot.isImport) return imported(view, spot, found);
  const [sites] = await view.referencesIn([{ path, startLine: line, endLine: line }]);
  const site = sites!.find(({ name }) => name === spot.name);
  const { name, isMember, language } = spot;
  const named = site ?? { name, kind: 'call' as const, isMember, path, role: roleOf(path), language };
  const { definitions, byName, ambiguous } = await meaningOf(view, named, found, FOLLOWED);
  if (definitions.length === 0) {
    // Taken from a library; or of no language that is defined here, as a page may name what a program defines.
    const isForeign = byName && !found.some((each) => languageFamily(each.language) === languageFamily(language));
    return isForeign && spot.isDeliberate ? byDistance(spot, found) : [];
  }
  // A bare word that nothing connects to its namesake somewhere else is a word.
  if (byName && !isMember && !spot.isDeliberate) return [];
  const around = OWN.test(spot.owner) ? (await view.definitionsIn([{ path, startLine: 1, endLine: line }]))[0]! : [];
  const own = owned(spot, definitions, around);
  return (ambiguous ? byDistance(spot, own) : own).sort(membersFirst(isMember));
}

async function imported(
  view: IndexView,
  { path, name }: Spot,
  found: readonly DefinitionRow[],
): Promise<DefinitionRow[]> {
  const imports = (await view.imports([path]))[0]!.filter(({ names }) => names.includes(name));
  if (imports.length === 0) return [];
  const named = {
    name,
    kind: 'type' as const,
    isMember: false,
    path,
    role: roleOf(path),
    language: languageOf(path).id,
  };
  return (await meaningOf(view, named, found, FOLLOWED)).definitions;
}

/** Of several members those of what stands before the dot, where that is told by its name. */
function owned(
  { owner, line }: Spot,
  definitions: readonly DefinitionRow[],
  around: readonly DefinitionRow[],
): DefinitionRow[] {
  if (owner === '' || definitions.length < 2) return [...definitions];
  const types = around.filter(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const names = OWN.test(owner) ? types.map((type) => type.name.toLowerCase()) : [owner.toLowerCase()];
  const fit = definitions.filter(({ qualified, name }) => {
    const container = qualified
      .slice(0, -name.length - 1)
      .split('.')
      .at(-1)!
      .toLowerCase();
    return container !== '' && names.includes(container);
  });
  return fit.length > 0 ? fit : [...definitions];
}

/** Behind a dot a method is likelier than a function, which a module may hold. */
function membersFirst(isMember: boolean): (a: DefinitionRow, b: DefinitionRow) => number {
  const isOther = ({ kind }: DefinitionRow) => Number(isMember && kind === 'function');
  return (a, b) => isOther(a) - isOther(b);
}

function byDistance(spot: Spot, definitions: readonly DefinitionRow[]): DefinitionRow[] {
  return [...definitions].sort(nearest(spot));
}

function nearest(at: { path: string }): (a: DefinitionRow, b: DefinitionRow) => number {
  const folder = folderOf(at.path);
  const distance = ({ path, role, kind }: DefinitionRow) =>
    (path === at.path ? 0 : folderOf(path) === folder ? 1 : 2) +
    (role === 'source' ? 0 : 4) +
    (UNNAMED.has(kind) ? 8 : 0);
  return (a, b) =>
    distance(a) - distance(b) ||
    b.rank - a.rank ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : a.startLine - b.startLine);
}
