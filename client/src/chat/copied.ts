/**
 * An answer as markdown for the clipboard: the question, the text with its markers, and under it the lines that each
 * marker stands for, in the form `path:line` that editors and terminals open. Pure.
 */
import { placeName } from '../../../server/src/base/document.js';
import { t } from '../../../server/src/base/l10n.js';
import { escapeMarkdown, link } from '../../../server/src/base/markdown.js';
import type { Turn } from './messages.js';

export function copiedAnswer({ question, answer, citations }: Turn): string {
  const sources = citations.map(({ n, path, place, startLine, endLine, verified }) => {
    const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
    // A document has no lines to link to.
    const target = encodeURI(path) + (place ? '' : `#L${startLine}${startLine === endLine ? '' : `-L${endLine}`}`);
    const where = link(`${path}:${lines}`, target);
    return `- [${n}] ${where}${place ? ` (${escapeMarkdown(placeName(place))})` : ''}${verified ? '' : ` (${t('no longer matches')})`}`;
  });
  const quoted = question.split('\n').map((line) => `> ${line}`);
  return [quoted.join('\n'), withoutImages(answer.trim()), sources.join('\n')]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}

/** Where it is pasted, an image would be fetched without a click, and its address can say anything. A blank breaks it. */
function withoutImages(markdown: string): string {
  return markdown.replace(
    /!(?=\[)|<(?=\/?(?:img|image|svg|picture|source|video|audio|iframe|object|embed|link|style|input)\b)/gi,
    '$& ',
  );
}
