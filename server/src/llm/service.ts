/**
 * The kinds of servers that settings can name, each with the words that its messages need: what it is called, and which
 * setting or command helps; in English, until they are `told`.
 */
import type { ServiceKind } from '../base/errors.js';
import { phrase, t } from '../base/l10n.js';

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
  noun: phrase('language model'),
  baseUrlSetting: phrase('scholia.model.baseUrl (or SCHOLIA_BASE_URL)'),
  nameSetting: phrase('scholia.model.name (or SCHOLIA_MODEL)'),
  keySetting: phrase('the command “Scholia: Set an API Key” (or SCHOLIA_API_KEY)'),
  otherName: phrase('correct scholia.model.name (or SCHOLIA_MODEL), or leave it empty for the first one listed'),
  otherTimeout: phrase('check that it runs, or raise scholia.model.timeoutSeconds'),
  tooLong: {
    what: phrase('The question with its sources'),
    advice: phrase('lower scholia.answer.contextTokens or ask in a new chat'),
  },
  again: phrase('ask again'),
};

export const COMPLETER: Service = {
  kind: 'model',
  noun: phrase('completion model'),
  baseUrlSetting: phrase('scholia.completion.baseUrl (or SCHOLIA_COMPLETION_BASE_URL)'),
  nameSetting: phrase('scholia.completion.name (or SCHOLIA_COMPLETION_MODEL)'),
  keySetting: phrase('the command “Scholia: Set an API Key” (or SCHOLIA_COMPLETION_API_KEY)'),
  otherName: phrase('correct scholia.completion.name (or SCHOLIA_COMPLETION_MODEL)'),
  otherTimeout: phrase('check that it runs, or choose a faster model'),
  tooLong: { what: phrase('The text around the cursor'), advice: phrase('lower scholia.completion.contextTokens') },
  again: phrase('go on typing'),
};

export const EMBEDDER: Service = {
  kind: 'embedder',
  noun: phrase('embedder'),
  baseUrlSetting: phrase('scholia.embedder.baseUrl (or SCHOLIA_EMBEDDER_BASE_URL)'),
  nameSetting: phrase('scholia.embedder.name (or SCHOLIA_EMBEDDER_MODEL)'),
  keySetting: phrase('the command “Scholia: Set an API Key” (or SCHOLIA_EMBEDDER_API_KEY)'),
  otherName: phrase('correct scholia.embedder.name (or SCHOLIA_EMBEDDER_MODEL)'),
  otherTimeout: phrase('check that it runs, and what else it is busy with'),
  tooLong: {
    what: phrase('Even a short passage'),
    advice: phrase('raise its context on the server, or choose another'),
  },
  again: phrase('try again later'),
};

export const RERANKER: Service = {
  kind: 'reranker',
  noun: phrase('reranker'),
  baseUrlSetting: phrase('scholia.reranker.baseUrl (or SCHOLIA_RERANKER_BASE_URL)'),
  nameSetting: phrase('scholia.reranker.name (or SCHOLIA_RERANKER_MODEL)'),
  keySetting: phrase('the command “Scholia: Set an API Key” (or SCHOLIA_RERANKER_API_KEY)'),
  otherName: phrase('correct scholia.reranker.name (or SCHOLIA_RERANKER_MODEL)'),
  otherTimeout: phrase('check that it runs, and what else it is busy with'),
  tooLong: {
    what: phrase('The question with a passage'),
    advice: phrase('raise its context on the server, or choose another'),
  },
  again: phrase('try again later'),
};

/** The same in the language that is spoken. */
export function told(service: Service): Service {
  const { noun, baseUrlSetting, nameSetting, keySetting, otherName, otherTimeout, tooLong, again } = service;
  return {
    ...service,
    noun: t(noun),
    baseUrlSetting: t(baseUrlSetting),
    nameSetting: t(nameSetting),
    keySetting: t(keySetting),
    otherName: t(otherName),
    otherTimeout: t(otherTimeout),
    tooLong: { what: t(tooLong.what), advice: t(tooLong.advice) },
    again: t(again),
  };
}
