/**
 * The chat's page: a log of turns, a question box under it, and a line with the state of things. The page keeps nothing
 * but the draft of a question; what it shows is told to it, and what a person does is told back.
 */
import '@vscode/codicons/dist/codicon.css';
import './chat.css';
import { type FromPage, type Overview, readToPage } from '../messages.js';
import { Composer } from './composer.js';
import { element } from './dom.js';
import { StatusLine } from './statusLine.js';
import { Transcript } from './transcript.js';
import { welcome } from './welcome.js';

interface Editor {
  postMessage(message: FromPage): void;
  getState(): { draft?: unknown } | undefined;
  setState(state: { draft: string }): void;
}
declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const post = (message: FromPage) => editor.postMessage(message);

const log = element('main', { class: 'log', attributes: { role: 'log', 'aria-label': 'Answers', 'aria-live': 'off' } });
const greeting = element('div', { class: 'greeting' });
const status = new StatusLine(post);
const spoken = element('div', { class: 'spoken', attributes: { 'aria-live': 'polite' } });
const transcript = new Transcript(log, post, (sentence) => {
  spoken.textContent = sentence;
});
const draft = editor.getState()?.draft;
const composer = new Composer({
  draft: typeof draft === 'string' ? draft : '',
  onAsk: (question) => post({ kind: 'ask', question }),
  onStop: () => post({ kind: 'stop' }),
  onDraft: (draft) => editor.setState({ draft }),
  lastQuestion: () => transcript.lastQuestion,
});
let overview: Overview | undefined;

document.body.append(
  element(
    'div',
    { class: 'page' },
    greeting,
    log,
    element('footer', { class: 'foot' }, composer.root, status.root),
    spoken,
  ),
);

window.addEventListener('message', (event) => {
  const message = readToPage(event.data);
  if (!message) return;
  if (message.kind === 'focus') return composer.focus();
  if (message.kind === 'overview') {
    overview = message.overview;
    status.update(overview);
  } else {
    transcript.take(message);
    composer.setAsking(transcript.isAsking);
  }
  greeting.hidden = !transcript.isEmpty;
  log.hidden = transcript.isEmpty;
  // Whoever is about to press a button in the greeting should find it where it was.
  const isHeld = greeting.contains(document.activeElement) && message.kind === 'overview';
  if (transcript.isEmpty && overview && !isHeld) greeting.replaceChildren(welcome(overview, post));
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && transcript.isAsking) post({ kind: 'stop' });
});

post({ kind: 'ready' });
