/**
 * How an answer came about, for whoever wants to know: what was done and how long it took, why each passage was chosen,
 * and, word for word, what was sent to a model. Nothing here is a summary of the record; it is the record, drawn.
 */

import type { SentRequest, Source, Trace } from '../../../../server/src/base/answer.js';
import { destinationName } from '../../../../server/src/base/destination.js';
import { countOf, t } from '../../../../server/src/base/l10n.js';
import { scorePartMeaning, scorePartName, traceStepName } from '../../../../server/src/base/scoreParts.js';
import { searchSent } from '../../searchModels.js';
import type { FromPage, Turn } from '../messages.js';
import { confirmCopy, disclosure, element, icon, iconButton } from './dom.js';
import { escapeText, plainText } from './visible.js';

type Post = (message: FromPage) => void;

/** UTF-16 units of one text. */
const maxShown = 50_000;

export function traceSections({ trace, sources }: Turn, post: Post): HTMLElement[] {
  if (!trace) return [];
  return [
    disclosure(t('Why these sources'), () => why(trace, sources), { class: 'trace' }),
    disclosure(t('What was sent'), () => whatWasSent(trace, post), { class: 'trace' }),
  ];
}

function why({ steps, terms, dropped, tokens }: Trace, sources: readonly Source[]): HTMLElement {
  const body = element('div', { class: 'trace-body' });
  const total = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const size = tokens === undefined ? [] : [t('about {0} of passages', countOf(tokens, 'token'))];
  body.append(
    element(
      'p',
      { class: 'told' },
      [`${total.toLocaleString('en')} ms`, ...size, t('{0} left out', countOf(dropped.length, 'passage'))].join(' · '),
    ),
  );
  if (terms.length > 0) {
    const chips = terms.map((term) => element('li', { class: 'chip' }, plainText(term)));
    body.append(element('h5', {}, t('Searched for, rarest first')), element('ul', { class: 'chips' }, ...chips));
  }
  const rows = steps.map(({ step, milliseconds, note }) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, plainText(traceStepName(step))),
      element('td', { class: 'duration' }, `${milliseconds.toLocaleString('en')} ms`, share(milliseconds, total)),
      element('td', {}, plainText(note)),
    ),
  );
  body.append(element('h5', {}, t('Steps')), element('table', { class: 'steps' }, element('tbody', {}, ...rows)));
  if (sources.length > 0) body.append(element('h5', {}, t('What each passage scored')), scores(sources));
  if (dropped.length > 0) {
    const list = dropped.map(({ what, reason }) =>
      element('li', {}, element('span', { class: 'symbol' }, plainText(what)), ` ${plainText(reason)}`),
    );
    body.append(element('h5', {}, t('Left out')), element('ul', { class: 'dropped' }, ...list));
  }
  return body;
}

/** How much of the time a step took, as a bar. */
function share(milliseconds: number, total: number): HTMLElement {
  const piece = element('span', { class: 'piece part-0' });
  piece.style.setProperty('width', `${total > 0 ? (100 * milliseconds) / total : 0}%`);
  return element('span', { class: 'bar', attributes: { 'aria-hidden': 'true' } }, piece);
}

/** One bar for each passage, made of the parts of its score; a part that lowers the score is only named. */
function scores(sources: readonly Source[]): HTMLElement {
  const parts = [...new Set(sources.flatMap(({ why }) => Object.keys(why)))];
  const positive = (why: Record<string, number>) =>
    Object.values(why).reduce((sum, part) => sum + Math.max(0, part), 0);
  const longest = Math.max(...sources.map(({ why }) => positive(why)), Number.MIN_VALUE);
  const list = element('ul', { class: 'scores' });
  for (const { n, path, why, score } of sources) {
    const bar = element('span', { class: 'bar', attributes: { 'aria-hidden': 'true' } });
    for (const [name, value] of Object.entries(why)) {
      if (value <= 0) continue;
      const piece = element('span', { class: `piece part-${parts.indexOf(name) % 6}` });
      piece.style.setProperty('width', `${(100 * value) / longest}%`);
      bar.append(piece);
    }
    const told = Object.entries(why).map(([name, value]) => `${scorePartName(name)} ${value.toFixed(2)}`);
    const file = path.slice(path.lastIndexOf('/') + 1);
    const head = element(
      'span',
      { class: 'score-head' },
      element('span', { class: 'number' }, String(n)),
      element('span', { class: 'file' }, plainText(file)),
      element('span', { class: 'score' }, score.toFixed(2)),
    );
    list.append(
      element('li', { title: told.join(' · ') }, head, bar, element('span', { class: 'told' }, ...parted(told))),
    );
  }
  const drawn = parts.filter((name) => sources.some(({ why }) => (why[name] ?? 0) > 0));
  const legend = drawn.map((name) =>
    element(
      'li',
      { title: scorePartMeaning(name) },
      element('span', { class: `swatch part-${parts.indexOf(name) % 6}` }),
      plainText(scorePartName(name)),
    ),
  );
  return element('div', {}, element('ul', { class: 'legend' }, ...legend), list);
}

/** Broken between its parts only, also where a language knows no blanks. */
function parted(told: readonly string[]): (Node | string)[] {
  return told.flatMap((part, i) => [...(i > 0 ? [' · '] : []), element('span', { class: 'whole' }, part)]);
}

function whatWasSent(trace: Trace, post: Post): HTMLElement {
  const { sent, model, requests } = trace;
  const body = element('div', { class: 'trace-body' });
  const bySearch = searchSent(trace);
  if (sent.length === 0 && bySearch.length === 0) {
    body.append(element('p', {}, icon('lock'), ` ${t('Nothing was sent: this answer was made on this machine.')}`));
    return body;
  }
  for (const { sentence, question } of bySearch)
    body.append(element('p', {}, plainText(sentence)), verbatim(question, post));
  if (sent.length > 0) body.append(...messages(sent, model, post));
  if (requests.length > 0) {
    const told = t('The same as it left, byte for byte; a key stands in the headers, which are not kept:');
    body.append(element('p', {}, told), ...requests.flatMap((request) => requestParts(request, post)));
  }
  return body;
}

function messages(sent: Trace['sent'], model: Trace['model'], post: Post): HTMLElement[] {
  const bytes = sent.reduce((sum, { content }) => sum + bytesOf(content), 0);
  const size = [countOf(bytes, 'byte'), countOf(sent.length, 'message')];
  const told = model.destination
    ? t(
        '{0} in {1} to {2} at {3}, word for word:',
        ...size,
        model.name || t('the model'),
        destinationName(model.destination),
      )
    : t('{0} in {1}, word for word:', ...size);
  return [
    element('p', {}, plainText(told)),
    ...sent.flatMap(({ role, content }) => [titled(role, countOf(bytesOf(content), 'byte')), verbatim(content, post)]),
  ];
}

function requestParts({ method, url, body, bytes }: SentRequest, post: Post): HTMLElement[] {
  const head = titled(`${method} ${url}`, countOf(bytes, 'byte'));
  head.dataset['testid'] = 'sent-request';
  if (!body) return [head];
  const kept = bytesOf(body);
  const isCut = kept < bytes;
  const cut = t('Only the first {0} of it are kept.', countOf(kept, 'byte'));
  return [head, verbatim(body, post), ...(isCut ? [element('p', { class: 'told' }, cut)] : [])];
}

function titled(title: string, size: string): HTMLElement {
  return element('h5', {}, plainText(title), element('span', { class: 'told' }, ` ${size}`));
}

/** A copy has every byte; on the page hidden characters are named, and of a long text the beginning is shown. */
function verbatim(text: string, post: Post): HTMLElement {
  const copy = iconButton('copy', t('Copy this text'), () => {
    post({ kind: 'copyCode', code: text });
    confirmCopy(copy);
  });
  copy.classList.add('copy-code');
  const shown = escapeText(text.slice(0, maxShown));
  const pre = element('pre', { class: 'sent', attributes: { tabindex: 0 }, trusted: shown });
  const block = element('div', { class: 'code-block' }, copy, pre);
  if (text.length <= maxShown) return block;
  const told = t('Only the beginning is shown. Copying copies all of it.');
  return element('div', {}, block, element('p', { class: 'told' }, told));
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
