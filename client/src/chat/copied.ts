/**
 * An answer as markdown for the clipboard: the question, the text with its markers, and under it the lines that each
 * marker stands for, in the form `path:line` that editors and terminals open. Pure.
 */
import type { Turn } from './messages.js';

export function copiedAnswer({ question, answer, citations }: Turn): string {
  const sources = citations.map(({ n, path, startLine, endLine, verified }) => {
    const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
    const target = `${encodeURI(path)}#L${startLine}${startLine === endLine ? '' : `-L${endLine}`}`;
    return `- [${n}] [${path}:${lines}](${target})${verified ? '' : ' (no longer matches)'}`;
  });
  const quoted = question.split('\n').map((line) => `> ${line}`);
  return [quoted.join('\n'), answer.trim(), sources.join('\n')].filter(Boolean).join('\n\n').concat('\n');
}
