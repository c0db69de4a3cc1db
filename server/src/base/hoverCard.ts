/** What a hover shows, and how it reads as markdown: the shape that the command line prints and the server sends. */
import type { Citation } from './answer.js';
import { escapeMarkdown, fence, inlineCode, link } from './markdown.js';
import { dayOf, showHidden } from './text.js';

export interface HoverCard {
  name: string;
  /** Definitions, nearest first; empty when the name is not defined here. */
  definitions: {
    kind: string;
    qualified: string;
    signature: string;
    language: string;
    documentation: string;
    n: number;
  }[];
  /** Functions that call the first definition, qualified; their calls are among the uses. */
  callers: string[];
  uses: { path: string; line: number; text: string; n: number }[];
  /** The newest commit that changed the first definition's lines or, where these cannot be told in time, its file. */
  lastChange: LastChange | null;
  /** There are more uses than shown. */
  moreUses: boolean;
  citations: Citation[];
}

export interface LastChange {
  of: 'lines' | 'file';
  subject: string;
  /** Seconds since the epoch. */
  at: number;
  /** Lines were changed since, and are not committed. Of the file nothing is known. */
  uncommitted: boolean;
}

/** The card as markdown. `linkTo` is the address of a citation; without it markers `[n]` stand alone. */
export function hoverMarkdown(card: HoverCard, linkTo?: (citation: Citation) => string): string {
  const mark = (n: number) => {
    const citation = card.citations.find((candidate) => candidate.n === n)!;
    const place = `${citation.path}:${citation.startLine}`;
    return linkTo ? link(place, linkTo(citation)) : `${escapeMarkdown(place)} [${n}]`;
  };
  const [main, ...others] = card.definitions;
  const parts = [`${fence(main!.language, main!.signature || main!.qualified)}`];
  if (main!.documentation) parts.push(escapeMarkdown(main!.documentation));
  parts.push(`${main!.kind} · ${mark(main!.n)}`);
  if (others.length > 0) parts.push(`Also defined at ${others.map((other) => mark(other.n)).join(', ')}`);
  if (card.callers.length > 0) parts.push(`Called by ${card.callers.map(inlineCode).join(', ')}`);
  if (card.uses.length > 0) {
    const list = card.uses.map((use) => `- ${mark(use.n)} — ${inlineCode(use.text)}`);
    parts.push(`**Used in**\n\n${list.join('\n')}${card.moreUses ? '\n- …' : ''}`);
  }
  if (card.lastChange) {
    const { of, subject, at, uncommitted } = card.lastChange;
    const what = of === 'file' ? 'Last change of the file' : uncommitted ? 'Last committed change' : 'Last change';
    parts.push(`${what}: ${escapeMarkdown(showHidden(subject))} (${dayOf(at)})`);
  }
  return parts.join('\n\n');
}
