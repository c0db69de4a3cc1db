/**
 * What leaves for model servers while a question is answered, noted where it leaves.
 *
 * The notes go with the asynchronous calls and not through the ports: whoever asks an embedder or a language model need
 * not know that there is a wire, and no way to the wire can forget to tell.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SentRequest } from './answer.js';

/** More requests for one question are attempts at the same ones. */
const MAX_REQUESTS = 30;
/** UTF-16 units of all bodies of a question: ten times what most models take. */
const MAX_CHARACTERS = 600_000;

const open = new AsyncLocalStorage<SentRequest[]>();

/** Every request that `run` makes is added to `requests`, at the moment it is made. */
export function recordingSent<Result>(requests: SentRequest[], run: () => Promise<Result>): Promise<Result> {
  return open.run(requests, run);
}

/** Bodies are cut to what may be kept; `bytes` are of the whole. */
export function noteSent({ method, url, body }: Omit<SentRequest, 'bytes'>): void {
  const requests = open.getStore();
  if (!requests || requests.length >= MAX_REQUESTS) return;
  const kept = requests.reduce((sum, request) => sum + request.body.length, 0);
  requests.push({ method, url, body: body.slice(0, MAX_CHARACTERS - kept), bytes: Buffer.byteLength(body) });
}
