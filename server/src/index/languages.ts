/**
 * The languages we know, as a table: which files, which grammar, which query. Everything else is text, cut by blank
 * lines and indentation. Adding a language is a row here, a query in syntaxes/queries, and a line in
 * scripts/grammars.mjs.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LanguageEntry {
  /** The editor's language id, used for colours. */
  id: string;
  extensions: readonly string[];
  fileNames?: readonly string[];
  /** How the file is cut: by its grammar and query, by headings, or by lines. */
  cut: { by: 'syntax'; grammar: string; query: string } | { by: 'headings' } | { by: 'lines' };
}

const byLines = { by: 'lines' } as const;

export const LANGUAGES: readonly LanguageEntry[] = [
  syntax('typescript', ['ts', 'mts', 'cts']),
  syntax('typescriptreact', ['tsx'], { grammar: 'tsx', query: 'typescript' }),
  syntax('javascript', ['js', 'mjs', 'cjs']),
  syntax('javascriptreact', ['jsx'], { grammar: 'javascript', query: 'javascript' }),
  syntax('python', ['py', 'pyi', 'pyw']),
  syntax('go', ['go']),
  syntax('rust', ['rs']),
  syntax('java', ['java']),
  { id: 'markdown', extensions: ['md', 'markdown', 'mdx'], cut: { by: 'headings' } },
  { id: 'json', extensions: ['json', 'jsonc'], cut: byLines },
  { id: 'yaml', extensions: ['yaml', 'yml'], cut: byLines },
  { id: 'toml', extensions: ['toml'], cut: byLines },
  { id: 'html', extensions: ['html', 'htm'], cut: byLines },
  { id: 'css', extensions: ['css'], cut: byLines },
  { id: 'shellscript', extensions: ['sh', 'bash'], cut: byLines },
  { id: 'c', extensions: ['c', 'h'], cut: byLines },
  { id: 'cpp', extensions: ['cc', 'cpp', 'cxx', 'hpp', 'hh'], cut: byLines },
  { id: 'csharp', extensions: ['cs'], cut: byLines },
  { id: 'ruby', extensions: ['rb'], cut: byLines },
  { id: 'php', extensions: ['php'], cut: byLines },
  { id: 'dockerfile', extensions: ['dockerfile'], fileNames: ['Dockerfile'], cut: byLines },
  { id: 'makefile', extensions: ['mk'], fileNames: ['Makefile', 'makefile', 'GNUmakefile'], cut: byLines },
];

const PLAIN_TEXT: LanguageEntry = { id: 'plaintext', extensions: [], cut: byLines };

const byExtension = new Map(LANGUAGES.flatMap((entry) => entry.extensions.map((extension) => [extension, entry])));
const byFileName = new Map(LANGUAGES.flatMap((entry) => (entry.fileNames ?? []).map((name) => [name, entry])));

/** Never fails: a file of no known language is plain text. */
export function languageOf(path: string): LanguageEntry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
  return byFileName.get(name) ?? byExtension.get(extension) ?? PLAIN_TEXT;
}

/** The grammar's wasm and the query's text, from the folder that the build fills. Throws when either is missing. */
export function loadGrammar(
  assets: string,
  cut: { grammar: string; query: string },
): { wasm: Uint8Array; query: string } {
  return {
    wasm: readFileSync(join(assets, 'grammars', `${cut.grammar}.wasm`)),
    query: readFileSync(join(assets, 'queries', `${cut.query}.scm`), 'utf8'),
  };
}

function syntax(id: string, extensions: string[], named = { grammar: id, query: id }): LanguageEntry {
  return { id, extensions, cut: { by: 'syntax', ...named } };
}
