/** A small shop with a lantern, and questions about it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Answer, Citation } from '../../server/src/base/answer.js';
import type { Engine } from '../../server/src/engine/engine.js';
import type { ChatOptions } from '../../server/src/rag/chat.js';
import type { Files } from '../support/engine.js';

export const CONFIG = { contextTokens: 6000, maxAnswerTokens: 500 };

export const SHOP: Files = {
  'src/lantern.ts': `import { Oil } from './oil.js';

/** Lights the brass lantern and keeps it burning until the harbour sleeps. */
export function lightLantern(oil: Oil): string {
  return oil.burn();
}
`,
  'src/oil.ts': `/** Whale oil, by the barrel. */
export class Oil {
  burn(): string { return 'flame'; }
}
`,
  'src/rope.ts': `/** Ties a bowline that never slips. */
export const tieBowline = (length: number) => length * 2;
`,
  'README.md': '# Harbour\n\nThe harbour has lanterns, ropes and oil.\n',
};

export async function ask(engine: Engine, question: string, options: ChatOptions = {}): Promise<Answer> {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, CONFIG, options);
}

export async function pathsFound(engine: Engine, query: string): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  return [...new Set((await snapshot.search(query, 20, { arm: 'lexical' })).map((hit) => hit.path))];
}

/** Whole lines of a file as bytes, told from the bytes themselves. */
function bytesOfLines(bytes: Buffer, startLine: number, endLine: number): string {
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const ends = [...text.matchAll(/\r\n|\n|\r|$/g)];
  const start = startLine === 1 ? 0 : ends[startLine - 2]!.index + ends[startLine - 2]![0].length;
  return text.slice(start, ends[endLine - 1]!.index);
}

/** Every citation is verified and holds exactly the bytes of its lines on disk. */
export async function checkQuotes(folder: string, citations: readonly Citation[]): Promise<void> {
  expect(citations.length).toBeGreaterThan(0);
  for (const { path, startLine, endLine, quote, verified } of citations) {
    expect(verified).toBe(true);
    expect(Buffer.from(quote).toString('latin1')).toBe(
      bytesOfLines(await readFile(join(folder, path)), startLine, endLine),
    );
  }
}
