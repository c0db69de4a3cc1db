/**
 * Recipe: a place in a file to what comes next there.
 *
 * what to know of the repository → what is left and right of the cursor → the model → what may be inserted. Without a
 * model there is the context alone. Where nothing is to be completed (inside a string or a comment, between code, in a
 * file that the index leaves out) nothing is looked up and nothing is sent.
 */
import type { Completion, ContextItem } from '../base/completion.js';
import type { Gap, InfillModel } from '../base/ports.js';
import { linesOf } from '../base/text.js';
import { languageOf } from '../index/languages.js';
import type { RagContext } from './chat.js';
import { completionContext } from './completionContext.js';
import { extentAt } from './completionPlace.js';
import { tidied } from './completionText.js';
import type { Cursor } from './cursor.js';
import { createPatience } from './patience.js';

export interface CompletionConfig {
  contextTokens: number;
  maxTokens: number;
  /** Also inside strings and comments. */
  inText: boolean;
}

export interface CompletionOptions {
  /** Null: the context alone is wanted, and it is wanted in any case. */
  model: InfillModel | null;
  /** Milliseconds for the context, since the snapshot was asked for; as long as it takes when absent. */
  contextMs?: number;
  /** Chosen in the editor's list of names and not in the text yet: it is completed as though it had been typed. */
  picked?: Picked;
  signal?: AbortSignal;
}

/** `text` is to stand from `start` to `end`; 1-based, the columns in UTF-16 units. */
export interface Picked {
  start: { line: number; column: number };
  end: { line: number; column: number };
  text: string;
}

/** Characters left and right of the cursor. What is further away says less than other files do. */
const MAX_PREFIX = 6000;
const MAX_SUFFIX = 2000;
const NOTHING: Completion = { insert: '', context: [], steps: [], sent: null };

export async function complete(
  ctx: RagContext,
  at: Cursor,
  config: CompletionConfig,
  { model, contextMs = Number.POSITIVE_INFINITY, picked, signal }: CompletionOptions,
): Promise<Completion> {
  const current = await ctx.currentText(at.path);
  if (!current || !(await ctx.includes(at.path))) return NOTHING;
  const { prefix, suffix } = picked ? afterPicked(current.text, picked) : divided(current.text, at);
  const text = prefix + suffix;
  const { id } = languageOf(at.path, text.slice(0, 200));
  const extent = extentAt(prefix, suffix, id, config.inText);
  if (model && extent === 'none') return NOTHING;
  const left = contextMs - (ctx.clock.now() - ctx.openedAt);
  const patience = createPatience(ctx.clock, left, signal);
  const place = picked ? { path: at.path, ...endOf(prefix) } : at;
  const context = await completionContext(ctx.view, text, place, { maxTokens: config.contextTokens, patience });
  // What the index is still busy with is not waited for.
  void ctx.view.end();
  const steps = [step('context', ctx.openedAt, ctx.clock.now(), contextNote(context, patience.late))];
  if (!model) return { insert: '', context, steps, sent: null };
  const gap: Gap = {
    path: at.path,
    prefix: fromLineStart(prefix, MAX_PREFIX),
    suffix: suffix.slice(0, MAX_SUFFIX),
    context,
    maxTokens: extent === 'line' ? Math.min(64, config.maxTokens) : config.maxTokens,
    stops: extent === 'line' ? ['\n'] : ['\n\n\n'],
  };
  const asked = ctx.clock.now();
  const raw = await model.infill(gap, signal);
  const insert = tidied(raw, { prefix, suffix, multiline: extent === 'block' });
  steps.push(
    step(
      'fill',
      asked,
      ctx.clock.now(),
      `${model.name} (asked by ${model.way}) wrote ${raw.length} characters, ${insert.length} are inserted`,
    ),
  );
  return { insert, context, steps, sent: { ...gap, name: model.name, destination: model.destination } };
}

function afterPicked(text: string, { start, end, text: chosen }: Picked): { prefix: string; suffix: string } {
  return { prefix: divided(text, start).prefix + chosen, suffix: divided(text, end).suffix };
}

function endOf(prefix: string): { line: number; column: number } {
  const { starts } = linesOf(prefix);
  return { line: starts.length, column: prefix.length - starts.at(-1)! + 1 };
}

function divided(text: string, { line, column }: Omit<Cursor, 'path'>): { prefix: string; suffix: string } {
  const lines = linesOf(text);
  const start = lines.starts[line - 1] ?? text.length;
  const end = lines.starts[line] ?? text.length;
  const offset = Math.min(start + Math.max(0, column - 1), end);
  // Never behind the line's own end.
  const kept = text.slice(start, offset).replace(/[\r\n]+$/, '').length;
  return { prefix: text.slice(0, start + kept), suffix: text.slice(start + kept) };
}

function fromLineStart(prefix: string, most: number): string {
  if (prefix.length <= most) return prefix;
  const cut = prefix.slice(-most);
  return cut.slice(cut.indexOf('\n') + 1);
}

function contextNote(context: readonly ContextItem[], late: readonly string[]): string {
  const files = new Set(context.map(({ path }) => path)).size;
  const without = late.length > 0 ? `; left out, there was no time: ${late.join(', ')}` : '';
  return `${context.length} places in ${files} files${without}`;
}

function step(name: string, from: number, to: number, note: string) {
  return { step: name, milliseconds: Math.round(to - from), note };
}
