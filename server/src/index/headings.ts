/** Headings of languages that are written for people, found in their lines. Pure and total. */
import type { Heading } from '../base/document.js';
import { isBlank, type Lines, lineAt, lineCount } from '../base/text.js';

export type HeadingStyle = 'markdown' | 'restructuredtext' | 'asciidoc';

/** In order of lines. */
export function headingsIn(lines: Lines, style: HeadingStyle): Heading[] {
  return [...FINDERS[style](lines)];
}

const FINDERS: Record<HeadingStyle, (lines: Lines) => Iterable<Heading>> = {
  markdown: markdownHeadings,
  restructuredtext: adornedHeadings,
  asciidoc: asciidocHeadings,
};

function* markdownHeadings(lines: Lines): Generator<Heading> {
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

const ADORNMENT = /^([!-/:-@[-`{-~])\1*\s*$/;
/** docutils takes a shorter underline for text. */
const SHORT_ADORNMENT = 4;

/**
 * reStructuredText: a title stands over, or between, lines of one punctuation mark, and the marks' order of appearance
 * makes the levels. What is indented belongs to a directive or a literal block and holds no title.
 */
function* adornedHeadings(lines: Lines): Generator<Heading> {
  const styles: string[] = [];
  const textAt = (line: number) => (line >= 1 && line <= lineCount(lines) ? lineAt(lines, line).trimEnd() : '');
  for (let line = 2; line <= lineCount(lines); line++) {
    const under = textAt(line);
    const title = textAt(line - 1);
    if (!ADORNMENT.test(under) || isBlank(title) || ADORNMENT.test(title)) continue;
    const above = textAt(line - 2);
    const isOverlined = ADORNMENT.test(above) && above === under;
    if (!isOverlined && (/^\s/.test(title) || !isBlank(above))) continue;
    if (under.length < Math.min(columnsOf(title.trim()), SHORT_ADORNMENT)) continue;
    const style = isOverlined ? under[0]! + under[0] : under[0]!;
    if (!styles.includes(style)) styles.push(style);
    yield { line: isOverlined ? line - 2 : line - 1, level: styles.indexOf(style) + 1, title: title.trim() };
    // The line under a title is not the line over the next.
    line++;
  }
}

/** Chinese, Japanese and Korean characters are two columns wide. */
function columnsOf(text: string): number {
  return text.replace(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g, '  ').length;
}

/** AsciiDoc: `== Title`, outside of blocks between delimiters, which hold code or comments. */
function* asciidocHeadings(lines: Lines): Generator<Heading> {
  let block = '';
  for (let line = 1; line <= lineCount(lines); line++) {
    const text = lineAt(lines, line).trimEnd();
    const delimiter = /^(-{4,}|\.{4,}|\/{4,}|\+{4,}|`{3,})/.exec(text)?.[1];
    if (block) {
      if (text === block) block = '';
    } else if (delimiter) block = delimiter;
    else {
      const heading = /^(={1,6})\s+(\S.*)$/.exec(text);
      if (heading) yield { line, level: heading[1]!.length, title: heading[2]! };
    }
  }
}
