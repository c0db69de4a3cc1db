/**
 * Code to coloured runs, by the queries that the grammars' own authors ship, and by ours where they ship none.
 *
 * Runs in a parse worker, on pieces of files: a grammar makes enough of a method without its class. What it cannot read
 * in time, or has no query for, has no colours. Trees live in wasm memory and are deleted before the function returns.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Parser, Query } from 'web-tree-sitter';
import { type TokenClass, tokenClasses } from '../base/tokenClasses.js';
import type { Grammars } from './grammars.js';
import { languageCalled, type SyntaxCut } from './languages.js';

export interface CodePiece {
  text: string;
  /** Language id, or another name of it. */
  language: string;
}

/** Offset, length and place of the class in `tokenClasses`, three numbers for each run, in order and apart. */
export type Runs = number[];

/** More is not read for its colours. */
const MAX_CHARACTERS = 100_000;
const DEADLINE_MS = 500;

/** By the first words of a capture's name; the longest that fits counts. An empty class takes a colour away. */
const CLASSES: ReadonlyMap<string, TokenClass | ''> = new Map(
  Object.entries({
    comment: 'comment',
    string: 'string character escape',
    number: 'number float',
    keyword: 'keyword conditional repeat include exception storageclass preproc',
    function: 'function method',
    type: 'type constructor namespace module class',
    constant: 'constant boolean variable.builtin',
    property: 'property field string.special.key',
    attribute: 'attribute annotation',
    tag: 'tag',
    variable: 'variable.parameter parameter',
    '': 'embedded none',
  } satisfies Record<TokenClass | '', string>).flatMap(([known, captures]) =>
    captures.split(' ').map((capture) => [capture, known as TokenClass | '']),
  ),
);

/** Says what the most general patterns say, which some grammars list first and some last: any other capture holds. */
const WEAK = /^(variable|property|field)$/;

/** What a file of the language begins with, without which a piece from its middle is no code to the grammar. */
const OPENINGS: Readonly<Record<string, string>> = { php: '<?php ' };

/** One for each thread; `grammars` are those that it parses files by. */
export function createHighlighter(assets: string, grammars: Grammars) {
  const queries = new Map<string, Query>();

  async function load(cut: SyntaxCut): Promise<{ parser: Parser; query: Query }> {
    const { parser } = await grammars.load(cut);
    const known = queries.get(cut.grammar);
    const query = known ?? new Query(parser.language!, readFileSync(queryFile(assets, cut.grammar), 'utf8'));
    queries.set(cut.grammar, query);
    return { parser, query };
  }

  /** Null where no grammar tells. Never rejects. */
  return async function highlight({ text, language }: CodePiece): Promise<Runs | null> {
    const cut = languageCalled(language)?.cut;
    if (cut?.by !== 'syntax' || text.length > MAX_CHARACTERS || !existsSync(queryFile(assets, cut.grammar)))
      return null;
    try {
      const { parser, query } = await load(cut);
      const opening = OPENINGS[cut.grammar] ?? '';
      return runsOf(parser, query, text, text.includes(opening.trim()) ? '' : opening);
    } catch {
      return null;
    }
  };
}

function queryFile(assets: string, grammar: string): string {
  return join(assets, 'highlights', `${grammar}.scm`);
}

/** Of `text`, read as if `opening` stood before it. */
function runsOf(parser: Parser, query: Query, text: string, opening: string): Runs | null {
  const deadline = performance.now() + DEADLINE_MS;
  const progressCallback = () => performance.now() > deadline;
  const tree = parser.parse(opening + text, null, { progressCallback });
  if (!tree) {
    parser.reset();
    return null;
  }
  try {
    const captures = query.captures(tree.rootNode, { progressCallback });
    const found = captures.flatMap(({ name, node }, at) => {
      const known = classOf(name);
      const { startIndex: start, endIndex: end } = node;
      return known === null ? [] : [{ start, end, known, isWeak: WEAK.test(name), at }];
    });
    // What lies within something is painted over it, and so is the special over the general.
    found.sort((a, b) => b.end - b.start - (a.end - a.start) || Number(b.isWeak) - Number(a.isWeak) || a.at - b.at);
    const painted = new Uint8Array(opening.length + text.length);
    for (const { start, end, known } of found) painted.fill(known + 1, start, end);
    return runsIn(painted.subarray(opening.length));
  } finally {
    tree.delete();
  }
}

/** The class of a capture by its place, -1 for one that takes the colour away, null for one that says nothing. */
function classOf(capture: string): number | null {
  const words = capture.split('.');
  for (let count = words.length; count > 0; count--) {
    const known = CLASSES.get(words.slice(0, count).join('.'));
    if (known !== undefined) return known ? tokenClasses.indexOf(known) : -1;
  }
  return null;
}

function runsIn(painted: Uint8Array): Runs {
  const runs: Runs = [];
  for (let start = 0, end = 0; start < painted.length; start = end) {
    const colour = painted[start]!;
    for (end = start + 1; end < painted.length && painted[end] === colour; ) end++;
    if (colour > 0) runs.push(start, end - start, colour - 1);
  }
  return runs;
}
