/**
 * The fenced code of an answer's markdown, for its colours. Pure.
 *
 * The page draws markdown by a parser of its own; this reads only as much as it takes to find code. Where the two
 * disagree (fences in quotes, or that a list cuts short) the page finds no colours by line and length, and has its own.
 */

export interface Fence {
  /** Of the line that opens it, counted from 0. */
  line: number;
  /** The first word after the marks; never empty. */
  language: string;
  /** Without the last line end, its lines ended by `\n`. */
  code: string;
}

/** What is beyond these in one answer has no colours by a grammar. */
const maxFences = 50;
const maxCharacters = 100_000;

const opening = /^( *)(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s]*)/;

export function fencesOf(markdown: string): Fence[] {
  const lines = markdown.slice(0, maxCharacters).split(/\r\n?|\n/);
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length && fences.length < maxFences; at++) {
    const [, indent, marks, language] = opening.exec(lines[at]!) ?? [];
    if (indent === undefined || marks === undefined) continue;
    const line = at;
    const closing = new RegExp(`^ *${marks[0]}{${marks.length},}[ \\t]*$`);
    const code: string[] = [];
    for (at++; at < lines.length && !closing.test(lines[at]!); at++) code.push(dedented(lines[at]!, indent.length));
    if (language) fences.push({ line, language, code: code.join('\n') });
  }
  return fences;
}

/** Without as many blanks as there are before the marks. */
function dedented(line: string, indent: number): string {
  let blanks = 0;
  while (blanks < indent && line[blanks] === ' ') blanks++;
  return line.slice(blanks);
}
