/**
 * One file to what the store keeps of it: text without its secrets, chunks with their tokens, symbols.
 *
 * Pure but for the parser it is given. A file that should not be indexed comes back as `skipped` with a sentence; a
 * file that its grammar cannot handle comes back cut by lines, with a note. It never throws for the sake of a file.
 */

import { hash } from 'node:crypto';
import type { LineRange } from '../base/answer.js';
import { type Converted, type Heading, placeAt } from '../base/document.js';
import { kept } from '../base/l10n.js';
import { decodeText, isBlank, type Lines, lineAt, lineCount, lineOfOffset, linesOf, sliceLines } from '../base/text.js';
import { type CutOptions, cutByHeadings, MAX_CHUNK_CHARACTERS, parentOf, trailsOf, wholeSections } from './chunk.js';
import { headingsIn } from './headings.js';
import { type LanguageEntry, languageOf } from './languages.js';
import type { Import, Reference } from './references.js';
import { maskSecrets } from './secrets.js';
import type { createOutliner, Definition, Outline } from './syntax.js';
import { tokensOf } from './tokens.js';

/** A part of a file that is found and cited as a whole. */
export interface Chunk extends LineRange {
  /** The definition that weighs most in the chunk, qualified by its container; empty if none. */
  symbol: string;
  kind: string;
  /** Signatures or headings around the chunk, outermost first, joined by ` › `. */
  enclosing: string;
  /** The signature of `symbol`, on one line. */
  signature: string;
  /** Where it stands in a document, such as `page 3`; empty for a file whose lines are its own. */
  place: string;
  /** Lines of the definition or section that the chunk is a part of, with other chunks; zeros if there is none. */
  parentStart: number;
  parentEnd: number;
  fields: FieldTokens;
}

/** Space-joined tokens, one string for each weighted field of the lexical index. */
export interface FieldTokens {
  path: string;
  symbol: string;
  signature: string;
  comment: string;
  body: string;
}

export interface SymbolRecord extends LineRange {
  name: string;
  kind: string;
  nameLine: number;
  signature: string;
  /** Qualified by the definitions around it, joined by dots. */
  qualified: string;
}

export interface ParsedFile {
  path: string;
  /** SHA-256 of the bytes, hex. */
  digest: string;
  language: string;
  /** Decoded, and with its secrets masked. */
  text: string;
  /** How many secret strings are masked. */
  masked: number;
  lines: { total: number; covered: number };
  chunks: Chunk[];
  symbols: SymbolRecord[];
  /** In order of lines. */
  references: Reference[];
  imports: Import[];
  /** What went less well than it should, each a sentence that is kept. */
  notes: string[];
}

export type ParseResult =
  | ({ kind: 'indexed' } & ParsedFile)
  /** Left out on purpose, or a document that gives no text. */
  | { kind: 'skipped' | 'failed'; digest: string; reason: string };

export interface ParseOptions {
  /** Its content is taken though it says that it is generated or minified. */
  forced: boolean;
  /** The longest chunk. */
  chunkCharacters: number;
}

export const PARSE_OPTIONS: ParseOptions = { forced: false, chunkCharacters: MAX_CHUNK_CHARACTERS };

export type Outliner = ReturnType<typeof createOutliner>;

/** Characters. A longer line is data or minified code; nobody can read a citation of it. */
const MAX_LINE_CHARACTERS = 50_000;
const GENERATED = /(code generated .{0,80}do not edit|@generated\b|<auto-?generated)/i;
/** On a page, an element with an id is a place and not a definition. */
const DEFINES_NOTHING = new Set(['text', 'heading', 'key']);
const TYPE_KINDS = new Set(['class', 'interface', 'module', 'enum']);
/** What a reference can stand in. */
const ENCLOSING_KINDS = new Set(['function', 'method', 'class', 'interface', 'constant']);

/** `deadlineMs` bounds the parse alone. `content` is text only when it comes from an open buffer. */
export async function parseFile(
  path: string,
  content: Uint8Array | string,
  outline: Outliner,
  deadlineMs: number,
  { forced, chunkCharacters }: ParseOptions = PARSE_OPTIONS,
): Promise<ParseResult> {
  const digest = hash('sha256', content);
  const decoded = typeof content === 'string' ? ({ text: content, encoding: 'utf-8' } as const) : decodeText(content);
  if (!decoded) return { kind: 'skipped', digest, reason: 'binary' };
  if (!forced && GENERATED.test(decoded.text.slice(0, 1000))) return { kind: 'skipped', digest, reason: 'generated' };
  if (!forced && longestLine(linesOf(decoded.text)) > MAX_LINE_CHARACTERS)
    return { kind: 'skipped', digest, reason: 'minified or data' };
  const notes = decoded.encoding === 'latin1' ? [kept('{0} is not UTF-8 and was read as Latin-1', path)] : [];
  const own = { text: decoded.text, name: path, anchors: [], headings: [] };
  return parseText({ path, digest, notes }, own, { outline, deadlineMs, chunkCharacters });
}

/** A document by its text. The digest is of its bytes. */
export async function parseDocument(
  path: string,
  digest: string,
  converted: Converted,
  outline: Outliner,
  deadlineMs: number,
  { chunkCharacters }: ParseOptions = PARSE_OPTIONS,
): Promise<ParseResult> {
  return parseText({ path, digest, notes: [] }, converted, { outline, deadlineMs, chunkCharacters });
}

interface Cutting {
  outline: Outliner;
  deadlineMs: number;
  chunkCharacters: number;
}

async function parseText(
  { path, digest, notes }: Pick<ParsedFile, 'path' | 'digest' | 'notes'>,
  source: Converted,
  cutting: Cutting,
): Promise<ParseResult> {
  // Everything below, and so everything that is kept, sees the masked text.
  const { text, spans } = maskSecrets(source.text);
  const lines = linesOf(text);
  const language = languageOf(source.name, lineAt(lines, 1));
  const { failed, ...parts } = await partsOf({ ...source, path, lines, language }, cutting);
  for (const chunk of parts.chunks) chunk.place = placeAt(source.anchors, chunk.startLine);
  return {
    kind: 'indexed',
    path,
    digest,
    language: language.id,
    text,
    masked: spans.length,
    lines: coverageOf(lines, parts.chunks),
    ...parts,
    notes: failed ? [...notes, cutByLines(path, failed)] : notes,
  };
}

/** The note of a file that has syntax which did not help, for whatever reason. */
export function cutByLines(path: string, failed: string): string {
  return kept('{0} was cut by lines: {1}', path, failed);
}

interface Cuttable extends Pick<Converted, 'anchors' | 'headings'> {
  path: string;
  lines: Lines;
  language: LanguageEntry;
}

type Parts = Pick<ParsedFile, 'chunks' | 'symbols' | 'references' | 'imports'>;

async function partsOf(
  { path, lines, language: { cut }, anchors, headings }: Cuttable,
  { outline, deadlineMs, chunkCharacters }: Cutting,
): Promise<Parts & { failed?: string }> {
  const pathTokens = tokensOf(path).join(' ');
  const options: CutOptions = { limit: chunkCharacters, breaks: [...anchors, ...headings].map(({ line }) => line) };
  const bySections = (known: readonly Heading[]): Parts => ({
    chunks: sectionChunks(lines, known, options, pathTokens),
    symbols: [],
    references: [],
    imports: [],
  });
  if (cut.by !== 'syntax')
    return bySections(cut.by === 'headings' && headings.length === 0 ? headingsIn(lines, cut.style) : headings);
  const found = await outline(lines, cut, deadlineMs, options);
  if ('failed' in found) return { ...bySections(headings), failed: found.failed };
  return syntaxParts(lines, { ...found, headings: [...headings, ...found.headings] }, pathTokens);
}

function plainChunk(lines: Lines, range: LineRange, pathTokens: string): Chunk {
  const body = tokensOf(sliceLines(lines, range)).join(' ');
  const { startLine, endLine } = range;
  return {
    startLine,
    endLine,
    symbol: '',
    kind: 'text',
    enclosing: '',
    signature: '',
    place: '',
    ...parentLines(null),
    fields: { path: pathTokens, symbol: '', signature: '', comment: '', body },
  };
}

function sectionChunks(lines: Lines, headings: readonly Heading[], options: CutOptions, pathTokens: string): Chunk[] {
  const wholes = wholeSections(lines, headings);
  return cutByHeadings(lines, headings, options).map((section, i, sections) => {
    const chunk = plainChunk(lines, section, pathTokens);
    const parent = parentLines(parentOf(i, sections, wholes));
    const fields = { ...chunk.fields, signature: trailTokens(section.trail) };
    return { ...chunk, ...titled(section.trail), ...parent, fields };
  });
}

/** What a chunk without a definition is called: by the heading it stands under. */
function titled(trail: readonly string[]): Pick<Chunk, 'symbol' | 'kind' | 'enclosing' | 'signature'> {
  const title = trail.at(-1) ?? '';
  const kind = title ? 'section' : 'text';
  return { symbol: title, kind, enclosing: trail.slice(0, -1).join(' › '), signature: title };
}

function trailTokens(trail: readonly string[]): string {
  return tokensOf(trail.join(' ')).join(' ');
}

function syntaxParts(lines: Lines, outline: Outline, pathTokens: string): Parts {
  const qualified = qualify(outline.definitions);
  const symbols = outline.definitions.map((definition, i) => ({
    name: definition.name,
    kind: definition.kind,
    startLine: definition.startLine,
    endLine: definition.endLine,
    nameLine: definition.nameLine,
    signature: definition.signature,
    qualified: qualified[i]!,
  }));
  const trailAt = trailsOf(outline.headings);
  const visible = { ...lines, text: withoutMarkup(lines.text, outline.markup) };
  const chunks = outline.ranges.map((range, i) => {
    const chunk = syntaxChunk(visible, i, outline, symbols, pathTokens);
    return underHeadings(chunk, trailAt(range.startLine));
  });
  const imports = outline.imports.map(({ target, names, start }) => ({
    target,
    names: [...new Set(names)],
    line: lineOfOffset(lines, start),
  }));
  return { symbols, chunks, references: placeReferences(lines, outline), imports };
}

/** Each reference with its line and the innermost definition around it. Both lists come in the order of their starts. */
function placeReferences(lines: Lines, { definitions, references }: Outline): Reference[] {
  const around: number[] = [];
  let next = 0;
  return references.map(({ start, ...reference }) => {
    for (; next < definitions.length && definitions[next]!.start <= start; next++)
      if (ENCLOSING_KINDS.has(definitions[next]!.kind)) {
        while (around.length > 0 && definitions[around.at(-1)!]!.end <= definitions[next]!.start) around.pop();
        around.push(next);
      }
    while (around.length > 0 && definitions[around.at(-1)!]!.end <= start) around.pop();
    return { ...reference, line: lineOfOffset(lines, start), within: around.at(-1) ?? -1 };
  });
}

/** Where headings divide the file, a chunk is named for its own, and a definition stands in its sections. */
function underHeadings(chunk: Chunk, trail: readonly string[]): Chunk {
  if (trail.length === 0) return chunk;
  const fields = { ...chunk.fields, signature: `${chunk.fields.signature} ${trailTokens(trail)}`.trim() };
  if (DEFINES_NOTHING.has(chunk.kind)) return { ...chunk, ...titled(trail), fields };
  return { ...chunk, enclosing: [...trail, chunk.enclosing].filter(Boolean).join(' › '), fields };
}

function syntaxChunk(
  lines: Lines,
  i: number,
  outline: Outline,
  symbols: readonly SymbolRecord[],
  pathTokens: string,
): Chunk {
  const range = outline.ranges[i]!;
  const inside = symbols.filter((symbol) => symbol.nameLine >= range.startLine && symbol.nameLine <= range.endLine);
  const around = symbols.filter(
    (symbol) => symbol.startLine < range.startLine && symbol.endLine >= range.startLine && !inside.includes(symbol),
  );
  // A chunk that defines something is named for its largest part; one from the middle of a long body for that body.
  const main = largestIn(range, inside) ?? around.at(-1);
  const enclosing = around.filter((symbol) => symbol !== main && symbol.endLine >= range.endLine);
  const { comment, body } = splitComments(lines, range, outline.comments);
  return {
    startLine: range.startLine,
    endLine: range.endLine,
    symbol: main?.qualified ?? '',
    kind: main?.kind ?? 'text',
    enclosing: enclosing.map((symbol) => symbol.signature).join(' › '),
    signature: main?.signature ?? '',
    place: '',
    ...parentLines(parentOf(i, outline.ranges, symbols)),
    fields: {
      path: pathTokens,
      symbol: tokensOf(inside.map((symbol) => symbol.name).join(' ')).join(' '),
      signature: tokensOf([...around, ...inside].map((symbol) => symbol.signature).join(' ')).join(' '),
      comment: tokensOf(comment).join(' '),
      body: tokensOf(body).join(' '),
    },
  };
}

function parentLines(parent: LineRange | null): Pick<Chunk, 'parentStart' | 'parentEnd'> {
  return { parentStart: parent?.startLine ?? 0, parentEnd: parent?.endLine ?? 0 };
}

/** A field names a chunk only where there is nothing else. */
function largestIn(range: LineRange, inside: readonly SymbolRecord[]): SymbolRecord | null {
  const weighty = inside.filter((symbol) => symbol.kind !== 'field');
  return (weighty.length > 0 ? weighty : inside).reduce<SymbolRecord | null>(
    (best, next) => (best === null || shareIn(range, next) > shareIn(range, best) ? next : best),
    null,
  );
}

function shareIn(range: LineRange, symbol: LineRange): number {
  return Math.min(range.endLine, symbol.endLine) - Math.max(range.startLine, symbol.startLine);
}

/** Names with the types and modules around them, joined by dots. Definitions come in the order of their starts. */
function qualify(definitions: readonly Definition[]): string[] {
  const around: { end: number; qualified: string }[] = [];
  return definitions.map(({ kind, container, name, start, end }) => {
    while (around.length > 0 && around.at(-1)!.end < end) around.pop();
    const outer = around.at(-1);
    const isType = TYPE_KINDS.has(kind);
    const own = isType ? name.replaceAll('::', '.') : name;
    const parts = [outer && start < outer.end ? outer.qualified : '', container.replaceAll('::', '.'), own];
    const qualified = parts.filter(Boolean).join('.');
    if (isType) around.push({ end, qualified });
    return qualified;
  });
}

function splitComments(
  lines: Lines,
  range: LineRange,
  comments: Outline['comments'],
): { comment: string; body: string } {
  const start = lines.starts[range.startLine - 1]!;
  const end = lines.starts[range.endLine] ?? lines.text.length;
  let comment = '';
  let body = '';
  let at = start;
  for (const found of comments) {
    if (found.end <= at || found.start >= end) continue;
    const from = Math.max(at, found.start);
    body += `${lines.text.slice(at, from)}\n`;
    at = Math.min(end, found.end);
    comment += `${lines.text.slice(from, at)}\n`;
  }
  return { comment, body: body + lines.text.slice(at, end) };
}

/** The text with spaces for markup, so that every offset stays. */
function withoutMarkup(text: string, markup: Outline['markup']): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of markup) {
    if (start < at) continue;
    parts.push(text.slice(at, start), ' '.repeat(end - start));
    at = end;
  }
  return parts.join('') + text.slice(at);
}

function coverageOf(lines: Lines, chunks: readonly Chunk[]): { total: number; covered: number } {
  let total = 0;
  let covered = 0;
  let next = 0;
  for (let line = 1; line <= lineCount(lines); line++) {
    if (isBlank(lineAt(lines, line))) continue;
    total++;
    while (next < chunks.length && chunks[next]!.endLine < line) next++;
    if (next < chunks.length && chunks[next]!.startLine <= line) covered++;
  }
  return { total, covered };
}

function longestLine(lines: Lines): number {
  let longest = 0;
  for (let line = 0; line < lines.starts.length; line++)
    longest = Math.max(longest, (lines.starts[line + 1] ?? lines.text.length) - lines.starts[line]!);
  return longest;
}
