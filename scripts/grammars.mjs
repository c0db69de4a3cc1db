/**
 * Which grammar files the build copies: the .wasm that a grammar's package ships, the runtime's, and the queries that
 * say what in a text has which colour.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Package to the names in its .wasm files; a folder for those that are not at the top. */
const grammars = {
  '@davisvaughan/tree-sitter-r': ['r'],
  '@tree-sitter-grammars/tree-sitter-hcl': ['hcl'],
  '@tree-sitter-grammars/tree-sitter-kotlin': ['kotlin'],
  '@tree-sitter-grammars/tree-sitter-lua': ['lua'],
  '@tree-sitter-grammars/tree-sitter-svelte': ['svelte'],
  '@tree-sitter-grammars/tree-sitter-toml': ['toml'],
  '@tree-sitter-grammars/tree-sitter-yaml': ['yaml'],
  '@tree-sitter-grammars/tree-sitter-zig': ['zig'],
  '@vscode/tree-sitter-wasm/wasm': ['bash', 'c-sharp', 'cpp', 'css', 'ini', 'php', 'powershell', 'ruby'],
  'tree-sitter-c': ['c'],
  'tree-sitter-elixir': ['elixir'],
  'tree-sitter-go': ['go'],
  'tree-sitter-haskell': ['haskell'],
  'tree-sitter-html': ['html'],
  'tree-sitter-java': ['java'],
  'tree-sitter-javascript': ['javascript'],
  'tree-sitter-json': ['json'],
  'tree-sitter-julia': ['julia'],
  'tree-sitter-objc': ['objc'],
  'tree-sitter-ocaml': ['ocaml', 'ocaml_interface'],
  'tree-sitter-python': ['python'],
  'tree-sitter-rust': ['rust'],
  'tree-sitter-scala': ['scala'],
  'tree-sitter-solidity': ['solidity'],
  'tree-sitter-typescript': ['typescript', 'tsx'],
};

/** Pairs of source path and file name in dist/grammars. */
export function grammarFiles(packageFolder) {
  const files = Object.entries(grammars).flatMap(([name, languages]) =>
    languages.map((language) => [join(packageFolder(name), `tree-sitter-${language}.wasm`), `${language}.wasm`]),
  );
  return [...files, [join(packageFolder('web-tree-sitter'), 'web-tree-sitter.wasm'), 'web-tree-sitter.wasm']];
}

/** Grammar to the queries of packages that colour it, where they are not the one of its own. */
const highlights = {
  cpp: ['tree-sitter-c/queries/highlights.scm'],
  javascript: ['tree-sitter-javascript/queries/highlights.scm', 'tree-sitter-javascript/queries/highlights-jsx.scm'],
  typescript: ['tree-sitter-javascript/queries/highlights.scm', 'tree-sitter-typescript/queries/highlights.scm'],
  tsx: [
    'tree-sitter-javascript/queries/highlights.scm',
    'tree-sitter-javascript/queries/highlights-jsx.scm',
    'tree-sitter-typescript/queries/highlights.scm',
  ],
  svelte: [
    'tree-sitter-html/queries/highlights.scm',
    '@tree-sitter-grammars/tree-sitter-svelte/queries/highlights.scm',
  ],
  // The queries that these ship do not fit the grammars that they ship.
  ocaml_interface: [],
  solidity: [],
};
const withoutHighlights = [
  '@tree-sitter-grammars/tree-sitter-hcl',
  '@tree-sitter-grammars/tree-sitter-kotlin',
  '@vscode/tree-sitter-wasm/wasm',
];

/**
 * For each grammar that has one, the files that make up its query, and the query's name in dist/highlights. Ours stand
 * in for what no package ships, and come after what one does.
 */
export function highlightFiles(packageFolder) {
  return Object.entries(grammars)
    .flatMap(([name, languages]) =>
      languages.map((language) => {
        const shipped = withoutHighlights.includes(name) ? [] : [`${name}/queries/highlights.scm`];
        const own = join('syntaxes/highlights', `${language}.scm`);
        const files = (highlights[language] ?? shipped).map((file) => packageFolder(file));
        return [existsSync(own) ? [...files, own] : files, `${language}.scm`];
      }),
    )
    .filter(([files]) => files.length > 0);
}
