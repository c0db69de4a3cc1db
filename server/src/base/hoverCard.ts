/** What a hover shows, and how it reads as markdown: the shape that the command line prints and the server sends. */
import type { Citation } from './answer.js';
import { countOf, kindName, t } from './l10n.js';
import { clipped, columnsOf, type Part, type Shown, sharedOut } from './lineBudget.js';
import { escapeMarkdown, fence, inlineCode, link, proseMarkdown } from './markdown.js';
import { dayOf, showHidden } from './text.js';

export interface HoverCard {
  name: string;
  /** What the name means, nearest first; several where nothing tells which. */
  definitions: {
    kind: string;
    qualified: string;
    /** One for each overload; none of a file. */
    signatures: string[];
    language: string;
    documentation: string;
    n: number;
  }[];
  /** Several definitions can be meant; at least so many, of which the nearest are shown. */
  candidates: number;
  /** Definitions of the same name that are not meant. */
  others: { n: number }[];
  /** What a file has for those who import it; empty for all else. */
  defines: { signature: string; n: number }[];
  /** There are so many more. */
  definesMore: number;
  uses: { path: string; line: number; text: string; within: string; n: number }[];
  /** Lines that call the first definition or name it as a type, or import it, and their files; `more`: there are more uses than are told. */
  usage: { calls: number; files: number; more: boolean };
  /** What is written about it for people. */
  explanations: { sentence: string; n: number }[];
  /** A line of a test or an example that uses it. */
  example: { text: string; n: number } | null;
  /** The newest commit that changed the first definition's lines or, where these cannot be told in time, its file. */
  lastChange: LastChange | null;
  citations: Citation[];
}

export interface LastChange {
  of: 'lines' | 'file';
  hash: string;
  subject: string;
  /** Seconds since the epoch. */
  at: number;
  /** Lines were changed since, and are not committed. Of the file nothing is known. */
  uncommitted: boolean;
}

/** A line's end that stays one. */
const BREAK = '  \n';
/**
 * What an editor shows without scrolling: VS Code's hover is 250 pixels high, and in a wide window 750 wide. The line
 * that asks the chat takes the rest of it.
 */
export const CARD_LINES = 10;
export const CARD_COLUMNS = 84;
const MAX_PATH_COLUMNS = 26;
const MIN_CODE_COLUMNS = 12;

/**
 * The card as markdown, one screen at most: what is left out for that is named in its last line. `linkTo` is the address
 * of a citation; without it markers `[n]` stand alone.
 */
export function hoverMarkdown(card: HoverCard, linkTo?: (citation: Citation) => string): string {
  const [main, ...alternatives] = card.definitions as [Definition, ...Definition[]];
  const { signatures, language } = main;
  const isFile = main.kind === 'file';
  const parts: Record<'signature' | 'documentation' | 'defines' | 'uses' | 'place' | 'explained', Part | false> = {
    signature: signatures.length > 0 && { name: t('signature'), most: 3, show: (lines) => signatureText(lines) },
    documentation: main.documentation !== '' && {
      name: t('comment'),
      most: 4,
      show: (lines) => documentationText(main.documentation, lines),
    },
    defines: card.defines.length > 0 && { name: t('definitions'), most: 5, show: definesText },
    uses: card.uses.length > 0 && { name: t('uses'), most: 2, show: usesText },
    place: { name: t('places'), most: 2, show: placeText },
    explained: card.explanations.length > 0 && { name: t('explanations'), most: 2, show: explainedText },
  };
  const { example, lastChange } = card;
  const last = [
    ...(example ? [`**${t('Example')}** ${mark(example.n).text} ${code(example.text, CARD_COLUMNS / 2)}`] : []),
    ...(lastChange ? [changeText(lastChange)] : []),
  ];
  // In order of use.
  const { signature, uses, documentation, defines, place, explained } = parts;
  const given = [signature, uses, documentation, defines, place, explained].filter((part) => part !== false);
  const all = sharedOut(given, CARD_LINES - last.length);
  const isWhole = all.every((one) => one.isWhole);
  const shown = isWhole ? all : sharedOut(given, CARD_LINES - last.length - 1);
  const textOf = (part: Part | false) => (part ? [shown[given.indexOf(part)]!.text] : []);
  const omitted = given.filter((_, i) => !shown[i]!.isWhole).map(({ name }) => name);
  const rows = [place, defines, uses, explained].flatMap(textOf).concat(last);
  if (omitted.length > 0) rows.push(`*${t('Left out here: {0}', omitted.join(', '))}*`);
  return [...textOf(signature), ...textOf(documentation), rows.join(BREAK)].join('\n\n');

  function mark(n: number): Piece {
    const citation = card.citations.find((candidate) => candidate.n === n)!;
    const { path, startLine } = citation;
    const label = `${linkTo ? shortPath(path) : path}:${startLine}`;
    if (linkTo) return { text: link(label, linkTo(citation)), columns: columnsOf(label) };
    return { text: `${escapeMarkdown(label)} [${n}]`, columns: columnsOf(label) + 4 };
  }

  function signatureText(lines: number): Shown {
    const kept: string[] = [];
    let left = lines;
    for (const one of signatures) {
      if (left === 0) break;
      const own = clipped(one, left * CARD_COLUMNS);
      kept.push(own);
      left -= linesFor(columnsOf(own));
    }
    const isWhole = kept.length === signatures.length && kept.at(-1) === signatures.at(-1);
    return { text: fence(language, kept.join('\n')), lines: lines - left, isWhole };
  }

  function placeText(lines: number): Shown {
    const { candidates, others } = card;
    const kind = kindName(main.kind);
    const own = mark(main.n);
    const before = { text: `${escapeMarkdown(kind)} · ${own.text}`, columns: columnsOf(kind) + 3 + own.columns };
    const like = listOf(alternatives.map(({ n }) => mark(n)));
    const also = listOf(others.map(({ n }) => mark(n)));
    return filled(
      before,
      [
        ...(like ? [said(t('one of {0} that can be meant, like {1}', candidates, '{1}'), like)] : []),
        ...(also ? [said(t('also defined at {0}', '{1}'), also)] : []),
      ],
      lines,
      ' · ',
    );
  }

  function definesText(lines: number): Shown {
    const rows = card.defines.slice(0, lines).map(({ signature, n }) => {
      const place = mark(n);
      return `${place.text} ${code(signature, CARD_COLUMNS - place.columns - 22)}`;
    });
    const rest = card.definesMore + card.defines.length - rows.length;
    const more = rest > 0 ? ` · ${t('{0} more', rest)}` : '';
    const text = `**${t('Defines')}** ${rows.join(BREAK)}${more}`;
    return { text, lines: rows.length, isWhole: rows.length === card.defines.length };
  }

  function usesText(lines: number): Shown {
    const { calls, files, more } = card.usage;
    const told = isFile ? t('Imported by') : calls === 0 ? t('Named in') : t('Used by');
    const inFiles = countOf(files, 'file');
    const count = calls === 0 ? '' : ` · ${isFile ? inFiles : t('{1} in {0}', inFiles, countOf(calls, 'line'))}`;
    const rows = card.uses.map(({ n, within, text }): Piece => {
      const place = mark(n);
      if (isFile) return place;
      const words = within || text.trim();
      // One fits on a line with what stands around it.
      const room = CARD_COLUMNS - place.columns - columnsOf(told) - columnsOf(count) - 8;
      const width = Math.min(columnsOf(words), Math.max(MIN_CODE_COLUMNS, room));
      const own = code(words, width);
      return {
        text: within ? `${own} ${place.text}` : `${place.text} ${own}`,
        columns: place.columns + width + 2,
      };
    });
    const shown = filled(
      { text: `**${told}**`, columns: columnsOf(told), isTitle: true },
      rows,
      lines,
      ', ',
      columnsOf(count) + 3,
    );
    return { ...shown, text: `${shown.text}${more || !shown.isWhole ? ', …' : ''}${count}` };
  }

  function explainedText(lines: number): Shown {
    const rows = card.explanations.slice(0, lines).map(({ n, sentence }) => {
      const place = mark(n);
      return `${place.text} — ${proseMarkdown(clipped(showHidden(sentence), CARD_COLUMNS - place.columns - 16))}`;
    });
    const text = `**${t('Explained in')}** ${rows.join(BREAK)}`;
    return { text, lines: rows.length, isWhole: rows.length === card.explanations.length };
  }
}

type Definition = HoverCard['definitions'][number];

/** A piece of markdown and how wide it reads. */
interface Piece {
  text: string;
  columns: number;
}

function linesFor(columns: number): number {
  return Math.max(1, Math.ceil(columns / CARD_COLUMNS));
}

/** As many pieces as fit behind `before`, which where it `isTitle` has one at least; `reserve` columns stay free. */
function filled(
  before: Piece & { isTitle?: boolean },
  pieces: readonly Piece[],
  lines: number,
  between: string,
  reserve = 0,
): Shown {
  const { isTitle = false } = before;
  const room = lines * CARD_COLUMNS - reserve;
  let { text, columns } = before;
  let kept = 0;
  for (const piece of pieces) {
    const wider = columns + piece.columns + between.length;
    if ((kept > 0 || !isTitle) && wider > room) break;
    text += (kept === 0 && isTitle ? ' ' : between) + piece.text;
    columns = wider;
    kept++;
  }
  return { text, lines: linesFor(columns + reserve), isWhole: kept === pieces.length };
}

function listOf(pieces: readonly Piece[]): Piece | null {
  if (pieces.length === 0) return null;
  const columns = pieces.reduce((sum, piece) => sum + piece.columns + 2, 0);
  return { text: pieces.map(({ text }) => text).join(', '), columns };
}

/** A sentence with a piece in its place. */
function said(sentence: string, piece: Piece): Piece {
  return { text: sentence.replace('{1}', () => piece.text), columns: columnsOf(sentence) + piece.columns };
}

/** Its end, which tells most. */
function shortPath(path: string): string {
  if (columnsOf(path) <= MAX_PATH_COLUMNS) return path;
  const parts = path.split('/');
  let kept = parts.pop()!;
  while (parts.length > 0 && columnsOf(`${parts.at(-1)}/${kept}`) < MAX_PATH_COLUMNS) kept = `${parts.pop()}/${kept}`;
  if (columnsOf(kept) > MAX_PATH_COLUMNS) return `…${[...kept].slice(-MAX_PATH_COLUMNS / 2).join('')}`;
  return parts.length > 0 ? `…/${kept}` : kept;
}

/** A comment's tags, such as `@param`, and the items of its lists begin lines of their own; the rest runs on. */
function documentationText(text: string, lines: number): Shown {
  const units = text.split(/\n(?=[@:]|[-*] |\d+[.)] )|\n\s*\n/).map((unit) => unit.replace(/\s+/g, ' ').trim());
  const kept: string[] = [];
  let left = lines;
  for (const unit of units.filter(Boolean)) {
    if (left === 0) break;
    const own = clipped(showHidden(unit), left * CARD_COLUMNS);
    kept.push(proseMarkdown(own));
    left -= linesFor(columnsOf(own));
    if (own !== showHidden(unit)) break;
  }
  const isWhole = kept.join('') === units.map((unit) => proseMarkdown(showHidden(unit))).join('') && !/ …$/.test(text);
  return { text: kept.join(BREAK), lines: lines - left, isWhole };
}

function code(text: string, columns: number): string {
  return inlineCode(clipped(text.trim(), Math.max(MIN_CODE_COLUMNS, columns)));
}

function changeText({ of, hash, subject, at, uncommitted }: LastChange): string {
  const what =
    of === 'file' ? t('Last change of the file') : uncommitted ? t('Last committed change') : t('Last change');
  const [commit, day] = [hash.slice(0, 8), dayOf(at)];
  const room = CARD_COLUMNS - columnsOf(`${what}: (${commit}, ${day}) `);
  return t('{0}: {1} ({2}, {3})', what, escapeMarkdown(clipped(showHidden(subject), room)), commit, day);
}
