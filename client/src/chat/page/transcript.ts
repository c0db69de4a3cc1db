/**
 * All turns, oldest first. A new question is moved to the top and then left there: whoever reads an answer as it comes
 * begins with its first line, and a text that scrolls by itself cannot be read.
 *
 * Turns are drawn when they come near to what is seen. The browser holds what is read in its place while what is above
 * it changes its height.
 */
import { t } from '../../../../server/src/base/l10n.js';
import type { ToPage, Turn, TurnHead } from '../messages.js';
import { previewMarkers } from './popover.js';
import { spokenAnswer } from './render.js';
import { type Post, TurnView } from './turn.js';

/** How far beyond what is seen turns are drawn. */
const nearBy = '1500px 0px';

/** Where a reader is: a turn, and how far its top is above the top of what is seen. */
export interface Place {
  id: number;
  above: number;
}

export class Transcript {
  private readonly container: HTMLElement;
  private readonly post: Post;
  /** Tells a screen reader; the log itself is too lively to be read out as it changes. */
  private readonly announce: (sentence: string) => void;
  private readonly views = new Map<number, TurnView>();
  private readonly observer: IntersectionObserver;
  private heads: TurnHead[] = [];
  /** What is to stay where it is while turns around it are drawn, until the reader moves. */
  private held: Place | undefined;
  /** How far the page was scrolled for that, in pixels. */
  private heldAt = 0;

  constructor(container: HTMLElement, post: Post, announce: (sentence: string) => void) {
    this.container = container;
    this.post = post;
    this.announce = announce;
    this.observer = new IntersectionObserver((entries) => this.moved(entries), { root: container, rootMargin: nearBy });
    previewMarkers(container, (marker) => this.views.get(idOf(marker))?.preview(Number(marker.dataset['n'])));
    container.addEventListener('keydown', (event) => this.key(event));
    for (const move of ['wheel', 'pointerdown', 'touchstart', 'keydown'])
      container.addEventListener(move, () => this.letGo(), { passive: true });
    container.addEventListener('scroll', () => this.scrolled(), { passive: true });
  }

  get isEmpty(): boolean {
    return this.views.size === 0;
  }

  get isAsking(): boolean {
    return this.heads.some(({ state }) => state === 'asking' || state === 'waiting');
  }

  get lastQuestion(): string {
    return this.heads.at(-1)?.question ?? '';
  }

  /** Undefined where the last turn is looked at, as it is by itself. */
  get place(): Place | undefined {
    const top = this.container.getBoundingClientRect().top;
    const turns = [...this.container.children].filter((child) => child instanceof HTMLElement);
    const seen = turns.find((turn) => turn.getBoundingClientRect().bottom > top + 1);
    if (!seen || seen === turns.at(-1)) return undefined;
    return { id: idOf(seen), above: top - seen.getBoundingClientRect().top };
  }

  /** Where the reader was before the page was made anew. */
  goTo(place: Place): void {
    this.held = place;
    this.container.classList.add('held');
    this.hold();
  }

  private hold(): void {
    const turn = this.held && this.views.get(this.held.id)?.root;
    if (!turn) return;
    turn.scrollIntoView();
    this.container.scrollBy(0, this.held!.above);
    this.heldAt = this.container.scrollTop;
  }

  /**
   * By what moves a page without a key or a pointer: a search in it, a screen reader. The browser moves it by itself only
   * as far back as it has to where less is left to see.
   */
  private scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.container;
    const isBack = scrollTop < this.heldAt - 1 && scrollTop < scrollHeight - clientHeight - 1;
    if (isBack || scrollTop > this.heldAt + 1) this.letGo();
  }

  private letGo(): void {
    this.held = undefined;
    this.container.classList.remove('held');
  }

  take(message: ToPage): void {
    switch (message.kind) {
      case 'conversation':
        this.observer.disconnect();
        this.views.clear();
        this.container.replaceChildren();
        this.heads = [];
        for (const head of message.turns) this.add(head);
        this.goTo({ id: this.heads.at(-1)?.id ?? Number.NaN, above: 0 });
        return;
      case 'turn':
        this.changed(message.turn);
        return;
      case 'cut':
        for (const { id } of this.heads.splice(this.heads.findIndex(({ id }) => id === message.id))) this.remove(id);
        return;
      case 'note':
        this.views.get(message.id)?.setNote(message.note);
        this.announce(message.note);
        return;
      case 'sources':
        this.views.get(message.id)?.setSources(message.sources);
        return;
      case 'text':
        this.views.get(message.id)?.append(message.delta);
        return;
      case 'colours':
        this.views.get(message.id)?.amend({ colours: message.colours, codeColours: message.codeColours });
        this.hold();
        return;
      case 'checked':
        this.views.get(message.id)?.amend({ citations: message.citations });
        this.hold();
    }
  }

  private add(head: TurnHead): void {
    const { id, question, state } = head;
    const view = new TurnView(head, this.post);
    this.heads.push({ id, question, state });
    this.views.set(id, view);
    this.container.append(view.root);
    this.observer.observe(view.root);
  }

  private remove(id: number): void {
    const view = this.views.get(id);
    if (!view) return;
    this.observer.unobserve(view.root);
    view.root.remove();
    this.views.delete(id);
  }

  private changed(turn: Turn): void {
    const head = this.heads.find(({ id }) => id === turn.id);
    const isNew = !head;
    const before = head?.state;
    const hasMoved = before !== turn.state;
    if (head) Object.assign(head, { question: turn.question, state: turn.state });
    else this.add(turn);
    this.views.get(turn.id)!.update(turn, { isLast: this.isLast(turn.id) });
    // One that waits does not take the answer away that is being read.
    const begins = (isNew && turn.state !== 'waiting') || (before === 'waiting' && turn.state === 'asking');
    if (begins) this.goTo({ id: turn.id, above: 0 });
    else this.hold();
    // A turn that is only told again, because it came into view, is no news.
    const sentence = isNew || hasMoved ? spoken(turn) : '';
    if (sentence) this.announce(sentence);
  }

  private moved(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const id = idOf(target);
      this.views.get(id)?.near(isIntersecting, { isLast: this.isLast(id) });
    }
    this.hold();
  }

  private isLast(id: number): boolean {
    return this.heads.at(-1)?.id === id;
  }

  /** Alt with an arrow goes from question to question. */
  private key(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    const at = this.heads.findIndex(({ id }) => id === idOf(event.target));
    const next = this.heads[at + (event.key === 'ArrowUp' ? -1 : 1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    this.views.get(next.id)?.focus();
  }

  /** For the question box, from which Alt and the arrow up leads to the last question. */
  focusLast(): void {
    const last = this.heads.at(-1);
    if (last) this.views.get(last.id)?.focus();
  }
}

function idOf(target: EventTarget | null): number {
  const turn = target instanceof Element ? target.closest<HTMLElement>('.turn') : null;
  return Number(turn?.dataset['id'] ?? Number.NaN);
}

function spoken({ state, answer, citations }: Turn): string {
  if (state === 'waiting') return t('Your question waits for the answer before');
  if (state === 'asking') return t('Searching');
  if (state === 'stopped') return t('Stopped');
  if (state === 'unanswered') return t('Not answered.');
  // A failure speaks for itself: it is an alert.
  if (state === 'failed') return '';
  const { length } = citations;
  const cited = length === 1 ? t('1 source cited below.') : t('{0} sources cited below.', length);
  return `${spokenAnswer(answer)} ${cited}`;
}
