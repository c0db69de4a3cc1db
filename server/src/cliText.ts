/**
 * Results as a person reads them on a terminal. Pure. What comes from files, models and servers passes `visible`, since a
 * terminal obeys control characters: names of files are among it.
 */
import type { Answer, Hit, LineRange } from './base/answer.js';
import type { ContextItem } from './base/completion.js';
import { isElsewhere } from './base/destination.js';
import { unescapeMarkdown } from './base/markdown.js';
import { scorePartMeaning } from './base/scoreParts.js';
import type { EmbedderStatus, Status } from './base/status.js';
import { showHidden } from './base/text.js';
import type { Explanation, IndexReport } from './engine/engine.js';

const MAX_SNIPPET_LINES = 12;

export function answerText(answer: Answer, { explain, colour }: { explain: boolean; colour: boolean }): string {
  const parts = [styled(visible(plain(answer.answer)), colour)];
  if (answer.reason) parts.push(`Note: ${visible(answer.reason)}`);
  if (answer.citations.length > 0) {
    const list = answer.citations.map((citation) => `  [${citation.n}] ${place(citation)}`);
    parts.push(`${heading('Sources', colour)}\n${[...new Set(list)].join('\n')}`);
  } else if (answer.refused && answer.sources.length > 0)
    parts.push(`${heading('Nearest', colour)}\n${answer.sources.map((source) => `  ${place(source)}`).join('\n')}`);
  if (explain) parts.push(traceText(answer, colour));
  return parts.join('\n\n');
}

function traceText({ trace, sources }: Answer, colour: boolean): string {
  const steps = trace.steps.map(({ step, milliseconds, note }) => `  ${step.padEnd(10)} ${milliseconds} ms  ${note}`);
  const terms = `  terms: ${trace.terms.join(' ')}`;
  const asked = trace.searchModels.map(({ role, name, device, passages }) => {
    const given = passages > 0 ? `the question and ${passages} passages` : 'the question';
    return `  ${role} ${name}${placeText(device, `${given} went there`)}`;
  });
  const scores = sources.map((source) => `  [${source.n}] ${place(source)}  ${whyText(source.why)}`);
  const dropped = trace.dropped.map(({ what, reason }) => `  dropped ${what}: ${reason}`);
  const lines = [...steps, terms, ...asked, ...scores, ...partsText(sources), ...dropped];
  return [heading('How', colour), ...lines.map(visible)].join('\n');
}

export function hitsText(hits: readonly Hit[], explain: boolean): string {
  if (hits.length === 0) return 'Nothing found.';
  const passages = hits.map((hit) => {
    const name = hit.symbol ? `  ${hit.kind} ${hit.symbol}` : '';
    const lines = hit.text.split(/\r\n|\n|\r/);
    const more = lines.length > MAX_SNIPPET_LINES ? [`  … ${lines.length - MAX_SNIPPET_LINES} more lines`] : [];
    const shown = lines
      .slice(0, MAX_SNIPPET_LINES)
      .map((line, i) => `  ${String(hit.startLine + i).padStart(5)}  ${line}`);
    const why = explain ? [`  score ${whyText(hit.why)}`] : [];
    return [`${place(hit)}${name}`, ...why, ...shown, ...more].map(visible).join('\n');
  });
  return [...passages, ...(explain ? [partsText(hits).join('\n')] : [])].join('\n\n');
}

export function reportText({ files, chunks, lines, bytes, seconds, failed, degraded }: IndexReport): string {
  return [
    `${files} files, ${chunks} chunks, ${coverage(lines)}, ${megabytes(bytes)} in ${seconds.total.toFixed(1)} s`,
    ...failed.map(({ path, reason }) => `failed: ${path}: ${reason}`),
    ...degraded.map((sentence) => `note: ${sentence}`),
  ]
    .map(visible)
    .join('\n');
}

export function statusText(status: Status): string {
  const { embedder, nextEmbedder, reranker, model } = status;
  const devices = [embedder, nextEmbedder, reranker].map((one) => one?.device ?? '');
  const stays = ![model.destination, ...devices].some(isElsewhere);
  const skipped = Object.entries(status.skipped).map(([reason, n]) => `${n} ${reason}`);
  return [
    `${status.root}: ${status.state}`,
    `  ${status.files} files, ${status.chunks} chunks, ${coverage(status.lines)}, ${megabytes(status.bytes)}`,
    `  last scan ${status.scannedAt ?? 'never'}, generation ${status.generation}`,
    `  store ${status.store.path} (${megabytes(status.store.bytes)}, ${status.store.role})`,
    `  embedder ${embedder ? embedderText(embedder, 'passages and questions are sent there') : 'none'}`,
    ...(nextEmbedder ? [`  next embedder ${embedderText(nextEmbedder, 'passages are sent there')}`] : []),
    ...(reranker
      ? [`  reranker ${reranker.name}${placeText(reranker.device, 'questions and passages found are sent there')}`]
      : []),
    `  model ${model.name}${model.destination ? ` at ${model.destination}` : ''}${stays ? ': nothing leaves this machine' : ''}`,
    ...(model.failure ? [`  it does not answer: ${model.failure}`] : []),
    `  left out: ${skipped.join(', ') || 'nothing'}`,
    ...status.failed.map(({ path, reason }) => `  failed: ${path}: ${reason}`),
    ...status.degraded.map((sentence) => `  note: ${sentence}`),
  ]
    .map(visible)
    .join('\n');
}

function embedderText({ name, dimensions, device }: EmbedderStatus, sent: string): string {
  return `${name}, ${dimensions} dimensions${placeText(device, sent)}`;
}

function placeText(device: string, sent: string): string {
  return `, on ${device}${isElsewhere(device) ? `: ${sent}` : ''}`;
}

export function explanationText({ path, indexed, reason }: Explanation): string {
  return visible(indexed ? `${path} is indexed` : reason!);
}

function place({ path, startLine, endLine, place }: LineRange & { path: string; place?: string }): string {
  return visible(`${path}:${startLine}${endLine > startLine ? `-${endLine}` : ''}${place ? ` (${place})` : ''}`);
}

function coverage({ total, covered }: Status['lines']): string {
  return `${covered} of ${total} lines (${(total > 0 ? (100 * covered) / total : 100).toFixed(2)} %)`;
}

function whyText(why: Record<string, number>): string {
  const parts = Object.entries(why).map(([part, value]) => `${part} ${value.toFixed(2)}`);
  const sum = Object.values(why).reduce((total, value) => total + value, 0);
  return `${sum.toFixed(2)} = ${parts.join(' + ').replaceAll('+ -', '- ')}`;
}

/** What the parts of these scores say, a line each. */
function partsText(hits: readonly Pick<Hit, 'why'>[]): string[] {
  const parts = [...new Set(hits.flatMap(({ why }) => Object.keys(why)))];
  return parts.map((part) => `  ${part.padEnd(10)} ${scorePartMeaning(part)}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Hidden characters spelled out; a lone carriage return would write over what stands on the line. */
export function visible(text: string): string {
  return showHidden(text).replace(/\r\n?/g, '\n');
}

/** Without the backslashes that keep quoted text from becoming markup, outside of code blocks. */
function plain(markdown: string): string {
  let fence = '';
  const lines = markdown.split('\n').map((line) => {
    const mark = /^`{3,}/.exec(line)?.[0] ?? '';
    const closes = fence !== '' && line.trimEnd() === fence;
    if (fence === '' && mark !== '' && !line.slice(mark.length).includes('`')) fence = mark;
    else if (fence === '') return unescapeMarkdown(line);
    if (closes) fence = '';
    return line;
  });
  return lines.join('\n');
}

function heading(text: string, colour: boolean): string {
  return colour ? `\x1b[1m${text}\x1b[0m` : text;
}

/** Bold, code and markers of markdown as a terminal shows them; the rest is readable as it stands. */
function styled(markdown: string, colour: boolean): string {
  if (!colour) return markdown;
  return markdown
    .replace(/\*\*`?([^*`\n]+)`?\*\*/g, '\x1b[1m$1\x1b[0m')
    .replace(/(?<!`)`([^`\n]+)`(?!`)/g, '\x1b[36m$1\x1b[0m')
    .replace(/\[(\d+)\]/g, '\x1b[33m[$1]\x1b[0m')
    .replace(/^```.*$\n?/gm, '');
}

/** Each part of what a completion is made from, with what speaks for it. */
export function contextText(items: readonly ContextItem[]): string {
  if (items.length === 0) return 'Nothing of the rest of the repository is needed there.';
  return items
    .map(
      ({ path, startLine, endLine, why, text }) =>
        `${path}:${startLine}-${endLine}  ${why}\n${text.replace(/^/gm, '    ')}`,
    )
    .join('\n\n');
}
