/**
 * Parts of a text that share so many lines of a given width: each has one, and the rest goes round in order of use.
 * Pure.
 */

/** A part as it reads within so many lines, one at least. */
export interface Shown {
  text: string;
  lines: number;
  isWhole: boolean;
}

export interface Part {
  /** What it is called where some of it is left out. */
  name: string;
  /** More lines it never has. */
  most: number;
  show(lines: number): Shown;
}

/** `parts` are in order of use, and no more of them than lines. */
export function sharedOut(parts: readonly Part[], lines: number): Shown[] {
  const wanted = parts.map((part) => part.show(part.most).lines);
  const given = parts.map(() => 1);
  for (let left = lines - parts.length; left > 0; ) {
    const before = left;
    for (const i of parts.keys()) {
      if (left === 0 || given[i]! >= wanted[i]!) continue;
      given[i]!++;
      left--;
    }
    if (left === before) break;
  }
  return parts.map((part, i) => part.show(given[i]!));
}

/** Columns that a text takes; letters of Chinese, Japanese and Korean take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) columns += isWide(letter) ? 2 : 1;
  return columns;
}

/** So much of a text as fits, at the end of a word where one is near. */
export function clipped(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let taken = 1;
  for (const letter of text) {
    taken += isWide(letter) ? 2 : 1;
    if (taken > columns) break;
    kept += letter;
  }
  return `${kept.replace(/(?<=.{20})\s+\S{0,12}$/u, '').trimEnd()}…`;
}

function isWide(letter: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uff00-\uff60\u3000-\u303f]/u.test(
    letter,
  );
}
