/**
 * An answer as markdown for the clipboard: the question, the text with its markers, and under it the lines that each
 * marker stands for, in the form `path:line` that editors and terminals open. Pure.
 */
import type { Turn } from './messages.js';

export function copiedAnswer({ question, answer, citations }: Turn): string {
  const sources = citations.map(({ n, path, place, startLine, endLine, verified }) => {
    const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
    // A document has no lines to link to.
    const target = encodeURI(path) + (place ? '' : `#L${startLine}${startLine === endLine ? '' : `-L${endLine}`}`);
    return `- [${n}] [${path}:${lines}](${target})${place ? ` (${place})` : ''}${verified ? '' : ' (no longer matches)'}`;
  });
  const quoted = question.split('\n').map((line) => `> ${line}`);
  return [quoted.join('\n'), answer.trim(), sources.join('\n')].filter(Boolean).join('\n\n').concat('\n');
}
