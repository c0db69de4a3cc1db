/**
 * What stands in place of the conversation before the first question: what Scholia is, what one may ask, what the index
 * covers and where the text goes. If something is in the way, it says so and offers the way out.
 */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { countOf } from '../../summary.js';
import type { Overview } from '../messages.js';
import { element, icon } from './dom.js';
import type { Post } from './turn.js';
import { plainText } from './visible.js';

export function welcome(overview: Overview, post: Post): HTMLElement {
  const body = element('div', { class: 'welcome' });
  body.append(
    icon('book', 'emblem'),
    element('h2', {}, 'Ask your code base'),
    element('p', {}, 'Every statement points at the lines it came from.'),
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
    element('ul', { class: 'examples', attributes: { 'aria-label': 'Questions to begin with' } }, ...examples),
  );
  body.append(element('p', { class: 'facts' }, ...facts(overview, post)));
  return body;
}

function facts({ state, files, lines, model, search, trusted }: Overview, post: Post): (Node | string)[] {
  const covered =
    files > 0
      ? `The index covers ${countOf(files, 'file')} and ${countOf(lines, 'line')}. `
      : state === 'ready'
        ? 'There is no file here to index. '
        : '';
  if (!trusted) return [covered, 'Restricted Mode: answers are extracts, and no language model is asked.'];
  const searched = search.map(({ sentence }) => plainText(`${sentence} `));
  if (model.destination) {
    const where = model.isHere ? `${model.destination}, on this machine` : model.destination;
    const sent = `Questions and the passages under Sources go to ${model.name || 'a model'} at ${where}.`;
    return [covered, plainText(`${sent} `), ...searched];
  }
  const link = element('button', { class: 'text-button', attributes: { type: 'button' } }, 'Set a language model');
  link.addEventListener('click', () => post({ kind: 'setModel' }));
  const extracts =
    searched.length > 0 ? 'Answers are extracts. ' : 'Answers are extracts, and nothing leaves this machine. ';
  return [covered, extracts, ...searched, link, ' for written answers.'];
}

function openFolder(post: Post): HTMLElement {
  const button = element('vscode-button', {}, 'Open Folder');
  button.addEventListener('click', () => post({ kind: 'openFolder' }));
  return element('div', { class: 'actions' }, element('p', {}, 'Open a folder to begin.'), button);
}

function trouble({ state }: Overview, post: Post): HTMLElement {
  const text = state === 'stopped' ? 'Scholia has stopped.' : 'A folder could not be indexed.';
  const button = element('vscode-button', { attributes: { secondary: true } }, 'Show Status');
  button.addEventListener('click', () => post({ kind: 'showStatus' }));
  return element(
    'div',
    { class: 'notice error' },
    icon('warning'),
    element('p', {}, text),
    element('div', { class: 'actions' }, button),
  );
}
