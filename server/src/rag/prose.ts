/**
 * The words that people wrote for people: sentences of comments, documentation strings and prose. Pure.
 *
 * It works on lines and their markers rather than on a grammar, so that it serves every language, also those that are
 * cut by lines.
 */
import { isBlank, type Lines, lineAt, lineCount } from '../base/text.js';

export interface Sentence {
  text: string;
  /** 1-based lines of the text it was taken from. */
  startLine: number;
  endLine: number;
}

const COMMENT_LINE =
  /^\s*(\/\/[/!]?|\/\*\*?|\*\/|\*(?!\w)|#(?!\[|include|define|if|endif|pragma)|--\s|;;|<!--|"""|''')/;
const DECORATION = /^\s*(@\w|#\[)/;
const OPENING = /^\s*(\/\*\*?|\/\/[/!]?|<!--|\*(?!\/)|#+!?|--|;+)\s?/;
const CLOSING = /(\*\/|-->)$/;
const PROSE_LANGUAGES = new Set(['markdown', 'plaintext', 'restructuredtext', 'asciidoc']);
/** Headings are the passage's title already; pictures, badges, directives and tags say nothing. */
const NO_PROSE = /^(#{1,6} |!?\[!\[|!\[|\.\. |<[/!\w])/;
/** Under a heading, or over and under it. */
const ADORNMENT = /^([=\-~^"'`*+#:.])\1{2,}$/;
const STRING_MARK = /"""|'''/;

/** A line of comment without its markers. */
export function withoutMarkers(line: string): string {
  // Trimmed first: a pattern that begins with blanks takes the square of their number where nothing follows.
  return line
    .trim()
    .replace(CLOSING, '')
    .trimEnd()
    .replace(OPENING, '')
    .replace(/^\s*[rbu]?("""|''')|("""|''')\s*$/gi, '')
    .trim();
}

/** Sentences of a text's comments and documentation strings, or of all of it where the language is prose. */
export function sentencesOf(lines: Lines, language: string): Sentence[] {
  const isProse = PROSE_LANGUAGES.has(language);
  const sentences: Sentence[] = [];
  let paragraph: { text: string; line: number }[] = [];
  const flush = () => {
    sentences.push(...splitSentences(paragraph));
    paragraph = [];
  };
  for (const { line, text, prose } of proseLines(lines, isProse)) {
    if (isProse && ADORNMENT.test(text)) paragraph.pop();
    if (!prose || text === '' || ADORNMENT.test(text) || /^(#|[-*+] |\d+\. |\||@|:\w)/.test(text)) flush();
    if (prose && /\p{L}{2}/u.test(text) && !NO_PROSE.test(text)) paragraph.push({ text, line });
  }
  flush();
  return sentences;
}

function* proseLines(lines: Lines, isProse: boolean): Generator<{ line: number; text: string; prose: boolean }> {
  let inString = false;
  let inBlock = false;
  let inFence = false;
  for (let line = 1; line <= lineCount(lines); line++) {
    const raw = lineAt(lines, line);
    if (isProse) {
      const fence = /^\s*(```|~~~)/.test(raw);
      if (fence) inFence = !inFence;
      yield { line, text: raw.trim(), prose: !fence && !inFence };
      continue;
    }
    const marks = raw.match(new RegExp(STRING_MARK, 'g'))?.length ?? 0;
    const opensString = !inString && marks > 0 && /^\s*[rbu]?("""|''')/i.test(raw);
    const prose = inString || opensString || inBlock || COMMENT_LINE.test(raw);
    yield { line, text: withoutMarkers(raw), prose };
    if (opensString || inString) inString = inString ? marks === 0 : marks === 1;
    if (/^\s*\/\*/.test(raw)) inBlock = true;
    if (raw.includes('*/')) inBlock = false;
  }
}

function splitSentences(paragraph: readonly { text: string; line: number }[]): Sentence[] {
  const sentences: Sentence[] = [];
  let text = '';
  let startLine = 0;
  for (const { text: part, line } of paragraph) {
    for (const piece of part.split(/(?<=[.!?])\s+(?=[\p{Lu}`"'(]|[^\p{ASCII}])|(?<=[。！？])\s*/u)) {
      if (text === '') startLine = line;
      text = text === '' ? piece : `${text} ${piece}`;
      if (/[.!?。！？]["')]?$/.test(piece)) {
        sentences.push({ text, startLine, endLine: line });
        text = '';
      }
    }
  }
  if (text !== '') sentences.push({ text, startLine, endLine: paragraph.at(-1)!.line });
  return sentences;
}

/** First line of the comment that belongs to a definition: above it, past its decorations. The line itself if none. */
export function commentStart(lines: Lines, definitionLine: number): number {
  let first = definitionLine;
  for (let line = definitionLine - 1; line >= 1; line--) {
    const text = lineAt(lines, line);
    if (!COMMENT_LINE.test(text) && !DECORATION.test(text)) break;
    first = line;
  }
  return first;
}

/** The comment above a definition, or the documentation string below its first lines, without markers. */
export function documentationOf(lines: Lines, definition: { startLine: number; endLine: number }): string {
  const above: string[] = [];
  for (let line = commentStart(lines, definition.startLine); line < definition.startLine; line++)
    if (COMMENT_LINE.test(lineAt(lines, line))) above.push(withoutMarkers(lineAt(lines, line)));
  const text = above.join('\n').trim();
  return text === '' ? documentationString(lines, definition) : text;
}

function documentationString(lines: Lines, definition: { startLine: number; endLine: number }): string {
  const found: string[] = [];
  const last = Math.min(definition.endLine, definition.startLine + 60);
  let inside = false;
  for (let line = definition.startLine + 1; line <= last; line++) {
    const text = lineAt(lines, line);
    const opens = !inside && /^\s*[rbu]?("""|''')/i.test(text);
    if (!inside && !opens) {
      // Between the name and the string only the rest of the signature may stand.
      if (isBlank(text) || /^\s*[)\]*\w].*[,:]\s*$|^\s*\)/.test(text)) continue;
      break;
    }
    found.push(withoutMarkers(text));
    const marks = text.match(new RegExp(STRING_MARK, 'g'))?.length ?? 0;
    if (opens ? marks >= 2 : marks >= 1) break;
    inside = true;
  }
  return found.join('\n').trim();
}
