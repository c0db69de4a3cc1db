/**
 * A language model that the editor lends: the client asks it, since only an extension can, and hands the reply on piece
 * by piece. Whether it may be asked is between the editor and the person.
 */

import { randomUUID } from 'node:crypto';
import { CancellationTokenSource, type Connection } from 'vscode-languageserver/node';
import { editorDestination } from '../base/destination.js';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { ChatMessage, GenerateOptions, LanguageModel } from '../base/ports.js';
import { isBlank, showHidden } from '../base/text.js';
import {
  EditorAskProgressType,
  EditorAskRequest,
  type EditorAskResult,
  type EditorModel,
} from '../protocol/messages.js';

/** The first piece may wait for the person, whom the editor asks for consent. */
const FIRST_WAIT_MS = 5 * 60_000;
/** In UTF-16 units, as for any other model. */
const MAX_REPLY_LENGTH = 1_000_000;
const MAX_MESSAGE_LETTERS = 200;

/** The one that the setting names, by its id, family or shown name, or the first one; null where there is none. */
export function chosenEditorModel(models: readonly EditorModel[], name: string): EditorModel | null {
  if (name === '') return models[0] ?? null;
  const called = (wanted: (model: EditorModel) => string) => models.find((model) => wanted(model) === name);
  return called(({ id }) => id) ?? called(({ family }) => family) ?? called((model) => model.name) ?? null;
}

/** `timeoutMs`: the longest wait for a piece after the first one. */
export function editorModel(connection: Connection, model: EditorModel, timeoutMs: number): LanguageModel {
  let failure = '';
  return {
    name: model.name || model.id,
    destination: editorDestination(model.vendor),
    contextTokens: model.maxInputTokens > 0 ? model.maxInputTokens : null,
    get failure() {
      return failure;
    },
    async *stream(messages, options) {
      try {
        yield* reply(connection, model, timeoutMs, messages, options);
        failure = '';
      } catch (error) {
        if (!options.signal?.aborted) failure = messageOf(error);
        throw error;
      }
    },
  };
}

async function* reply(
  connection: Connection,
  { id, name }: EditorModel,
  timeoutMs: number,
  messages: readonly ChatMessage[],
  { maxTokens, signal }: GenerateOptions,
): AsyncGenerator<string> {
  const progressToken = `scholia-editor-model-${randomUUID()}`;
  const cancellation = new CancellationTokenSource();
  const pieces: string[] = [];
  let wake = () => {};
  let result: EditorAskResult | null = null;
  const listener = connection.onProgress(EditorAskProgressType, progressToken, (piece) => {
    if (typeof piece === 'string') pieces.push(piece);
    wake();
  });
  const stop = () => wake();
  signal?.addEventListener('abort', stop);
  connection
    .sendRequest(EditorAskRequest, { id, messages: [...messages], maxTokens, progressToken }, cancellation.token)
    .catch((error): EditorAskResult => ({ failure: { kind: 'cut', message: messageOf(error) } }))
    .then((value) => {
      result = value ?? { failure: null };
      wake();
    });

  /** Until something came, ended or was stopped; false when nothing of that happened in time. */
  function waited(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  let length = 0;
  let held = '';
  let hasText = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const piece = pieces.shift();
      if (piece === undefined) {
        if (result) break;
        const milliseconds = hasText ? timeoutMs : FIRST_WAIT_MS;
        if (await waited(milliseconds)) continue;
        throw failed('timeout', t('“{0}” sent nothing for {1} s: ask again', name, milliseconds / 1000));
      }
      length += piece.length;
      if (length > MAX_REPLY_LENGTH) throw failed('cut', t('The reply of “{0}” grew past all bounds: ask again', name));
      held += piece;
      if (isBlank(held)) continue;
      yield held;
      held = '';
      hasText = true;
    }
    const { failure } = result as EditorAskResult;
    if (failure) throw failed(failure.kind, sentence(name, failure));
    if (!hasText) throw failed('empty', t('“{0}” answered nothing: ask again, or choose another model', name));
  } finally {
    cancellation.cancel();
    cancellation.dispose();
    listener.dispose();
    signal?.removeEventListener('abort', stop);
  }
}

type FailureKind = NonNullable<EditorAskResult['failure']>['kind'] | 'timeout' | 'empty';

function failed(kind: FailureKind, message: string): EngineError {
  return new EngineError(`model-${kind}`, message);
}

/** What an extension says of its model is shown short and with nothing hidden in it. */
function sentence(name: string, { kind, message }: NonNullable<EditorAskResult['failure']>): string {
  const line = showHidden(message.replace(/\s+/g, ' ').trim()).slice(0, MAX_MESSAGE_LETTERS);
  const said = line ? t(': it says “{0}”', line) : '';
  if (kind === 'unauthorised')
    return t('The editor does not let Scholia use “{0}”: allow it there, or choose another model', name);
  if (kind === 'not-found') return t('The editor has no model “{0}” any more: choose another', name);
  if (kind === 'rate-limited')
    return t('“{0}” takes no more requests just now: wait a little and ask again{1}', name, said);
  return t('The editor’s model “{0}” failed{1}', name, said || t(': ask again'));
}
