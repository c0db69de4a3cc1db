/** What a hover shows, and how it reads as markdown: the shape that the command line prints and the server sends. */
import type { Citation } from './answer.js';
import { countOf, kindName, t } from './l10n.js';
import { escapeMarkdown, fence, inlineCode, link } from './markdown.js';
import { dayOf, showHidden } from './text.js';

export interface HoverCard {
  name: string;
  /** What the name means, nearest first; several where nothing tells which. */
  definitions: {
    kind: string;
    qualified: string;
    /** One for each overload. */
    signatures: string[];
    language: string;
    documentation: string;
    n: number;
  }[];
  /** Several definitions can be meant; at least so many, of which the nearest are shown. */
  candidates: number;
  /** Definitions of the same name that are not meant. */
  others: { n: number }[];
  uses: { path: string; line: number; text: string; within: string; n: number }[];
  /** Lines that call the first definition or name it as a type, and their files; `more`: there are more uses than are told. */
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
const MAX_LINE_CHARACTERS = 100;
const MAX_SENTENCE_CHARACTERS = 180;

/** The card as markdown. `linkTo` is the address of a citation; without it markers `[n]` stand alone. */
export function hoverMarkdown(card: HoverCard, linkTo?: (citation: Citation) => string): string {
  const mark = (n: number) => {
    const citation = card.citations.find((candidate) => candidate.n === n)!;
    const place = `${citation.path}:${citation.startLine}`;
    return linkTo ? link(place, linkTo(citation)) : `${escapeMarkdown(place)} [${n}]`;
  };
  const marks = (list: readonly { n: number }[]) => list.map(({ n }) => mark(n)).join(', ');
  const [main, ...alternatives] = card.definitions;
  const parts = [fence(main!.language, main!.signatures.join('\n'))];
  if (main!.documentation) parts.push(documentationText(main!.documentation));
  parts.push([`${escapeMarkdown(kindName(main!.kind))} · ${mark(main!.n)}`, ...placesText()].join(' · '));
  if (card.uses.length > 0) parts.push(usesText());
  if (card.explanations.length > 0)
    parts.push(`**${t('Explained in')}** ${card.explanations.map(explanationText).join(BREAK)}`);
  if (card.example) parts.push(`**${t('Example')}** ${mark(card.example.n)} ${code(card.example.text)}`);
  if (card.lastChange) parts.push(changeText(card.lastChange));
  return parts.join('\n\n');

  function placesText(): string[] {
    const { candidates, others } = card;
    return [
      ...(alternatives.length > 0
        ? [t('one of {0} that can be meant, like {1}', candidates, marks(alternatives))]
        : []),
      ...(others.length > 0 ? [t('also defined at {0}', marks(others))] : []),
    ];
  }

  function usesText(): string {
    const { calls, files, more } = card.usage;
    const rows = card.uses.map(({ n, within, text }) =>
      within ? `${inlineCode(within)} ${mark(n)}` : `${mark(n)} ${code(text)}`,
    );
    if (calls === 0) return `**${t('Named in')}** ${rows.join(', ')}${more ? ', …' : ''}`;
    const count = t('{1} in {0}', countOf(files, 'file'), countOf(calls, 'line'));
    return `**${t('Used by')}** ${rows.join(', ')}${more ? ', …' : ''} · ${count}`;
  }

  function explanationText({ n, sentence }: HoverCard['explanations'][number]): string {
    return `${mark(n)} — ${escapeMarkdown(showHidden(shortened(sentence, MAX_SENTENCE_CHARACTERS)))}`;
  }
}

/** A comment's tags, such as `@param`, begin lines of their own. */
function documentationText(text: string): string {
  return escapeMarkdown(showHidden(text)).replace(/\n(?=[@:])/g, BREAK);
}

function code(text: string): string {
  return inlineCode(shortened(text.trim(), MAX_LINE_CHARACTERS));
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

function changeText({ of, hash, subject, at, uncommitted }: LastChange): string {
  const what =
    of === 'file' ? t('Last change of the file') : uncommitted ? t('Last committed change') : t('Last change');
  return t('{0}: {1} ({2}, {3})', what, escapeMarkdown(showHidden(subject)), hash.slice(0, 8), dayOf(at));
}
