/** Text of files as markdown: shown as words and code, so that no link, image or markup of it comes alive. Pure. */

/** Words: every character that markdown gives a meaning is escaped, and addresses do not become links. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&').replace(/\b(https?|www)(?=[:.])/gi, '$1\u200b');
}

/** A block of code, fenced by more backticks than it holds. */
export function fence(language: string, code: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${ticks}${language}\n${code}\n${ticks}`;
}

/** A span of code. */
export function inlineCode(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1);
  const room = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return `${ticks}${room}${text}${room}${ticks}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
