/**
 * What is said beside an answer, or instead of one: that it is refused and what was searched, that it failed, was
 * stopped, is partial, or that its sources have changed. Each says what can be done.
 */
import { countOf, t } from '../../../../server/src/base/l10n.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Refusal } from '../../../../server/src/base/answer.js';
import type { FromPage, ScopeChip, Turn } from '../messages.js';
import { element, icon } from './dom.js';
import { changedSources } from './sources.js';
import { plainText } from './visible.js';

type Post = (message: FromPage) => void;

export function noticesOf(turn: Turn, post: Post): HTMLElement[] {
  const { id, state, refused, reason, waiting } = turn;
  const again = () => post({ kind: 'retry', id });
  const changed = changedSources(turn);
  return [
    ...(refused ? [refusal(turn, post)] : []),
    ...(state === 'failed' ? [failure(turn, post)] : []),
    ...(state === 'stopped' ? [stopped(turn, again)] : []),
    ...(state === 'unanswered' ? [unanswered(again)] : []),
    ...(waiting && !refused ? [caution(t('Partial answer.'), reason, { icon: 'watch', again })] : []),
    ...(reason && !waiting && !refused ? [caution('', reason, { icon: 'warning' })] : []),
    ...(changed
      ? [caution('', `${changed} ${t('Its statements may no longer hold.')}`, { icon: 'history', again })]
      : []),
    ...(turn.restarted && state === 'done'
      ? [quiet('debug-restart', t('The server stopped meanwhile and was asked again.'))]
      : []),
  ];
}

/** The chips of a scope, to be read only. */
export function scopeLine(scope: readonly ScopeChip[]): HTMLElement {
  const chips = scope.map(({ label, detail }) =>
    element('li', { class: 'chip', title: plainText(detail) }, plainText(label)),
  );
  return element('ul', { class: 'chips', attributes: { 'aria-label': t('Asked about') } }, ...chips);
}

function refusal({ id, question, answer, reason, refusal: why, scope }: Turn, post: Post): HTMLElement {
  const box = element('section', {
    class: 'notice refusal',
    attributes: { 'data-testid': 'refusal', 'aria-label': t('Not known') },
  });
  box.append(icon('question'), element('p', { class: 'lead' }, t('I don’t know.')));
  if (!why) {
    box.append(element('p', {}, plainText(answer.trim())));
    return box;
  }
  const missing = why.missing.slice(0, 8).map((word) => element('li', { class: 'chip missing' }, plainText(word)));
  if (missing.length > 0) {
    box.append(
      element('p', {}, t('Nothing near this question speaks of')),
      element('ul', { class: 'chips' }, ...missing),
    );
  } else box.append(element('p', {}, plainText(t('{0}.', clauseOf(reason)))));
  const parts = [...scope.map(({ label }) => label), ...filtersOf(question, why)];
  const rows = factsOf(why, parts).map(([name, ...values]) =>
    element('div', {}, element('dt', {}, name), ...values.map((value) => element('dd', {}, plainText(value)))),
  );
  box.append(element('dl', { class: 'facts' }, ...rows));
  const actions = element('div', { class: 'actions' });
  if (why.everywhere) actions.append(button(t('Ask Everywhere'), () => post({ kind: 'askEverywhere', id })));
  if (why.waiting > 0) actions.append(button(t('Ask Again'), () => post({ kind: 'retry', id })));
  if (why.failed > 0 || why.files === 0) actions.append(button(t('Show Status'), () => post({ kind: 'showStatus' })));
  if (actions.childElementCount > 0) box.append(actions);
  return box;
}

/** The reason is a clause, and in parentheses a measure, which has a row of its own. */
function clauseOf(reason: string): string {
  return reason.replace(/ \([^()]*\)$/, '');
}

/** The words of the question that say where to look only: those that it does not have when it is asked everywhere. */
function filtersOf(question: string, { everywhere }: Refusal): string[] {
  const kept = new Set((everywhere ?? question).split(/\s+/));
  return question.split(/\s+/).filter((word) => !kept.has(word));
}

/** `parts`: what alone was searched; empty where all was. */
function factsOf(
  { files, chunks, failed, waiting, scannedAt, nearest = 0 }: Refusal,
  parts: readonly string[],
): string[][] {
  const all =
    files > 0
      ? t('{0} of {1}', countOf(chunks, 'passage'), countOf(files, 'file'))
      : t('Nothing: no file is indexed here');
  const left = [
    ...(waiting > 0 ? [t('{0} still being indexed', countOf(waiting, 'file'))] : []),
    ...(failed > 0 ? [t('{0} that could not be indexed', countOf(failed, 'file'))] : []),
  ];
  return [
    ...(parts.length > 0 ? [[t('Searched'), t('only {0}', parts.join(t(', ')))]] : []),
    [parts.length > 0 ? t('Out of') : t('Searched'), all],
    ...(scannedAt ? [[t('Indexed'), agoOf(scannedAt)]] : []),
    ...(left.length > 0 ? [[t('Not searched'), ...left]] : []),
    ...(nearest > 0 ? [[t('Nearest'), t('{0} % of what was asked', nearest).replace(' %', '\u00a0%')]] : []),
  ];
}

/** At the time of drawing; it is drawn anew whenever it comes into view. */
function agoOf(isoTime: string): string {
  const minutes = Math.round((Date.now() - Date.parse(isoTime)) / 60_000);
  if (minutes < 1) return t('just now');
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang);
  if (minutes < 90) return words.format(-minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 36 ? words.format(-hours, 'hour') : words.format(-Math.round(hours / 24), 'day');
}

function failure({ id, error }: Turn, post: Post): HTMLElement {
  return element(
    'div',
    { class: 'notice error', attributes: { 'data-testid': 'chat-error', role: 'alert' } },
    icon('error'),
    element('p', {}, plainText(error)),
    element(
      'div',
      { class: 'actions' },
      button(t('Retry'), () => post({ kind: 'retry', id })),
      button(t('Show Status'), () => post({ kind: 'showStatus' })),
    ),
  );
}

function stopped({ answer }: Turn, again: () => void): HTMLElement {
  const text = answer ? t('Stopped here; what is above is not verified.') : t('Stopped.');
  return quiet('debug-stop', text, textButton(t('Ask again'), again));
}

function unanswered(again: () => void): HTMLElement {
  return element(
    'div',
    { class: 'notice caution', attributes: { 'data-testid': 'chat-unanswered' } },
    icon('debug-disconnect'),
    element(
      'p',
      {},
      element('strong', {}, t('Not answered.')),
      ' ',
      t('The window was closed or loaded again before.'),
    ),
    element('div', { class: 'actions' }, button(t('Retry'), again)),
  );
}

function caution(lead: string, text: string, { icon: name, again }: { icon: string; again?: () => void }): HTMLElement {
  const sentence = element('p', {}, lead && element('strong', {}, `${lead} `), plainText(text));
  if (again) sentence.append(' ', textButton(t('Ask again'), again));
  return element('div', { class: 'notice caution' }, icon(name), sentence);
}

function quiet(name: string, text: string, ...actions: HTMLElement[]): HTMLElement {
  const said = element('span', {}, text, ...actions.flatMap((action) => [' ', action]));
  return element('div', { class: 'quiet' }, icon(name), said);
}

function textButton(label: string, onClick: () => void): HTMLButtonElement {
  return element('button', { class: 'text-button', attributes: { type: 'button' }, onClick }, label);
}

function button(label: string, onClick: () => void): HTMLElement {
  const made = element('vscode-button', { attributes: { secondary: true } }, label);
  made.addEventListener('click', onClick);
  return made;
}
