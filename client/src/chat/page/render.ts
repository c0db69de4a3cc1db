/**
 * An answer's markdown to HTML that is safe by construction. Pure.
 *
 * The answer may say anything, since a model wrote it after reading files that anyone may have written. So there is no
 * list of what is forbidden: each kind of token is written out here, in our own elements, with its text escaped. No
 * image, no HTML and no link survives; a link is shown as its text and its target, and goes nowhere. The only thing
 * that can be clicked is a marker of a source that the turn has.
 */
import createMarkdown, { type MarkdownIt, type RendererRule, type StateInline, type Token } from 'markdown-it';
import { t } from '../../../../server/src/base/l10n.js';
import type { Runs } from '../messages.js';
import { colourCode, colourRuns } from './colours.js';
import { escapeAttribute, escapeText } from './visible.js';

export interface RenderOptions {
  /** What a marker's number stands for, as a label; undefined: not a source, so the marker stays text. */
  sourceLabel(n: number): string | undefined;
  /** What a grammar says of the code that is opened on this line of the markdown, from 0, and is so long. */
  codeRuns?(line: number, length: number): Runs | undefined;
}

/** More is cut off with a note: nobody reads it, and the page must stay quick. */
export const maxAnswerLength = 100_000;

export function renderAnswer(markdown: string, options: RenderOptions): string {
  const html = parser.render(markdown.slice(0, maxAnswerLength), { options });
  if (markdown.length <= maxAnswerLength) return html;
  return `${html}<p class="note">${escapeText(t('Only the beginning is shown. Copying the answer copies all of it.'))}</p>`;
}

/** What a screen reader is told when the answer is there. */
export function spokenAnswer(markdown: string): string {
  return markdown
    .slice(0, 2000)
    .replace(/```[^\n]*\n[\s\S]*?(?:```|$)/g, ` ${t('code')} `)
    .replace(/[*_`>#]+/g, '')
    .replace(/\[\d[^\]]*\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 600);
}

const one = String.raw`\d{1,3}(?::\d{1,7}(?:-\d{1,7})?)?`;
/** Every form that a model may write. Before `(` it would be a link's text. */
const markerPattern = new RegExp(String.raw`\[(${one}(?:\s*[,;]\s*${one})*)\](?!\()`, 'y');

function marker(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== '[') return false;
  markerPattern.lastIndex = state.pos;
  const match = markerPattern.exec(state.src);
  if (!match) return false;
  const { sourceLabel } = optionsOf(state.env);
  const numbers = match[1]!.split(/[,;]/).map((part) => Number.parseInt(part, 10));
  const known = [...new Set(numbers)].filter((n) => sourceLabel(n) !== undefined);
  if (known.length === 0) return false;
  if (!silent) {
    // The marker hangs on the word before it, as a footnote's number does.
    state.pending = state.pending.replace(/ +$/, '');
    state.push('marker', '', 0).meta = { numbers: known };
  }
  state.pos += match[0].length;
  return true;
}

const parser = createParser();

function createParser(): MarkdownIt {
  const md = createMarkdown({ html: false, linkify: false, typographer: false, breaks: false });
  // Without images `![a](b)` is a link, shown like any other. Without references a line `[1]: …` cannot rob `[1]`.
  md.disable(['image', 'reference', 'html_block', 'html_inline']);
  // Every target is accepted because none is used: what would be refused is better shown than left as a puzzle.
  md.validateLink = () => true;
  md.normalizeLink = (target) => target;
  md.inline.ruler.before('link', 'marker', marker);
  const { rules } = md.renderer;
  const content: RendererRule = (tokens, i) => escapeText(tokens[i]!.content);
  Object.assign(rules, { text: content, text_special: content, html_block: content, html_inline: content });
  rules['code_inline'] = (tokens, i) => `<code>${escapeText(tokens[i]!.content)}</code>`;
  rules['code_block'] = (tokens, i) => codeHtml(tokens[i]!.content, '');
  rules['fence'] = (tokens, i, _options, env) => {
    const { content, info, map } = tokens[i]!;
    const runs = map && optionsOf(env).codeRuns?.(map[0], withoutLineEnd(content).length);
    return codeHtml(content, info.trim().split(/\s+/, 1)[0] ?? '', runs ?? undefined);
  };
  rules['link_open'] = () => '<span class="link">';
  rules['link_close'] = (tokens, i) => `${targetHtml(tokens, i)}</span>`;
  rules['marker'] = (tokens, i, _options, env) => {
    const numbers = tokens[i]!.meta!['numbers'] as number[];
    return `<span class="markers">${numbers.map((n) => markerHtml(n, optionsOf(env).sourceLabel(n)!)).join('')}</span>`;
  };
  // Tables align with style attributes, which the page's policy refuses; the number of a list is all that is kept.
  md.renderer.renderAttrs = ({ attrs }) => {
    const start = String(attrs?.find(([name]) => name === 'start')?.[1]);
    return /^\d{1,9}$/.test(start) ? ` start="${start}"` : '';
  };
  rules['table_open'] = () =>
    `<div class="table" tabindex="0" role="group" aria-label="${escapeAttribute(t('Table'))}"><table>\n`;
  rules['table_close'] = () => '</table></div>\n';
  return md;
}

function markerHtml(n: number, label: string): string {
  return `<button type="button" class="marker" data-testid="citation-marker" data-n="${n}" aria-label="${escapeAttribute(label)}">${n}</button>`;
}

function codeHtml(content: string, language: string, runs?: Runs): string {
  const code = withoutLineEnd(content);
  const label = escapeAttribute(t('Copy code'));
  const copy = `<button type="button" class="icon-button copy-code codicon codicon-copy" aria-label="${label}" title="${label}"></button>`;
  const lines = runs ? colourRuns(code, runs, { start: 0, end: code.length }) : colourCode(code, language);
  return `<div class="code-block">${copy}<pre tabindex="0"><code>${lines}</code></pre></div>\n`;
}

function withoutLineEnd(code: string): string {
  return code.replace(/\n$/, '');
}

/** Where the link that closes here would lead, unless its text is just that. Links do not nest. */
function targetHtml(tokens: readonly Token[], close: number): string {
  let open = close;
  while (open > 0 && tokens[open]!.type !== 'link_open') open--;
  const target = String(tokens[open]!.attrGet('href') ?? '');
  const text = tokens.slice(open + 1, close).map(({ content }) => content);
  return target && target !== text.join('') ? ` <span class="target">(${escapeText(target)})</span>` : '';
}

function optionsOf(env: unknown): RenderOptions {
  return (env as { options: RenderOptions }).options;
}
