/**
 * A question that is, or holds, a regular expression: `/parse\w+\(/`, or nothing but `get_\w+_id`.
 *
 * Its literal parts say where to look, as words do; what it matches there is what was asked for. An expression may be
 * made to take for ever, so it runs under a deadline, which stops it wherever it is.
 */
import { runInNewContext } from 'node:vm';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { IndexView } from './view.js';

export interface Pattern {
  /** As JavaScript has it. */
  source: string;
  flags: string;
}

/** `/…/` with something in it that no path has; flags as grep or an editor would know them. */
const DELIMITED = /(?<!\S)\/((?:\\.|[^\\/\n])+)\/([gimsu]*)(?=[\s?.,;:!]|$)/u;
const SPECIAL = /[\\*+?()[\]{}|^$]/u;
/** What an expression has, and an identifier, a call, a type, a glob, a namespace or a path of Windows seldom has. */
const TELLING = /\\[wWdDsSbB](?!\p{L})|\\[.()[\]{}*+?|^$]|\.[*+]|\[[^\]]+\][*+?]|\(\?[:=!]|\([^()]+\|[^()]+\)|^\^\w/u;
const MAX_LENGTH = 300;

/** The expression in a question, and the question with its literal parts in its place; null where there is none. */
export function takePattern(text: string): { text: string; pattern: Pattern | null } {
  const delimited = text.match(DELIMITED);
  if (delimited && SPECIAL.test(delimited[1]!)) {
    const [whole, source, flags] = delimited;
    const pattern = patternOf(source!, flags!.includes('i') ? 'im' : 'm');
    if (pattern) return { text: text.replace(whole, () => literalsOf(source!)), pattern };
  }
  const alone = text.trim();
  if (!/\s/u.test(alone) && TELLING.test(alone)) {
    const pattern = patternOf(alone, 'm');
    if (pattern) return { text: literalsOf(alone), pattern };
  }
  return { text, pattern: null };
}

/** Null for what is no expression. */
function patternOf(source: string, flags: string): Pattern | null {
  if (source.length > MAX_LENGTH) return null;
  try {
    new RegExp(source, flags);
    return { source, flags };
  } catch {
    return null;
  }
}

/** The parts that stand for themselves, as words. */
function literalsOf(source: string): string {
  return source
    .replace(/\\[pP]\{[^}]*\}|\\[a-zA-Z0-9]|\\./gu, ' ')
    .replace(/\[(?:[^\]])*\]|\(\?<?[:=!]|[*+?]|\{\d*,?\d*\}|\$(?![\p{L}_])|[^\p{L}\p{N}_$]/gu, ' ')
    .trim();
}

/** Milliseconds for all texts together: nobody waits for it, and nothing else is kept waiting longer. */
const DEADLINE = 40;

/** Those of the chunks in which the pattern matches, as far as there was time. */
export async function matching(view: IndexView, pattern: Pattern, chunks: readonly ChunkRow[]): Promise<ChunkRow[]> {
  const texts = await view.texts(chunks);
  const matches: boolean[] = [];
  try {
    runInNewContext(
      'const tested = new RegExp(source, flags); for (const text of texts) matches.push(tested.test(text));',
      { ...pattern, texts, matches },
      { timeout: DEADLINE },
    );
  } catch {
    // Too slow an expression: what was matched until then counts.
  }
  return chunks.filter((_, i) => matches[i]);
}
