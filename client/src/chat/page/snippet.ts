/**
 * Lines of a file as HTML: numbered, coloured, and without the indentation that they share, which in a narrow side bar
 * would push the code out of sight. Pure. A passage of any size costs no more than what is shown of it.
 */
import { colourCode } from './colours.js';

export interface Passage {
  text: string;
  startLine: number;
  language: string;
}

const maxLineLength = 400;

export function snippetHtml({ text, startLine, language }: Passage, maxLines: number): string {
  const lines = firstLines(text, maxLines);
  const shown = lines.map((line) => (line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line));
  const numbers = shown.map((_, i) => startLine + i).join('\n');
  const code = colourCode(dedent(shown).join('\n'), language);
  return `<div class="snippet"><pre class="gutter" aria-hidden="true">${numbers}</pre><pre class="code"><code>${code}</code></pre></div>`;
}

function firstLines(text: string, count: number): string[] {
  // Cut first: splitting a passage of megabytes to show eight lines of it would be felt.
  return text.slice(0, count * 2000).split(/\r\n|\r|\n/, count);
}

function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim()).map((line) => /^[ \t]*/.exec(line)![0]);
  let shared = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart()));
}
