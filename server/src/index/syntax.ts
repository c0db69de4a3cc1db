/**
 * Tree-sitter behind one function: text to definitions, comments and nested blocks.
 *
 * Runs in a parse worker. A file has a deadline; a parse past it, a grammar that does not load or a query that fails
 * gives null and a reason, and the caller cuts the file by lines. Trees live in wasm memory, which the garbage
 * collector does not see: they are deleted before the function returns, so nothing of a node may escape it.
 */

import type { Node, QueryMatch, Tree } from 'web-tree-sitter';
import type { LineRange } from '../base/answer.js';
import type { Heading } from '../base/document.js';
import { messageOf } from '../base/errors.js';
import { kept } from '../base/l10n.js';
import { type Lines, lineOfOffset } from '../base/text.js';
import { type Block, type CutOptions, cutBySyntax } from './chunk.js';
import type { Grammars } from './grammars.js';
import type { SyntaxCut } from './languages.js';
import type { ReferenceKind } from './references.js';

export interface Definition extends LineRange {
  name: string;
  /** `function`, `method`, `class`, `interface`, `type`, `enum`, `module`, `constant`, `field`; in data `key`, `rule`, `heading`. */
  kind: string;
  /** The type or module that the text names where it does not enclose the definition; else empty. */
  container: string;
  /** Offsets of the whole. */
  start: number;
  end: number;
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
  /** Where headings divide the file, in order of lines. */
  headings: Heading[];
  /** Offsets of what nobody reads on the page, such as the names of tags, in order. Only where there are headings. */
  markup: { start: number; end: number }[];
  /** In order. A name that an import gave another name is the name at its definition. */
  references: { name: string; kind: ReferenceKind; isMember: boolean; start: number }[];
  /** In order; `target` as the text has it, on one line. */
  imports: { target: string; names: string[]; start: number }[];
}

const MAX_SIGNATURE_CHARACTERS = 300;
/** Symbols of a data file past this many are data themselves: nobody reads them as an outline. */
const MAX_DATA_SYMBOLS = 200;
const DATA_KINDS = new Set(['key', 'rule', 'heading']);
const MAX_NAME_CHARACTERS = 120;
/** Those that stand in headings; the paragraph sign is a link to the heading itself. */
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', para: '', '#182': '' };
/** Node types that belong to the declaration after them, over all grammars. */
const PREFIX = /comment|decorator|attribute_item|annotation/;
/** Node types of bodies that no field names, over all grammars. */
const BODY = /(^|_)body$|^(do_block|script_block|compound_statement)$/;
/** Parts in another language that are read by its grammar; a page with more is mostly not read by people. */
const MAX_PARTS = 20;
/** A file with more is generated; its first ones say enough. */
const MAX_REFERENCES = 20_000;
const MAX_IMPORTS = 2000;
/** What stands between a member's name and what it belongs to, over all grammars. */
const OWNED = /((^|[^.])\.|::|->|\\|\w:)$/;
const MAX_TARGET_CHARACTERS = 2000;

export function createOutliner(grammars: Grammars) {
  /** `deadlineMs` is a span, not a time of day; `options` say where ranges begin and how long they get. */
  return async function outline(
    lines: Lines,
    cut: SyntaxCut,
    deadlineMs: number,
    options: CutOptions = {},
  ): Promise<Outline | { failed: string }> {
    const trees: Tree[] = [];
    const deadline = performance.now() + deadlineMs;
    const progressCallback = () => performance.now() > deadline;

    /** What the grammar finds in the text, or in one node of it; null when time is up. */
    async function read(within: SyntaxCut, node?: Node): Promise<{ root: Node; captures: Captures } | null> {
      const { parser, query } = await grammars.load(within);
      const tree = parser.parse(lines.text, null, { progressCallback, ...(node && { includedRanges: [node] }) });
      if (!tree) {
        parser.reset();
        return null;
      }
      trees.push(tree);
      const matches = query.matches(tree.rootNode, { progressCallback });
      return progressCallback() ? null : { root: tree.rootNode, captures: capturesOf(lines, matches) };
    }

    try {
      const late = { failed: kept('parsing took longer than {0} ms', deadlineMs) };
      const whole = await read(cut);
      if (!whole) return late;
      const { definitions, comments, prefixes, inside, markup, references, imports } = whole.captures;
      const headings = cut.hasSections ? whole.captures.headings.sort((a, b) => a.line - b.line) : [];
      const inner = new Map<number, Node>();
      for (const { node, grammar } of inside.slice(0, MAX_PARTS)) {
        const part = await read({ by: 'syntax', grammar, query: grammar }, node);
        if (!part) return late;
        inner.set(node.id, part.root);
        definitions.push(...part.captures.definitions);
        comments.push(...part.captures.comments);
        references.push(...part.captures.references);
        imports.push(...part.captures.imports);
        for (const [start, end] of part.captures.prefixes) prefixes.set(start, end);
      }
      const view: View = { lines, prefixes, inner, isLate: progressCallback };
      const breaks = [...(options.breaks ?? []), ...headings.map(({ line }) => line)];
      const ranges = cutBySyntax(lines, blockOf(view, whole.root), { ...options, breaks });
      if (progressCallback()) return late;
      return {
        ranges,
        definitions: definitions.sort(byPlace),
        headings,
        markup: headings.length > 0 ? markup.sort(byStart) : [],
        comments: comments.sort(byStart),
        references: references.sort(byStart).slice(0, MAX_REFERENCES),
        imports: imports.sort(byStart).slice(0, MAX_IMPORTS),
      };
    } catch (error) {
      return { failed: kept('the {0} grammar failed: {1}', cut.grammar, messageOf(error)) };
    } finally {
      for (const tree of trees) tree.delete();
    }
  };
}

/** What it takes to see nodes as blocks. */
interface View {
  lines: Lines;
  prefixes: Captures['prefixes'];
  /** Roots of parts in another language, by the node that holds each. */
  inner: ReadonlyMap<number, Node>;
  isLate(): boolean;
}

function blockOf(view: View, node: Node): Block {
  return {
    ...rangeOf(view.lines, node),
    isPrefix: PREFIX.test(node.type) || view.prefixes.get(node.startIndex) === node.endIndex,
    children: () =>
      view.isLate() ? [] : (view.inner.get(node.id) ?? node).namedChildren.map((child) => blockOf(view, child)),
  };
}

function rangeOf(lines: Lines, node: Node): LineRange {
  const startLine = lineOfOffset(lines, node.startIndex);
  return { startLine, endLine: Math.max(startLine, lineOfOffset(lines, Math.max(node.startIndex, node.endIndex - 1))) };
}

/** A definition as a match gives it. */
interface Found extends Definition {
  pattern: number;
  /** One of several in a row that make up one definition, as equations do. */
  isClause: boolean;
}

interface Captures extends Pick<Outline, 'definitions' | 'comments' | 'references' | 'imports'> {
  /** Starts and ends of nodes that belong to what follows them. */
  prefixes: Map<number, number>;
  /** Nodes whose text is in another language. */
  inside: { node: Node; grammar: string }[];
  headings: Heading[];
  markup: Outline['markup'];
}

function capturesOf(lines: Lines, matches: readonly QueryMatch[]): Captures {
  const byName = new Map<number, Found>();
  const comments: Captures['comments'] = [];
  const prefixes: Captures['prefixes'] = new Map();
  const inside: Captures['inside'] = [];
  const headings: Heading[] = [];
  const markup: Captures['markup'] = [];
  const links = startLinks(lines);
  let data = 0;
  for (const match of matches) {
    links.add(match);
    for (const { name, node } of match.captures) {
      if (name === 'comment') comments.push({ start: node.startIndex, end: node.endIndex });
      else if (name === 'prefix') prefixes.set(node.startIndex, node.endIndex);
      else if (name === 'markup') markup.push({ start: node.startIndex, end: node.endIndex });
      else if (name.startsWith('heading.'))
        headings.push(headingOf(lines, node, Number(name.slice('heading.'.length))));
      else if (name.startsWith('inside.')) inside.push({ node, grammar: name.slice('inside.'.length) });
    }
    const found = foundIn(lines, match);
    // Patterns are listed from the special to the general: the first one that named a node holds.
    const before = found && byName.get(found.nameOffset);
    if (!found || (before && before.pattern <= match.patternIndex)) continue;
    if (DATA_KINDS.has(found.kind) && ++data > MAX_DATA_SYMBOLS) continue;
    byName.set(found.nameOffset, found.definition());
  }
  const definitions = joinClauses([...byName.values()].sort(byPlace));
  const found = links.end((start) => byName.has(start), prefixes);
  return { definitions, comments, prefixes, inside, headings, markup, ...found };
}

/** The text of an element without its tags. */
function headingOf(lines: Lines, node: Node, level: number): Heading {
  const title = node.text.slice(0, 4 * MAX_SIGNATURE_CHARACTERS).replace(/<[^>]*(>|$)/g, '');
  return { line: lineOfOffset(lines, node.startIndex), level, title: plainTitle(title) };
}

function plainTitle(html: string): string {
  return html
    .replace(/&(amp|lt|gt|quot|nbsp|para|#182);/g, (_whole, name: string) => ENTITIES[name]!)
    .replace(/\s+/g, ' ')
    .replace(/ ?[¶#]$/, '')
    .trim()
    .slice(0, MAX_SIGNATURE_CHARACTERS);
}

/** Gathers what the matches refer to and import: a match holds one name of an import, so that several make up one. */
function startLinks({ text }: Lines) {
  const references = new Map<number, Outline['references'][number]>();
  const imports = new Map<number, Outline['imports'][number]>();
  const aliases = new Map<string, string>();

  function addReference(name: string, node: Node, adjacent: Node | undefined): void {
    const kind = name.slice('reference.'.length) as ReferenceKind;
    // What constructs a thing also names its type.
    if (references.get(node.startIndex)?.kind === 'call') return;
    if (adjacent && adjacent.startIndex !== node.endIndex) return;
    const own = nameOf(node);
    // Where the text is broken the grammar puts in a name that is not there.
    if (own === '') return;
    const isMember = OWNED.test(text.slice(Math.max(0, node.startIndex - 2), node.startIndex));
    references.set(node.startIndex, { name: own, kind, isMember, start: node.startIndex });
  }

  function addImport(node: Node, name: Node | undefined, alias: Node | undefined): void {
    const target = node.text.replace(/\s+/g, ' ').slice(0, MAX_TARGET_CHARACTERS);
    if (target === '') return;
    const found = imports.get(node.startIndex) ?? { target, names: [], start: node.startIndex };
    if (name && nameOf(name)) found.names.push(nameOf(name));
    if (name && alias) aliases.set(nameOf(alias), nameOf(name));
    imports.set(node.startIndex, found);
  }

  return {
    add({ captures }: QueryMatch): void {
      const node = (wanted: string) => captures.find(({ name }) => name === wanted)?.node;
      for (const capture of captures) {
        if (capture.name.startsWith('reference.')) addReference(capture.name, capture.node, node('adjacent'));
        else if (capture.name === 'import') addImport(capture.node, node('import.name'), node('import.alias'));
      }
    },
    /** `isDefinition`: a definition's name begins there. Prefixes describe what follows; what they name is no use of it. */
    end(
      isDefinition: (start: number) => boolean,
      prefixes: Captures['prefixes'],
    ): Pick<Outline, 'references' | 'imports'> {
      const spans = [...prefixes];
      const isDescribed = (at: number) => spans.some(([start, end]) => start <= at && at < end);
      return {
        references: [...references.values()]
          .filter(({ start }) => !isDefinition(start) && !isDescribed(start))
          .map((reference) => ({ ...reference, name: aliases.get(reference.name) ?? reference.name })),
        imports: [...imports.values()],
      };
    },
  };
}

function byStart(a: { start: number }, b: { start: number }): number {
  return a.start - b.start;
}

function byPlace(a: Definition, b: Definition): number {
  return a.start - b.start || b.end - a.end || a.nameLine - b.nameLine;
}

/** What a match defines; the costly part is left for when it is known to count. */
function foundIn(lines: Lines, match: QueryMatch): { nameOffset: number; kind: string; definition(): Found } | null {
  const captured = (name: string) => match.captures.filter((capture) => capture.name === name);
  const defined = match.captures.find((capture) => capture.name.startsWith('definition.'));
  const name = captured('name')[0]?.node;
  if (!defined || !name) return null;
  const { node } = defined;
  const kind = defined.name.slice('definition.'.length);
  return {
    nameOffset: name.startIndex,
    kind,
    definition: () => ({
      ...rangeOf(lines, node),
      start: node.startIndex,
      end: node.endIndex,
      name: nameOf(name),
      kind,
      container: captured('container')
        .map((capture) => nameOf(capture.node))
        .join('.'),
      nameLine: lineOfOffset(lines, name.startIndex),
      signature: signatureOf(lines, node, DATA_KINDS.has(kind)),
      pattern: match.patternIndex,
      isClause: captured('clause').length > 0,
    }),
  };
}

/** On one line, without the quotes of a key or the colon of a Ruby symbol. */
function nameOf(node: Node): string {
  const text = node.type === 'simple_symbol' ? node.text.slice(1) : node.text;
  return text
    .slice(0, 4 * MAX_NAME_CHARACTERS)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(["'`])(.+)\1$/, '$2')
    .slice(0, MAX_NAME_CHARACTERS);
}

/** A clause right after one of the same name continues it. */
function joinClauses(definitions: readonly Found[]): Definition[] {
  const joined: Definition[] = [];
  const last = new Map<string, Definition>();
  for (const { pattern: _pattern, isClause, ...definition } of definitions) {
    const before = isClause ? last.get(definition.name) : undefined;
    if (before && definition.startLine - before.endLine <= 2) {
      before.endLine = definition.endLine;
      before.end = definition.end;
      continue;
    }
    joined.push(definition);
    if (isClause) last.set(definition.name, definition);
  }
  return joined;
}

function signatureOf(lines: Lines, node: Node, isData: boolean): string {
  const body = isData ? null : bodyOf(node);
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
  const inner = node.namedChildren;
  const unnamed = inner.find((child) => BODY.test(child.type));
  if (unnamed) return unnamed;
  const only = inner.find((child) => /declarator|_spec$/.test(child.type));
  return only ? bodyOf(only, depth + 1) : null;
}
