/**
 * What a server says of itself: its models, and how much each of them takes.
 *
 * Every server lists its models in the same way; how long a context is each tells somewhere else, and some only where
 * nobody looks. Who it is, is told by the list. Nothing but names of models is sent.
 */
import { messageOf } from '../base/errors.js';
import { type Address, parseAddress, parseKey } from './address.js';
import { askServer, type ServerOptions } from './request.js';
import { LANGUAGE_MODEL } from './service.js';

export interface ServedModel {
  name: string;
  /** Tokens of prompt and reply together; null where the server does not say. */
  contextTokens: number | null;
}

export interface ServerFacts {
  /** `Ollama`, `llama.cpp`, …; empty where it cannot be told. */
  product: string;
  /** In the server's order. */
  models: ServedModel[];
}

export type FactsOptions = Pick<ServerOptions, 'baseUrl' | 'apiKey' | 'timeoutMs' | 'clock'> & { signal?: AbortSignal };

/** Nobody waits for it, and a server that is there answers at once. */
const TIMEOUT_MS = 5000;
/** A gateway may list thousands. */
const MAX_MODELS = 500;
/** Models of which more is asked than the list says. */
const MAX_ASKED = 8;
/** What Ollama gives a model that nobody gave more, whatever the model could take. */
const OLLAMA_CONTEXT = 4096;

type Json = Record<string, unknown>;
type Ask = (path: string, body?: Json) => Promise<Json | null>;

/** Rejects with an `EngineError` where no list of models can be had; what else is not told is null. */
export async function readServerFacts(options: FactsOptions): Promise<ServerFacts> {
  const address = parseAddress(options.baseUrl, LANGUAGE_MODEL);
  const apiKey = parseKey(options.apiKey, LANGUAGE_MODEL);
  const request = (at: Address, path: string, body: Json | null) =>
    askServer(
      { address: at, name: '', apiKey },
      path,
      body,
      [],
      { ...options, name: '' },
      {
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        totalTimeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        maxAttempts: 1,
        maxPauseMs: 0,
        signal: options.signal,
      },
    );
  const listed = entriesOf((await request(address, '/models', null)) as Json);
  // What is not in OpenAI's own protocol lies beside its folder.
  const root: Address = { ...address, baseUrl: address.baseUrl.replace(/\/v1(?=$|\?)/, '') };
  const ask: Ask = async (path, body) => {
    const reply = await request(root, path, body ?? null).catch((error) => {
      options.signal?.throwIfAborted();
      return { failure: messageOf(error) };
    });
    return 'failure' in (reply as Json) ? null : (reply as Json);
  };
  const owner = String(listed[0]?.['owned_by'] ?? '');
  const product = OWNERS.find(({ pattern }) => pattern.test(owner));
  const told = listed.map((entry) => ({ name: String(entry['id']), contextTokens: listedContext(entry) }));
  return { product: product?.name ?? '', models: (await product?.refine?.(told, ask)) ?? told };
}

/** Servers by what they write of who owns a model. */
const OWNERS: {
  name: string;
  pattern: RegExp;
  refine?: (models: ServedModel[], ask: Ask) => Promise<ServedModel[]>;
}[] = [
  { name: 'llama.cpp', pattern: /^llamacpp$/, refine: llamaCpp },
  { name: 'Ollama', pattern: /^library$/, refine: ollama },
  { name: 'LM Studio', pattern: /^organization_owner$/, refine: lmStudio },
  { name: 'vLLM', pattern: /^vllm$/ },
  { name: 'SGLang', pattern: /^sglang$/ },
];

/** As vLLM, SGLang and several services have it in the list. */
function listedContext(entry: Json): number | null {
  const fields = ['max_model_len', 'context_window', 'context_length', 'max_context_length'];
  return fields.map((field) => tokens(entry[field])).find((found) => found !== null) ?? null;
}

/** What one conversation has of the memory that was set aside, not what the model could take. */
async function llamaCpp(models: ServedModel[], ask: Ask): Promise<ServedModel[]> {
  const props = await ask('/props');
  const context = tokens((props?.['default_generation_settings'] as Json | undefined)?.['n_ctx']);
  return models.map((model) => ({ ...model, contextTokens: context ?? model.contextTokens }));
}

/** What it runs with, then what it was set to, then the little that it gives every model: what is more is cut off unsaid. */
async function ollama(models: ServedModel[], ask: Ask): Promise<ServedModel[]> {
  const running = entriesOf(await ask('/api/ps'), 'models');
  const contexts = await Promise.all(models.slice(0, MAX_ASKED).map(({ name }) => contextOf(name)));
  return models.map((model, i) => ({ ...model, contextTokens: contexts[i] ?? null }));

  async function contextOf(name: string): Promise<number | null> {
    const loaded = tokens(running.find((entry) => entry['name'] === name)?.['context_length']);
    if (loaded !== null) return loaded;
    const shown = await ask('/api/show', { model: name });
    if (!shown) return null;
    const set = /^num_ctx\s+(\d+)/m.exec(String(shown['parameters'] ?? ''));
    if (set) return tokens(Number(set[1]));
    const info = Object.entries((shown['model_info'] ?? {}) as Json);
    const most = tokens(info.find(([field]) => field.endsWith('.context_length'))?.[1]);
    return most && Math.min(most, OLLAMA_CONTEXT);
  }
}

async function lmStudio(models: ServedModel[], ask: Ask): Promise<ServedModel[]> {
  const entries = entriesOf(await ask('/api/v0/models'));
  return models.map((model) => {
    const entry = entries.find(({ id }) => id === model.name);
    const context = tokens(entry?.['loaded_context_length']) ?? tokens(entry?.['max_context_length']);
    return { ...model, contextTokens: context ?? model.contextTokens };
  });
}

/** The objects of a list that have a name. */
function entriesOf(reply: Json | null, field = 'data'): Json[] {
  const list: unknown = reply?.[field];
  const entries = Array.isArray(list) ? list : [];
  return entries
    .filter((entry): entry is Json => typeof entry === 'object' && entry !== null)
    .filter(({ id, name }) => typeof (id ?? name) === 'string')
    .slice(0, MAX_MODELS);
}

function tokens(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e9 ? value : null;
}
