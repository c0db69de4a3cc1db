/**
 * Recipe: a name to its definitions, or to the lines that use it, for whoever asks for facts instead of an answer. Each
 * is read again as a citation is; what changed since it was indexed is left out.
 */

import type { Definition, Found, LineRange, Use } from '../base/answer.js';
import { eachLimited } from '../base/async.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { linesOf } from '../base/text.js';
import type { DefinitionRow } from '../index/store/reader.js';
import { type AskedName, nameIn } from './askedName.js';
import type { RagContext } from './chat.js';
import { verify } from './cite.js';
import { callersOf, callersOfUnknown, definitionsOf } from './graph.js';
import { documentationOf } from './prose.js';

/** Sources first, central files before others. Rejects with a `usage` error for what is no name. */
export async function definitionsNamed(
  { view, currentText }: RagContext,
  name: string,
  limit: number,
): Promise<Found<Definition>> {
  const found = (await definitionsOf(view, asked(name))).sort(sourcesFirst);
  const texts = await view.texts(found.slice(0, limit));
  const items = await held(found.slice(0, limit), async (definition, i) => {
    const { path, qualified, kind, signature } = definition;
    const lines = await verified(currentText, definition, texts[i]!);
    if (!lines) return null;
    const current = await currentText(path);
    const documentation = current ? documentationOf(linesOf(current.text), lines) : '';
    return { path, qualified, kind, signature, documentation, ...lines, text: texts[i]! };
  });
  return { items, more: Math.max(0, found.length - limit) };
}

/** Sources first, then by path and line; a line counts once. Rejects with a `usage` error for what is no name. */
export async function usesNamed({ view, currentText }: RagContext, name: string, limit: number): Promise<Found<Use>> {
  const wanted = asked(name);
  const defined = await definitionsOf(view, wanted);
  const found = defined.length > 0 ? await callersOf(view, defined) : await callersOfUnknown(view, wanted.name);
  const edges = [...new Map(found.map((edge) => [`${edge.site.path}:${edge.site.line}`, edge])).values()];
  const ranges = edges.slice(0, limit).map(({ site: { path, line } }) => ({ path, startLine: line, endLine: line }));
  const texts = await view.texts(ranges);
  const items = await held(edges.slice(0, limit), async ({ site, definitions }, i) => {
    const lines = await verified(currentText, ranges[i]!, texts[i]!);
    if (!lines) return null;
    const { path, kind, within } = site;
    const meant = definitions.map((definition) => `${definition.path}:${definition.nameLine}`);
    const line = lines.startLine;
    return { path, line, text: texts[i]!, kind, within: within?.qualified ?? '', definitions: meant };
  });
  return { items, more: Math.max(0, edges.length - limit) };
}

function sourcesFirst(a: DefinitionRow, b: DefinitionRow): number {
  const isOther = ({ role }: DefinitionRow) => Number(role !== 'source');
  return isOther(a) - isOther(b) || b.rank - a.rank || (a.path < b.path ? -1 : 1) || a.startLine - b.startLine;
}

function asked(name: string): AskedName {
  const found = nameIn(name);
  if (!found) throw new EngineError('usage', t('That is no name: write one such as total or Cart.total'));
  return found;
}

/** Where these lines are now; null when they are not there any more. */
async function verified(
  currentText: RagContext['currentText'],
  { path, startLine, endLine }: LineRange & { path: string },
  quote: string,
): Promise<LineRange | null> {
  const checked = await verify({ n: 0, path, startLine, endLine, quote, verified: false }, currentText);
  return 'reason' in checked ? null : { startLine: checked.startLine, endLine: checked.endLine };
}

async function held<Row, Item>(
  rows: readonly Row[],
  look: (row: Row, i: number) => Promise<Item | null>,
): Promise<Item[]> {
  const items: (Item | null)[] = [];
  await eachLimited(rows.entries(), 8, async ([i, row]) => {
    items[i] = await look(row, i);
  });
  return items.filter((item) => item !== null);
}
