/**
 * Lines of a file as HTML: numbered, coloured, and without the indentation that they share, which in a narrow side bar
 * would push the code out of sight. Pure. A passage of any size costs no more than what is shown of it.
 */
import type { Runs } from '../messages.js';
import { colourCode, colourRuns } from './colours.js';

export interface Passage {
  text: string;
  startLine: number;
  language: string;
  /** What the grammar says of the text; absent where no grammar told, then a pattern does. */
  runs?: Runs | undefined;
}

const maxLineLength = 400;

interface Line {
  /** Offsets in the text of what is shown of the line. */
  start: number;
  end: number;
  isCut: boolean;
}

export function snippetHtml({ text, startLine, language, runs }: Passage, maxLines: number): string {
  const lines = firstLines(text, maxLines);
  const numbers = lines.map((_, i) => startLine + i).join('\n');
  const shown = dedent(text, lines);
  const code = runs
    ? shown.map(({ start, end, isCut }) => `${colourRuns(text, runs, { start, end })}${isCut ? '…' : ''}`).join('\n')
    : colourCode(
        shown.map(({ start, end, isCut }) => `${text.slice(start, end)}${isCut ? '…' : ''}`).join('\n'),
        language,
      );
  return `<div class="snippet"><pre class="gutter" aria-hidden="true">${numbers}</pre><pre class="code"><code>${code}</code></pre></div>`;
}

function firstLines(text: string, count: number): Line[] {
  const lines: Line[] = [];
  const lineEnd = /\r\n|\r|\n/g;
  // Cut first: looking through a passage of megabytes to show eight lines of it would be felt.
  const beginning = text.slice(0, count * 2000);
  for (let start = 0; lines.length < count; start = lineEnd.lastIndex) {
    const end = lineEnd.exec(beginning)?.index ?? beginning.length;
    lines.push({ start, end: Math.min(end, start + maxLineLength), isCut: end - start > maxLineLength });
    if (lineEnd.lastIndex === 0) break;
  }
  return lines;
}

function dedent(text: string, lines: readonly Line[]): Line[] {
  const indentOf = ({ start, end }: Line) => /^[ \t]*/.exec(text.slice(start, end))![0];
  const indents = lines.filter(({ start, end }) => text.slice(start, end).trim()).map(indentOf);
  let shared = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines.map((line) => {
    const own = indentOf(line);
    return { ...line, start: line.start + (own.startsWith(shared) ? shared : own).length };
  });
}
