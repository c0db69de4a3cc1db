/**
 * A reranker behind `/v1/rerank`, as llama.cpp, vLLM, Jina, Cohere and others serve it.
 *
 * Somebody waits for the order, so there is one repetition at most and no long pause; the caller's signal is its budget
 * of time. Passages that the model finds too long are halved together: which one it was, servers do not say.
 */

import type { Reranker } from '../base/embedding.js';
import { EngineError, kindOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type Address, readableNotes } from './address.js';
import { cutText } from './cutText.js';
import { askServer, parseServer, type RequestOptions, type ServerOptions, unreadable } from './request.js';
import { RERANKER } from './service.js';

/** Some 600 tokens: most rerankers read no more, and the time of the others grows with the square. */
const MAX_PASSAGE_CHARACTERS = 2000;
const MIN_PASSAGE_CHARACTERS = 64;
const MAX_QUERY_CHARACTERS = 2000;
const HASTY: RequestOptions = { timeoutMs: 20_000, totalTimeoutMs: 30_000, maxAttempts: 2, maxPauseMs: 1000 };

/** Sends nothing yet. Throws a `usage` error when the settings cannot be used. */
export function remoteReranker(options: ServerOptions): Reranker {
  const server = parseServer(options, RERANKER);
  const { address, name } = server;
  const closing = new AbortController();

  async function scoreWithin(
    query: string,
    passages: readonly string[],
    maxCharacters: number,
    signal: AbortSignal,
  ): Promise<number[]> {
    const documents = passages.map((passage) => cutText(passage, maxCharacters));
    try {
      const body = { model: name, query, documents };
      const reply = await askServer(server, '/rerank', body, [query, ...documents], options, { ...HASTY, signal });
      return scoresOf(reply, documents.length, address);
    } catch (error) {
      if (kindOf(error) !== 'reranker-context') throw error;
      const longest = Math.max(...documents.map((document) => document.length));
      if (longest <= MIN_PASSAGE_CHARACTERS) throw error;
      return scoreWithin(query, documents, longest >> 1, signal);
    }
  }

  return {
    name,
    device: address.origin,
    notes: readableNotes(address),
    async score(query, passages, signal) {
      if (passages.length === 0) return [];
      const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      return scoreWithin(cutText(query, MAX_QUERY_CHARACTERS), passages, MAX_PASSAGE_CHARACTERS, ending);
    },
    async close() {
      closing.abort(
        new EngineError('reranker-unavailable', t('The reranker at {0} is no longer used', address.origin)),
      );
    },
  };
}

function scoresOf(reply: unknown, count: number, address: Address): number[] {
  const { results, data } = reply as { results?: unknown; data?: unknown };
  // Voyage calls them data.
  const rows = results ?? data;
  if (!Array.isArray(rows)) throw unreadable(address);
  const fail = (what: string) =>
    new EngineError('reranker-failed', t('The reranker at {0} sent {1}: choose another', address.origin, what));
  if (rows.length !== count) throw fail(t('{0} scores for {1} passages', rows.length, count));
  const scores = new Array<number | undefined>(count).fill(undefined);
  for (const row of rows) {
    const { index, relevance_score: score } = (row ?? {}) as { index?: unknown; relevance_score?: unknown };
    if (typeof index !== 'number' || !(index in scores) || scores[index] !== undefined)
      throw fail(t('scores in no clear order'));
    if (typeof score !== 'number' || !Number.isFinite(score)) throw fail(t('a score that is no number'));
    scores[index] = score;
  }
  return scores as number[];
}
