/**
 * Jupyter notebooks to text in the percent format, which other tools read too: `# %%` begins a cell of code, and a cell
 * of prose stands in comments under `# %% [markdown]`. What cells printed is left out: it can be made again.
 */

import type { Anchor, Converted, Heading } from '../base/document.js';
import { kept } from '../base/l10n.js';
import { decodeText, lineAt, lineCount, linesOf as splitLines } from '../base/text.js';
import { headingsIn } from '../index/headings.js';
import { Unreadable } from './unreadable.js';

interface Notebook {
  cells?: unknown;
  /** Before format 4. */
  worksheets?: { cells?: unknown }[];
  metadata?: {
    kernelspec?: { language?: unknown };
    language_info?: { name?: unknown; file_extension?: unknown };
  };
}

interface Cell {
  cell_type?: unknown;
  source?: unknown;
  /** Before format 4. */
  input?: unknown;
}

/** Endings of kernel languages that name none themselves. */
const ENDINGS: Record<string, string> = {
  python: 'py',
  r: 'r',
  julia: 'jl',
  javascript: 'js',
  typescript: 'ts',
  scala: 'scala',
  kotlin: 'kt',
  java: 'java',
  rust: 'rs',
  go: 'go',
  'c++': 'cpp',
  'c#': 'cs',
  'f#': 'fs',
  haskell: 'hs',
  ruby: 'rb',
  bash: 'sh',
  powershell: 'ps1',
  sql: 'sql',
  lua: 'lua',
};
const LEADERS: Record<string, string> = {
  ...Object.fromEntries('js ts scala kt java rs go cpp cs fs swift'.split(' ').map((ending) => [ending, '//'])),
  hs: '--',
  lua: '--',
  sql: '--',
  m: '%',
};

export function convertNotebook(bytes: Uint8Array): Converted {
  const notebook = readJson(bytes);
  const cells = cellsOf(notebook);
  const ending = endingOf(notebook);
  const leader = LEADERS[ending] ?? '#';
  const lines: string[] = [];
  const anchors: Anchor[] = [];
  const headings: Heading[] = [];
  cells.forEach((cell, i) => {
    const source = sourceOf(cell);
    const { cell_type: type } = cell;
    anchors.push({ line: lines.length + 1, label: `cell ${i + 1}` });
    lines.push(`${leader} %%${type === 'code' ? '' : ` [${type === 'raw' ? 'raw' : 'markdown'}]`}`);
    if (type === 'code') lines.push(...source);
    else {
      if (type === 'markdown') headings.push(...headingsOf(source, lines.length));
      lines.push(...source.map((line) => `${leader} ${line}`.trimEnd()));
    }
    lines.push('');
  });
  return { text: `${lines.join('\n').trimEnd()}\n`, name: `cell.${ending}`, anchors, headings };
}

function readJson(bytes: Uint8Array): Notebook {
  let notebook: unknown;
  try {
    notebook = JSON.parse(decodeText(bytes)?.text ?? '');
  } catch {
    throw new Unreadable(kept('it is broken: it is not JSON'));
  }
  if (typeof notebook !== 'object' || notebook === null) throw new Unreadable(kept('it is not a notebook'));
  return notebook;
}

function cellsOf({ cells, worksheets }: Notebook): Cell[] {
  const found = cells ?? (Array.isArray(worksheets) ? worksheets.flatMap((sheet) => sheet?.cells ?? []) : null);
  if (!Array.isArray(found)) throw new Unreadable(kept('it is not a notebook: it has no cells'));
  const readable = found.filter((cell) => typeof cell === 'object' && cell !== null) as Cell[];
  if (readable.every((cell) => sourceOf(cell).join('').trim() === '')) throw new Unreadable(kept('it has no text'));
  return readable;
}

function endingOf({ metadata }: Notebook): string {
  const { file_extension: ending, name } = metadata?.language_info ?? {};
  if (typeof ending === 'string' && /^\.\w{1,12}$/.test(ending)) return ending.slice(1).toLowerCase();
  const language = String(name ?? metadata?.kernelspec?.language ?? 'python').toLowerCase();
  return ENDINGS[language] ?? 'txt';
}

/** Lines of a cell, which is a text or a list of pieces. */
function sourceOf({ source, input }: Cell): string[] {
  const given = source ?? input ?? '';
  const text = Array.isArray(given) ? given.join('') : String(given);
  const lines = splitLines(text);
  return Array.from({ length: lineCount(lines) }, (_, i) => lineAt(lines, i + 1));
}

/** A heading that opens its cell begins with the mark above it, which is line `mark`. */
function headingsOf(source: readonly string[], mark: number): Heading[] {
  const found = headingsIn(splitLines(source.join('\n')), 'markdown');
  return found.map(({ line, ...heading }, i) => ({ ...heading, line: i === 0 && line === 1 ? mark : mark + line }));
}
