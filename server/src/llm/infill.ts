/**
 * A model that fills gaps, behind whatever way its server has for it: llama.cpp's `/infill`, a `suffix` beside the
 * prompt, Mistral's `/fim/completions`, the form of the model's family written into a plain prompt, or, for a model that
 * only chats, a question.
 *
 * Which way works is found out with the first gap, in this order, and remembered; a server that refuses every way is
 * left alone for some minutes, so that it is not asked at each key. A llama.cpp server takes a `suffix` and does not
 * look at it, and Ollama puts any prompt into a form of its own, so each is told by what only it has. Somebody is
 * typing: nothing is repeated, and an abort closes the connection. Replies are streamed though they are read as a whole,
 * because only of a stream do servers notice at once that nobody reads it.
 */

import { EngineError, kindOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Gap, InfillModel } from '../base/ports.js';
import { type Address, readableNotes } from './address.js';
import { FENCE_TOKENS, filledFrom, fillMessages } from './chatFill.js';
import { disarmed, FILL_FORMATS, type FillFormat, formatFor, untilToken } from './fillFormats.js';
import { askServer, parseServer, type RequestOptions, type Server, type ServerOptions, unreadable } from './request.js';
import { COMPLETER } from './service.js';

export interface InfillOptions extends ServerOptions {
  /** `auto`, a way (`infill`, `suffix`, `fim`, `chat`) or a family of `FILL_FORMATS`. */
  format: string;
}

interface Way {
  /** For the person to see. */
  name: string;
  fill(gap: Gap, signal?: AbortSignal): Promise<string>;
}

const WAIT: RequestOptions = { totalTimeoutMs: 20_000, maxAttempts: 1, maxPauseMs: 0 };
const LEFT_ALONE_MS = 5 * 60_000;
/** What a server says to a way that it does not have. */
const REFUSALS = ['model-not-found', 'model-rejected', 'model-cut'];

/** Sends nothing yet. Throws a `usage` error when the settings cannot be used. */
export function remoteInfill(options: InfillOptions): InfillModel {
  const server = parseServer(options, COMPLETER);
  const { address, name } = server;
  for (const note of readableNotes(address)) options.log?.('warn', note);
  const now = () => options.clock?.now() ?? Date.now();
  let settled: Way | null = null;
  let refused: { error: unknown; until: number } | null = null;

  const ask = (to: Server, path: string, body: Record<string, unknown> | null, gap: Gap, signal?: AbortSignal) =>
    askServer(to, path, body, [gap.prefix, gap.suffix, ...gap.context.map(({ text }) => text)], options, {
      ...WAIT,
      timeoutMs: options.timeoutMs ?? WAIT.totalTimeoutMs,
      signal,
      read: wholeReply,
    });

  const infill = async (gap: Gap, signal?: AbortSignal) => {
    const { prefix, suffix, context, maxTokens, stops } = gap;
    const reply = await ask(
      withoutVersion(server),
      '/infill',
      {
        input_prefix: prefix,
        input_suffix: suffix,
        input_extra: context.map(({ path, text }) => ({ filename: path, text })).toReversed(),
        stream: true,
        n_predict: maxTokens,
        stop: stops,
        cache_prompt: true,
        temperature: 0,
      },
      gap,
      signal,
    );
    return textIn(reply, address);
  };

  const completions =
    (path: string): Way['fill'] =>
    async (gap, signal) => {
      const { prefix, suffix, maxTokens, stops } = gap;
      const prompt = asPrefix(gap) + prefix;
      const body = {
        model: name,
        prompt,
        suffix,
        max_tokens: maxTokens,
        temperature: 0,
        stop: stops.slice(0, 4),
        stream: true,
      };
      return textIn(await ask(server, path, body, gap, signal), address);
    };

  const template =
    (format: FillFormat): Way['fill'] =>
    async (gap, signal) => {
      const stop = [...gap.stops, ...format.stops];
      const body = {
        model: name,
        prompt: format.prompt(gap),
        max_tokens: gap.maxTokens,
        temperature: 0,
        stop,
        stream: true,
      };
      return textIn(await ask(server, '/completions', body, gap, signal), address);
    };

  /** What a model is asked that has one way only. Newer ones of some services name the limit otherwise. */
  async function chat(gap: Gap, signal?: AbortSignal): Promise<string> {
    const limit = gap.maxTokens + FENCE_TOKENS;
    const body = { model: name, messages: fillMessages(gap), stream: true };
    const say = (more: Record<string, unknown>) => ask(server, '/chat/completions', { ...body, ...more }, gap, signal);
    const reply = await say({ max_tokens: limit, temperature: 0 }).catch((error) => {
      if (signal?.aborted || kindOf(error) !== 'model-rejected') throw error;
      return say({ max_completion_tokens: limit });
    });
    return filledFrom(textIn(reply, address), gap);
  }

  /** It takes a suffix and does not look at it. */
  async function isLlama(gap: Gap, signal?: AbortSignal): Promise<boolean> {
    const reply = await ask(withoutVersion(server), '/props', null, gap, signal).catch(() => null);
    return reply !== null;
  }

  async function isOllama(gap: Gap, signal?: AbortSignal): Promise<boolean> {
    const reply = await ask(withoutVersion(server), '/api/show', { model: name }, gap, signal).catch(() => null);
    return reply !== null;
  }

  async function* ways(gap: Gap, signal?: AbortSignal): AsyncGenerator<Way> {
    const { format } = options;
    const ownPath = { name: 'infill', fill: infill };
    const suffix = { name: 'suffix', fill: completions('/completions') };
    const fim = { name: 'fim', fill: completions('/fim/completions') };
    const talk = { name: 'chat', fill: chat };
    const named = [ownPath, suffix, fim, talk].find((way) => way.name === format);
    if (named) yield named;
    else if (FILL_FORMATS[format]) yield { name: format, fill: template(FILL_FORMATS[format]) };
    else {
      if (/\.mistral\.ai$/.test(new URL(address.origin).hostname)) yield fim;
      yield ownPath;
      const family = formatFor(name);
      const suffixFirst = family ? await isOllama(gap, signal) : !(await isLlama(gap, signal));
      if (suffixFirst) yield suffix;
      if (family) yield { name: 'template', fill: template(family) };
      yield talk;
    }
  }

  async function find(gap: Gap, signal?: AbortSignal): Promise<string> {
    let last: unknown = new EngineError(
      'usage',
      t('There is no such format of completion: correct scholia.completion.format'),
    );
    for await (const way of ways(gap, signal)) {
      try {
        const text = await way.fill(gap, signal);
        settled = way;
        options.log?.('info', `${name} at ${address.shown} fills gaps by ${way.name}`);
        return text;
      } catch (error) {
        if (signal?.aborted || !REFUSALS.includes(kindOf(error) ?? '')) throw error;
        last = error;
      }
    }
    refused = { error: last, until: now() + LEFT_ALONE_MS };
    throw last;
  }

  return {
    name,
    destination: address.origin,
    get way() {
      return settled?.name ?? null;
    },
    async infill(given, signal) {
      if (refused && now() < refused.until) throw refused.error;
      refused = null;
      const gap = disarmed(given);
      const text = await (settled ? settled.fill(gap, signal) : find(gap, signal));
      return untilToken(text);
    },
  };
}

/** llama.cpp and Ollama have their own paths beside `/v1`. */
function withoutVersion(server: Server): Server {
  const url = new URL(server.address.baseUrl);
  url.pathname = url.pathname.replace(/\/v1$/, '');
  return { ...server, address: { ...server.address, baseUrl: url.href.replace(/\/$/, '') } };
}

/** Where a server takes a prompt and a suffix only, the context stands at the beginning of the prompt. */
function asPrefix({ context }: Gap): string {
  return context
    .map(({ path, text }) => `${path}\n${text}\n\n`)
    .toReversed()
    .join('');
}

/** A piece or the whole, as each kind of server has it. */
interface Piece {
  /** llama.cpp. */
  content?: unknown;
  choices?: { text?: unknown; message?: { content?: unknown }; delta?: { content?: unknown } }[];
  error?: unknown;
}

/** JSON, or a stream of events as one text. Undefined for what is neither. */
function wholeReply(text: string): unknown {
  const events = text.split(/\r?\n/).flatMap((line) => /^(?:data|error): ?(\{.*)$/.exec(line)?.[1] ?? []);
  try {
    if (events.length === 0) return JSON.parse(text);
    const pieces = events.map((event): Piece => JSON.parse(event));
    const failed = pieces.find(({ error }) => error);
    return failed ?? { content: pieces.map((piece) => textOf(piece) ?? '').join('') };
  } catch {
    return undefined;
  }
}

function textIn(reply: unknown, address: Address): string {
  const text = textOf(reply as Piece);
  if (typeof text !== 'string') throw unreadable(address);
  return text;
}

function textOf({ content, choices }: Piece): unknown {
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  return content ?? choice?.text ?? choice?.message?.content ?? choice?.delta?.content;
}
