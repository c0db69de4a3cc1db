/**
 * Text of files as markdown: shown as words and code, so that no link, image or markup of it comes alive, and what hides
 * in it is seen. Pure. Everything that a hover, an extract or a notification says of somebody's text comes through here.
 */
import { showHidden } from './text.js';

/** Words: every character that markdown gives a meaning is escaped, and addresses do not become links. */
export function escapeMarkdown(text: string): string {
  return showHidden(text).replace(/[\\`*_{}[\]()#+!|<>~&@]|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&');
}

/** Prose of a comment or a page: words, but for what it puts in backticks, which reads as code there too. */
export function proseMarkdown(text: string): string {
  // In brackets could stand what reads as a citation.
  const parts = text.split(/(?<!`)`([^`\r\n[\]]+)`(?!`)/);
  return parts.map((part, i) => (i % 2 === 1 ? inlineCode(part) : escapeMarkdown(part))).join('');
}

/** What `escapeMarkdown` made, as plain words again. */
export function unescapeMarkdown(markdown: string): string {
  return markdown.replace(/\\([\\`*_{}[\]()#+!|<>~&@:.])/g, '$1');
}

/** A block of code, fenced by more backticks than it holds. */
export function fence(language: string, code: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${ticks}${language.replace(/[^\w+#.-]/g, '')}\n${showHidden(code)}\n${ticks}`;
}

/** A span of code, on one line: a name may hold line ends, and a blank line would end the span. */
export function inlineCode(text: string): string {
  const line = showHidden(text.replace(/[\r\n]+/g, ' '));
  const ticks = '`'.repeat(longestRun(line) + 1);
  const room = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${ticks}${room}${line}${room}${ticks}`;
}

/** A link to an address of our own making. Names of files are part of it, and none can end it. */
export function link(text: string, address: string): string {
  const target = address.replace(/[^\w\-.~:/?#@%=,+$]/gu, (found) => percent(found));
  return `[${escapeMarkdown(text.replace(/\s+/g, ' '))}](${target})`;
}

/** A sentence for a notification, in which an editor would take `[text](command:…)` for a link that runs a command. */
export function noticeText(sentence: string): string {
  return showHidden(sentence).replaceAll('](', '] (');
}

function percent(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
