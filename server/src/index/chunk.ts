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

/**
 * What the chunk at `i` is a part of: of the ranges that hold most of its lines and some of another chunk's, the smallest.
 * Null when it stands for itself. `chunks` are ordered and disjoint.
 */
export function parentOf(i: number, chunks: readonly LineRange[], ranges: readonly LineRange[]): LineRange | null {
  const chunk = chunks[i]!;
  const before = chunks[i - 1]?.endLine ?? 0;
  const after = chunks[i + 1]?.startLine ?? Number.POSITIVE_INFINITY;
  let parent: LineRange | null = null;
  for (const { startLine, endLine } of ranges) {
    if (startLine > before && endLine < after) continue;
    const shared = Math.min(endLine, chunk.endLine) - Math.max(startLine, chunk.startLine) + 1;
    if (2 * shared <= chunk.endLine - chunk.startLine + 1) continue;
    if (!parent || endLine - startLine < parent.endLine - parent.startLine) parent = { startLine, endLine };
  }
  return parent;
}

export interface Section extends LineRange {
  /** Headings from the outermost to this one. */
  trail: string[];
}

/**
 * Cuts text before its headings; a section over the limit is cut at blank lines and each part keeps the trail. Tiny
 * sections share a chunk, which has the trail of the longest: a heading with nothing of its own goes with the first
 * section under it. A text without headings or breaks is cut by its lines alone.
 */
export function cutByHeadings(lines: Lines, headings: readonly Heading[], options: CutOptions = {}): Section[] {
  const { limit = MAX_CHUNK_CHARACTERS, breaks = [] } = options;
  const starts = headings.map(({ line }) => line);
  const trailAt = trailsOf(headings);
  return divide(lines, breaks).flatMap((part) => {
    const pieces = divide(lines, starts, part).flatMap((section) => {
      const trail = trailAt(section.startLine);
      return cutByLines(lines, section, limit).map((range) => ({ ...range, trail }));
    });
    return joinSmall(lines, joinBareHeadings(lines, pieces, limit), limit);
  });
}

/** Each section with all that stands under it, in the order of their headings. */
export function wholeSections(lines: Lines, headings: readonly Heading[]): LineRange[] {
  const sections: LineRange[] = [];
  const open: { level: number; section: LineRange }[] = [];
  for (const { line, level } of headings) {
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop()!.section.endLine = line - 1;
    const section = { startLine: line, endLine: lineCount(lines) };
    sections.push(section);
    open.push({ level, section });
  }
  return sections;
}

/** From the last to the first, so that a row of bare headings ends up in one piece. */
function joinBareHeadings(lines: Lines, pieces: readonly Section[], limit: number): Section[] {
  const joined: Section[] = [];
  for (const piece of pieces.toReversed()) {
    const next = joined.at(-1);
    const both = next && isUnder(piece, next) && isSmall(lines, piece) && joinedOf(lines, [piece, next], limit);
    if (both) joined[joined.length - 1] = { ...next, ...both };
    else joined.push(piece);
  }
  return joined.reverse();
}

function isUnder(outer: Section, { trail }: Section): boolean {
  return trail.length > outer.trail.length && outer.trail.every((title, i) => title === trail[i]);
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

/** The text, or a range of it, in parts that begin with these lines. */
function divide(
  lines: Lines,
  starts: readonly number[],
  { startLine, endLine } = { startLine: 1, endLine: lineCount(lines) },
): LineRange[] {
  const inside = [...new Set(starts)].filter((line) => line > startLine && line <= endLine).sort((a, b) => a - b);
  return [startLine, ...inside].map((start, i) => ({ startLine: start, endLine: (inside[i] ?? endLine + 1) - 1 }));
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

/** A tiny range joins the one before it; what else there is to say of a piece is said of the longer one. */
function joinSmall<Piece extends LineRange>(lines: Lines, pieces: readonly Piece[], limit: number): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const both = last ? joinedOf(lines, [last, piece], limit) : null;
    if (both) joined[joined.length - 1] = { ...(sizeOf(lines, last!) < sizeOf(lines, piece) ? piece : last!), ...both };
    else joined.push(piece);
  }
  return joined;
}

/** Both in one range, if one of them is tiny and they fit. */
function joinedOf(lines: Lines, [first, second]: [LineRange, LineRange], limit: number): LineRange | null {
  const both = { startLine: first.startLine, endLine: second.endLine };
  const eitherSmall = isSmall(lines, first) || isSmall(lines, second);
  return eitherSmall && sizeOf(lines, both) <= limit + SMALL_CHUNK_CHARACTERS ? both : null;
}

function isSmall(lines: Lines, range: LineRange): boolean {
  return sizeOf(lines, range) < SMALL_CHUNK_CHARACTERS;
}

function sizeOf(lines: Lines, range: LineRange): number {
  return (lines.starts[range.endLine] ?? lines.text.length) - lines.starts[range.startLine - 1]!;
}
