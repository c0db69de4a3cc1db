/**
 * One file to what the store keeps of it: text without its secrets, chunks with their tokens, symbols.
 *
 * Pure but for the parser it is given. A file that should not be indexed comes back as `skipped` with a sentence; a
 * file that its grammar cannot handle comes back cut by lines, with a note. It never throws for the sake of a file.
 */
import { hash } from 'node:crypto';
import type { LineRange } from '../base/answer.js';
import { decodeText, isBlank, type Lines, lineAt, lineCount, lineOfOffset, linesOf, sliceLines } from '../base/text.js';
import { cutByHeadings, cutByLines } from './chunk.js';
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
  /** What went less well than it should, one sentence each. */
  notes: string[];
}

export type ParseResult = ({ kind: 'indexed' } & ParsedFile) | { kind: 'skipped'; digest: string; reason: string };

export type Outliner = Awaited<ReturnType<typeof createOutliner>>;

/** Characters. A longer line is data or minified code; nobody can read a citation of it. */
const MAX_LINE_CHARACTERS = 50_000;
const GENERATED = /(code generated .{0,80}do not edit|@generated\b|<auto-?generated)/i;
const TYPE_KINDS = new Set(['class', 'interface', 'module', 'enum']);
/** What a reference can stand in. */
const ENCLOSING_KINDS = new Set(['function', 'method', 'class', 'interface', 'constant']);

/** `deadlineMs` bounds the parse alone. `content` is text only when it comes from an open buffer. */
export async function parseFile(
  path: string,
  content: Uint8Array | string,
  outline: Outliner,
  deadlineMs: number,
): Promise<ParseResult> {
  const digest = hash('sha256', content);
  const decoded = typeof content === 'string' ? ({ text: content, encoding: 'utf-8' } as const) : decodeText(content);
  if (!decoded) return { kind: 'skipped', digest, reason: 'binary' };
  if (GENERATED.test(decoded.text.slice(0, 1000))) return { kind: 'skipped', digest, reason: 'generated' };
  const { starts } = linesOf(decoded.text);
  if (longestLine({ text: decoded.text, starts }) > MAX_LINE_CHARACTERS)
    return { kind: 'skipped', digest, reason: 'minified or data' };

  // Everything below, and so everything that is kept, sees the masked text.
  const { text, spans } = maskSecrets(decoded.text);
  // Masking moves no line.
  const lines = { text, starts };

  const notes = decoded.encoding === 'latin1' ? [`${path} is not UTF-8 and was read as Latin-1`] : [];
  const language = languageOf(path, lineAt(lines, 1));
  const parts = await partsOf(path, lines, language, outline, deadlineMs, notes);
  return {
    kind: 'indexed',
    path,
    digest,
    language: language.id,
    text,
    masked: spans.length,
    lines: coverageOf(lines, parts.chunks),
    ...parts,
    notes,
  };
}

type SyntaxParts = Pick<ParsedFile, 'chunks' | 'symbols' | 'references' | 'imports'>;

async function partsOf(
  path: string,
  lines: Lines,
  language: LanguageEntry,
  outline: Outliner,
  deadlineMs: number,
  notes: string[],
): Promise<SyntaxParts> {
  const pathTokens = tokensOf(path).join(' ');
  const none = { symbols: [], references: [], imports: [] };
  if (language.cut.by === 'headings') return { ...none, chunks: sectionChunks(lines, pathTokens) };
  if (language.cut.by === 'syntax') {
    const found = await outline(lines, language.cut, deadlineMs);
    if (!('failed' in found)) return syntaxParts(lines, found, pathTokens);
    notes.push(`${path} was cut by lines: ${found.failed}`);
  }
  return { ...none, chunks: cutByLines(lines).map((range) => plainChunk(lines, range, pathTokens)) };
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
    fields: { path: pathTokens, symbol: '', signature: '', comment: '', body },
  };
}

function sectionChunks(lines: Lines, pathTokens: string): Chunk[] {
  return cutByHeadings(lines).map((section) => {
    const title = section.trail.at(-1) ?? '';
    const chunk = plainChunk(lines, section, pathTokens);
    return {
      ...chunk,
      symbol: title,
      kind: title ? 'section' : 'text',
      enclosing: section.trail.slice(0, -1).join(' › '),
      signature: title,
      fields: { ...chunk.fields, signature: tokensOf(section.trail.join(' ')).join(' ') },
    };
  });
}

function syntaxParts(lines: Lines, outline: Outline, pathTokens: string): SyntaxParts {
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
  return {
    symbols,
    chunks: outline.ranges.map((range) => syntaxChunk(lines, range, outline, symbols, pathTokens)),
    references: placeReferences(lines, outline),
    imports: outline.imports.map(({ target, names, start }) => ({
      target,
      names: [...new Set(names)],
      line: lineOfOffset(lines, start),
    })),
  };
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

function syntaxChunk(
  lines: Lines,
  range: LineRange,
  outline: Outline,
  symbols: readonly SymbolRecord[],
  pathTokens: string,
): Chunk {
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
    fields: {
      path: pathTokens,
      symbol: tokensOf(inside.map((symbol) => symbol.name).join(' ')).join(' '),
      signature: tokensOf([...around, ...inside].map((symbol) => symbol.signature).join(' ')).join(' '),
      comment: tokensOf(comment).join(' '),
      body: tokensOf(body).join(' '),
    },
  };
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
