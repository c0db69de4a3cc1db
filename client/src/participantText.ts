/**
 * An answer as the editor's chat may show it: markers become places for anchors, and no link, image or HTML of a model
 * or of a file comes alive. Pure.
 */

import type { Citation, Source } from '../../server/src/base/answer.js';
import { t } from '../../server/src/base/l10n.js';

/** Text, or the number of a citation. */
export type Piece = string | { n: number };

/** Only fences that begin a line with a word at most: those in lists may end, and others be a table, unseen by a reader of lines. */
const CODE =
  /^(`{3,}|~{3,})(?=[\w+#.-]*[ \t]*$)[\s\S]*?(?:^\1[`~]*[ \t]*$|(?![\s\S]))|(?<![`\\])(`+)(?!`)[^\n]*?[^`\n]\2(?!`)/gm;
const MARKER = /\[(\d{1,3})\]/g;
const MAX_FOLLOW_UPS = 3;
const CALLABLE = ['function', 'method', 'class', 'constructor'];

/** `known`: the citations that hold; other markers are not in a finished answer, and stay text if they are. */
export function piecesOf(answer: string, known: ReadonlySet<number>): Piece[] {
  const pieces: Piece[] = [];
  eachPart(
    answer,
    (code) => pieces.push(code),
    (prose) => {
      let last = 0;
      for (const match of prose.matchAll(MARKER)) {
        const n = Number(match[1]);
        if (!known.has(n)) continue;
        pieces.push(inertProse(prose.slice(last, match.index)), { n });
        last = match.index + match[0].length;
      }
      pieces.push(inertProse(prose.slice(last)));
    },
  );
  return joined(pieces);
}

/** Markdown in which emphasis, lists and code are what they were, and everything that leads elsewhere is text. */
export function inert(markdown: string): string {
  let text = '';
  eachPart(
    markdown,
    (code) => {
      text += code;
    },
    (prose) => {
      text += inertProse(prose);
    },
  );
  return text;
}

/** Questions that the answer suggests, about what it cites. */
export function followUpsOf({
  citations,
  sources,
}: {
  citations: readonly Pick<Citation, 'n'>[];
  sources: readonly Source[];
}): string[] {
  const cited = citations.flatMap(({ n }) => sources.find((source) => source.n === n) ?? []);
  const names = cited.filter(({ kind }) => CALLABLE.includes(kind)).map(({ symbol }) => symbol);
  const [first, second] = [...new Set(names)].filter((name) => /^[\w$.]+$/.test(name));
  const questions = [
    first && t('Who calls {0}?', first),
    first && t('When was {0} last changed?', first),
    second && t('Who calls {0}?', second),
  ];
  return questions.filter((question) => question !== undefined).slice(0, MAX_FOLLOW_UPS);
}

function eachPart(markdown: string, code: (text: string) => void, prose: (text: string) => void): void {
  // A carriage return alone ends a line too.
  const text = markdown.replace(/\r\n?/g, '\n');
  let last = 0;
  for (const found of text.matchAll(CODE)) {
    // A row of a table is divided before its code is read.
    if (found[0].includes('|') && !found[1] && inertProse(found[0]) !== escapedTicks(found[0])) continue;
    prose(text.slice(last, found.index));
    code(found[0]);
    last = found.index + found[0].length;
  }
  prose(text.slice(last));
}

/** What is escaped already stays so. A backtick alone is escaped, so that it pairs with none of the code after it. */
function inertProse(text: string): string {
  return text
    .replace(/\\[\s\S]|[[\]<`~]/g, (found) => (found.startsWith('\\') ? found : `\\${found}`))
    .replace(/(https?|www|ftp|mailto)(?=[:.])/gi, '$1\u200b');
}

function escapedTicks(text: string): string {
  return text.replaceAll('`', '\\`');
}

function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') result[result.length - 1] = last + piece;
    else if (piece !== '') result.push(piece);
  }
  return result;
}
