/**
 * Text to chunks: the ranges of a file that are found, cited and shown.
 *
 * Pure and total. Every non-blank line lies in exactly one chunk; ranges are ordered, disjoint and whole lines. A file
 * is cut along its syntax where a child begins, what is still too long is cut deeper, and what came out tiny joins its
 * neighbour. The cutter sees the syntax only as nested line ranges (`Block`), so it runs without a parser.
 */
import type { LineRange } from '../base/answer.js';
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

/** Cuts a file along its syntax. */
export function cutBySyntax(lines: Lines, root: Block): LineRange[] {
  const whole = { startLine: 1, endLine: lineCount(lines) };
  return joinSmall(lines, trimBlank(lines, cutBlock(lines, whole, root)));
}

/** Cuts any text before its least indented lines, after blank lines, or where the limit falls. */
export function cutByLines(lines: Lines, range: LineRange = { startLine: 1, endLine: lineCount(lines) }): LineRange[] {
  return joinSmall(lines, trimBlank(lines, cutPlain(lines, range)));
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
 * Cuts Markdown by its headings; a section over the limit is cut at blank lines and each part keeps the trail. Tiny
 * sections share a chunk, which has the trail of the longest: a heading with nothing of its own goes with the first
 * section under it.
 */
export function cutByHeadings(lines: Lines): Section[] {
  const pieces = sectionsOf(lines).flatMap((section) =>
    cutByLines(lines, section).map((range) => ({ ...range, trail: section.trail })),
  );
  return joinSmall(lines, joinBareHeadings(lines, pieces));
}

/** Each section with all that stands under it, in the order of their headings. */
export function wholeSections(lines: Lines): LineRange[] {
  const sections: LineRange[] = [];
  const open: { level: number; section: LineRange }[] = [];
  for (const { line, level } of headingsOf(lines)) {
    while (open.length > 0 && open.at(-1)!.level >= level) open.pop()!.section.endLine = line - 1;
    const section = { startLine: line, endLine: lineCount(lines) };
    sections.push(section);
    open.push({ level, section });
  }
  return sections;
}

/** What each heading heads, up to the next one. */
function sectionsOf(lines: Lines): Section[] {
  const sections: Section[] = [];
  let trail: { level: number; title: string }[] = [];
  let start = 1;
  const close = (endLine: number) => {
    if (endLine >= start) sections.push({ startLine: start, endLine, trail: trail.map((heading) => heading.title) });
    start = endLine + 1;
  };
  for (const heading of headingsOf(lines)) {
    close(heading.line - 1);
    trail = [...trail.filter((outer) => outer.level < heading.level), heading];
  }
  close(lineCount(lines));
  return sections;
}

/** From the last to the first, so that a row of bare headings ends up in one piece. */
function joinBareHeadings(lines: Lines, pieces: readonly Section[]): Section[] {
  const joined: Section[] = [];
  for (const piece of pieces.toReversed()) {
    const next = joined.at(-1);
    const both = next && isUnder(piece, next) && isSmall(lines, piece) && joinedOf(lines, piece, next);
    if (both) joined[joined.length - 1] = { ...next, ...both };
    else joined.push(piece);
  }
  return joined.reverse();
}

function isUnder(outer: Section, { trail }: Section): boolean {
  return trail.length > outer.trail.length && outer.trail.every((title, i) => title === trail[i]);
}

function* headingsOf(lines: Lines): Generator<{ line: number; level: number; title: string }> {
  let fence = '';
  for (let line = 1; line <= lineCount(lines); line++) {
    const text = lineAt(lines, line);
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark && !fence) fence = mark;
    else if (fence && mark?.startsWith(fence)) fence = '';
    if (fence || mark) continue;
    const heading = /^ {0,3}(#{1,6})\s+(\S.*)$/.exec(text);
    if (heading) yield { line, level: heading[1]!.length, title: titleOf(heading[2]!) };
    else if (/^(=+|-+)\s*$/.test(text) && line > 1 && /^[^\s#>|*+-].*\S/.test(lineAt(lines, line - 1)))
      if (line < 3 || isBlank(lineAt(lines, line - 2)))
        yield { line: line - 1, level: text[0] === '=' ? 1 : 2, title: lineAt(lines, line - 1).trim() };
  }
}

/** Without the `#`s that may close a heading. */
function titleOf(text: string): string {
  let end = text.trimEnd().length;
  while (text[end - 1] === '#') end--;
  return text.slice(0, end).trimEnd();
}

function cutBlock(lines: Lines, range: LineRange, block: Block): LineRange[] {
  if (sizeOf(lines, range) <= MAX_CHUNK_CHARACTERS) return [range];
  const segments = segmentsOf(range, block.children());
  if (segments.length === 0) return cutPlain(lines, range);
  return segments.flatMap((segment) =>
    segment.largest ? cutBlock(lines, segment, segment.largest) : cutPlain(lines, segment),
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
function cutPlain(lines: Lines, range: LineRange): LineRange[] {
  const pieces: LineRange[] = [];
  let start = range.startLine;
  while (start <= range.endLine) {
    let end = start;
    let size = sizeOf(lines, { startLine: start, endLine: start });
    while (end < range.endLine) {
      const next = sizeOf(lines, { startLine: end + 1, endLine: end + 1 });
      if (size + next > MAX_CHUNK_CHARACTERS) break;
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
function joinSmall<Piece extends LineRange>(lines: Lines, pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const both = last ? joinedOf(lines, last, piece) : null;
    if (both) joined[joined.length - 1] = { ...(sizeOf(lines, last!) < sizeOf(lines, piece) ? piece : last!), ...both };
    else joined.push(piece);
  }
  return joined;
}

/** Both in one range, if one of them is tiny and they fit. */
function joinedOf(lines: Lines, first: LineRange, second: LineRange): LineRange | null {
  const both = { startLine: first.startLine, endLine: second.endLine };
  const eitherSmall = isSmall(lines, first) || isSmall(lines, second);
  return eitherSmall && sizeOf(lines, both) <= MAX_CHUNK_CHARACTERS + SMALL_CHUNK_CHARACTERS ? both : null;
}

function isSmall(lines: Lines, range: LineRange): boolean {
  return sizeOf(lines, range) < SMALL_CHUNK_CHARACTERS;
}

function sizeOf(lines: Lines, range: LineRange): number {
  return (lines.starts[range.endLine] ?? lines.text.length) - lines.starts[range.startLine - 1]!;
}
