/**
 * All turns, oldest first. A new question is moved to the top and then left there: whoever reads an answer as it comes
 * begins with its first line, and a text that scrolls by itself cannot be read.
 */

import type { ToPage, Turn } from '../messages.js';
import { previewMarkers } from './popover.js';
import { spokenAnswer } from './render.js';
import { type Post, TurnView } from './turn.js';

export class Transcript {
  private readonly container: HTMLElement;
  private readonly post: Post;
  /** Tells a screen reader; the log itself is too lively to be read out as it changes. */
  private readonly announce: (sentence: string) => void;
  private readonly views = new Map<number, TurnView>();
  private last: Turn | undefined;

  constructor(container: HTMLElement, post: Post, announce: (sentence: string) => void) {
    this.container = container;
    this.post = post;
    this.announce = announce;
    previewMarkers(container, (marker) => {
      const id = Number(marker.closest<HTMLElement>('.turn')?.dataset['id']);
      return this.views.get(id)?.preview(Number(marker.dataset['n']));
    });
  }

  get isEmpty(): boolean {
    return this.views.size === 0;
  }

  get isAsking(): boolean {
    return this.last?.state === 'asking';
  }

  get lastQuestion(): string {
    return this.last?.question ?? '';
  }

  take(message: ToPage): void {
    switch (message.kind) {
      case 'conversation':
        this.views.clear();
        this.container.replaceChildren();
        this.last = undefined;
        for (const turn of message.turns) this.show(turn);
        this.container.lastElementChild?.scrollIntoView();
        return;
      case 'turn':
        this.changed(message.turn);
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
    }
  }

  private changed(turn: Turn): void {
    const isNew = !this.views.has(turn.id);
    this.show(turn);
    if (isNew) this.container.lastElementChild?.scrollIntoView();
    const sentence = spoken(turn);
    if (sentence) this.announce(sentence);
  }

  private show(turn: Turn): void {
    this.last = turn;
    const view = this.views.get(turn.id);
    view?.update(turn);
    if (view) return;
    const made = new TurnView(turn, this.post);
    this.views.set(turn.id, made);
    this.container.append(made.root);
  }
}

function spoken({ state, answer, citations }: Turn): string {
  if (state === 'asking') return 'Searching';
  if (state === 'stopped') return 'Stopped';
  // A failure speaks for itself: it is an alert.
  if (state === 'failed') return '';
  return `${spokenAnswer(answer)} ${citations.length} source${citations.length === 1 ? '' : 's'} cited below.`;
}
