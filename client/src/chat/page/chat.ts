/**
 * The chat's page: a log of turns, a question box under it, and a line with the state of things. The page keeps nothing
 * but the draft of a question; what it shows is told to it, and what a person does is told back.
 */
import { t } from '../../../../server/src/base/l10n.js';
import './language.js';
import '@vscode/codicons/dist/codicon.css';
import './chat.css';
import { tokenClasses } from '../../../../server/src/base/tokenClasses.js';
import { maskSecrets } from '../../../../server/src/index/secrets.js';
import { type FromPage, type Overview, readToPage, type ToPage } from '../messages.js';
import { Composer } from './composer.js';
import { element } from './dom.js';
import { StatusLine } from './statusLine.js';
import { type Place, Transcript } from './transcript.js';
import { welcome } from './welcome.js';

/** What outlives the page. */
interface Kept {
  draft: string;
  /** Where the reader was; absent at the end of the conversation. */
  place?: Place | undefined;
}

interface Editor {
  postMessage(message: FromPage): void;
  getState(): Partial<Kept> | undefined;
  setState(state: Kept): void;
}
declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const post = (message: FromPage) => editor.postMessage(message);

const log = element('main', {
  class: 'log',
  attributes: { role: 'log', 'aria-label': t('Answers'), 'aria-live': 'off' },
});
const greeting = element('div', { class: 'greeting' });
const status = new StatusLine(post);
const spoken = element('div', { class: 'spoken', attributes: { 'aria-live': 'polite' } });
const transcript = new Transcript(log, post, (sentence) => {
  spoken.textContent = sentence;
});
const kept: Kept = { draft: '', ...editor.getState() };
let cameBackTo = kept.place;
const keep = (change: Partial<Kept>) => editor.setState(Object.assign(kept, change));
const composer = new Composer({
  draft: kept.draft,
  onAsk: (question) => post({ kind: 'ask', question }),
  onStop: () => post({ kind: 'stop' }),
  // The editor keeps it on the disk.
  onDraft: (draft) => keep({ draft: maskSecrets(draft).text }),
  onPickScope: () => post({ kind: 'pickScope' }),
  onDropScope: (id) => post({ kind: 'dropScope', id }),
  onLeave: () => transcript.focusLast(),
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
  if (message.kind === 'scope') return composer.setScope(message.chips);
  if (message.kind === 'theme') return useTheme(message.colours);
  if (message.kind === 'overview') {
    overview = message.overview;
    status.update(overview);
  } else {
    transcript.take(message);
    if (message.kind === 'conversation') {
      if (cameBackTo) transcript.goTo(cameBackTo);
      cameBackTo = undefined;
    }
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

/** The page's policy lets no style attribute through, but what a script sets is its own. */
function useTheme(colours: Extract<ToPage, { kind: 'theme' }>['colours']): void {
  for (const name of tokenClasses) {
    const colour = colours[name];
    if (colour) document.documentElement.style.setProperty(`--code-${name}`, colour);
    else document.documentElement.style.removeProperty(`--code-${name}`);
  }
}

let settled = 0;
log.addEventListener(
  'scroll',
  () => {
    clearTimeout(settled);
    settled = window.setTimeout(() => keep({ place: transcript.place }), 200);
  },
  { passive: true },
);

post({ kind: 'ready' });
