/**
 * What stands in place of the conversation before the first question: what Scholia is, what one may ask, what the index
 * covers and where the text goes. If something is in the way, it says so and offers the way out.
 */
import { destinationName } from '../../../../server/src/base/destination.js';
import { countOf, paragraph, t } from '../../../../server/src/base/l10n.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Overview } from '../messages.js';
import { element, icon } from './dom.js';
import type { Post } from './turn.js';
import { plainText } from './visible.js';

export function welcome(overview: Overview, post: Post): HTMLElement {
  const body = element('div', { class: 'welcome' });
  body.append(
    icon('book', 'emblem'),
    element('h2', {}, t('Ask your code base')),
    element('p', {}, t('Every statement points at the lines it came from.')),
  );
  if (overview.state === 'none') {
    body.append(openFolder(post));
    return body;
  }
  if (overview.state === 'stopped' || overview.state === 'failed') body.append(trouble(overview, post));
  const examples = overview.examples.map((question) =>
    element(
      'li',
      {},
      element(
        'button',
        { class: 'example', attributes: { type: 'button' }, onClick: () => post({ kind: 'ask', question }) },
        icon('comment'),
        element('span', {}, plainText(question)),
      ),
    ),
  );
  body.append(
    element('ul', { class: 'examples', attributes: { 'aria-label': t('Questions to begin with') } }, ...examples),
  );
  body.append(element('p', { class: 'facts' }, facts(overview)));
  if (overview.trusted && !overview.model.destination) body.append(ways(post));
  return body;
}

function facts({ state, files, lines, model, search, trusted }: Overview): string {
  const covered =
    files > 0
      ? t('The index covers {0} and {1}.', countOf(files, 'file'), countOf(lines, 'line'))
      : state === 'ready'
        ? t('There is no file here to index.')
        : '';
  if (!trusted)
    return paragraph([covered, t('Restricted Mode: answers are extracts, and no language model is asked.')]);
  const searched = search.map(({ sentence }) => sentence);
  if (model.destination) {
    const where = model.isHere ? t('{0}, on this machine', model.destination) : destinationName(model.destination);
    const sent = t('Questions and the passages under Sources go to {0} at {1}.', model.name || t('a model'), where);
    return plainText(paragraph([covered, sent, ...searched]));
  }
  const extracts =
    searched.length > 0 ? t('Answers are extracts.') : t('Answers are extracts, and nothing leaves this machine.');
  return plainText(paragraph([covered, extracts, ...searched]));
}

/** To answers that a language model writes. */
function ways(post: Post): HTMLElement {
  return element(
    'div',
    { class: 'ways' },
    link(t('Choose a language model for written answers'), () => post({ kind: 'chooseModel' })),
    link(t('Find model servers on this machine'), () => post({ kind: 'findModels' })),
  );
}

function link(label: string, onClick: () => void): HTMLButtonElement {
  return element('button', { class: 'text-button', attributes: { type: 'button' }, onClick }, label);
}

function openFolder(post: Post): HTMLElement {
  const button = element('vscode-button', {}, t('Open Folder'));
  button.addEventListener('click', () => post({ kind: 'openFolder' }));
  return element('div', { class: 'actions' }, element('p', {}, t('Open a folder to begin.')), button);
}

function trouble({ state }: Overview, post: Post): HTMLElement {
  const text = state === 'stopped' ? t('Scholia has stopped.') : t('A folder could not be indexed.');
  const button = element('vscode-button', { attributes: { secondary: true } }, t('Show Status'));
  button.addEventListener('click', () => post({ kind: 'showStatus' }));
  return element(
    'div',
    { class: 'notice error' },
    icon('warning'),
    element('p', {}, text),
    element('div', { class: 'actions' }, button),
  );
}
