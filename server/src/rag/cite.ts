/**
 * Answer text to citations that hold.
 *
 * A marker is `[3]`, `[1, 3]` or, for some lines of a source, `[3:12-20]`. A marker that names no source, or lines
 * outside its source, is taken out of the text; so is one whose lines no longer say what they said when the answer was
 * made, unless the same lines stand elsewhere in the file exactly once. What was taken out is told.
 */

import type { Citation, LineRange, Source } from '../base/answer.js';
import { placeAt } from '../base/document.js';
import { t } from '../base/l10n.js';
import { type Lines, lineCount, lineOfOffset, linesOf, sliceLines } from '../base/text.js';
import { holdsMask } from '../index/secrets.js';
import type { CurrentFile, CurrentText } from './view.js';

export interface Cited {
  text: string;
  citations: Citation[];
  dropped: { what: string; reason: string }[];
}

const ONE = String.raw`\d{1,3}(?::\d{1,7}(?:-\d{1,7})?)?`;
/** Every form of marker. Not followed by `(`: that would be a link's text. */
const FORM = String.raw`\[(${ONE}(?:\s*[,;]\s*${ONE})*)\](?!\()`;
const MARKER = new RegExp(FORM, 'g');
/** A marker that goes takes the space before it along. A run of spaces is looked at once, from its beginning. */
const SPACED_MARKER = new RegExp(`(?<! )( *)${FORM}`, 'g');

export async function cite(text: string, sources: readonly Source[], currentText: CurrentText): Promise<Cited> {
  const dropped: Cited['dropped'] = [];
  const claims = new Map<number, Citation>();
  const bad = new Set<string>();
  for (const mark of new Map(marksIn(text).map((found) => [found.text, found])).values()) {
    const claim = claimOf(mark, sources);
    if ('reason' in claim) {
      bad.add(mark.text);
      dropped.push({ what: `[${mark.text}]`, reason: claim.reason });
    } else claims.set(mark.n, joined(claims.get(mark.n), claim, sources));
  }
  const readOnce = eachFileOnce(currentText);
  const held = new Map<number, Citation>();
  for (const [n, claim] of claims) {
    const checked = await verify(claim, readOnce);
    if ('reason' in checked) dropped.push({ what: `[${n}]`, reason: checked.reason });
    else held.set(n, checked);
  }
  const isHeld = (mark: Mark) => held.has(mark.n) && !bad.has(mark.text);
  return {
    text: outsideCode(text, (prose) => keepMarkers(prose, isHeld)),
    citations: [...held.values()].sort((a, b) => a.n - b.n),
    dropped,
  };
}

/** Several citations of one file are held against one reading of it. */
export function eachFileOnce(currentText: CurrentText): CurrentText {
  const texts = new Map<string, ReturnType<CurrentText>>();
  return (path) => {
    const text = texts.get(path) ?? currentText(path);
    texts.set(path, text);
    return text;
  };
}

/** One citation for each source: where several ranges of it are cited, the lines from the first to the last. */
function joined(before: Citation | undefined, claim: Citation, sources: readonly Source[]): Citation {
  if (!before) return claim;
  const range = {
    startLine: Math.min(before.startLine, claim.startLine),
    endLine: Math.max(before.endLine, claim.endLine),
  };
  const whole = claimOf({ text: '', n: claim.n, range }, sources);
  return 'reason' in whole ? claim : whole;
}

function keepMarkers(prose: string, isHeld: (mark: Mark) => boolean): string {
  return prose.replace(SPACED_MARKER, (_whole, space: string, list: string) => {
    const numbers = marksOf(list)
      .filter(isHeld)
      .map((mark) => mark.n);
    return numbers.length > 0 ? space + [...new Set(numbers)].map((n) => `[${n}]`).join('') : '';
  });
}

/**
 * Brackets in code are code. A fence's information holds no backtick, and a span ends with its paragraph and is of
 * bounded length: a stray backtick must not hide a marker from being checked, nor a thousand of them take seconds.
 */
const CODE =
  /(^ {0,3}(`{3,}(?=[^`\n]*$)|~{3,})[\s\S]*?(?:^ {0,3}\2[`~]*[ \t]*$|(?![\s\S]))|(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S]){0,4000}?[^`]\3(?!`))/m;

function outsideCode(text: string, change: (prose: string) => string): string {
  let result = '';
  let rest = text;
  for (let code = CODE.exec(rest); code; code = CODE.exec(rest)) {
    result += change(rest.slice(0, code.index)) + code[0];
    rest = rest.slice(code.index + code[0].length);
  }
  return result + change(rest);
}

interface Mark {
  text: string;
  n: number;
  range: LineRange | null;
}

function marksIn(text: string): Mark[] {
  const marks: Mark[] = [];
  outsideCode(text, (prose) => {
    for (const [, list] of prose.matchAll(MARKER)) marks.push(...marksOf(list!));
    return prose;
  });
  return marks;
}

function marksOf(list: string): Mark[] {
  return list.split(/[,;]/).map((part) => {
    const [number, lines] = part.trim().split(':');
    const [start, end = start] = lines?.split('-') ?? [];
    const range = start ? { startLine: Number(start), endLine: Number(end) } : null;
    return { text: part.trim(), n: Number(number), range };
  });
}

function claimOf(mark: Mark, sources: readonly Source[]): Citation | { reason: string } {
  const source = sources.find((candidate) => candidate.n === mark.n);
  if (!source) return { reason: t('there is no source of this number') };
  const { n, path } = source;
  const { startLine, endLine } = mark.range ?? source;
  if (startLine < source.startLine || endLine > source.endLine || startLine > endLine)
    return { reason: t('lines {0}–{1} are not in source {2}', startLine, endLine, n) };
  const within = { startLine: startLine - source.startLine + 1, endLine: endLine - source.startLine + 1 };
  return { n, path, startLine, endLine, quote: sliceLines(linesOf(source.text), within), verified: false };
}

/** Reads the cited lines again: they hold, they moved, or the reason why the citation must go. */
export async function verify(claim: Citation, currentText: CurrentText): Promise<Citation | { reason: string }> {
  const current = await currentText(claim.path);
  if (current === null) return { reason: t('{0} is gone', claim.path) };
  const lines = linesOf(current.text);
  if (sliceLines(lines, claim) === claim.quote && claim.endLine <= lineCount(lines))
    return holding(claim, claim, current, lines);
  const moved = claim.quote.trim() === '' ? null : onlyPlaceOf(lines, claim.quote);
  if (!moved) return { reason: t('lines {0}–{1} of {2} have changed', claim.startLine, claim.endLine, claim.path) };
  return holding(claim, moved, current, lines);
}

/** The claim at these lines, with what the file says of them now: a secret, the page. */
function holding(claim: Citation, { startLine, endLine }: LineRange, current: CurrentFile, lines: Lines): Citation {
  const { masked: _masked, place: _place, ...kept } = claim;
  const start = lines.starts[startLine - 1]!;
  const isMasked = holdsMask(current, { start, end: start + claim.quote.length });
  const place = placeAt(current.anchors ?? [], startLine);
  return { ...kept, startLine, endLine, ...(place && { place }), verified: true, ...(isMasked && { masked: true }) };
}

/** Where whole lines stand exactly once. */
function onlyPlaceOf(lines: Lines, quote: string): LineRange | null {
  const height = linesOf(quote).starts.length;
  let found: LineRange | null = null;
  for (let at = lines.text.indexOf(quote); at >= 0; at = lines.text.indexOf(quote, at + 1)) {
    const startLine = lineOfOffset(lines, at);
    const range = { startLine, endLine: startLine + height - 1 };
    if (sliceLines(lines, range) !== quote) continue;
    if (found) return null;
    found = range;
  }
  return found;
}
