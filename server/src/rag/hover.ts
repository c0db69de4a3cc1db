/**
 * Recipe: a place in a file to a card: what the name there is, what its comment says, where it is used, what people wrote
 * about it, who changed it last; each cited.
 *
 * target → uses, explanations and last change at once → read every cited line again → card. What no longer holds is
 * left out. The card fits on one screen: of everything only the nearest and the first are shown, the rest is counted.
 */
import { withDeadline } from '../base/async.js';
import type { HoverCard, LastChange } from '../base/hoverCard.js';
import { t } from '../base/l10n.js';
import { linesOf, sliceLines } from '../base/text.js';
import type { DefinitionRow } from '../index/store/reader.js';
import type { RagContext } from './chat.js';
import { eachFileOnce, verify } from './cite.js';
import { type Claim, check, lineClaim, numbering } from './claims.js';
import { explanationsOf } from './explained.js';
import { type HoverPlace, type HoverTarget, hoverTarget } from './hoverTarget.js';
import { usesOf } from './hoverUses.js';
import { moduleCard } from './moduleCard.js';
import { documentationOf } from './prose.js';
import type { CurrentText } from './view.js';

const MAX_DEFINITIONS = 3;
const MAX_OTHERS = 2;
const MAX_OVERLOADS = 4;
/** A name that so many definitions bear, none nearer than the others, is told by none of them. */
const TOO_MANY = 20;
/** A hover is to be there within 150 ms; the rest of it is made meanwhile. */
const HISTORY_MS = 100;
const MAX_DOCUMENTATION_LINES = 10;
const MAX_DOCUMENTATION_CHARACTERS = 700;

/** Null where there is no name, or nothing is known of it. */
export async function hover(ctx: RagContext, at: HoverPlace): Promise<HoverCard | null> {
  const target = await hoverTarget(ctx, at);
  if (!target) return null;
  if ('files' in target) return moduleCard(ctx, target, at.path);
  if (distinct(target.meant).length > TOO_MANY) return null;
  const { view } = ctx;
  const currentText = eachFileOnce(ctx.currentText);
  const definitions = distinct(target.meant).slice(0, MAX_DEFINITIONS);
  const others = distinct(target.others).slice(0, MAX_OTHERS);
  const texts = await view.texts(
    [...definitions, ...others].map(({ path }) => ({ path, startLine: 1, endLine: Number.MAX_SAFE_INTEGER })),
  );
  const [uses, explanations, lastChange] = await Promise.all([
    usesOf(view, target, at.path),
    explanationsOf(view, target.name, at),
    lastChangeOf(ctx, currentText, definitions[0]!, texts[0]!),
  ]);
  const claimed = [...definitions, ...others].map((each, i) => claimOf(each, texts[i]!));
  const proseTexts = await view.texts(explanations);
  const prose = explanations.map((each, i) => ({ ...each, quote: proseTexts[i]! }));
  const example = uses.example ? [uses.example] : [];
  const checked = await check(
    [...claimed, ...uses.shown.map(lineClaim), ...prose, ...example.map(lineClaim)],
    currentText,
  );

  const { next, citations } = numbering(checked);
  const shown = next(
    definitions.map((definition, i) => ({
      kind: definition.kind,
      qualified: definition.qualified,
      signatures: signaturesOf(definition, target),
      language: definition.language,
      documentation: shortDocumentation(documentationOf(linesOf(texts[i]!), definition)),
    })),
  );
  if (shown.length === 0) return null;
  const card = {
    name: target.name,
    definitions: shown,
    candidates: distinct(target.meant).length,
    others: next(others.map(() => ({}))),
    defines: [],
    definesMore: 0,
    uses: next(uses.shown),
    explanations: next(explanations.map(({ sentence }) => ({ sentence }))),
    usage: { calls: uses.calls, files: uses.files, more: uses.more },
    example: next(example.map(({ text }) => ({ text })))[0] ?? null,
    lastChange,
  };
  return { ...card, citations };
}

/** The lines down to the name, which say what it is. */
function claimOf({ path, startLine, nameLine, endLine }: DefinitionRow, text: string): Claim {
  const range = { startLine, endLine: Math.min(endLine, Math.max(nameLine, startLine)) };
  return { path, ...range, quote: sliceLines(linesOf(text), range) };
}

/** One of each thing: overloads, clauses and prototypes beside each other are the same one. */
function distinct(definitions: readonly DefinitionRow[]): DefinitionRow[] {
  return [...Map.groupBy(definitions, ({ path, qualified }) => `${path}:${qualified}`).values()].map(
    ([first]) => first!,
  );
}

function signaturesOf(definition: DefinitionRow, { meant }: HoverTarget): string[] {
  const { path, qualified } = definition;
  const same = meant.filter((each) => each.path === path && each.qualified === qualified);
  const signatures = [...new Set(same.map(({ signature }) => signature.replace(/\s*=>$/, '') || qualified))];
  const rest = signatures.length - MAX_OVERLOADS;
  return rest > 0 ? [...signatures.slice(0, MAX_OVERLOADS), t('… {0} more', rest)] : signatures;
}

/** Its first paragraphs, as many as fit. */
function shortDocumentation(text: string): string {
  const lines = text.split('\n');
  const fit = lines.slice(0, MAX_DOCUMENTATION_LINES).join('\n').slice(0, MAX_DOCUMENTATION_CHARACTERS);
  return fit.length < text.length ? `${fit.trimEnd()} …` : text;
}

/** Git goes on for the next hover where it is not in time for this one. */
async function lastChangeOf(
  ctx: RagContext,
  currentText: CurrentText,
  { path, startLine, endLine }: DefinitionRow,
  text: string,
): Promise<LastChange | null> {
  const quote = sliceLines(linesOf(text), { startLine, endLine });
  const now = await verify({ n: 0, path, startLine, endLine, quote, verified: false }, currentText);
  const asked = 'reason' in now ? null : withDeadline(ctx.lineHistory(path, now), HISTORY_MS, 'git');
  const lines = await asked?.catch(() => null);
  const change = lines?.commits[0];
  if (change) return { of: 'lines', ...pick(change), uncommitted: lines.uncommitted > 0 };
  const [ofFile] = await ctx.view.commitsOf(path, 1);
  return ofFile ? { of: 'file', ...pick(ofFile), uncommitted: false } : null;
}

function pick({ hash, subject, at }: Pick<LastChange, 'hash' | 'subject' | 'at'>) {
  return { hash, subject, at };
}
