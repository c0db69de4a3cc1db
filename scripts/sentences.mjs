/**
 * The sentences in the source that people are told, found by the grammar: what `t`, `tell`, `phrase` and `kept` are given. And
 * the literals that read like sentences and are given to none of them, for the test that looks for untranslated ones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { Language, Parser } from 'web-tree-sitter';

const root = fileURLToPath(new URL('..', import.meta.url));
const TELLERS = new Set(['t', 'tell', 'phrase', 'kept']);
/** What is given to these is for developers. */
const SILENT = new Set(['log', 'options.log', 'RangeError', 'TypeError']);
/** Two words with a blank between them, or one and a value, or one that begins with a capital. */
const WORDS = /\p{L}{2}[,.:;…]? \p{L}|\p{L}{2}[,:]? \{\}|\{\}[,:;]? \p{L}{2}|^\p{Lu}\p{Ll}+[….:]?$/u;

/**
 * @typedef {{ text: string, path: string, line: number }} Literal `text`: with `{}` in the place of what is computed
 * @typedef {{ told: Literal[], untold: Literal[], wrong: Literal[] }} Sentences `wrong`: given to `t`, but no literal
 * @returns {Promise<Sentences>}
 */
export async function readSentences(folders) {
  const { read } = await sentenceReader();
  const found = { told: [], untold: [], wrong: [] };
  for (const path of folders.flatMap(typescriptIn)) read(path, readFileSync(join(root, path), 'utf8'), found);
  return found;
}

/** @returns {Promise<{ read(path: string, source: string, found?: Sentences): Sentences }>} adds to what was found */
export async function sentenceReader() {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(
    await Language.load(join(root, 'node_modules/tree-sitter-typescript/tree-sitter-typescript.wasm')),
  );
  return {
    read(path, source, found = { told: [], untold: [], wrong: [] }) {
      const tree = parser.parse(source);
      visit(tree.rootNode, path, found);
      tree.delete();
      return found;
    },
  };
}

function typescriptIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('.generated.ts'))
    .sort();
}

function visit(node, path, found) {
  const at = (text) => ({ text, path, line: node.startPosition.row + 1 });
  if (node.type === 'import_statement' || node.type === 'literal_type') return;
  const called = node.childForFieldName('function') ?? node.childForFieldName('constructor');
  if (called && SILENT.has(called.text)) return;
  if (node.type === 'call_expression' && TELLERS.has(called.text)) {
    const [first, ...others] = node
      .childForFieldName('arguments')
      .namedChildren.filter(({ type }) => type !== 'comment');
    const literals = first ? literalsOf(first) : [];
    found.told.push(...literals.map(at));
    if (first && holdsComputed(first)) found.wrong.push(at(first.text));
    if (first && literals.length === 0) visit(first, path, found);
    for (const other of others) visit(other, path, found);
    return;
  }
  if (node.type === 'string' || node.type === 'template_string') {
    const text = textOf(node);
    if (WORDS.test(text)) found.untold.push(at(text));
  }
  for (const child of node.namedChildren) visit(child, path, found);
}

/** The literals that an expression may be; none of one that is computed elsewhere, which `phrase` must have marked. */
function literalsOf(node) {
  if (node.type === 'string' || node.type === 'template_string') return [textOf(node)];
  if (node.type === 'ternary_expression')
    return [node.childForFieldName('consequence'), node.childForFieldName('alternative')].flatMap(literalsOf);
  return [];
}

function holdsComputed(node) {
  if (node.type === 'template_string') return node.namedChildren.some(({ type }) => type === 'template_substitution');
  if (node.type === 'ternary_expression')
    return [node.childForFieldName('consequence'), node.childForFieldName('alternative')].some(holdsComputed);
  return node.type === 'binary_expression' && node.childForFieldName('operator').type === '+';
}

function textOf(node) {
  if (node.type === 'string') return runInNewContext(node.text);
  return node.namedChildren.map((child) => (child.type === 'template_substitution' ? '{}' : child.text)).join('');
}
