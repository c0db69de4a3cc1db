/**
 * The prose that explains a name: sentences of READMEs and documentation that speak of it.
 *
 * A word of everyday language counts only where it is written as a name, between backticks or with parentheses.
 */
import { linesOf } from '../base/text.js';
import { escaped } from '../index/tokens.js';
import { isNameLike } from './hoverTarget.js';
import { sentencesOf } from './prose.js';
import type { IndexView } from './view.js';

export interface Explanation {
  path: string;
  startLine: number;
  endLine: number;
  sentence: string;
}

const LOOKED_AT = 12;
const MAX_SHOWN = 2;

/** Best first. Not the line that the pointer is on. */
export async function explanationsOf(
  view: IndexView,
  name: string,
  at: { path: string; line: number },
): Promise<Explanation[]> {
  const chunks = await view.mentions(name, LOOKED_AT);
  const texts = await view.texts(chunks);
  const mention = mentionOf(name);
  const found: Explanation[] = [];
  for (const [i, { path, startLine, language }] of chunks.entries()) {
    const sentence = sentencesOf(linesOf(texts[i]!), language).find(({ text }) => mention.test(text));
    if (!sentence) continue;
    const first = startLine + sentence.startLine - 1;
    const last = startLine + sentence.endLine - 1;
    if (path === at.path && first <= at.line && at.line <= last) continue;
    found.push({ path, startLine: first, endLine: last, sentence: plain(sentence.text) });
    if (found.length === MAX_SHOWN) break;
  }
  return found;
}

/** A name between letters of Chinese is a whole word there. */
function mentionOf(name: string): RegExp {
  const edge = /^[\p{ASCII}]+$/u.test(name) ? '[A-Za-z0-9_$]' : '[\\p{L}\\p{N}_$]';
  const word = `(?<!${edge})${escaped(name)}(?!${edge})`;
  return new RegExp(isNameLike(name) ? word : `\`[^\`]*${word}[^\`]*\`|${word}\\(`, 'u');
}

/** Without the marks of lists and emphasis, which would stand there as signs. */
function plain(sentence: string): string {
  return sentence
    .replace(/^([-*+>]|\d+\.)\s+/, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*|__|`/g, '');
}
