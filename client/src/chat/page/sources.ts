/**
 * The lines that an answer stands on, as cards: those it cites first, each with its lines; those it was merely given
 * under a heading that opens. A card says whether its lines still held when the answer was finished.
 */
import '@vscode-elements/elements/dist/vscode-badge/index.js';
import type { Citation, Source } from '../../../../server/src/base/answer.js';
import type { Turn } from '../messages.js';
import { sourceOf } from './cited.js';
import { disclosure, element, icon } from './dom.js';
import { snippetHtml } from './snippet.js';
import { plainText } from './visible.js';

export type OpenLines = (list: 'citations' | 'sources', at: number) => void;

const linesShown = 8;
const linesExpanded = 400;

export function sourcesOf(turn: Turn, open: OpenLines): HTMLElement[] {
  const { citations, sources, refused } = turn;
  const made: HTMLElement[] = [];
  if (citations.length > 0) {
    const title = element('h4', {}, 'Sources ', element('vscode-badge', {}, String(citations.length)));
    const cards = citations.map((citation, at) =>
      card({ ...citation, source: sourceOf(turn, citation.n), list: 'citations', at }, open),
    );
    made.push(title, element('ol', { class: 'cards' }, ...cards));
  }
  const cited = new Set(citations.map(({ n }) => n));
  const others = sources.flatMap((source, at) => (cited.has(source.n) ? [] : [{ source, at }]));
  if (others.length === 0) return made;
  const cards = () => {
    const list = others.map(({ source, at }) =>
      card({ ...source, quote: source.text, verified: null, source, list: 'sources', at }, open),
    );
    return element('ol', { class: 'cards' }, ...list);
  };
  if (refused) return [...made, element('h4', {}, 'Nearest passages'), cards()];
  const count = `${others.length} ${citations.length > 0 ? 'more ' : ''}passage${others.length === 1 ? '' : 's'}`;
  return [...made, disclosure(`${count} considered`, cards)];
}

/** How a source is called where there is room for words only. */
export function sourceLabel(cited: Pick<Citation, 'n' | 'path' | 'place' | 'startLine' | 'endLine'>): string {
  const { n, path, place, startLine, endLine } = cited;
  const lines = spokenLines(startLine, endLine);
  return `Source ${n}: ${plainText(path)} ${place ? `${plainText(place)}, ${lines}` : lines}`;
}

/** Where the lines stand, as short as it can be said: `3–5`, in a document `page 2 · 3–5`. */
export function shortLines({ place, startLine, endLine }: Pick<Citation, 'place' | 'startLine' | 'endLine'>): string {
  const lines = startLine === endLine ? `${startLine}` : `${startLine}–${endLine}`;
  return place ? `${plainText(place)} · ${lines}` : lines;
}

interface Card extends Omit<Citation, 'verified'> {
  /** Null: it was not cited, so nobody looked. */
  verified: boolean | null;
  source: Source | undefined;
  list: 'citations' | 'sources';
  at: number;
}

function card(shown: Card, open: OpenLines): HTMLLIElement {
  const { n, path, startLine, endLine, quote, verified, source, list, at } = shown;
  const slash = path.lastIndexOf('/');
  const passage = { text: quote, startLine, language: source?.language ?? '' };
  const attributes = { type: 'button', 'data-testid': 'source-card', 'aria-label': `Open ${sourceLabel(shown)}` };
  const head = element(
    'button',
    { class: 'card-head', title: plainText(`${path}:${startLine}`), attributes, onClick: () => open(list, at) },
    element('span', { class: 'number' }, String(n)),
    element('span', { class: 'file' }, plainText(path.slice(slash + 1))),
    element('span', { class: 'folder' }, plainText(path.slice(0, Math.max(0, slash)))),
    element('span', { class: 'lines' }, shortLines(shown)),
    verified === null ? null : verdict(verified),
  );
  const body = element('div', { class: 'card-body', trusted: snippetHtml(passage, linesShown) });
  const made = element('li', { class: 'card', attributes: { 'data-n': n } }, head);
  const symbol = source?.symbol ? element('span', { class: 'symbol' }, plainText(source.symbol)) : null;
  const lost = verified === false ? element('span', { class: 'lost' }, 'no longer matches') : null;
  if (symbol || lost) made.append(element('div', { class: 'defines' }, symbol, symbol && ` ${source!.kind} `, lost));
  made.append(body);
  const count = endLine - startLine + 1;
  if (count > linesShown) made.append(expander(made, body, passage, count - linesShown));
  return made;
}

function verdict(verified: boolean): HTMLElement {
  const text = verified ? 'These lines were read again when the answer was finished' : 'No longer matches';
  const mark = icon(verified ? 'pass' : 'warning', verified ? 'held' : 'lost');
  mark.removeAttribute('aria-hidden');
  mark.setAttribute('role', 'img');
  mark.setAttribute('aria-label', verified ? 'Verified' : text);
  mark.title = text;
  return mark;
}

function expander(
  made: HTMLElement,
  body: HTMLElement,
  passage: { text: string; startLine: number; language: string },
  more: number,
): HTMLElement {
  made.classList.add('clipped');
  const label = `Show ${more} more line${more === 1 ? '' : 's'}`;
  const button = element(
    'button',
    { class: 'expand', attributes: { type: 'button', 'aria-expanded': 'false' } },
    label,
  );
  button.addEventListener('click', () => {
    const expanded = made.classList.toggle('clipped') === false;
    body.innerHTML = snippetHtml(passage, expanded ? linesExpanded : linesShown);
    button.textContent = expanded ? 'Show less' : label;
    button.setAttribute('aria-expanded', String(expanded));
  });
  return button;
}

function spokenLines(startLine: number, endLine: number): string {
  return startLine === endLine ? `line ${startLine}` : `lines ${startLine}–${endLine}`;
}
