/**
 * Imports to files of the workspace: one rule for each family of languages, as a table. Pure: it knows paths and a few
 * facts of configuration, never a disk.
 *
 * An import is resolved when somebody asks, not when its file is indexed: what it means depends on which other files
 * there are, so a stored result would be wrong after the next rename. Rules follow the usual layout of a language's
 * projects rather than its build system. A result without files stands for what lies outside the workspace, so that a
 * name taken from a library is not mistaken for one defined here.
 */
import { languageFamily } from './languages.js';
import { folderOf, joinPath, type Places, placesOf } from './places.js';
import type { ProjectFacts } from './projectFacts.js';
import type { Import } from './references.js';

export interface ResolvedImport {
  /** The names it brings, as they are defined; empty when it brings everything. */
  names: string[];
  /** The files that it means; empty when it means none of the workspace. */
  files: string[];
}

export type ImportResolver = (from: From, imported: Import) => ResolvedImport[];

export function createImportResolver(paths: readonly string[], facts: ProjectFacts): ImportResolver {
  const places = placesOf(paths, facts);
  return (from, imported) => RULES[languageFamily(from.language)]?.(places, from, imported) ?? [];
}

export interface From {
  path: string;
  language: string;
}

type Rule = (places: Places, from: From, imported: Import) => ResolvedImport[];

export const RULES: Record<string, Rule> = {
  typescript: script,
  python,
  go,
  java: jvm,
  rust,
  c: include,
  csharp: namespace,
  ruby,
  php,
  shellscript: (places, from, { target }) => whole(beside(places, from, unquoted(target).replace(/^.*\$[^/]*\//, ''))),
  lua,
  zig: (places, from, { target }) => whole(present(places, joinPath(folderOf(from.path), target))),
  elixir,
  haskell: (places, from, { target, names }) => [
    { names, files: list(places.endingWith(`${target.replaceAll('.', '/')}.hs`, from.path)) },
  ],
  solidity: (places, from, { target, names }) => [{ names, files: list(beside(places, from, unquoted(target))) }],
  powershell: (places, from, { target }) =>
    whole(
      beside(
        places,
        from,
        unquoted(target)
          .replaceAll('\\', '/')
          .replace(/^\$PSScriptRoot\//i, ''),
      ),
    ),
};

function whole(file: string | null): ResolvedImport[] {
  return [{ names: [], files: list(file) }];
}

function list(file: string | null): string[] {
  return file === null ? [] : [file];
}

function present(places: Places, path: string | null): string | null {
  return path !== null && places.has(path) ? path : null;
}

function first<T>(candidates: readonly T[], find: (candidate: T) => string | null): string | null {
  for (const candidate of candidates) {
    const found = find(candidate);
    if (found !== null) return found;
  }
  return null;
}

function unquoted(text: string): string {
  return text.replace(/^["'`<]|["'`>]$/g, '');
}

/** Relative to the importing file, then to the root, then by the end of a path. */
function beside(places: Places, { path }: From, target: string): string | null {
  return (
    present(places, joinPath(folderOf(path), target)) ??
    (target.startsWith('.') ? null : (present(places, target) ?? places.endingWith(target, path)))
  );
}

/** `a::{b, c::{d as e, *}}` to its leaves, each without its other name. */
function expandBraces(text: string): string[] {
  const open = text.indexOf('{');
  if (open < 0) return [text.replace(/\s+(as|=>)\s.*$/, '').trim()];
  const prefix = text.slice(0, open).trim();
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}') depth--;
    if (depth === 0 || (depth === 1 && text[i] === ',')) {
      if (text.slice(start, i).trim() !== '') parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
    if (depth === 0) break;
  }
  return parts.flatMap((part) => expandBraces(prefix + part));
}

const SCRIPT_ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte'];

function script(places: Places, from: From, { target, names }: Import): ResolvedImport[] {
  const path = target.replace(/[?#].*$/, '');
  const isRelative = /^\.{1,2}(\/|$)/.test(path);
  const found = isRelative
    ? scriptFile(places, joinPath(folderOf(from.path), path))
    : (mappedScript(places, from, path) ?? packageScript(places, path));
  return [{ names, files: list(found) }];
}

/** A specifier may leave out the ending, name a folder, or say `.js` and mean the `.ts` that it is made from. */
function scriptFile(places: Places, base: string | null): string | null {
  if (base === null) return null;
  const written = /^(.*)\.([mc]?)js(x?)$/.exec(base);
  const candidates = [
    base,
    ...(written ? [`${written[1]}.${written[2]}ts${written[3]}`, `${written[1]}.tsx`, `${written[1]}.d.ts`] : []),
    ...SCRIPT_ENDINGS.map((ending) => base + ending),
    ...SCRIPT_ENDINGS.map((ending) => (base === '' ? `index${ending}` : `${base}/index${ending}`)),
  ];
  return candidates.find((path) => places.has(path)) ?? null;
}

function mappedScript(places: Places, from: From, target: string): string | null {
  const applies = places.facts.scriptPaths.filter(({ folder }) => folder === '' || from.path.startsWith(`${folder}/`));
  return first(applies, ({ base, patterns }) => {
    const mapped = patterns.flatMap(({ pattern, targets }) => {
      const [before, after] = pattern.split('*');
      if (after === undefined) return pattern === target ? targets : [];
      if (!target.startsWith(before!) || !target.endsWith(after) || target.length < pattern.length - 1) return [];
      const inner = target.slice(before!.length, target.length - after.length);
      return targets.map((path) => path.replace('*', () => inner));
    });
    return first([...mapped, ...(base === null ? [] : [joinPath(base, target)])], (path) => scriptFile(places, path));
  });
}

/** A package of the same workspace, by its name and the usual places of its entry. */
function packageScript(places: Places, target: string): string | null {
  const parts = target.split('/');
  const length = target.startsWith('@') ? 2 : 1;
  const folder = places.facts.packages.get(parts.slice(0, length).join('/'));
  if (folder === undefined) return null;
  const inside = parts.slice(length).join('/');
  return first(['src', '', 'lib'], (entry) => scriptFile(places, joinPath(folder, `${entry}/${inside}`)));
}

function python(places: Places, from: From, { target, names }: Import): ResolvedImport[] {
  const dots = /^\.*/.exec(target)![0].length;
  const parts = target.slice(dots).split('.').filter(Boolean);
  const base = dots > 0 ? joinPath(folderOf(from.path), '../'.repeat(dots - 1)) : null;
  const module =
    dots > 0 ? (base === null ? null : pythonModule(places, base, parts)) : absolutePython(places, from, parts);
  // A folder without an __init__ is a package as well, and what is taken from one may be a module of it.
  const folder =
    module === null
      ? dots > 0 && base !== null
        ? joinPath(base, parts.join('/'))
        : places.folderEndingWith(parts.join('/'), from.path)
      : /\/?__init__\.pyi?$/.test(module)
        ? folderOf(module)
        : null;
  const modules = names.map((name) => (folder === null ? null : pythonModule(places, folder, [name])));
  const submodules = modules.filter((file) => file !== null);
  const others = names.filter((_, i) => modules[i] === null);
  return [
    ...(submodules.length > 0 ? [{ names: [], files: submodules }] : []),
    ...(others.length > 0 || names.length === 0 ? [{ names: others, files: list(module) }] : []),
  ];
}

function pythonModule(places: Places, folder: string, parts: readonly string[]): string | null {
  const path = joinPath(folder, parts.join('/'))!;
  const inside = path === '' ? '' : `${path}/`;
  const candidates = [`${inside}__init__.py`, `${inside}__init__.pyi`];
  if (parts.length > 0) candidates.unshift(`${path}.py`, `${path}.pyi`);
  return candidates.find((candidate) => places.has(candidate)) ?? null;
}

/** From a folder that is no package itself: the file's own and those around it, the root, then any other. */
function absolutePython(places: Places, { path }: From, parts: readonly string[]): string | null {
  const around: string[] = [];
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (!isPackage(places, folder)) around.push(folder);
    if (folder === '') break;
  }
  const near = first([...around, 'src', 'lib'], (folder) => pythonModule(places, folder, parts));
  if (near !== null) return near;
  const inside = parts.join('/');
  // Alone, a module's name is likelier a library's; a package's or a longer one is hardly an accident.
  const endings = parts.length > 1 ? [`${inside}.py`, `${inside}/__init__.py`] : [`${inside}/__init__.py`];
  const found = first(endings, (ending) => places.endingWith(ending, path));
  if (found === null) return null;
  const top = found.slice(0, found.length - (found.endsWith('/__init__.py') ? 12 : 3) - inside.length - 1);
  return isPackage(places, top) ? null : found;
}

function isPackage(places: Places, folder: string): boolean {
  return folder !== '' && places.has(`${folder}/__init__.py`);
}

function go(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const path = unquoted(target);
  const { goModules } = places.facts;
  const owner = goModules.find(({ module }) => path === module || path.startsWith(`${module}/`));
  const folder = owner
    ? joinPath(owner.folder, path.slice(owner.module.length))
    : goModules.length === 0 && path.includes('/')
      ? first(tailsOf(path.split('/')), (tail) => places.folderEndingWith(tail, from.path))
      : null;
  const files = folder === null ? [] : places.filesIn(folder);
  return [{ names: [], files: files.filter((file) => file.endsWith('.go') && !file.endsWith('_test.go')) }];
}

/** `a/b/c`, `b/c`, `c`. */
function tailsOf(parts: readonly string[]): string[] {
  return parts.map((_, i) => parts.slice(i).join('/'));
}

const JVM_ENDINGS = ['.java', '.kt', '.scala', '.kts'];

function jvm(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const text = target.replace(/^import\s+(static\s+)?/, '').replace(/;\s*$/, '');
  return expandBraces(text).map((path) => {
    const parts = path.split('.').map((part) => part.replaceAll('`', '').trim());
    const last = parts.at(-1)!;
    const isWhole = last === '*' || last === '_';
    if (isWhole) parts.pop();
    const names = isWhole ? [] : [last];
    // A type, or something inside of one; else the folder of the package, whose files may bear any names.
    for (let length = parts.length; length > 0 && length >= parts.length - 2; length--) {
      const path = parts.slice(0, length).join('/');
      const file = first(JVM_ENDINGS, (ending) => places.endingWith(path + ending, from.path));
      if (file !== null && (length > 1 || parts.length === 1)) return { names, files: [file] };
    }
    const folder = places.folderEndingWith((isWhole ? parts : parts.slice(0, -1)).join('/'), from.path);
    const files = folder === null ? [] : places.filesIn(folder);
    return { names, files: files.filter((file) => JVM_ENDINGS.some((ending) => file.endsWith(ending))) };
  });
}

function rust(places: Places, { path }: From, { target }: Import): ResolvedImport[] {
  const own = rustFolder(path);
  const module = /^(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/.exec(target.replace(/^(#\[[^\]]*\]\s*)+/, ''));
  if (module) return whole(rustModule(places, joinPath(own, module[1]!)));
  const text = target.replace(/^.*?\buse\s+/, '').replace(/;\s*$/, '');
  return expandBraces(text).map((used) => {
    const parts = used.split('::').map((part) => part.replace(/^r#/, '').trim());
    let folder = own;
    if (parts[0] === 'crate') folder = rustRoot(places, path);
    while (parts[0] === 'super') {
      folder = folderOf(folder);
      parts.shift();
    }
    const isOwn = parts[0] === 'crate' || parts[0] === 'self' || folder !== own;
    if (parts[0] === 'crate' || parts[0] === 'self') parts.shift();
    const inside = rustPath(places, folder, parts);
    if (isOwn || inside.files.length > 0) return inside;
    const crate = crateFolder(places, parts[0]!, path);
    return crate === null ? { names: namesOf(parts), files: [] } : rustPath(places, crate, parts.slice(1), true);
  });
}

/** The folder that a file's modules lie in. */
function rustFolder(path: string): string {
  return /(^|\/)(mod|lib|main)\.rs$/.test(path) ? folderOf(path) : path.replace(/\.rs$/, '');
}

function rustRoot(places: Places, path: string): string {
  let folder = folderOf(path);
  const isRoot = () => places.has(joinPath(folder, 'lib.rs')!) || places.has(joinPath(folder, 'main.rs')!);
  while (folder !== '' && !isRoot()) folder = folderOf(folder);
  return folder;
}

function crateFolder(places: Places, name: string, from: string): string | null {
  const names = [name, name.replaceAll('_', '-')];
  return first(names, (crate) => {
    const root = places.endingWith(`${crate}/src/lib.rs`, from);
    return root === null ? null : folderOf(root);
  });
}

/** The file of the longest run of parts that is a module; what is left is a name in it. */
function rustPath(places: Places, folder: string, parts: readonly string[], isCrate = false): ResolvedImport {
  const path = parts.filter((part) => part !== '*' && part !== 'self');
  const shortest = isCrate || path.length < 2 ? 0 : 1;
  for (let length = path.length; length >= shortest; length--) {
    const file = rustModule(places, joinPath(folder, path.slice(0, length).join('/')));
    if (file !== null) return { names: path.slice(length, length + 1), files: [file] };
  }
  return { names: namesOf(parts), files: [] };
}

function namesOf(parts: readonly string[]): string[] {
  return parts.filter((part) => part !== '*' && part !== 'self').slice(-1);
}

function rustModule(places: Places, path: string | null): string | null {
  if (path === null) return null;
  const inside = path === '' ? '' : `${path}/`;
  const files = [`${path}.rs`, `${inside}mod.rs`, `${inside}lib.rs`, `${inside}main.rs`];
  return files.find((file) => places.has(file)) ?? null;
}

function include(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const path = unquoted(target);
  const roots = ['', 'include', 'src', 'lib'];
  const isQuoted = target.startsWith('"');
  const found =
    (isQuoted ? present(places, joinPath(folderOf(from.path), path)) : null) ??
    first(roots, (root) => present(places, joinPath(root, path))) ??
    (isQuoted || path.includes('/') ? places.endingWith(path, from.path) : null);
  return whole(found);
}

/** A namespace is a folder by convention, its first parts often the project's name. */
function namespace(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const name = target.replace(/^(global\s+)?using\s+(static\s+)?(\w+\s*=\s*)?/, '').replace(/\s*;\s*$/, '');
  const parts = name.replace(/<.*$/, '').split('.');
  const file = first(tailsOf(parts).slice(0, -1), (tail) => places.endingWith(`${tail}.cs`, from.path));
  if (file !== null) return whole(file);
  const folder = first(tailsOf(parts).slice(0, 2), (tail) => places.folderEndingWith(tail, from.path));
  const files = folder === null ? [] : places.filesIn(folder);
  return [{ names: [], files: files.filter((path) => path.endsWith('.cs')) }];
}

function ruby(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const quoted = /["']([^"']+)["']/.exec(target)?.[1];
  if (!quoted) return [];
  const path = quoted.endsWith('.rb') ? quoted : `${quoted}.rb`;
  if (/^require_relative\b/.test(target)) return whole(present(places, joinPath(folderOf(from.path), path)));
  const library = present(places, `lib/${path}`) ?? places.endingWith(`lib/${path}`, from.path);
  return whole(library ?? (path.includes('/') ? places.endingWith(path, from.path) : present(places, path)));
}

function php(places: Places, from: From, { target }: Import): ResolvedImport[] {
  if (!/^use\b/.test(target)) {
    const quoted = /["']([^"']+)["']/.exec(target)?.[1];
    return quoted ? whole(beside(places, from, quoted.replace(/^\//, ''))) : [];
  }
  const text = target.replace(/^use\s+(function\s+|const\s+)?/, '').replace(/\s*;\s*$/, '');
  const clauses = text.includes('{') ? [text] : text.split(',');
  return clauses.flatMap(expandBraces).map((name) => {
    const parts = name.split('\\').filter(Boolean);
    // A prefix of the namespace stands for a folder (PSR-4), so it may be missing from the path.
    const tails = tailsOf(parts).slice(0, Math.max(1, parts.length - 1));
    return { names: parts.slice(-1), files: list(first(tails, (tail) => places.endingWith(`${tail}.php`, from.path))) };
  });
}

function lua(places: Places, from: From, { target }: Import): ResolvedImport[] {
  const path = target.replace(/\.lua$/, '').replaceAll('.', '/');
  return whole(first([`${path}.lua`, `${path}/init.lua`], (file) => beside(places, from, file)));
}

function elixir(places: Places, from: From, { target }: Import): ResolvedImport[] {
  return expandBraces(target).map((name) => {
    const parts = name.split('.').map((part) =>
      part
        .trim()
        .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
        .toLowerCase(),
    );
    const tails = tailsOf(parts).slice(0, Math.max(1, parts.length - 1));
    return {
      names: [],
      files: list(first(tails, (tail) => places.endingWith(`${tail}.ex`, from.path))),
    };
  });
}
