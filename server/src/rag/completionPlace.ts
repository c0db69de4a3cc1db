/**
 * Whether and how much to complete at a place, by the text around it: the syntax is not parsed, since it is broken while
 * somebody types. Pure.
 */
import { languageFamily } from '../index/languages.js';

export type Extent = 'none' | 'line' | 'block';

const HASH = new Set(['python', 'ruby', 'shellscript', 'elixir', 'r', 'julia', 'powershell', 'yaml', 'toml', 'perl']);
const DASHES = new Set(['lua', 'haskell', 'sql']);
/** What is followed by a block on the next lines. */
const OPENS = /([{([:]|=>|->|\bdo|\bthen|\belse|\bbegin|\bof)\s*$/;

/** `prefix` and `suffix` are the text on both sides of the cursor. */
export function extentAt(prefix: string, suffix: string, language: string, inText: boolean): Extent {
  const typed = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const rest = suffix.split(/\r?\n/, 1)[0]!;
  // In the middle of code there is no room: only brackets, quotes and punctuation may follow.
  if (/[^\s)\]}>"'`;,:]/.test(rest)) return 'none';
  if (!inText && isText(prefix, typed, languageFamily(language))) return 'none';
  if (rest.trim() !== '') return 'line';
  if (typed.trim() !== '') return OPENS.test(typed) ? 'block' : 'line';
  return OPENS.test(prefix.trimEnd()) || isFirstOfBlock(prefix, suffix, typed) ? 'block' : 'line';
}

/** The cursor is indented deeper than what follows: the block is still to be written. */
function isFirstOfBlock(prefix: string, suffix: string, typed: string): boolean {
  const above = prefix.trimEnd();
  const previous = above.slice(above.lastIndexOf('\n') + 1);
  const next = suffix.split(/\r?\n/).find((line) => line.trim() !== '') ?? '';
  return indent(typed) > indent(previous) && indent(typed) > indent(next);
}

function indent(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}

/** Inside a string or a comment. */
function isText(prefix: string, typed: string, family: string): boolean {
  const recent = prefix.slice(-20_000);
  if (count(recent, '/*') > count(recent, '*/') && !HASH.has(family)) return true;
  if (family === 'python' && (count(recent, '"""') % 2 === 1 || count(recent, "'''") % 2 === 1)) return true;
  const comment = HASH.has(family) ? '#' : DASHES.has(family) ? '--' : '//';
  let quote = '';
  for (let at = 0; at < typed.length; at++) {
    const character = typed[at]!;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (typed.startsWith(comment, at)) return true;
    else if (/["`]/.test(character) || (character === "'" && family !== 'rust' && family !== 'haskell'))
      quote = character;
  }
  return quote !== '';
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
