/**
 * The lines that an answer stands on, as cards: those it cites first, each with its lines; those it was merely given
 * under a heading that opens. A card says whether its lines still hold, and opens them here, beside or within the editor.
 */
import { placeName } from '../../../../server/src/base/document.js';
import { countOf, kindName, t } from '../../../../server/src/base/l10n.js';
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import type { Citation, Source } from '../../../../server/src/base/answer.js';
import type { OpenHow, Runs, Turn } from '../messages.js';
import { sourceOf } from './cited.js';
import { disclosure, element, icon, iconButton } from './dom.js';
import { type Passage, snippetHtml } from './snippet.js';
import { plainText } from './visible.js';

export type OpenLines = (list: 'citations' | 'sources', at: number, how: OpenHow) => void;

const linesShown = 8;
const linesExpanded = 400;

export function sourcesOf(turn: Turn, open: OpenLines): HTMLElement[] {
  const { citations, sources, refused } = turn;
  const made: HTMLElement[] = [];
  if (citations.length > 0) {
    const title = element('h4', {}, `${t('Sources')} `, element('vscode-badge', {}, String(citations.length)));
    const cards = citations.map((citation, at) => citedCard(turn, citation, at, open));
    made.push(title, element('ol', { class: 'cards' }, ...cards));
  }
  const cited = new Set(citations.map(({ n }) => n));
  const others = sources.flatMap((source, at) => (cited.has(source.n) ? [] : [{ source, at }]));
  if (others.length === 0) return made;
  const cards = () => {
    const list = others.map(({ source, at }) =>
      card(
        { ...source, quote: source.text, verified: null, source, list: 'sources', at, runs: turn.colours[source.n] },
        open,
      ),
    );
    return element('ol', { class: 'cards' }, ...list);
  };
  if (refused) return [...made, element('h4', {}, t('Nearest passages')), cards()];
  const { length } = others;
  const more = length === 1 ? t('1 more passage considered') : t('{0} more passages considered', length);
  const title = citations.length > 0 ? more : t('{0} considered', countOf(length, 'passage'));
  return [...made, disclosure(title, cards)];
}

/** How many of the cited lines are not what they were. */
export function changedSources({ citations }: Pick<Turn, 'citations'>): string {
  const changed = citations.filter(({ verified }) => !verified).length;
  if (changed === 0) return '';
  return changed === citations.length && changed > 1
    ? t('All sources have changed since this answer.')
    : changed === 1
      ? t('1 source has changed since this answer.')
      : t('{0} sources have changed since this answer.', changed);
}

/** How a source is called where there is room for words only. */
export function sourceLabel(cited: Pick<Citation, 'n' | 'path' | 'place' | 'startLine' | 'endLine'>): string {
  const { n, path, place, startLine, endLine } = cited;
  const lines = spokenLines(startLine, endLine);
  return t('Source {0}: {1} {2}', n, plainText(path), place ? `${plainText(placeName(place))}, ${lines}` : lines);
}

/** Where the lines stand, as short as it can be said: `3–5`, in a document `page 2 · 3–5`. */
export function shortLines({ place, startLine, endLine }: Pick<Citation, 'place' | 'startLine' | 'endLine'>): string {
  const lines = startLine === endLine ? `${startLine}` : `${startLine}–${endLine}`;
  return place ? `${plainText(placeName(place))} · ${lines}` : lines;
}

/** The lines of a citation or a source, with the colours that the source's text was given. */
export function passageOf(turn: Turn, cited: Citation | Source): Passage {
  const source = sourceOf(turn, cited.n);
  const text = 'quote' in cited ? cited.quote : cited.text;
  const runs = source && turn.colours[source.n];
  const at = runs ? source.text.indexOf(text) : -1;
  const own = at < 0 ? undefined : shifted(runs!, at);
  return { text, startLine: cited.startLine, language: source?.language ?? '', runs: own };
}

/** The runs of a part of a text that begins at this offset of it. */
function shifted(runs: Runs, offset: number): Runs {
  return offset === 0 ? runs : runs.flatMap((value, i) => (i % 3 === 0 ? [value - offset] : [value]));
}

interface Card extends Omit<Citation, 'verified'> {
  /** Null: it was not cited, so nobody looked. */
  verified: boolean | null;
  source: Source | undefined;
  list: 'citations' | 'sources';
  at: number;
  runs: Runs | undefined;
}

function citedCard(turn: Turn, citation: Citation, at: number, open: OpenLines): HTMLLIElement {
  const { runs } = passageOf(turn, citation);
  return card({ ...citation, source: sourceOf(turn, citation.n), list: 'citations', at, runs }, open);
}

function card(shown: Card, open: OpenLines): HTMLLIElement {
  const { n, path, startLine, endLine, quote, verified, source, list, at, runs } = shown;
  const slash = path.lastIndexOf('/');
  const passage = { text: quote, startLine, language: source?.language ?? '', runs };
  const attributes = { type: 'button', 'data-testid': 'source-card', 'aria-label': t('Open {0}', sourceLabel(shown)) };
  const opens = (how: OpenHow) => () => open(list, at, how);
  const head = element(
    'button',
    { class: 'card-head', title: plainText(`${path}:${startLine}`), attributes, onClick: opens('here') },
    element('span', { class: 'number' }, String(n)),
    element('span', { class: 'file' }, plainText(path.slice(slash + 1))),
    element('span', { class: 'folder' }, plainText(path.slice(0, Math.max(0, slash)))),
    element('span', { class: 'lines' }, shortLines(shown)),
    verified === null ? null : verdict(verified),
  );
  const actions = element(
    'span',
    { class: 'card-actions' },
    iconButton('eye', t('Peek at these lines'), opens('peek'), 'source-peek'),
    iconButton('split-horizontal', t('Open to the side'), opens('beside'), 'source-beside'),
  );
  const body = element('div', { class: 'card-body', trusted: snippetHtml(passage, linesShown) });
  const isLost = verified === false;
  const made = element(
    'li',
    { class: isLost ? 'card changed' : 'card', attributes: { 'data-n': n } },
    element('div', { class: 'card-top' }, head, actions),
  );
  const symbol = source?.symbol ? element('span', { class: 'symbol' }, plainText(source.symbol)) : null;
  const lost = isLost ? element('span', { class: 'lost' }, t('Changed since this answer')) : null;
  if (symbol || lost) {
    const kind = symbol && element('span', {}, ` ${kindName(source!.kind)}`);
    made.append(element('div', { class: 'defines' }, symbol, kind, lost));
  }
  made.append(body);
  const count = endLine - startLine + 1;
  if (count > linesShown) made.append(expander(made, body, passage, count - linesShown));
  return made;
}

function verdict(verified: boolean): HTMLElement {
  const text = verified
    ? t('These lines say what they said when the answer was given')
    : t('Changed since this answer');
  const mark = icon(verified ? 'pass' : 'warning', verified ? 'held' : 'lost');
  mark.removeAttribute('aria-hidden');
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', verified ? t('Verified') : text);
  mark.title = text;
  return mark;
}

function expander(made: HTMLElement, body: HTMLElement, passage: Passage, more: number): HTMLElement {
  made.classList.add('clipped');
  const label = more === 1 ? t('Show 1 more line') : t('Show {0} more lines', more);
  const button = element(
    'button',
    { class: 'expand', attributes: { type: 'button', 'aria-expanded': 'false' } },
    label,
  );
  button.addEventListener('click', () => {
    const expanded = made.classList.toggle('clipped') === false;
    body.innerHTML = snippetHtml(passage, expanded ? linesExpanded : linesShown);
    button.textContent = expanded ? t('Show less') : label;
    button.setAttribute('aria-expanded', String(expanded));
  });
  return button;
}

function spokenLines(startLine: number, endLine: number): string {
  return startLine === endLine ? t('line {0}', startLine) : t('lines {0}–{1}', startLine, endLine);
}
