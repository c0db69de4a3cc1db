/**
 * One request to the model and the reading of its stream.
 *
 * What the client library yields is checked piece by piece, because it does not check it: the types it declares are
 * the ones OpenAI sends, and any server may be at the other end. A stream counts as whole only when its end was said.
 */

import { OpenAI } from 'openai';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { ChatMessage } from '../base/ports.js';
import { isBlank } from '../base/text.js';
import type { Address } from './address.js';
import type { Patience } from './patience.js';
import { LANGUAGE_MODEL, told } from './service.js';
import { openWire, type Wire } from './wire.js';

/** In UTF-16 units. Some 250,000 tokens: no answer is so long, but a model caught in a loop is. */
const MAX_REPLY_LENGTH = 1_000_000;

export interface Model {
  address: Address;
  apiKey: string;
  /** Empty until the server has listed its models. */
  name: string;
  /** What this server calls the longest reply. */
  limitName: 'max_tokens' | 'max_completion_tokens';
}

/** Yields the text of one reply, never an empty or blank one. Throws as the library and the network throw. */
export async function* attemptReply(
  model: Model,
  messages: readonly ChatMessage[],
  maxTokens: number,
  patience: Patience,
): AsyncGenerator<string> {
  const wire = openWire(model.address, model.apiKey, 'events');
  const client = openClient(model.address, model.apiKey, wire);
  const { signal } = patience;
  model.name ||= await firstModel(client, model.address, patience);
  const stream = await patience.within(
    client.chat.completions.create(
      { model: model.name, messages: [...messages], [model.limitName]: maxTokens, stream: true },
      { signal },
    ),
  );
  const chunks = stream[Symbol.asyncIterator]();
  let held = '';
  let length = 0;
  let finish = '';
  let hasText = false;
  for (let next = await patience.within(chunks.next()); !next.done; next = await patience.within(chunks.next())) {
    const piece = readPiece(next.value, model.address.origin);
    finish = piece.finish || finish;
    length += piece.text.length;
    if (length > MAX_REPLY_LENGTH) {
      throw new EngineError(
        'model-cut',
        t('The reply of the model “{0}” grew past all bounds and was stopped: ask again', model.name),
      );
    }
    // Blank text is held back until more follows: a reply of nothing else counts as empty.
    held += piece.text;
    if (isBlank(held)) continue;
    yield held;
    held = '';
    hasText = true;
  }
  if (!finish && !wire.sawEnd()) {
    throw new EngineError(
      'model-cut',
      t('The language model at {0} broke off its reply: ask again', model.address.origin),
    );
  }
  if (!hasText) throw emptyReply(model.name, finish);
  if (held) yield held;
}

/** One for each attempt: its `fetch` remembers how the stream ended. */
function openClient(address: Address, apiKey: string, wire: Wire): OpenAI {
  // The one variable that no option overrides. Its headers would not pass the wire, but a malformed one throws here.
  const customHeaders = process.env['OPENAI_CUSTOM_HEADERS'];
  delete process.env['OPENAI_CUSTOM_HEADERS'];
  try {
    return new OpenAI({
      baseURL: address.baseUrl,
      // The library insists on a key; the wire sends one only if there is one.
      apiKey: apiKey || 'none',
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      defaultHeaders: {},
      logLevel: 'off',
      maxRetries: 0,
      // Its clock covers the headers only; `patience` has the whole.
      timeout: 2 ** 31 - 1,
      fetch: wire.fetch,
    });
  } finally {
    if (customHeaders !== undefined) process.env['OPENAI_CUSTOM_HEADERS'] = customHeaders;
  }
}

async function firstModel(client: OpenAI, address: Address, patience: Patience): Promise<string> {
  const page = await patience.within(client.models.list({ signal: patience.signal }).then((list) => list));
  const name: unknown = Array.isArray(page.data) ? page.data[0]?.id : undefined;
  if (typeof name === 'string' && name) return name;
  const { nameSetting, baseUrlSetting } = told(LANGUAGE_MODEL);
  throw new EngineError(
    'model-not-found',
    t('{0} lists no model: write one in {1}, or correct {2}', address.shown, nameSetting, baseUrlSetting),
  );
}

/** Nothing in a chunk is taken on trust; parts that other servers add, such as their model's thoughts, are left out. */
function readPiece(chunk: unknown, origin: string): { text: string; finish: string } {
  const choice = (chunk as { choices?: { delta?: { content?: unknown }; finish_reason?: unknown }[] } | null)
    ?.choices?.[0];
  const content = choice?.delta?.content ?? '';
  if (typeof chunk !== 'object' || typeof content !== 'string') {
    throw new EngineError(
      'model-cut',
      t('The language model at {0} sent a reply that cannot be read: ask again', origin),
    );
  }
  return { text: content, finish: typeof choice?.finish_reason === 'string' ? choice.finish_reason : '' };
}

function emptyReply(name: string, finish: string): EngineError {
  if (finish === 'length') {
    const message = t(
      'The model “{0}” used up its tokens before it wrote anything: raise scholia.model.maxAnswerTokens',
      name,
    );
    return new EngineError('model-empty', message);
  }
  const { nameSetting } = told(LANGUAGE_MODEL);
  return new EngineError(
    'model-empty',
    finish === 'content_filter'
      ? t(
          'The model “{0}” answered nothing because of its content filter: ask again, or choose another in {1}',
          ...[name, nameSetting],
        )
      : t('The model “{0}” answered nothing: ask again, or choose another in {1}', name, nameSetting),
  );
}
