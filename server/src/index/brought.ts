/**
 * What an import brings under the name that a pointer is on: a name of its module, under its own name where the import
 * gave it another, or a module as a whole. Runs in a parse worker.
 *
 * The grammar's own query tells imports and what they name. Where it captures a statement as a whole (Rust, Java, PHP,
 * C#), the way to the name is read off its text, braces and all.
 */
import type { Node, Query } from 'web-tree-sitter';
import type { Import } from './references.js';
import { escaped } from './tokens.js';

export interface Brought {
  /** As it is defined; null for a module. It may be a module's name too, which only the files tell. */
  name: string | null;
  /** The way there, as the rules of imports read one. */
  from: Import;
}

const IMPORT = /^(import|use|using|namespace_use|preproc_include)(_|$)/;
/** Longer ones list hundreds of names, and are looked at name by name. */
const MAX_STATEMENT_CHARACTERS = 4000;
const MAX_OCCURRENCES = 300;
/** What separates the parts of a way, right behind one of them. */
const ON_THE_WAY = /^\s*(::|\.|\\)\s*(?=[\p{L}_{*(])/u;
const OTHER_NAME = /\s+(as|=>)\s+[^\s,{}]*$/;

/** What the import says that the name stands in; null where it stands in none. */
export function broughtAt(name: Node, query: Query): Brought | null {
  const statement = statementAround(name);
  const holds = (node: Node) => node.startIndex <= name.startIndex && name.endIndex <= node.endIndex;
  const found = query.matches(statement).flatMap(({ captures }) => {
    const node = (wanted: string) => captures.find((capture) => capture.name === wanted)?.node;
    const path = node('import');
    return path ? [{ path, own: node('import.name'), alias: node('import.alias') }] : [];
  });
  const named = found.find(({ own, alias }) => own && (holds(own) || (alias && holds(alias))));
  if (named) return { name: named.own!.text, from: importOf(named.path.text, [named.own!.text], name) };
  const way = found.find(({ path }) => holds(path));
  if (way) return onTheWay(way.path, name);
  // The name of all that an import brings: `import * as a`, `import b "path"`, `import c.d as a`.
  const bound = IMPORT.test(statement.type) ? nearestOf(found, name) : null;
  return bound && { name: null, from: importOf(bound.text, [], name) };
}

/** What an import of the file binds to a name that is used; null where none does. */
export function broughtUnder(name: string, root: Node, text: string, query: Query): Brought | null {
  const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped(name)}(?![\\p{L}\\p{N}_$])`, 'gu');
  let left = MAX_OCCURRENCES;
  for (const { index } of text.matchAll(word)) {
    if (left-- === 0) return null;
    const node = root.descendantForIndex(index, index + name.length);
    if (!node || !isBinding(node, text.slice(index + name.length))) continue;
    const brought = broughtAt(node, query);
    if (brought) return brought;
  }
  return null;
}

/** Not what is only on the way: a quoted one binds nothing but in Go, where its last part does. */
function isBinding(node: Node, after: string): boolean {
  if (/pair_pattern/.test(node.parent?.type ?? '')) return true;
  if (closest(node, /string/)) {
    const spec = closest(node, /^import_spec$/);
    return spec !== null && !spec.childForFieldName('name') && /^["`]/.test(after);
  }
  if (!closest(node, IMPORT)) return false;
  const module = closest(node, /^import_from_statement$/)?.childForFieldName('module_name');
  if (module && node.endIndex <= module.endIndex) return false;
  return !/^\s+(as|=>)\s/.test(after) && (!ON_THE_WAY.test(after) || closest(node, /^import_statement$/) !== null);
}

function closest(node: Node, type: RegExp): Node | null {
  for (let at: Node | null = node; at; at = at.parent) if (at.isNamed && type.test(at.type)) return at;
  return null;
}

/** The outermost import around the name; where none is told by its type, as much as a statement may be. */
function statementAround(name: Node): Node {
  let widest = name;
  let statement: Node | null = null;
  for (
    let at: Node | null = name;
    at?.parent && at.endIndex - at.startIndex <= MAX_STATEMENT_CHARACTERS;
    at = at.parent
  ) {
    widest = at;
    if (IMPORT.test(at.type)) statement = at;
  }
  return statement ?? widest;
}

function nearestOf(found: readonly { path: Node }[], name: Node): Node | null {
  for (let at = name.parent; at; at = at.parent) {
    const { startIndex, endIndex } = at;
    const inside = found.find(({ path }) => startIndex <= path.startIndex && path.endIndex <= endIndex);
    if (inside) return inside.path;
  }
  return null;
}

function onTheWay(path: Node, name: Node): Brought {
  const { text } = path;
  if (/["'`<]/.test(text) || /string/.test(path.type)) return { name: null, from: importOf(text, [], name) };
  const before = text.slice(0, name.endIndex - path.startIndex);
  // C# has the other name before the way.
  if (/^(global\s+)?using\s+\w+$/.test(before) && /^\s*=/.test(text.slice(before.length)))
    return { name: null, from: importOf(text, [], name) };
  const way = wayTo(before);
  const separator = ON_THE_WAY.exec(text.slice(before.length))?.[1];
  const isStatement = /\s/.test(text) || /_declaration|_directive|^import$/.test(path.type);
  const end = /;\s*$/.test(text) ? ';' : '';
  if (!isStatement || separator)
    return { name: null, from: importOf(isStatement ? `${way}${separator}*${end}` : way, [], name) };
  return { name: /[\p{L}\p{N}_$]+$/u.exec(way)?.[0] ?? null, from: importOf(way + end, [], name) };
}

/** `use a::{b, c::{d as e` to `use a::c::d`. */
function wayTo(text: string): string {
  const keyword = /^.*?\b(use|import|using)\s+(static\s+|function\s+|const\s+)?/s.exec(text)?.[0] ?? '';
  const around: string[] = [];
  let way = '';
  for (const character of text)
    if (character === '{') around.push(way);
    else if (character === '}') way = around.pop() ?? '';
    else if (character === ',') way = around.at(-1) ?? keyword;
    else way += character;
  return way.replace(OTHER_NAME, '').replace(/(::|\.|\\)\s+/g, '$1');
}

function importOf(target: string, names: string[], { startPosition }: Node): Import {
  return { target: target.replace(/\s+/g, ' '), names, line: startPosition.row + 1 };
}
