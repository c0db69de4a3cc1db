/**
 * The languages we know, as a table: which files, which grammar, which query. Everything else is text, cut by blank
 * lines and indentation. Adding a language is a row here, a query in syntaxes/queries, and a line in
 * scripts/grammars.mjs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadingStyle } from './headings.js';

export interface LanguageEntry {
  /** The editor's language id, used for colours. */
  id: string;
  extensions: readonly string[];
  fileNames?: readonly string[];
  /** Programs in a first line `#!…` that say the language of a file without an ending; version numbers are cut off. */
  programs?: readonly string[];
  /** How the file is cut: by its grammar and its query (or several, between spaces), by headings, or by lines. */
  cut: SyntaxCut | { by: 'headings'; style: HeadingStyle } | { by: 'lines' };
}

export interface SyntaxCut {
  by: 'syntax';
  grammar: string;
  query: string;
  /** The headings that the query finds divide the file as they divide prose. */
  hasSections?: boolean;
}

const byLines = { by: 'lines' } as const;

export const LANGUAGES: readonly LanguageEntry[] = [
  { ...syntax('typescript', 'ts mts cts'), programs: ['deno', 'ts-node', 'tsx'] },
  syntax('typescriptreact', 'tsx', { grammar: 'tsx', query: 'typescript jsx' }),
  {
    ...syntax('javascript', 'js mjs cjs', { grammar: 'javascript', query: 'javascript jsx' }),
    programs: ['node', 'nodejs', 'bun'],
  },
  syntax('javascriptreact', 'jsx', { grammar: 'javascript', query: 'javascript jsx' }),
  { ...syntax('python', 'py pyi pyw'), programs: ['python', 'pypy'] },
  syntax('go', 'go'),
  syntax('rust', 'rs'),
  syntax('java', 'java'),
  syntax('c', 'c'),
  // Headers too: the grammar of C++ reads those of C.
  syntax('cpp', 'cc cpp cxx hpp hh hxx h ipp inl tpp'),
  syntax('csharp', 'cs csx', { grammar: 'c-sharp', query: 'csharp' }),
  syntax('objective-c', 'm mm', { grammar: 'objc', query: 'objc' }),
  {
    ...syntax('ruby', 'rb rake gemspec ru'),
    fileNames: ['Gemfile', 'Rakefile', 'Podfile', 'Vagrantfile', 'Brewfile'],
    programs: ['ruby'],
  },
  { ...syntax('php', 'php phtml'), programs: ['php'] },
  {
    ...syntax('shellscript', 'sh bash zsh ksh bats', { grammar: 'bash', query: 'bash' }),
    fileNames: ['.bashrc', '.bash_profile', '.profile', '.zshrc', '.zshenv', '.envrc', 'PKGBUILD'],
    programs: ['sh', 'bash', 'dash', 'zsh', 'ksh', 'bats'],
  },
  { ...syntax('powershell', 'ps1 psm1 psd1'), programs: ['pwsh', 'powershell'] },
  { ...syntax('scala', 'scala sc sbt'), programs: ['scala'] },
  { ...syntax('kotlin', 'kt kts'), programs: ['kotlin'] },
  { ...syntax('elixir', 'ex exs'), programs: ['elixir'] },
  { ...syntax('haskell', 'hs'), programs: ['runhaskell', 'runghc', 'stack'] },
  { ...syntax('ocaml', 'ml'), programs: ['ocaml'] },
  syntax('ocaml.interface', 'mli', { grammar: 'ocaml_interface', query: 'ocaml_interface' }),
  { ...syntax('lua', 'lua rockspec'), programs: ['lua', 'luajit'] },
  { ...syntax('julia', 'jl'), programs: ['julia'] },
  { ...syntax('r', 'r'), fileNames: ['.Rprofile'], programs: ['Rscript'] },
  syntax('zig', 'zig zon'),
  syntax('solidity', 'sol'),
  syntax('html', 'html htm xhtml', { grammar: 'html', query: 'html', hasSections: true }),
  syntax('vue', 'vue', { grammar: 'html', query: 'html' }),
  syntax('svelte', 'svelte'),
  syntax('css', 'css'),
  syntax('json', 'json jsonc json5 webmanifest geojson'),
  syntax('yaml', 'yaml yml'),
  { ...syntax('toml', 'toml'), fileNames: ['Cargo.lock', 'poetry.lock', 'Pipfile'] },
  { ...syntax('ini', 'ini cfg'), fileNames: ['.editorconfig', '.gitconfig', '.gitmodules', '.npmrc'] },
  syntax('terraform', 'tf tfvars hcl nomad', { grammar: 'hcl', query: 'hcl' }),
  headings('markdown', 'md markdown mdx'),
  headings('restructuredtext', 'rst rest'),
  headings('asciidoc', 'adoc asciidoc'),
  lines('latex', 'tex'),
  lines('scss', 'scss'),
  lines('sass', 'sass'),
  lines('less', 'less'),
  lines('xml', 'xml xsd xsl xslt svg'),
  lines('sql', 'sql'),
  lines('graphql', 'graphql gql'),
  lines('proto3', 'proto'),
  lines('swift', 'swift'),
  lines('dart', 'dart'),
  { ...lines('perl', 'pl pm'), programs: ['perl'] },
  { ...lines('clojure', 'clj cljs cljc edn'), programs: ['clojure', 'bb'] },
  lines('erlang', 'erl hrl'),
  lines('fsharp', 'fs fsi fsx'),
  lines('vb', 'vb'),
  { ...lines('groovy', 'groovy gradle'), fileNames: ['Jenkinsfile'], programs: ['groovy'] },
  lines('bat', 'bat cmd'),
  { ...lines('dockerfile', 'dockerfile'), fileNames: ['Dockerfile', 'Containerfile'] },
  { ...lines('makefile', 'mk mak'), fileNames: ['Makefile', 'makefile', 'GNUmakefile'], programs: ['make'] },
  { ...lines('cmake', 'cmake'), fileNames: ['CMakeLists.txt'] },
];

const PLAIN_TEXT: LanguageEntry = { id: 'plaintext', extensions: [], cut: byLines };

const byExtension = tableOf((entry) => entry.extensions);
const byFileName = tableOf((entry) => entry.fileNames ?? []);
const byProgram = tableOf((entry) => entry.programs ?? []);

/** Never fails: a file of no known language is plain text. The first line counts only where the name says nothing. */
export function languageOf(path: string, firstLine = ''): LanguageEntry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const named = byFileName.get(name);
  if (named) return named;
  const dot = name.lastIndexOf('.');
  if (dot > 0) return byExtension.get(name.slice(dot + 1).toLowerCase()) ?? PLAIN_TEXT;
  return byProgram.get(programOf(firstLine)) ?? PLAIN_TEXT;
}

/** `python` of `#!/usr/bin/env -S python3.12 -u`. */
function programOf(firstLine: string): string {
  if (!firstLine.startsWith('#!')) return '';
  const words = firstLine.slice(2, 200).trim().split(/\s+/);
  const isEnv = /(^|\/)env$/.test(words[0] ?? '');
  const program = isEnv ? words.slice(1).find((word) => !/^-|=/.test(word)) : words[0];
  return (program ?? '').replace(/^.*\//, '').replace(/[\d.]+$/, '');
}

const byId = tableOf(({ id }) => [id]);

/** Names that people write and that are neither an id nor an ending. */
const CALLED: Readonly<Record<string, string>> = {
  ...{ 'c++': 'cpp', 'c#': 'csharp', 'objective-c++': 'objective-c', objc: 'objective-c' },
  ...{ golang: 'go', shell: 'shellscript', node: 'javascript', pwsh: 'powershell', python3: 'python' },
};

/** As people write it in a filter or before code: an id, an ending of its files or another name, in any letters. */
export function languageCalled(name: string): LanguageEntry | undefined {
  const lower = name.toLowerCase();
  return byExtension.get(lower) ?? byId.get(lower) ?? byId.get(Object.hasOwn(CALLED, lower) ? CALLED[lower]! : '');
}

/** By its id. */
export function languageNamed(id: string): LanguageEntry | undefined {
  return byId.get(id);
}

/** Languages that can call each other; the rest stand alone. */
const FAMILIES: readonly (readonly string[])[] = [
  ['typescript', 'typescriptreact', 'javascript', 'javascriptreact', 'svelte', 'vue'],
  ['java', 'kotlin', 'scala'],
  ['c', 'cpp', 'objective-c'],
];
const familyOf = new Map(FAMILIES.flatMap((family) => family.map((language) => [language, family[0]!])));

/** The first language of those that can call each other. */
export function languageFamily(language: string): string {
  return familyOf.get(language) ?? language;
}

/** The grammar's wasm and the query's text, from the folder that the build fills. Throws when either is missing. */
export function loadGrammar(
  assets: string,
  cut: { grammar: string; query: string },
): { wasm: Uint8Array; query: string } {
  return {
    wasm: readFileSync(join(assets, 'grammars', `${cut.grammar}.wasm`)),
    query: cut.query
      .split(' ')
      .map((name) => readFileSync(join(assets, 'queries', `${name}.scm`), 'utf8'))
      .join('\n'),
  };
}

function syntax(
  id: string,
  extensions: string,
  named: Omit<SyntaxCut, 'by'> = { grammar: id, query: id },
): LanguageEntry {
  return { id, extensions: extensions.split(' '), cut: { by: 'syntax', ...named } };
}

/** The id names the style. */
function headings(style: HeadingStyle, extensions: string): LanguageEntry {
  return { id: style, extensions: extensions.split(' '), cut: { by: 'headings', style } };
}

function lines(id: string, extensions: string): LanguageEntry {
  return { id, extensions: extensions.split(' '), cut: byLines };
}

function tableOf(keys: (entry: LanguageEntry) => readonly string[]): ReadonlyMap<string, LanguageEntry> {
  return new Map(LANGUAGES.flatMap((entry) => keys(entry).map((key) => [key, entry])));
}
