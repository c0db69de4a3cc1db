/**
 * Results as an agent reads them. Pure.
 *
 * What comes from files is data: each line of it stands behind its number or a bar, so that nothing written in a file
 * can pass for a heading, a citation or a note of ours. An answer, which is prose, comes last.
 */
import type { Answer, Citation, Definition, FileLines, Found, Hit, LineRange, Use } from './answer.js';
import type { Status } from './status.js';
import { lineAt, lineCount, linesOf, showHidden } from './text.js';

/** Some ten thousand tokens: what agents take from a tool without complaint. */
const MAX_RESULT_CHARACTERS = 30_000;
const MAX_LINE_CHARACTERS = 500;
const MAX_DEFINITION_LINES = 80;
const MAX_COMMENT_LINES = 20;
const MAX_MEANT = 3;

/** `stale`: passages whose lines were no longer there when they were read again. */
export function hitsText(hits: readonly Hit[], stale: number): string {
  const passages = hits.map((hit) => [heading(hit, hit.symbol && `${hit.kind} ${hit.symbol}`), ...numbered(hit)]);
  const changed = stale > 0 ? [`${stale} more changed since they were indexed; search again for them.`] : [];
  return [bounded(passages, 'Nothing found.'), ...changed].join('\n\n');
}

export function answerText({ answer, refused, reason, citations, sources }: Answer): string {
  const list = (items: readonly (LineRange & { path: string; n: number; place?: string })[]) =>
    items.map((item) => `[${item.n}] ${heading(item)}`);
  const parts = [
    ...(reason ? [`Note: ${oneLine(reason)}`] : []),
    ...(refused
      ? sources.length > 0
        ? [['Nearest, though they do not answer it:', ...list(sources)].join('\n')]
        : []
      : [['Citations, each read again just now:', ...list(citations)].join('\n')]),
    `Answer:\n${showHidden(answer)}`,
  ];
  const text = parts.join('\n\n');
  const rest = text.length - MAX_RESULT_CHARACTERS;
  return rest > 0 ? `${text.slice(0, MAX_RESULT_CHARACTERS)}… (${rest} more characters)` : text;
}

export function definitionsText({ items, more }: Found<Definition>): string {
  const parts = items.map((definition) => {
    const comment = shownLines(definition.documentation).slice(0, MAX_COMMENT_LINES);
    const lines = numbered(definition);
    const rest = lines.length - MAX_DEFINITION_LINES;
    return [
      heading(definition, `${definition.kind} ${definition.qualified}`),
      ...comment.map((line) => `| ${line}`),
      ...lines.slice(0, MAX_DEFINITION_LINES),
      ...(rest > 0 ? [`${rest} more lines: read_lines shows them.`] : []),
    ];
  });
  return bounded(parts, 'No definition of that name is in the index.', more);
}

export function usesText({ items, more }: Found<Use>): string {
  const parts = items.map(({ path, line, text, kind, within, definitions }) => {
    const meant = definitions.slice(0, MAX_MEANT).map(oneLine).join(' or ');
    const about = [kind, within && `in ${within}`, meant && `of ${meant}`].filter(Boolean).join(' ');
    const range = { path, startLine: line, endLine: line };
    return [heading(range, about), ...numbered({ ...range, text })];
  });
  return bounded(parts, 'Nothing in the index calls or uses that name.', more);
}

export function linesText(file: FileLines): string {
  const shown = numbered(file);
  const { size } = fitting(shown.map((line) => [line]));
  const last = file.startLine + size - 1;
  const range = { ...file, endLine: last };
  const rest = last < file.lines ? [`The file has ${file.lines} lines; go on at ${last + 1}.`] : [];
  return [heading(range), ...shown.slice(0, size), ...rest].join('\n');
}

/** A sentence on what the index lacks while this is asked; empty where it lacks nothing. */
export function indexNote({ state, progress, files, scannedAt, degraded }: Status): string {
  if (state === 'failed') return `Note: the index could not be brought up to date. ${degraded.map(oneLine).join('. ')}`;
  const waiting = progress?.step === 'indexing' ? progress.total - progress.done : 0;
  if (scannedAt && waiting === 0) return '';
  const rest = waiting > 0 ? `, ${waiting} are waiting` : '';
  return `Note: the index is being built; ${files} files are searched so far${rest}. Ask again for the whole.`;
}

function heading(at: Pick<Citation, 'path' | 'startLine' | 'endLine' | 'place'>, about = ''): string {
  const { path, startLine, endLine, place } = at;
  return oneLine(`${path}:${startLine}-${endLine}${place ? ` (${place})` : ''}${about && `  ${about}`}`);
}

function numbered({ startLine, text }: { startLine: number; text: string }): string[] {
  return shownLines(text).map((line, i) => `${startLine + i}\t${line}`);
}

function shownLines(text: string): string[] {
  if (text === '') return [];
  const lines = linesOf(text);
  return Array.from({ length: lineCount(lines) }, (_, i) => cut(oneLine(lineAt(lines, i + 1))));
}

function cut(line: string): string {
  const rest = line.length - MAX_LINE_CHARACTERS;
  return rest > 0 ? `${line.slice(0, MAX_LINE_CHARACTERS)}… (${rest} more characters)` : line;
}

/** No character is left that anything takes for a line end. */
function oneLine(text: string): string {
  return showHidden(text.replace(/[\n\r\u2028\u2029]/g, ' '));
}

/** As many whole parts as fit, one at least, and how many were left out. */
function bounded(parts: readonly string[][], none: string, more = 0): string {
  if (parts.length === 0) return none;
  const { size } = fitting(parts);
  const left = parts.length - size + more;
  const rest = left > 0 ? [`${left} more were left out; ask for less, or more narrowly.`] : [];
  return [...parts.slice(0, size).map((lines) => lines.join('\n')), ...rest].join('\n\n');
}

function fitting(parts: readonly string[][]): { size: number } {
  let characters = 0;
  const size = parts.findIndex((lines) => {
    characters += lines.reduce((sum, line) => sum + line.length + 1, 0);
    return characters > MAX_RESULT_CHARACTERS;
  });
  return { size: size < 0 ? parts.length : Math.max(1, size) };
}
