/**
 * Tree-sitter behind one function: text to definitions, comments and nested blocks.
 *
 * Runs in a parse worker. A file has a deadline; a parse past it, a grammar that does not load or a query that fails
 * gives null and a reason, and the caller cuts the file by lines. Trees live in wasm memory, which the garbage
 * collector does not see: they are deleted before the function returns, so nothing of a node may escape it.
 */
import { join } from 'node:path';
import { Language, type Node, Parser, Query, type QueryMatch } from 'web-tree-sitter';
import type { LineRange } from '../base/answer.js';
import { messageOf } from '../base/errors.js';
import { type Lines, lineOfOffset } from '../base/text.js';
import { type Block, cutBySyntax } from './chunk.js';
import { type LanguageEntry, loadGrammar } from './languages.js';

export interface Definition extends LineRange {
  name: string;
  /** `function`, `method`, `class`, `interface`, `type`, `enum`, `module`, `constant`, `field`. */
  kind: string;
  /** Line of the name itself, for a hover to land on. */
  nameLine: number;
  /** The declaration up to its body, on one line. */
  signature: string;
}

export interface Outline {
  ranges: LineRange[];
  definitions: Definition[];
  /** Offsets of comments and documentation strings, in order. */
  comments: { start: number; end: number }[];
}

type SyntaxCut = Extract<LanguageEntry['cut'], { by: 'syntax' }>;

const MAX_SIGNATURE_CHARACTERS = 300;
/** Node types that belong to the declaration after them, over all grammars. */
const PREFIX = /comment|decorator|attribute_item|annotation/;

/** A parser that loads each grammar once. One for each thread. */
export async function createOutliner(assets: string) {
  await Parser.init({ locateFile: () => join(assets, 'grammars', 'web-tree-sitter.wasm') });
  const loaded = new Map<string, Promise<{ parser: Parser; query: Query }>>();

  async function load(cut: SyntaxCut): Promise<{ parser: Parser; query: Query }> {
    const { wasm, query } = loadGrammar(assets, cut);
    const language = await Language.load(wasm);
    const parser = new Parser();
    parser.setLanguage(language);
    return { parser, query: new Query(language, query) };
  }

  /** `deadlineMs` is a span, not a time of day. */
  return async function outline(
    lines: Lines,
    cut: SyntaxCut,
    deadlineMs: number,
  ): Promise<Outline | { failed: string }> {
    try {
      const key = `${cut.grammar}:${cut.query}`;
      if (!loaded.has(key)) loaded.set(key, load(cut));
      const { parser, query } = await loaded.get(key)!;
      const deadline = performance.now() + deadlineMs;
      const tree = parser.parse(lines.text, null, { progressCallback: () => performance.now() > deadline });
      if (!tree) {
        parser.reset();
        return { failed: `parsing took longer than ${deadlineMs} ms` };
      }
      try {
        const overdue = () => performance.now() > deadline;
        const captures = capturesOf(lines, query.matches(tree.rootNode, { progressCallback: overdue }));
        if (overdue()) return { failed: `parsing took longer than ${deadlineMs} ms` };
        return {
          ...captures,
          ranges: cutBySyntax(lines, blockOf(lines, tree.rootNode)),
        };
      } finally {
        tree.delete();
      }
    } catch (error) {
      return { failed: `the ${cut.grammar} grammar failed: ${messageOf(error)}` };
    }
  };
}

function blockOf(lines: Lines, node: Node): Block {
  return {
    ...rangeOf(lines, node),
    isPrefix: PREFIX.test(node.type),
    children: () => node.namedChildren.map((child) => blockOf(lines, child)),
  };
}

function rangeOf(lines: Lines, node: Node): LineRange {
  const startLine = lineOfOffset(lines, node.startIndex);
  return { startLine, endLine: Math.max(startLine, lineOfOffset(lines, Math.max(node.startIndex, node.endIndex - 1))) };
}

function capturesOf(lines: Lines, matches: readonly QueryMatch[]): Pick<Outline, 'definitions' | 'comments'> {
  const definitions = new Map<number, Definition & { pattern: number }>();
  const comments: Outline['comments'] = [];
  for (const match of matches) {
    let defined: Node | null = null;
    let kind = '';
    let name: Node | null = null;
    for (const capture of match.captures) {
      if (capture.name === 'comment') comments.push({ start: capture.node.startIndex, end: capture.node.endIndex });
      else if (capture.name === 'name') name = capture.node;
      else if (capture.name.startsWith('definition.')) {
        defined = capture.node;
        kind = capture.name.slice('definition.'.length);
      }
    }
    // Patterns are listed from the special to the general: the first one that named a node holds.
    if (!defined || !name) continue;
    const before = definitions.get(name.startIndex);
    if (before && before.pattern <= match.patternIndex) continue;
    definitions.set(name.startIndex, {
      pattern: match.patternIndex,
      ...rangeOf(lines, defined),
      name: name.text,
      kind,
      nameLine: lineOfOffset(lines, name.startIndex),
      signature: signatureOf(lines, defined),
    });
  }
  const byPlace = (a: Definition, b: Definition) => a.startLine - b.startLine || b.endLine - a.endLine;
  return {
    definitions: [...definitions.values()].map(({ pattern: _pattern, ...definition }) => definition).sort(byPlace),
    comments: comments.sort((a, b) => a.start - b.start),
  };
}

function signatureOf(lines: Lines, node: Node): string {
  const body = bodyOf(node);
  const end = body ? body.startIndex : node.endIndex;
  const text = lines.text.slice(node.startIndex, Math.min(end, node.startIndex + 4 * MAX_SIGNATURE_CHARACTERS));
  const line = body ? text : (text.split(/\r\n|\n|\r/)[0] ?? '');
  return line
    .replace(/\s+/g, ' ')
    .replace(/\s*[{:=]\s*$/, '')
    .trim()
    .slice(0, MAX_SIGNATURE_CHARACTERS);
}

/** The body of a declaration, or of the function that a declaration assigns. */
function bodyOf(node: Node, depth = 0): Node | null {
  const body = node.childForFieldName('body');
  if (body || depth > 3) return body;
  for (const field of ['value', 'declaration', 'definition', 'type']) {
    const inner = node.childForFieldName(field);
    const found = inner && bodyOf(inner, depth + 1);
    if (found) return found;
  }
  const only = node.namedChildren.find((child) => /declarator|_spec$/.test(child.type));
  return only ? bodyOf(only, depth + 1) : null;
}
