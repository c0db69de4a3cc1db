/**
 * The editor's own language models, lent to the server: only an extension can ask them. Consent is the editor's: it asks
 * the person before the first question, and remembers.
 */

import {
  CancellationError,
  type CancellationToken,
  Disposable,
  LanguageModelChatMessage,
  LanguageModelError,
  lm,
  workspace,
} from 'vscode';
import { messageOf } from '../../server/src/base/errors.js';
import { t } from '../../server/src/base/l10n.js';
import type { EditorAskParams, EditorAskResult, EditorModel } from '../../server/src/protocol/messages.js';
import type { BackEnd } from './languageClient.js';

type Failure = NonNullable<EditorAskResult['failure']>;

/** Looks at the models only where the settings choose one of them: looking may start another extension. */
export function lendEditorModels(server: BackEnd): Disposable {
  const send = async () => {
    const wanted = workspace.getConfiguration('scholia').get('model.kind') === 'editor';
    if (!wanted || !workspace.isTrusted || server.health !== 'running') return;
    await server.sendEditorModels({ models: await editorModels() });
  };
  return Disposable.from(
    server.onEditorAsk((params, token) => ask(params, (piece) => server.sendPiece(params.progressToken, piece), token)),
    server.onDidStart(send),
    lm.onDidChangeChatModels(send),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('scholia.model.kind') && send()),
  );
}

export async function editorModels(): Promise<EditorModel[]> {
  const models = await lm.selectChatModels();
  return models.map(({ id, name, vendor, family, maxInputTokens }) => ({ id, name, vendor, family, maxInputTokens }));
}

async function ask(
  { id, messages, maxTokens }: EditorAskParams,
  onPiece: (piece: string) => Promise<void>,
  token: CancellationToken,
): Promise<EditorAskResult> {
  try {
    const [model] = await lm.selectChatModels({ id });
    if (!model) return { failure: { kind: 'not-found', message: '' } };
    // There is no role of a system's: its instructions come first, as the person's.
    const sent = messages.map(({ role, content }) =>
      role === 'assistant' ? LanguageModelChatMessage.Assistant(content) : LanguageModelChatMessage.User(content),
    );
    const options = {
      justification: t('Scholia sends your question and the passages of your code that it names under Sources.'),
      modelOptions: { max_tokens: maxTokens },
    };
    const reply = await model.sendRequest(sent, options, token);
    for await (const piece of reply.text) {
      if (token.isCancellationRequested) break;
      await onPiece(piece);
    }
    return { failure: null };
  } catch (error) {
    if (error instanceof CancellationError) return { failure: { kind: 'cut', message: 'stopped' } };
    const message = messageOf(error);
    return { failure: { kind: failureKind(error), message } };
  }
}

function failureKind(error: unknown): Failure['kind'] {
  if (!(error instanceof LanguageModelError)) return 'cut';
  if (error.code === LanguageModelError.NoPermissions().code) return 'unauthorised';
  if (error.code === LanguageModelError.NotFound().code) return 'not-found';
  return error.code === LanguageModelError.Blocked().code ? 'rate-limited' : 'cut';
}
