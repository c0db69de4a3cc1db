/**
 * `@scholia` in the editor's own chat: the question goes to the server, and what comes back is shown with the editor's
 * references and anchors, each on the lines it stands on.
 *
 * A chat response only grows, while citations are known to hold when all is written: so steps are told meanwhile, and
 * the answer is shown when it is whole.
 */

import {
  type CancellationToken,
  type ChatContext,
  type ChatFollowup,
  type ChatRequest,
  ChatRequestTurn,
  type ChatResponseStream,
  ChatResponseTurn,
  type ChatResult,
  chat,
  Disposable,
  Location,
  MarkdownString,
  Range,
  Uri,
} from 'vscode';
import { destinationName } from '../../server/src/base/destination.js';
import { documentFormat } from '../../server/src/base/document.js';
import { messageOf } from '../../server/src/base/errors.js';
import { t } from '../../server/src/base/l10n.js';
import type { AskResult } from '../../server/src/protocol/messages.js';
import { signalOf } from './cancellation.js';
import { DocumentTexts } from './documentTexts.js';
import type { BackEnd } from './languageClient.js';
import { followUpsOf, inert, piecesOf } from './participantText.js';

const ID = 'scholia.participant';
/** Older turns cost context that passages could use. */
const MAX_HISTORY = 8;

interface Metadata {
  /** Absent of an answer that is no part of the history: a refusal, a failure. */
  answer?: string;
  followUps?: string[];
}

export function registerParticipant(server: BackEnd, extensionUri: Uri): Disposable {
  // Editors built on VS Code may lack it.
  if (typeof chat?.createChatParticipant !== 'function') return Disposable.from();
  const participant = chat.createChatParticipant(ID, (request, context, stream, token) =>
    answer(server, request, context, stream, token),
  );
  participant.iconPath = Uri.joinPath(extensionUri, 'media', 'icon.png');
  participant.followupProvider = {
    provideFollowups: ({ metadata }): ChatFollowup[] =>
      ((metadata as Metadata | undefined)?.followUps ?? []).map((prompt) => ({ prompt })),
  };
  return participant;
}

async function answer(
  server: BackEnd,
  { prompt }: ChatRequest,
  { history }: ChatContext,
  stream: ChatResponseStream,
  token: CancellationToken,
): Promise<ChatResult> {
  const question = prompt.trim();
  if (question === '') {
    stream.markdown(t('Ask anything about this workspace, in words or by name: “Where are retries decided?”'));
    return {};
  }
  try {
    const asked = { question, history: earlier(history) };
    const result = await server.ask(asked, (now) => now.kind === 'step' && stream.progress(now.note), signalOf(token));
    show(result, stream);
    const metadata: Metadata = result.refused ? {} : { answer: result.answer, followUps: followUpsOf(result) };
    return { metadata };
  } catch (error) {
    if (token.isCancellationRequested) return {};
    return { errorDetails: { message: messageOf(error) } };
  }
}

function show({ answer, refused, reason, citations, sources, trace }: AskResult, stream: ChatResponseStream): void {
  for (const cited of refused ? sources : citations) stream.reference(locationOf(cited));
  const held = new Map(citations.map((citation) => [citation.n, citation]));
  for (const piece of piecesOf(answer, new Set(held.keys()))) {
    if (typeof piece === 'string') stream.markdown(untrusted(piece));
    else {
      const citation = held.get(piece.n)!;
      const { path, startLine } = citation;
      stream.anchor(locationOf(citation), `${path.split('/').at(-1)}:${startLine}`);
    }
  }
  if (reason && !refused) stream.markdown(untrusted(`\n\n${inert(reason)}`));
  const { name, destination } = trace.model;
  if (destination)
    stream.markdown(
      untrusted(
        `\n\n${t('Written by {0} at {1}.', inert(name || t('the model')), inert(destinationName(destination)))}`,
      ),
    );
}

function untrusted(text: string): MarkdownString {
  const markdown = new MarkdownString(text, false);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}

/** A document has no lines that an editor could show; the text that stands for it has. */
function locationOf(cited: {
  path: string;
  place?: string;
  uri: string;
  startLine: number;
  endLine: number;
}): Location {
  const isText = documentFormat(cited.path) === null;
  const range = new Range(cited.startLine - 1, 0, cited.endLine - 1, Number.MAX_SAFE_INTEGER);
  return new Location(isText ? Uri.parse(cited.uri) : DocumentTexts.uriOf(cited), range);
}

/** What was asked here before, with what was answered. */
function earlier(history: ChatContext['history']): { question: string; answer: string }[] {
  const turns = history.flatMap((turn, i) => {
    const before = history[i - 1];
    if (!(turn instanceof ChatResponseTurn) || !(before instanceof ChatRequestTurn) || turn.participant !== ID)
      return [];
    const { answer } = (turn.result.metadata ?? {}) as Metadata;
    return answer ? [{ question: before.prompt, answer }] : [];
  });
  return turns.slice(-MAX_HISTORY);
}
