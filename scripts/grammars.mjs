/** Which grammar files the build copies: the .wasm that each grammar's own package ships, and the runtime's. */
import { join } from 'node:path';

const grammars = {
  'tree-sitter-go': ['go'],
  'tree-sitter-java': ['java'],
  'tree-sitter-javascript': ['javascript'],
  'tree-sitter-python': ['python'],
  'tree-sitter-rust': ['rust'],
  'tree-sitter-typescript': ['typescript', 'tsx'],
};

/** Pairs of source path and file name in dist/grammars. */
export function grammarFiles(packageFolder) {
  const files = Object.entries(grammars).flatMap(([name, languages]) =>
    languages.map((language) => [join(packageFolder(name), `tree-sitter-${language}.wasm`), `${language}.wasm`]),
  );
  return [...files, [join(packageFolder('web-tree-sitter'), 'web-tree-sitter.wasm'), 'web-tree-sitter.wasm']];
}
