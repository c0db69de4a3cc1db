/**
 * One question and its answer, drawn. It follows the turn through its life: a note of what is being done, text that
 * grows, and in the end the answer, or the refusal, or the failure, with everything that it stands on.
 *
 * In a long conversation only the turns near what is seen are drawn whole; of the others stands the question, and room
 * for the answer as high as it was.
 */
import { t } from '../../../../server/src/base/l10n.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { answeredBy } from '../../searchModels.js';
import type { FromPage, OpenHow, Turn, TurnHead } from '../messages.js';
import { citedAs } from './cited.js';
import { confirmCopy, element, icon, iconButton, redraw } from './dom.js';
import { noticesOf } from './notices.js';
import type { Preview } from './popover.js';
import { QuestionView } from './question.js';
import { type OpenLines, passageOf, shortLines, sourceLabel, sourcesOf } from './sources.js';
import { StreamedMarkdown } from './streaming.js';
import { traceSections } from './trace.js';
import { plainText } from './visible.js';

export type Post = (message: FromPage) => void;

export class TurnView {
  readonly root: HTMLElement;
  private readonly post: Post;
  private readonly question: QuestionView;
  private body: Body | null = null;
  private turn: Turn | null = null;
  private isNear = false;

  constructor({ id, question }: TurnHead, post: Post) {
    this.post = post;
    const heading = `question-${id}`;
    this.question = new QuestionView(question, {
      id: heading,
      onEdit: (text) => post({ kind: 'edit', id, question: text }),
    });
    const attributes = { 'data-id': id, 'data-testid': 'chat-turn', 'aria-labelledby': heading };
    this.root = element('article', { class: 'turn empty', attributes }, this.question.root);
  }

  /** Draws the turn, unless it is far from what is seen: then it is drawn when it comes near. */
  update(turn: Turn, { isLast }: { isLast: boolean }): void {
    this.turn = turn;
    this.question.update(turn.question, turn.scope, turn.trace?.readAs);
    if (isLast || this.isNear || this.body) this.draw();
  }

  /** It came near to what is seen, or went far from it. */
  near(isNear: boolean, { isLast }: { isLast: boolean }): void {
    this.isNear = isNear;
    if (isNear) {
      if (this.body) return;
      if (this.turn) this.draw();
      else this.post({ kind: 'show', id: Number(this.root.dataset['id']) });
    } else if (this.body && !isLast && this.turn?.state !== 'asking' && !this.root.contains(document.activeElement))
      this.empty();
  }

  focus(): void {
    this.question.focus();
  }

  setNote(note: string): void {
    this.body?.setNote(note);
  }

  setSources(sources: Turn['sources']): void {
    this.change({ sources });
  }

  append(delta: string): void {
    if (this.turn) this.turn = { ...this.turn, answer: this.turn.answer + delta };
    this.body?.append(this.turn!, delta);
  }

  /** What came late: colours, or citations that were held against the files again. */
  amend(late: Partial<Pick<Turn, 'colours' | 'codeColours' | 'citations'>>): void {
    this.change(late);
    if (!this.turn) return;
    if (late.codeColours) this.body?.drawText(this.turn);
    this.body?.drawSources(this.turn);
  }

  preview(n: number): Preview | undefined {
    const { turn } = this;
    const cited = turn && citedAs(turn, n);
    if (!cited) return undefined;
    const others = turn.citations.filter((citation) => citation.n === n).length - 1;
    const lost = 'verified' in cited && !cited.verified ? ` · ${t('changed since this answer')}` : '';
    return {
      ...passageOf(turn, cited),
      title: plainText(cited.path.slice(cited.path.lastIndexOf('/') + 1)),
      detail: `${shortLines(cited)}${others > 0 ? ` · ${t('and {0} more below', others)}` : ''}${lost}`,
    };
  }

  private change(part: Partial<Turn>): void {
    if (!this.turn) return;
    this.turn = { ...this.turn, ...part };
    this.body?.know(this.turn);
  }

  private draw(): void {
    if (!this.body) {
      this.body = new Body(this.post);
      this.root.append(this.body.root);
      this.root.classList.remove('empty');
      this.root.style.removeProperty('min-height');
    }
    this.body.update(this.turn!);
  }

  /** What it showed is kept by the owner, and asked for again. */
  private empty(): void {
    this.root.style.setProperty('min-height', `${this.root.offsetHeight}px`);
    this.root.classList.add('empty');
    this.body?.root.remove();
    this.body = null;
    this.turn = null;
  }
}

/** Everything under a question. */
class Body {
  readonly root: HTMLElement;
  private readonly post: Post;
  private readonly note = element('span', { class: 'note-text' });
  private readonly working: HTMLElement;
  private readonly markdown = element('div', { class: 'markdown' });
  private readonly streamed: StreamedMarkdown;
  private readonly notices = element('div', { class: 'notices' });
  private readonly sources = element('div', { class: 'sources' });
  private readonly after = element('div', { class: 'after' });
  private turn: Turn | null = null;

  constructor(post: Post) {
    this.post = post;
    this.working = element(
      'div',
      { class: 'working' },
      element('vscode-progress-ring', { attributes: { 'aria-label': t('Working') } }),
      this.note,
    );
    this.root = element('div', { class: 'answer', attributes: { 'data-testid': 'chat-answer' } });
    const text = element('div', { class: 'text' }, this.working, this.markdown, this.notices);
    this.root.append(text, this.sources, this.after);
    this.streamed = new StreamedMarkdown(this.markdown, {
      sourceLabel: (n) => this.labelOf(n),
      codeRuns: (line, length) =>
        this.turn?.codeColours.find((code) => code.line === line && code.length === length)?.runs,
    });
    this.markdown.addEventListener('click', (event) => this.clicked(event.target));
  }

  know(turn: Turn): void {
    this.turn = turn;
  }

  update(turn: Turn): void {
    this.turn = turn;
    const isOpen = turn.state === 'asking' || turn.state === 'waiting';
    this.root.setAttribute('data-state', turn.refused ? 'refused' : turn.state);
    this.root.setAttribute('aria-busy', String(isOpen));
    this.working.hidden = !isOpen;
    this.setNote(turn.state === 'waiting' ? t('Waiting for the answer before') : turn.note);
    this.drawText(turn);
    this.drawSources(turn);
    redraw(this.after, [...traceSections(turn, this.post), ...(turn.trace ? [footer(turn, this.post)] : [])]);
  }

  drawText(turn: Turn): void {
    this.streamed.set(turn.refused ? '' : turn.answer);
  }

  drawSources(turn: Turn): void {
    redraw(this.notices, noticesOf(turn, this.post));
    const open: OpenLines = (list, at, how) => this.post({ kind: 'open', id: turn.id, list, at, how });
    const isOpen = turn.state === 'asking' || turn.state === 'waiting';
    redraw(this.sources, isOpen ? [] : sourcesOf(turn, open));
    const changed = new Set(turn.citations.flatMap(({ n, verified }) => (verified ? [] : [n])));
    for (const marker of this.markdown.querySelectorAll<HTMLElement>('.marker')) {
      const n = Number(marker.dataset['n']);
      marker.classList.toggle('changed', changed.has(n));
      const label = this.labelOf(n);
      if (label) marker.setAttribute('aria-label', label);
    }
  }

  setNote(note: string): void {
    this.note.textContent = `${plainText(note)}…`;
  }

  append(turn: Turn, delta: string): void {
    this.turn = turn;
    this.streamed.append(delta);
  }

  private labelOf(n: number): string | undefined {
    const cited = this.turn ? citedAs(this.turn, n) : undefined;
    const lost = cited && 'verified' in cited && !cited.verified ? t('changed since this answer') : '';
    return cited && [sourceLabel(cited), lost].filter(Boolean).join(', ');
  }

  private clicked(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button?.classList.contains('marker')) this.openNumber(Number(button.dataset['n']), 'here');
    if (!button?.classList.contains('copy-code')) return;
    const code = button.parentElement?.querySelector('code')?.textContent;
    if (code) this.post({ kind: 'copyCode', code });
    confirmCopy(button);
  }

  private openNumber(n: number, how: OpenHow): void {
    const { id, citations, sources } = this.turn!;
    const cited = citations.findIndex((citation) => citation.n === n);
    const found = sources.findIndex((source) => source.n === n);
    if (cited >= 0) this.post({ kind: 'open', id, list: 'citations', at: cited, how });
    else if (found >= 0) this.post({ kind: 'open', id, list: 'sources', at: found, how });
  }
}

/** Who answered and what left the machine: told from what was sent, not from what is configured. */
function footer({ id, trace }: Turn, post: Post): HTMLElement {
  const { text, stayed } = answeredBy(trace!);
  const copy = iconButton('copy', t('Copy answer with its links'), () => {
    post({ kind: 'copy', id });
    confirmCopy(copy);
  });
  const again = iconButton('refresh', t('Ask again'), () => post({ kind: 'retry', id }), 'chat-retry');
  const told = element('span', {}, plainText(text));
  return element('div', { class: 'footer' }, icon(stayed ? 'lock' : 'globe'), told, again, copy);
}
