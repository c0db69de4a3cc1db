/**
 * The kinds of servers that settings can name, each with the words that its messages need: what it is called, and which
 * setting or command helps.
 */
import type { ServiceKind } from '../base/errors.js';

export interface Service {
  /** The beginning of the kinds of its errors. */
  kind: ServiceKind;
  /** In sentences, without an article. */
  noun: string;
  baseUrlSetting: string;
  nameSetting: string;
  keySetting: string;
  /** What to do about a model that the server does not have. */
  otherName: string;
  /** What to do when a single wait is over. */
  otherTimeout: string;
  /** What is too long for the model, and what to do about it. */
  tooLong: { what: string; advice: string };
  /** What to do when trying once more may help. */
  again: string;
}

export const LANGUAGE_MODEL: Service = {
  kind: 'model',
  noun: 'language model',
  baseUrlSetting: 'scholia.model.baseUrl (or SCHOLIA_BASE_URL)',
  nameSetting: 'scholia.model.name (or SCHOLIA_MODEL)',
  keySetting: 'the command “Scholia: Set an API Key” (or SCHOLIA_API_KEY)',
  otherName: 'correct scholia.model.name (or SCHOLIA_MODEL), or leave it empty for the first one listed',
  otherTimeout: 'check that it runs, or raise scholia.model.timeoutSeconds',
  tooLong: {
    what: 'The question with its sources',
    advice: 'lower scholia.answer.contextTokens or ask in a new chat',
  },
  again: 'ask again',
};

export const COMPLETER: Service = {
  kind: 'model',
  noun: 'completion model',
  baseUrlSetting: 'scholia.completion.baseUrl (or SCHOLIA_COMPLETION_BASE_URL)',
  nameSetting: 'scholia.completion.name (or SCHOLIA_COMPLETION_MODEL)',
  keySetting: 'the command “Scholia: Set an API Key” (or SCHOLIA_COMPLETION_API_KEY)',
  otherName: 'correct scholia.completion.name (or SCHOLIA_COMPLETION_MODEL)',
  otherTimeout: 'check that it runs, or choose a faster model',
  tooLong: { what: 'The text around the cursor', advice: 'lower scholia.completion.contextTokens' },
  again: 'go on typing',
};

export const EMBEDDER: Service = {
  kind: 'embedder',
  noun: 'embedder',
  baseUrlSetting: 'scholia.embedder.baseUrl (or SCHOLIA_EMBEDDER_BASE_URL)',
  nameSetting: 'scholia.embedder.name (or SCHOLIA_EMBEDDER_MODEL)',
  keySetting: 'the command “Scholia: Set an API Key” (or SCHOLIA_EMBEDDER_API_KEY)',
  otherName: 'correct scholia.embedder.name (or SCHOLIA_EMBEDDER_MODEL)',
  otherTimeout: 'check that it runs, and what else it is busy with',
  tooLong: { what: 'Even a short passage', advice: 'raise its context on the server, or choose another' },
  again: 'try again later',
};

export const RERANKER: Service = {
  kind: 'reranker',
  noun: 'reranker',
  baseUrlSetting: 'scholia.reranker.baseUrl (or SCHOLIA_RERANKER_BASE_URL)',
  nameSetting: 'scholia.reranker.name (or SCHOLIA_RERANKER_MODEL)',
  keySetting: 'the command “Scholia: Set an API Key” (or SCHOLIA_RERANKER_API_KEY)',
  otherName: 'correct scholia.reranker.name (or SCHOLIA_RERANKER_MODEL)',
  otherTimeout: 'check that it runs, and what else it is busy with',
  tooLong: { what: 'The question with a passage', advice: 'raise its context on the server, or choose another' },
  again: 'try again later',
};
