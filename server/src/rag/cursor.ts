/**
 * What the text around a cursor says of what comes next, by words alone: it may be broken half-way through a line, so
 * nothing is parsed here. Pure.
 *
 * Of the cursor's line only what stands left of the cursor counts.
 */
import { type Lines, lineAt, lineCount, sliceLines } from '../base/text.js';

export interface Cursor {
  path: string;
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 units. */
  column: number;
}

export interface Surroundings {
  /** How near each word is above: 1 on the cursor's line, less the further away. */
  above: ReadonlyMap<string, number>;
  /** The same below. */
  below: ReadonlyMap<string, number>;
  /** How near names are that something is taken from, as `a` of `a.b`. */
  variables: ReadonlyMap<string, number>;
  /** The identifier that is being typed; empty where none is. */
  fragment: string;
  /** What it is a member of, outermost first, as `opts` and `IO` of `opts.IO.`; empty where it stands alone. */
  receiver: readonly string[];
  /** The lines above that similar code is looked for by. */
  query: string;
}

const WORD = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;
const MEMBER =
  /((?:[\p{L}_$@][\p{L}\p{M}\p{N}_$]*(?:\([^()]*\))?\s*(?:\.|\?\.|->|::)\s*)*)([\p{L}_$][\p{L}\p{M}\p{N}_$]*)?$/u;
const OWNER = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*(?=\s*(?:\.|\?\.|->)\s*[\p{L}_])/gu;
const VARIABLE_LINES = 15;
/** Lines after which a word counts half. */
const HALF = 10;
/** Lines looked at on either side; words of thousands of lines would not tell more. */
const REACH = 400;
const QUERY_LINES = 20;

export function surroundings(lines: Lines, { line, column }: Cursor): Surroundings {
  const typed = lineAt(lines, line).slice(0, Math.max(0, column - 1));
  const [, owner = '', fragment = ''] = MEMBER.exec(typed) ?? [];
  const above = new Map<string, number>();
  note(above, typed.slice(0, typed.length - fragment.length), 0);
  for (let at = line - 1; at >= Math.max(1, line - REACH); at--) note(above, lineAt(lines, at), line - at);
  const below = new Map<string, number>();
  for (let at = line + 1; at <= Math.min(lineCount(lines), line + REACH); at++)
    note(below, lineAt(lines, at), at - line);
  const variables = new Map<string, number>();
  for (let at = line - VARIABLE_LINES; at <= line + VARIABLE_LINES; at++) {
    if (at < 1 || at > lineCount(lines)) continue;
    const weight = 1 / (1 + Math.abs(at - line) / HALF);
    for (const [name] of (at === line ? typed : lineAt(lines, at)).matchAll(OWNER))
      if (weight > (variables.get(name) ?? 0)) variables.set(name, weight);
  }
  const first = Math.max(1, line - QUERY_LINES);
  const query = `${sliceLines(lines, { startLine: first, endLine: line - 1 })}\n${typed}`;
  return { above, below, variables, fragment, receiver: owner.replace(/\([^()]*\)/g, '').match(WORD) ?? [], query };
}

/** Its nearest place counts. */
function note(words: Map<string, number>, text: string, distance: number): void {
  const weight = 1 / (1 + distance / HALF);
  for (const [word] of text.matchAll(WORD)) if (!words.has(word)) words.set(word, weight);
}

/** Names that stand for the type of a variable, as the text above declares it; nearest first. */
export function declaredTypes(above: string, variable: string): string[] {
  const name = variable.replace(/[$]/g, '\\$&');
  const path = '(?:[\\w$]+(?:\\.|::))*';
  const forms = [
    `(?<![\\w$])${name}\\s*\\??\\s*:\\s*(?:&?(?:'\\w+\\s+)?(?:mut\\s+|dyn\\s+)?|\\*|readonly\\s+)*${path}([\\w$]+)`,
    `(?<![\\w$.])${name}\\s+[*&[\\]]*${path}([A-Z][\\w$]*)`,
    `(?<![\\w$])([A-Z][\\w$]*)(?:<[^;{}()]*>)?[\\])?&*]*\\s+[*&]*${name}\\b`,
    `(?<![\\w$])${name}\\s*(?::=|=(?!=))\\s*(?:await\\s+|new\\s+|&)*(?:mut\\s+)?${path}([\\w$]+)`,
  ];
  const found = forms.flatMap((form) => [...above.matchAll(new RegExp(form, 'g'))]);
  return [...new Set(found.sort((a, b) => b.index - a.index).map(([, type]) => type!))].slice(0, 4);
}
