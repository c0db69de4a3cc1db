/**
 * Text and its lines.
 *
 * A line ends at `\n`, `\r\n` or a lone `\r`, as in the language server protocol, so that a line number here is the
 * line number an editor shows. Line numbers are 1-based and inclusive everywhere; only `lsp` and the parser, which
 * count from zero, convert. Slices are exact: nothing is trimmed or normalised.
 */
import type { LineRange } from './answer.js';

export interface Lines {
  readonly text: string;
  /** Offset of the first UTF-16 unit of each line; `starts[0]` is line 1. */
  readonly starts: readonly number[];
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === CARRIAGE_RETURN && text.charCodeAt(i + 1) === LINE_FEED) continue;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) starts.push(i + 1);
  }
  return { text, starts };
}

export function lineCount(lines: Lines): number {
  return lines.starts.length;
}

/** One line without its line end. */
export function lineAt(lines: Lines, line: number): string {
  return sliceLines(lines, { startLine: line, endLine: line });
}

/** The lines of a range with the line ends between them, without the last line end. Empty when out of bounds. */
export function sliceLines(lines: Lines, range: LineRange): string {
  const start = lines.starts[range.startLine - 1];
  if (start === undefined || range.endLine < range.startLine) return '';
  let end = lines.starts[range.endLine] ?? lines.text.length;
  if (range.endLine < lines.starts.length) {
    if (lines.text.charCodeAt(end - 1) === LINE_FEED) end--;
    if (lines.text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
  }
  return lines.text.slice(start, Math.max(start, end));
}

/** The line that holds an offset. */
export function lineOfOffset(lines: Lines, offset: number): number {
  let low = 0;
  let high = lines.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines.starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

// One of each for the whole run: a decoder holds native memory that the garbage collector does not see.
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const utf16le = new TextDecoder('utf-16le');
const utf16be = new TextDecoder('utf-16be');
const latin1 = new TextDecoder('latin1');

export interface Decoded {
  text: string;
  /** `utf-8`, `utf-16le`, `utf-16be`, or `latin1` for bytes that are none of these. */
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';
}

/**
 * Bytes to text, without a byte order mark. Bytes that are not valid UTF-8 are read as Latin-1, which loses nothing
 * and keeps every line in place. Returns null for binary content, that is: a NUL outside UTF-16.
 */
export function decodeText(bytes: Uint8Array): Decoded | null {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
  if (mark === 0xfffe) return { text: utf16le.decode(bytes), encoding: 'utf-16le' };
  if (mark === 0xfeff) return { text: utf16be.decode(bytes), encoding: 'utf-16be' };
  if (bytes.includes(0)) return null;
  try {
    return { text: strictUtf8.decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: latin1.decode(bytes), encoding: 'latin1' };
  }
}

/** The last second that a `Date` can hold. */
const LAST_SECOND = 8.64e12;

/** The day, in UTC, of a second since the epoch, such as `2026-01-31`. A commit may claim any second at all. */
export function dayOf(second: number): string {
  return new Date(1000 * Math.min(second, LAST_SECOND)).toISOString().replace(/T.*/, '');
}

/**
 * Controls, format characters (bidirectional marks, zero-width characters, tags) and others that take no room. Tabs and
 * line ends are seen by what they do, and a variation selector right after an emoji only chooses its look.
 */
const HIDDEN =
  /(?![\t\n\r])(?!(?<=\p{Emoji})[\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** A zero-width joiner belongs to an emoji such as a family, and is what keeps it one. */
const INSIDE_EMOJI = /(?<=\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d(?=\p{Extended_Pictographic})/u;

/**
 * What would be invisible or reorder other text, by its code: what is shown is then what is there. `show` may dress the
 * name up.
 */
export function showHidden(text: string, show = (name: string) => name): string {
  return text.replace(HIDDEN, (found, at: number) => {
    if (found === '\u200d' && INSIDE_EMOJI.test(text.slice(Math.max(0, at - 4), at + 3))) return found;
    return show(`⟨U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`);
  });
}
