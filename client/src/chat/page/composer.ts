/**
 * The question box, and over it what is asked about. Enter asks, Shift+Enter breaks the line, Up in an empty box brings
 * the last question back and Escape stops the answer. What is asked while an answer is made waits for it.
 */

import { t } from '../../../../server/src/base/l10n.js';
import { maxQuestionLength, type ScopeChip } from '../messages.js';
import { element, icon, iconButton } from './dom.js';
import { plainText } from './visible.js';

const chipIcons: Record<ScopeChip['kind'], string> = {
  file: 'file',
  folder: 'folder',
  selection: 'selection',
  language: 'code',
};

export interface ComposerOptions {
  draft: string;
  onAsk(question: string): void;
  onStop(): void;
  onDraft(draft: string): void;
  onPickScope(): void;
  onDropScope(id: number): void;
  /** Alt and the arrow up: to the last question. */
  onLeave(): void;
  lastQuestion(): string;
}

export class Composer {
  readonly root: HTMLElement;
  private readonly options: ComposerOptions;
  private readonly input: HTMLTextAreaElement;
  private readonly send: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly chips: HTMLElement;
  private readonly add: HTMLButtonElement;
  private isAsking = false;

  constructor(options: ComposerOptions) {
    this.options = options;
    const attributes = {
      rows: 1,
      maxlength: maxQuestionLength,
      placeholder: t('Ask about this code base'),
      'aria-label': t('Question. Enter asks, Shift Enter begins a new line.'),
      'data-testid': 'chat-input',
    };
    this.input = element('textarea', { class: 'input', attributes });
    this.input.value = options.draft;
    this.send = iconButton('send', t('Ask (Enter)'), () => this.ask(), 'chat-send');
    this.stop = iconButton('debug-stop', t('Stop (Escape)'), () => options.onStop(), 'chat-stop');
    this.add = element(
      'button',
      {
        class: 'add-scope',
        title: t('Ask about files, a folder or the selection only'),
        onClick: () => options.onPickScope(),
      },
      icon('add'),
      element('span', {}, t('Ask about…')),
    );
    this.add.type = 'button';
    this.add.dataset['testid'] = 'chat-scope';
    this.chips = element('ul', { class: 'scope', attributes: { 'aria-label': t('Asked about') } });
    const line = element('div', { class: 'composer-line' }, this.input, this.send, this.stop);
    this.root = element(
      'div',
      { class: 'composer' },
      element('div', { class: 'scope-row' }, this.chips, this.add),
      line,
    );
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.root.addEventListener('click', (event) => event.target === this.root && this.focus());
    this.setScope([]);
    this.setAsking(false);
    // The height follows the text, which has none before it is laid out.
    requestAnimationFrame(() => this.fit());
    window.addEventListener('resize', () => this.fit());
  }

  setAsking(isAsking: boolean): void {
    const hadFocus = document.activeElement === (this.isAsking ? this.stop : this.send);
    this.isAsking = isAsking;
    this.stop.hidden = !isAsking;
    this.changedText();
    if (hadFocus) this.focus();
  }

  /** Whoever presses the button of a chip finds the next one under the focus, or the question box. */
  setScope(chips: readonly ScopeChip[]): void {
    const hadFocus = this.chips.contains(document.activeElement);
    this.chips.replaceChildren(...chips.map((chip) => this.chip(chip)));
    this.chips.hidden = chips.length === 0;
    this.add.classList.toggle('alone', chips.length === 0);
    if (hadFocus) (this.chips.querySelector('button') ?? this.input).focus();
  }

  focus(): void {
    this.input.focus();
  }

  private ask(): void {
    const question = this.input.value.trim();
    if (!question) return;
    this.write('');
    this.options.onAsk(question);
  }

  private key(event: KeyboardEvent): void {
    // While an input method composes, Enter chooses a word.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.ask();
    } else if (event.key === 'ArrowUp' && event.altKey) {
      event.preventDefault();
      this.options.onLeave();
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
    this.changedText();
    this.options.onDraft(this.input.value);
  }

  private changedText(): void {
    const isEmpty = !this.input.value.trim();
    this.send.disabled = isEmpty;
    this.send.hidden = this.isAsking && isEmpty;
    this.send.title = this.isAsking ? t('Ask when this answer is finished (Enter)') : t('Ask (Enter)');
  }

  private chip({ id, kind, label, detail }: ScopeChip): HTMLLIElement {
    const name = plainText(label);
    const drop = iconButton('close', t('Do not ask about {0} only', name), () => this.options.onDropScope(id));
    return element(
      'li',
      { class: 'scope-chip', title: plainText(detail) },
      icon(chipIcons[kind]),
      element('span', {}, name),
      drop,
    );
  }

  private fit(): void {
    this.input.style.setProperty('height', 'auto');
    this.input.style.setProperty('height', `${this.input.scrollHeight}px`);
  }
}
