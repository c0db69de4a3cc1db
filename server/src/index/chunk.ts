/**
 * Text to chunks: the ranges of a file that are found, cited and shown.
 *
 * Pure and total. Every non-blank line lies in exactly one chunk; ranges are ordered, disjoint and whole lines. A file
 * is cut along its syntax where a child begins, what is still too long is cut deeper, and what came out tiny joins its
 * neighbour. The cutter sees the syntax only as nested line ranges (`Block`), so it runs without a parser.
 */
import type { LineRange } from '../base/answer.js';
import type { Heading } from '../base/document.js';
import { isBlank, type Lines, lineAt, lineCount } from '../base/text.js';

/** A node of the syntax as the cutter sees it. */
export interface Block extends LineRange {
  /** Comments, decorators, attributes: they belong to what follows them. */
  isPrefix: boolean;
  children(): Block[];
}

/** Characters. Retrieval quality is flat between 800 and 3,000; this is about one screen of code. */
export const MAX_CHUNK_CHARACTERS = 1500;
/** Below this a chunk joins a neighbour: alone it says too little to be found or read. */
const SMALL_CHUNK_CHARACTERS = 200;

/** A line that ends what stands above it. */
const CLOSES = /^\s*([)}\]]|<\/|(end|else|elif|fi|done|esac|then|rescue|ensure|catch|finally)\b)/i;
/** More than any indentation is worth. */
const CLOSING_COST = 1000;

export interface CutOptions {
  /** The longest chunk, in characters. */
  limit?: number;
  /** Lines that begin a chunk. */
  breaks?: readonly number[];
}

/** Cuts a file along its syntax. */
export function cutBySyntax(lines: Lines, root: Block, options: CutOptions = {}): LineRange[] {
  const { limit = MAX_CHUNK_CHARACTERS, breaks = [] } = options;
  const cut = (part: LineRange) => trimBlank(lines, cutBlock(lines, part, root, limit));
  return divide(lines, breaks).flatMap((part) => joinSmall(lines, cut(part), limit));
}

/** Cuts any text before its least indented lines, after blank lines, or where the limit falls. */
function cutByLines(lines: Lines, range: LineRange, limit: number): LineRange[] {
  return joinSmall(lines, trimBlank(lines, cutPlain(lines, range, limit)), limit);
}

export interface Section extends LineRange {
  /** Headings from the outermost to this one. */
  trail: string[];
}

/**
 * Cuts text before its headings; a section over the limit is cut at blank lines and each part keeps the trail. A text without either is cut by its lines alone.
 */
export function cutByHeadings(lines: Lines, headings: readonly Heading[], options: CutOptions = {}): Section[] {
  const { limit = MAX_CHUNK_CHARACTERS, breaks = [] } = options;
  const starts = [...headings.map(({ line }) => line), ...breaks];
  const trailAt = trailsOf(headings);
  return divide(lines, starts).flatMap((section) => {
    const trail = trailAt(section.startLine);
    return cutByLines(lines, section, limit).map((range) => ({ ...range, trail }));
  });
}

/** Titles of the headings that a line stands under, outermost first. Lines must be asked for in ascending order. */
export function trailsOf(headings: readonly Heading[]): (line: number) => string[] {
  let next = 0;
  let trail: Heading[] = [];
  return (line) => {
    for (let heading = headings[next]; heading && heading.line <= line; heading = headings[++next])
      trail = [...trail.filter((outer) => outer.level < heading.level), heading];
    return trail.map(({ title }) => title);
  };
}

/** The whole text in parts that begin with these lines. */
function divide(lines: Lines, starts: readonly number[]): LineRange[] {
  const ordered = [...new Set([1, ...starts])].filter((line) => line <= lineCount(lines)).sort((a, b) => a - b);
  return ordered.map((startLine, i) => ({ startLine, endLine: (ordered[i + 1] ?? lineCount(lines) + 1) - 1 }));
}

function cutBlock(lines: Lines, range: LineRange, block: Block, limit: number): LineRange[] {
  if (sizeOf(lines, range) <= limit) return [range];
  const segments = segmentsOf(range, block.children());
  if (segments.length === 0) return cutPlain(lines, range, limit);
  return segments.flatMap((segment) =>
    segment.largest ? cutBlock(lines, segment, segment.largest, limit) : cutPlain(lines, segment, limit),
  );
}

interface Segment extends LineRange {
  largest: Block | null;
}

/** The range divided where children begin; a child that shares a line with the one before, or follows its own comment, stays with it. */
function segmentsOf(range: LineRange, children: readonly Block[]): Segment[] {
  const segments: Segment[] = [];
  let previous: Block | null = null;
  for (const child of children) {
    if (child.endLine < range.startLine || child.startLine > range.endLine) continue;
    const follows: boolean =
      previous !== null &&
      (child.startLine <= previous.endLine || (previous.isPrefix && child.startLine - previous.endLine <= 1));
    const current = segments.at(-1);
    if (!current) segments.push({ startLine: range.startLine, endLine: range.endLine, largest: child });
    else if (follows) current.largest = longer(current.largest, child);
    else {
      current.endLine = child.startLine - 1;
      segments.push({ startLine: child.startLine, endLine: range.endLine, largest: child });
    }
    previous = previous && previous.endLine > child.endLine ? previous : child;
  }
  return segments;
}

function longer(a: Block | null, b: Block): Block {
  return a && a.endLine - a.startLine >= b.endLine - b.startLine ? a : b;
}

/** Fills up to the limit, and steps back to the best place to cut. */
function cutPlain(lines: Lines, range: LineRange, limit: number): LineRange[] {
  const pieces: LineRange[] = [];
  let start = range.startLine;
  while (start <= range.endLine) {
    let end = start;
    let size = sizeOf(lines, { startLine: start, endLine: start });
    while (end < range.endLine) {
      const next = sizeOf(lines, { startLine: end + 1, endLine: end + 1 });
      if (size + next > limit) break;
      size += next;
      end++;
    }
    if (end < range.endLine) end = bestCut(lines, start, end);
    pieces.push({ startLine: start, endLine: end });
    start = end + 1;
  }
  return pieces;
}

/**
 * The last line of the piece. Looks in the second half only, so that pieces keep a useful length. The next piece best
 * begins with the least indented line that does not close what came before, and best after a blank line.
 */
function bestCut(lines: Lines, start: number, end: number): number {
  let best = end;
  let lowest = Number.POSITIVE_INFINITY;
  for (let line = end; line > start + (end - start) / 2; line--) {
    const next = lineAt(lines, line + 1);
    if (isBlank(next)) continue;
    const indent = next.length - next.trimStart().length;
    const cost = 2 * indent + (isBlank(lineAt(lines, line)) ? 0 : 1) + (CLOSES.test(next) ? CLOSING_COST : 0);
    if (cost < lowest) {
      best = line;
      lowest = cost;
    }
  }
  return best;
}

/** Ranges without blank lines at either end; ranges of nothing but blank lines go. */
function trimBlank(lines: Lines, ranges: readonly LineRange[]): LineRange[] {
  const trimmed: LineRange[] = [];
  for (const range of ranges) {
    let { startLine, endLine } = range;
    while (startLine <= endLine && isBlank(lineAt(lines, startLine))) startLine++;
    while (endLine >= startLine && isBlank(lineAt(lines, endLine))) endLine--;
    if (startLine <= endLine) trimmed.push({ startLine, endLine });
  }
  return trimmed;
}

function joinSmall(lines: Lines, ranges: readonly LineRange[], limit: number): LineRange[] {
  const joined: LineRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    const both = last && { startLine: last.startLine, endLine: range.endLine };
    const eitherSmall = last && Math.min(sizeOf(lines, last), sizeOf(lines, range)) < SMALL_CHUNK_CHARACTERS;
    if (both && eitherSmall && sizeOf(lines, both) <= limit + SMALL_CHUNK_CHARACTERS) joined[joined.length - 1] = both;
    else joined.push(range);
  }
  return joined;
}

function sizeOf(lines: Lines, range: LineRange): number {
  return (lines.starts[range.endLine] ?? lines.text.length) - lines.starts[range.startLine - 1]!;
}
