/**
 * A question at the head of its turn, with what it was asked about and how it was read; it can be written anew in its
 * place. While it is, Enter asks and Escape leaves it as it was.
 */
import { t } from '../../../../server/src/base/l10n.js';
import { maxQuestionLength, type ScopeChip } from '../messages.js';
import { element, iconButton } from './dom.js';
import { scopeLine } from './notices.js';
import { plainText } from './visible.js';

export class QuestionView {
  readonly root = element('header', { class: 'asked' });
  private readonly onEdit: (question: string) => void;
  private question: string;
  private isEditing = false;

  constructor(question: string, { id, onEdit }: { id: string; onEdit(question: string): void }) {
    this.question = question;
    this.onEdit = onEdit;
    this.heading = element('h3', { class: 'question', attributes: { tabindex: -1, id } }, plainText(question));
    this.edit = iconButton('edit', t('Edit this question; later ones are removed'), () => this.begin(), 'chat-edit');
    this.about = element('div', { class: 'about' });
    this.root.append(element('div', { class: 'bubble-row' }, this.edit, this.heading), this.about);
  }

  private readonly heading: HTMLHeadingElement;
  private readonly edit: HTMLButtonElement;
  private readonly about: HTMLElement;

  /** `readAs`: absent where the question was taken as typed. */
  update(question: string, scope: readonly ScopeChip[], readAs: string | undefined): void {
    this.question = question;
    this.heading.textContent = plainText(question);
    const read = readAs?.split('\n')[0];
    this.about.replaceChildren(
      ...(scope.length > 0 ? [scopeLine(scope)] : []),
      ...(read && read !== question
        ? [element('p', { class: 'read-as' }, `${t('Read as:')} `, element('q', {}, plainText(read)))]
        : []),
    );
  }

  focus(): void {
    this.heading.focus();
  }

  private begin(): void {
    if (this.isEditing) return;
    this.isEditing = true;
    const input = element('textarea', {
      class: 'input',
      attributes: {
        rows: 1,
        maxlength: maxQuestionLength,
        'aria-label': t('Edit the question. Enter asks, Escape cancels.'),
      },
    });
    input.value = this.question;
    const send = iconButton('send', t('Ask (Enter)'), () => ask());
    const cancel = iconButton('close', t('Cancel (Escape)'), () => end());
    const line = element('div', { class: 'composer-line' }, input, send, cancel);
    const box = element('div', { class: 'composer editing' }, line);
    const grow = () => {
      input.style.setProperty('height', 'auto');
      input.style.setProperty('height', `${input.scrollHeight}px`);
    };
    const end = () => {
      this.isEditing = false;
      box.replaceWith(this.heading);
      this.edit.hidden = false;
      this.edit.focus();
    };
    const ask = () => {
      const question = input.value.trim();
      end();
      if (question) this.onEdit(question);
    };
    input.addEventListener('input', grow);
    input.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Enter' && !event.shiftKey) {
        event.preventDefault();
        ask();
      } else if (event.key === 'Escape') {
        event.stopPropagation();
        end();
      }
    });
    this.edit.hidden = true;
    this.heading.replaceWith(box);
    grow();
    input.focus();
    input.select();
  }
}
