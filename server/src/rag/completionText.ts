/**
 * What a model wrote to what is inserted. Pure.
 *
 * Nothing is inserted that stands after the cursor anyway, no bracket is closed that is not open, those that the
 * insertion opens on its last line it closes, and its indentation and line ends are those of the file.
 */

export interface Place {
  /** The text on both sides of the cursor. */
  prefix: string;
  suffix: string;
  /** More than the rest of the line may be inserted. */
  multiline: boolean;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const CLOSERS = new Set(Object.values(CLOSING));

export function tidied(raw: string, place: Place): string {
  const { prefix, suffix, multiline } = place;
  const newline = /\r\n/.test(prefix + suffix) ? '\r\n' : '\n';
  const before = prefix.replace(/\r\n?/g, '\n');
  const after = suffix.replace(/\r\n?/g, '\n');
  let text = withoutFence(raw.replace(/\r\n?/g, '\n'));
  if (!multiline) text = text.split('\n', 1)[0]!;
  text = indentedAs(before, text);
  text = withoutRepeats(text, after);
  text = balanced(text, before, after);
  text = withoutRepeats(text.replace(/[ \t\n]+$/, ''), after);
  return text.trim() === '' ? '' : text.replaceAll('\n', newline);
}

/** Chat models wrap code. */
function withoutFence(text: string): string {
  return /^\s*```[^\n]*\n([\s\S]*?)(?:\n```|$)/.exec(text)?.[1] ?? text;
}

/** Tabs where the file indents by tabs. */
function indentedAs(before: string, text: string): string {
  const tabs = (before.match(/^\t/gm) ?? []).length;
  const spaces = (before.match(/^ {2}/gm) ?? []).length;
  if (tabs <= spaces) return text;
  return text.replace(/\n((?: {4})+)/g, (_all, indent: string) => `\n${'\t'.repeat(indent.length / 4)}`);
}

/** Cut where it comes to what follows: the rest of the line, or the next lines. */
function withoutRepeats(text: string, after: string): string {
  const [rest = '', ...below] = after.split('\n');
  const tail = rest.trim();
  let left = text;
  if (tail !== '') {
    const lines = left.split('\n');
    const first = lines[0]!.trimEnd();
    if (first.endsWith(tail)) left = first.slice(0, first.length - tail.length);
    else {
      for (let length = Math.min(tail.length, left.length); length > 1; length--)
        if (left.endsWith(tail.slice(0, length))) {
          left = left.slice(0, -length);
          break;
        }
    }
  }
  const next = below.find((line) => line.trim() !== '')?.trim();
  if (next === undefined) return left;
  const lines = left.split('\n');
  // A lone bracket is left to what counts brackets.
  const at = lines.findIndex(
    (line, i) =>
      line.trim() === next && (next.length > 2 || (i > 0 && i === lines.length - 1 && !/^[)\]}]/.test(next))),
  );
  return at < 0 ? left : lines.slice(0, at).join('\n');
}

/** Up to the first bracket that closes what is not open, or what is closed below. */
function balanced(text: string, before: string, after: string): string {
  const owed = owedBy(before, after);
  const open: string[] = [];
  let end = text.length;
  scan(text, (bracket, at) => {
    if (end < text.length) return;
    if (!CLOSERS.has(bracket)) open.push(CLOSING[bracket]!);
    else if (open.length > 0 && open.at(-1) === bracket) open.pop();
    else if (open.length === 0 && owed.at(-1) === bracket) owed.pop();
    else end = at;
  });
  const kept = text.slice(0, end);
  // What ends in an opening bracket or a comma was cut off half-way; more may come.
  return end < text.length || /[([{,]\s*$/.test(kept) || kept.includes('\n') ? kept : kept + closersOf(kept);
}

/** The closing brackets that a line lacks, where none of them is a block's. */
function closersOf(line: string): string {
  const open: string[] = [];
  scan(line, (bracket) => {
    if (!CLOSERS.has(bracket)) open.push(CLOSING[bracket]!);
    else open.pop();
  });
  return open.includes('}') ? '' : open.toReversed().join('');
}

/** Brackets that are open before the cursor and not closed after it, the innermost last. */
function owedBy(before: string, after: string): string[] {
  const open: string[] = [];
  scan(before, (bracket) => {
    if (!CLOSERS.has(bracket)) open.push(CLOSING[bracket]!);
    else if (open.at(-1) === bracket) open.pop();
  });
  const depth: string[] = [];
  const owed: string[] = [];
  scan(after, (bracket) => {
    if (!CLOSERS.has(bracket)) depth.push(CLOSING[bracket]!);
    else if (depth.at(-1) === bracket) depth.pop();
    else if (open.includes(bracket)) {
      while (open.at(-1) !== bracket) owed.unshift(open.pop()!);
      open.pop();
    }
  });
  return [...open, ...owed];
}

/** Brackets outside of strings; a string ends with its line. */
function scan(text: string, visit: (bracket: string, at: number) => void): void {
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') quote = '';
    else if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === '`' || (character === "'" && isQuote(text, at))) quote = character;
    else if (CLOSING[character] || CLOSERS.has(character)) visit(character, at);
  }
}

/** Not an apostrophe, a lifetime or a prime: another one follows on the line, and no letter stands before it. */
function isQuote(text: string, at: number): boolean {
  const end = text.indexOf('\n', at);
  const rest = text.slice(at + 1, end < 0 ? undefined : end);
  return rest.includes("'") && !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
}
