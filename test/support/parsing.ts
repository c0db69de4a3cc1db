/** Files through the real grammars: parsed, checked for coverage, and their symbols as text. */
import { expect } from 'vitest';
import { isBlank, lineAt, lineCount, linesOf } from '../../server/src/base/text.js';
import { openGrammars } from '../../server/src/index/grammars.js';
import { type ParsedFile, parseFile } from '../../server/src/index/parse.js';
import { createOutliner } from '../../server/src/index/syntax.js';
import { dist } from './engine.js';

export const outliner = createOutliner(await openGrammars(dist));

export async function parse(path: string, content: string | Uint8Array, deadlineMs = 20_000): Promise<ParsedFile> {
  const result = await parseFile(path, content, outliner, deadlineMs);
  if (result.kind !== 'indexed') throw new Error(`${path} was skipped: ${result.reason}`);
  return result;
}

export function checkCoverage({ text, chunks, lines: counted }: ParsedFile): void {
  const lines = linesOf(text);
  const holders = new Array<number>(lineCount(lines) + 1).fill(0);
  let last = 0;
  for (const { startLine, endLine } of chunks) {
    expect(startLine).toBeGreaterThan(last);
    expect(endLine).toBeGreaterThanOrEqual(startLine);
    expect(endLine).toBeLessThanOrEqual(lineCount(lines));
    last = endLine;
    for (let line = startLine; line <= endLine; line++) holders[line]!++;
  }
  let total = 0;
  for (let line = 1; line <= lineCount(lines); line++) {
    if (isBlank(lineAt(lines, line))) continue;
    total++;
    if (holders[line] !== 1)
      throw new Error(`Line ${line} lies in ${holders[line]} chunks: ${JSON.stringify(lineAt(lines, line))}`);
  }
  expect(counted).toEqual({ total, covered: total });
}

/** The symbols of a file as text: kind, qualified name, lines, signature. */
export async function symbolsOf(path: string, text: string): Promise<string> {
  const { symbols } = await parse(path, text.replace(/^\n/, ''));
  return symbols
    .map(
      ({ kind, qualified, startLine, endLine, signature }) =>
        `${kind} ${qualified} ${startLine}-${endLine}: ${signature}`,
    )
    .join('\n');
}
