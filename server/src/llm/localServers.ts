/**
 * Model servers on this machine, at the ports where they usually listen. Only for a person who asked for it: each port is
 * asked for its list of models, and nothing else is sent.
 */

import { isElsewhere } from '../base/destination.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { readServerFacts, type ServerFacts } from './serverFacts.js';

export interface FoundServer extends ServerFacts {
  /** For `scholia.model.baseUrl`. */
  baseUrl: string;
}

/** Several serve at the same port; who it is, the server says. */
export const USUAL_PLACES: readonly { baseUrl: string; products: string }[] = [
  { baseUrl: 'http://127.0.0.1:11434/v1', products: 'Ollama' },
  { baseUrl: 'http://127.0.0.1:1234/v1', products: 'LM Studio' },
  { baseUrl: 'http://127.0.0.1:8080/v1', products: 'llama.cpp, LocalAI' },
  { baseUrl: 'http://127.0.0.1:8000/v1', products: 'vLLM' },
  { baseUrl: 'http://127.0.0.1:30000/v1', products: 'SGLang' },
  { baseUrl: 'http://127.0.0.1:1337/v1', products: 'Jan' },
  { baseUrl: 'http://127.0.0.1:4891/v1', products: 'GPT4All' },
  { baseUrl: 'http://127.0.0.1:5000/v1', products: 'text-generation-webui' },
  { baseUrl: 'http://127.0.0.1:5001/v1', products: 'KoboldCpp' },
  { baseUrl: 'http://127.0.0.1:12434/engines/v1', products: 'Docker Model Runner' },
];

/** What is there answers at once; what is not refuses at once. */
const TIMEOUT_MS = 2000;

/** Those that answer and have a model, in the order of the places. Rejects with a `usage` error for another machine's. */
export async function findLocalServers(
  baseUrls: readonly string[] = USUAL_PLACES.map(({ baseUrl }) => baseUrl),
  signal?: AbortSignal,
): Promise<FoundServer[]> {
  if (baseUrls.some((baseUrl) => !URL.canParse(baseUrl) || isElsewhere(baseUrl)))
    throw new EngineError('usage', t('Only this machine is searched for model servers'));
  const found = await Promise.all(
    baseUrls.map(async (baseUrl) => {
      const facts = await readServerFacts({ baseUrl, timeoutMs: TIMEOUT_MS, signal }).catch(() => null);
      return facts && facts.models.length > 0 ? [{ baseUrl, ...facts }] : [];
    }),
  );
  signal?.throwIfAborted();
  return found.flat();
}
