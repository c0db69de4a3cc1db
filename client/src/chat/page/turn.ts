/**
 * One question and its answer, drawn. It follows the turn through its life: a note of what is being done, text that
 * grows, and in the end the answer, or the refusal, or the failure, with everything that it stands on.
 */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { answeredBy } from '../../searchModels.js';
import type { FromPage, Turn } from '../messages.js';
import { citedAs, sourceOf } from './cited.js';
import { element, icon, iconButton } from './dom.js';
import type { Preview } from './popover.js';
import { type OpenLines, shortLines, sourceLabel, sourcesOf } from './sources.js';
import { StreamedMarkdown } from './streaming.js';
import { traceSections } from './trace.js';
import { plainText } from './visible.js';

export type Post = (message: FromPage) => void;

export class TurnView {
  readonly root: HTMLElement;
  private readonly post: Post;
  private readonly note = element('span', { class: 'note-text' });
  private readonly working: HTMLElement;
  private readonly answer: HTMLElement;
  private readonly markdown = element('div', { class: 'markdown' });
  private readonly streamed: StreamedMarkdown;
  private readonly notices = element('div', { class: 'notices' });
  private readonly sources = element('div', { class: 'sources' });
  private readonly after = element('div', { class: 'after' });
  private turn: Turn;

  constructor(turn: Turn, post: Post) {
    this.turn = turn;
    this.post = post;
    this.working = element('div', { class: 'working' }, element('vscode-progress-ring'), this.note);
    this.answer = element('div', { class: 'answer', attributes: { 'data-testid': 'chat-answer' } });
    const text = element('div', { class: 'text' }, this.working, this.markdown, this.notices);
    this.answer.append(text, this.sources, this.after);
    this.streamed = new StreamedMarkdown(this.markdown, { sourceLabel: (n) => this.labelOf(n) });
    this.markdown.addEventListener('click', (event) => this.clicked(event.target));
    const question = element('h3', { class: 'question', attributes: { tabindex: -1 } }, plainText(turn.question));
    this.root = element('article', { class: 'turn', attributes: { 'data-id': turn.id } }, question, this.answer);
    this.update(turn);
  }

  update(turn: Turn): void {
    this.turn = turn;
    const isAsking = turn.state === 'asking';
    this.answer.setAttribute('data-state', turn.refused ? 'refused' : turn.state);
    this.answer.setAttribute('aria-busy', String(isAsking));
    this.working.hidden = !isAsking;
    this.setNote(turn.note);
    this.streamed.set(turn.refused ? '' : turn.answer);
    this.notices.replaceChildren(...notices(turn, this.post));
    const open: OpenLines = (list, at) => this.post({ kind: 'open', id: turn.id, list, at });
    this.sources.replaceChildren(...(isAsking ? [] : sourcesOf(turn, open)));
    this.after.replaceChildren(...traceSections(turn), ...(turn.trace ? [footer(turn, this.post)] : []));
  }

  setNote(note: string): void {
    this.note.textContent = `${plainText(note)}…`;
  }

  setSources(sources: Turn['sources']): void {
    this.turn = { ...this.turn, sources };
  }

  append(delta: string): void {
    this.turn = { ...this.turn, answer: this.turn.answer + delta };
    this.streamed.append(delta);
  }

  preview(n: number): Preview | undefined {
    const cited = citedAs(this.turn, n);
    if (!cited) return undefined;
    const { path, startLine } = cited;
    const others = this.turn.citations.filter((citation) => citation.n === n).length - 1;
    const lost = 'verified' in cited && !cited.verified ? ' · no longer matches' : '';
    return {
      title: plainText(path.slice(path.lastIndexOf('/') + 1)),
      detail: `${shortLines(cited)}${others > 0 ? ` · and ${others} more below` : ''}${lost}`,
      text: 'quote' in cited ? cited.quote : cited.text,
      startLine,
      language: sourceOf(this.turn, n)?.language ?? '',
    };
  }

  private labelOf(n: number): string | undefined {
    const cited = citedAs(this.turn, n);
    return cited && sourceLabel(cited);
  }

  private clicked(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.classList.contains('marker')) this.openNumber(Number(button.dataset['n']));
    if (!button?.classList.contains('copy-code')) return;
    const code = button.parentElement?.querySelector('code')?.textContent;
    if (code) this.post({ kind: 'copyCode', code });
    confirmCopy(button);
  }

  private openNumber(n: number): void {
    const { id, citations, sources } = this.turn;
    const cited = citations.findIndex((citation) => citation.n === n);
    const found = sources.findIndex((source) => source.n === n);
    if (cited >= 0) this.post({ kind: 'open', id, list: 'citations', at: cited });
    else if (found >= 0) this.post({ kind: 'open', id, list: 'sources', at: found });
  }
}

function notices(turn: Turn, post: Post): HTMLElement[] {
  return [
    ...(turn.refused ? [refusal(turn)] : []),
    ...(turn.state === 'failed' ? [failure(turn, post)] : []),
    ...(turn.state === 'stopped' ? [stopped(turn, post)] : []),
    ...(turn.reason && !turn.refused ? [caution(turn.reason)] : []),
  ];
}

function refusal({ answer, reason }: Turn): HTMLElement {
  const box = element('div', { class: 'notice refusal', attributes: { 'data-testid': 'refusal' } });
  box.append(icon('question'), element('p', {}, plainText(answer.trim())));
  // The reason often repeats the answer and adds a measure in parentheses; it is not said twice.
  const [, clause = '', measure = ''] = /^(.*?)(?: \((.*)\))?$/s.exec(reason)!;
  const detail = answer.includes(clause) ? measure : reason;
  if (detail) box.append(element('p', { class: 'detail' }, plainText(detail[0]!.toUpperCase() + detail.slice(1))));
  return box;
}

function failure({ id, error }: Turn, post: Post): HTMLElement {
  const retry = element('vscode-button', { attributes: { secondary: true } }, 'Retry');
  retry.addEventListener('click', () => post({ kind: 'retry', id }));
  const status = element('vscode-button', { attributes: { secondary: true } }, 'Show Status');
  status.addEventListener('click', () => post({ kind: 'showStatus' }));
  return element(
    'div',
    { class: 'notice error', attributes: { 'data-testid': 'chat-error', role: 'alert' } },
    icon('error'),
    element('p', {}, plainText(error)),
    element('div', { class: 'actions' }, retry, status),
  );
}

function stopped({ id, answer }: Turn, post: Post): HTMLElement {
  const again = element('button', { class: 'text-button', attributes: { type: 'button' } }, 'Ask again');
  again.addEventListener('click', () => post({ kind: 'retry', id }));
  const text = answer ? 'Stopped here; what is above is not verified.' : 'Stopped.';
  return element('div', { class: 'quiet' }, icon('debug-stop'), element('span', {}, text), again);
}

function caution(reason: string): HTMLElement {
  return element('div', { class: 'notice caution' }, icon('warning'), element('p', {}, plainText(reason)));
}

/** Who answered and what left the machine: told from what was sent, not from what is configured. */
function footer({ id, trace }: Turn, post: Post): HTMLElement {
  const { text, stayed } = answeredBy(trace!);
  const copy = iconButton('copy', 'Copy answer', () => {
    post({ kind: 'copy', id });
    confirmCopy(copy);
  });
  const told = element('span', {}, plainText(text));
  return element('div', { class: 'footer' }, icon(stayed ? 'lock' : 'globe'), told, copy);
}

function confirmCopy(button: Element): void {
  button.classList.replace('codicon-copy', 'codicon-check');
  setTimeout(() => button.classList.replace('codicon-check', 'codicon-copy'), 1500);
}
