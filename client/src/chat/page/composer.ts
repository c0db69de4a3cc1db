/**
 * The question box. Enter asks, Shift+Enter breaks the line, Up in an empty box brings the last question back and
 * Escape stops the answer. While an answer is made the box can be written in; only sending waits.
 */

import { maxQuestionLength } from '../messages.js';
import { element, iconButton } from './dom.js';

export interface ComposerOptions {
  draft: string;
  onAsk(question: string): void;
  onStop(): void;
  onDraft(draft: string): void;
  lastQuestion(): string;
}

export class Composer {
  readonly root: HTMLElement;
  private readonly options: ComposerOptions;
  private readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private isAsking = false;

  constructor(options: ComposerOptions) {
    this.options = options;
    const attributes = {
      rows: 1,
      maxlength: maxQuestionLength,
      placeholder: 'Ask about this code base',
      'aria-label': 'Question. Enter asks, Shift Enter begins a new line.',
      'data-testid': 'chat-input',
    };
    this.input = element('textarea', { class: 'input', attributes });
    this.input.value = options.draft;
    this.send = iconButton('send', 'Ask (Enter)', () => this.ask(), 'chat-send');
    this.stop = iconButton('debug-stop', 'Stop (Escape)', () => options.onStop(), 'chat-stop');
    this.root = element('div', { class: 'composer' }, this.input, this.send, this.stop);
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.root.addEventListener('click', (event) => event.target === this.root && this.focus());
    this.setAsking(false);
    // The height follows the text, which has none before it is laid out.
    requestAnimationFrame(() => this.fit());
    window.addEventListener('resize', () => this.fit());
  }

  setAsking(isAsking: boolean): void {
    const hadFocus = document.activeElement === (this.isAsking ? this.stop : this.send);
    this.isAsking = isAsking;
    this.send.hidden = isAsking;
    this.stop.hidden = !isAsking;
    this.send.disabled = !this.input.value.trim();
    if (hadFocus) this.focus();
  }

  focus(): void {
    this.input.focus();
  }

  private ask(): void {
    const question = this.input.value.trim();
    if (!question || this.isAsking) return;
    this.write('');
    this.options.onAsk(question);
  }

  private key(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a word.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.ask();
    } else if (event.key === 'ArrowUp' && !this.input.value && this.options.lastQuestion()) {
      event.preventDefault();
      this.write(this.options.lastQuestion());
    }
  }

  private write(text: string): void {
    this.input.value = text;
    this.changed();
  }

  private changed(): void {
    this.fit();
    this.send.disabled = !this.input.value.trim();
    this.options.onDraft(this.input.value);
  }

  private fit(): void {
    this.input.style.setProperty('height', 'auto');
    this.input.style.setProperty('height', `${this.input.scrollHeight}px`);
  }
}
