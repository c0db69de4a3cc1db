/**
 * Patterns in `.gitignore` form: read with the line that each stands on, and asked in order, the deepest last.
 */

import ignore, { type Ignore } from 'ignore';
import { t } from '../base/l10n.js';

const IGNORE_OPTIONS = {
  allowRelativePaths: true,
  ignorecase: process.platform === 'win32' || process.platform === 'darwin',
};

/** The patterns that hold for one folder and what lies below it. */
export interface Rules {
  /** Relative to the root; empty for the root. */
  folder: string;
  /** The way from the folder that the patterns are written for to the root, where that lies above it; else empty. */
  above: string;
  patterns: Ignore;
  /** Folders on the way to what a pattern forces in, by their depth: such a folder is entered, if only for that. */
  leading: readonly Ignore[];
}

export type Word = { says: 'out'; because: string } | { says: 'in' };

/** `source` names each pattern's place to whoever asks: ` line N` is added where it is a file. */
export function rulesFrom(folder: string, sources: readonly { source: string; text: string }[], above = ''): Rules {
  const patterns = ignore(IGNORE_OPTIONS);
  const leading: Ignore[] = [];
  for (const { source, text } of sources)
    text.split(/\r?\n/).forEach((pattern, i) => {
      patterns.add({ pattern, mark: t('{0}, line {1}', source, i + 1) });
      foldersBefore(pattern).forEach((way, depth) => {
        leading[depth] ??= ignore(IGNORE_OPTIONS);
        leading[depth].add({ pattern: way });
      });
    });
  return { folder, above, patterns, leading };
}

/** Patterns that stand in no file; nothing where there are none. */
export function rulesOf(source: string, patterns: readonly string[]): Rules[] {
  if (patterns.length === 0) return [];
  const all = ignore(IGNORE_OPTIONS).add(patterns.map((pattern) => ({ pattern, mark: source })));
  return [{ folder: '', above: '', patterns: all, leading: [] }];
}

/** What the deepest rule that speaks of the path says, as git has it; null when none does. */
export function lastWord(path: string, isFolder: boolean, rules: readonly Rules[]): Word | null {
  let word: Word | null = null;
  for (const own of rules) {
    const relative = relativeTo(own, path);
    const verdict = own.patterns.test(isFolder ? `${relative}/` : relative);
    // What ignored the folder around it was overruled by a deeper file, or nobody would have come here.
    const parent = relative.slice(0, relative.lastIndexOf('/') + 1);
    if (verdict.ignored && !(parent !== '' && own.patterns.test(parent).ignored))
      word = { says: 'out', because: `${verdict.rule!.mark}: \`${verdict.rule!.pattern}\`` };
    else if (verdict.unignored) word = { says: 'in' };
  }
  return word;
}

/** Whether a file or a folder around it is named: for patterns that list what is wanted. */
export function isNamed(path: string, rules: readonly Rules[]): boolean {
  return rules.some(({ patterns }) => patterns.ignores(path));
}

/** Whether a pattern of these forces in something further down this way. */
export function leadsOn(path: string, rules: readonly Rules[]): boolean {
  return rules.some((own) => {
    const relative = relativeTo(own, path);
    return own.leading[relative.split('/').length - 1]?.ignores(`${relative}/`) ?? false;
  });
}

function relativeTo({ folder, above }: Rules, path: string): string {
  return above + (folder === '' ? path : path.slice(folder.length + 1));
}

/**
 * The folders that a negated pattern passes through, outermost first. Only what is written as a way from its folder
 * has any, up to the first `**`: `!lib.js` may lie anywhere, and nobody wants every left-out folder searched for it.
 */
function foldersBefore(pattern: string): string[] {
  if (!pattern.startsWith('!')) return [];
  const parts = pattern
    .slice(1)
    .replace(/^\//, '')
    .replace(/\/\s*$/, '')
    .split('/');
  const end = parts.indexOf('**');
  const folders = end < 0 ? parts.slice(0, -1) : parts.slice(0, end);
  return folders.map((_, i) => `/${folders.slice(0, i + 1).join('/')}/`);
}
