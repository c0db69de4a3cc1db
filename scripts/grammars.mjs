/** Which grammar files the build copies: the .wasm that a grammar's package ships, and the runtime's. */
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
