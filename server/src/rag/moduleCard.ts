/**
 * The card of a file that an import leads to: what its first comment says, what it defines for others, who imports it.
 *
 * Where an import means several files at once, as a package of Go does, the one that speaks for them comes first.
 */

import type { HoverCard } from '../base/hoverCard.js';
import { type Lines, lineAt, lineCount, linesOf, sliceLines } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import { folderOf, nameOf } from '../index/places.js';
import type { DefinitionRow } from '../index/store/reader.js';
import type { RagContext } from './chat.js';
import { eachFileOnce } from './cite.js';
import { check, lineClaim, numbering } from './claims.js';
import type { ModuleTarget } from './hoverTarget.js';
import { withoutMarkers } from './prose.js';

const MAX_FILES = 20;
const MAX_DEFINES = 5;
const MAX_IMPORTERS = 4;
/** Files that may import it which are looked at: what a pointer waits for. */
const LOOKED_AT_IMPORTERS = 150;
const MAX_COMMENT_LINES = 12;
const COMMENT = /^\s*(\/\/|\/\*|\*|#(?!\s*(include|define|if|pragma|!\[|\[))|--|\{-|;;|"""|'''|<!--|%)/;
const BEFORE_COMMENT = /^\s*$|^#!|^<\?php|^\s*(['"])use \w+\1;?\s*$|^\s*package\s|-\*-.*coding/;
const LICENCE = /copyright|licen[cs]e|SPDX|all rights reserved/i;
/** A line that gives what it defines to others, in the languages that say so. */
const GIVES = /^\s*(export|pub\b|public\b|module\.exports|exports\.)/;
const TYPES = /^(class|interface|type|enum|function)$/;

/** Null where the file is gone, or changed so that nothing of it holds. */
export async function moduleCard(ctx: RagContext, { files }: ModuleTarget, from: string): Promise<HoverCard | null> {
  const { view } = ctx;
  const paths = files.slice(0, MAX_FILES);
  const whole = paths.map((path) => ({ path, startLine: 1, endLine: Number.MAX_SAFE_INTEGER }));
  const [texts, definitions, importers, changes] = await Promise.all([
    view.texts(whole),
    view.definitionsIn(whole.map((range) => ({ ...range, endLine: 1e9 }))),
    view.importers(paths, LOOKED_AT_IMPORTERS),
    view.commitsOf(paths[0]!, 1),
  ]);
  const modules = paths.map((path, i) => {
    const lines = linesOf(texts[i]!);
    return { path, lines, comment: firstComment(lines), given: givenBy(lines, definitions[i]!) };
  });
  const main = modules.find(({ comment }) => comment.text !== '') ?? modules[0]!;
  const given = modules.flatMap((module) => module.given.map((definition) => ({ ...definition, lines: module.lines })));
  given.sort((a, b) => Number(!TYPES.test(a.kind)) - Number(!TYPES.test(b.kind)));
  const shown = given.slice(0, MAX_DEFINES);
  const { sites } = importers;
  // Where the pointer is, a person sees.
  const nearest = sites.filter(({ path }) => path !== from).slice(0, MAX_IMPORTERS);
  const importLines = await view.texts(nearest.map(({ path, line }) => ({ path, startLine: line, endLine: line })));
  const uses = nearest.map(({ path, line }, i) => ({ path, line, text: importLines[i]!, within: '' }));

  const { next, citations } = numbering(
    await check(
      [
        { path: main.path, ...main.comment.range, quote: sliceLines(main.lines, main.comment.range) },
        ...shown.map(({ path, nameLine, lines }) => lineClaim({ path, line: nameLine, text: lineAt(lines, nameLine) })),
        ...uses.map(lineClaim),
      ],
      eachFileOnce(ctx.currentText),
    ),
  );
  const qualified = files.length > 1 ? folderOf(main.path) : main.path;
  const language = languageOf(main.path, lineAt(main.lines, 1)).id;
  const own = next([{ kind: 'file', qualified, signatures: [], language, documentation: main.comment.text }]);
  const defines = next(shown.map(({ signature, qualified: name }) => ({ signature: signature || name })));
  if (own.length === 0) return null;
  const [change] = changes;
  return {
    name: nameOf(qualified),
    definitions: own,
    candidates: 1,
    others: [],
    defines,
    definesMore: given.length - shown.length,
    uses: next(uses),
    usage: { calls: sites.length, files: sites.length, more: importers.more || sites.length > MAX_IMPORTERS },
    explanations: [],
    example: null,
    lastChange: change
      ? { of: 'file', hash: change.hash, subject: change.subject, at: change.at, uncommitted: false }
      : null,
    citations,
  };
}

/** Without markers, and its lines; a licence is none. The first line that says something where there is none. */
function firstComment(lines: Lines): { text: string; range: { startLine: number; endLine: number } } {
  const last = lineCount(lines);
  let line = 1;
  for (;;) {
    while (line < last && BEFORE_COMMENT.test(lineAt(lines, line))) line++;
    const startLine = line;
    if (!COMMENT.test(lineAt(lines, line))) return { text: '', range: { startLine, endLine: startLine } };
    const end = endOfComment(lines, line);
    const endLine = Math.min(end, startLine + MAX_COMMENT_LINES - 1);
    const all = Array.from({ length: endLine - startLine + 1 }, (_, i) => lineAt(lines, startLine + i));
    if (!all.some((text) => LICENCE.test(text)) || end >= last)
      return { text: all.map(withoutMarkers).join('\n').trim(), range: { startLine, endLine } };
    line = end + 1;
  }
}

/** A block of comment to its closing mark, or lines of comment as long as they follow each other. */
function endOfComment(lines: Lines, start: number): number {
  const text = lineAt(lines, start).trim();
  const close = text.startsWith('/*') ? '*/' : /^("""|''')/.exec(text)?.[1];
  let line = start;
  if (close && !text.slice(3).includes(close))
    while (line < lineCount(lines) && (line === start || !lineAt(lines, line).includes(close))) line++;
  else if (!close) while (line < lineCount(lines) && COMMENT.test(lineAt(lines, line + 1))) line++;
  return line;
}

/** What stands at the top of the file, of which only what is said to be for others where some is. */
function givenBy(lines: Lines, definitions: readonly DefinitionRow[]): DefinitionRow[] {
  const top = definitions.filter(
    ({ name, qualified, kind }) => name === qualified && !/^(key|rule|heading|section|field)$/.test(kind),
  );
  const given = top.filter(({ startLine, nameLine }) =>
    [startLine, nameLine].some((line) => GIVES.test(lineAt(lines, line))),
  );
  const open = top.filter(
    ({ name, path }) => !name.startsWith('_') && !(path.endsWith('.go') && /^\p{Ll}/u.test(name)),
  );
  return given.length > 0 ? given : open;
}
