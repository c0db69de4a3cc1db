/**
 * What a repository says of its own files in `.gitattributes`: `linguist-generated` and `linguist-vendored`, the
 * field's standard for “nobody here wrote this”.
 *
 * Attributes are matched otherwise than ignore patterns: a folder does not hand them down, unless by `**`.
 */

import ignore, { type Ignore } from 'ignore';
import { t } from '../base/l10n.js';
import type { Exclusion } from './exclusions.js';

interface Line {
  pattern: Ignore;
  /** How far the pattern reaches: any file of the name, the path itself, or all below a folder. */
  reach: 'name' | 'path' | 'below';
  reason: 'generated' | 'vendored';
  isSet: boolean;
  because: string;
}

/** The lines of one folder's file that matter here. */
export interface Attributes {
  folder: string;
  lines: readonly Line[];
}

const REASONS = { 'linguist-generated': 'generated', 'linguist-vendored': 'vendored' } as const;

/** `source` is the file as it is named to people. Null when the file says nothing that matters. */
export function attributesFrom(folder: string, source: string, text: string): Attributes | null {
  const lines = text.split(/\r?\n/).flatMap((line, i) => linesFrom(line, t('{0}, line {1}', source, i + 1)));
  return lines.length > 0 ? { folder, lines } : null;
}

function linesFrom(line: string, place: string): Line[] {
  const [pattern = '', ...attributes] = line.trim().split(/\s+/);
  // What ends in a slash or is negated matches nothing in git's reading either.
  if (pattern === '' || /^(#|!|\[attr\])/.test(pattern) || pattern.startsWith('"') || pattern.endsWith('/')) return [];
  return attributes.flatMap((attribute) => {
    const [, minus, name = '', value] = /^([-!]?)([\w-]+)(?:=(.*))?$/.exec(attribute) ?? [];
    if (name !== 'linguist-generated' && name !== 'linguist-vendored') return [];
    return {
      pattern: ignore({ allowRelativePaths: true }).add({ pattern }),
      reach: pattern.endsWith('/**') ? 'below' : pattern.includes('/') ? 'path' : 'name',
      reason: REASONS[name],
      isSet: minus === '' && value !== 'false',
      because: t('{0} says {1}: `{2}`', place, name, pattern),
    };
  });
}

/** Why a file is left out by what its repository says, or null. Later lines and deeper files win, for each attribute. */
export function attributed(path: string, files: readonly Attributes[]): Exclusion | null {
  const last = new Map<string, Line>();
  for (const { folder, lines } of files) {
    const relative = folder === '' ? path : path.slice(folder.length + 1);
    for (const line of lines) if (matches(relative, line)) last.set(line.reason, line);
  }
  return [...last.values()].find(({ isSet }) => isSet) ?? null;
}

function matches(path: string, { pattern, reach }: Line): boolean {
  const slash = path.lastIndexOf('/');
  if (reach === 'name') return pattern.ignores(path.slice(slash + 1));
  if (!pattern.ignores(path)) return false;
  return reach === 'below' || slash < 0 || !pattern.ignores(path.slice(0, slash + 1));
}
