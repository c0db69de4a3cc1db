/**
 * Tools for the language models of the editor's own chat: `scholia_search` and `scholia_ask`, over the server that the
 * window has anyway, so unsaved text counts. What they are given is checked, since a model wrote it; what they return
 * is bounded, cites path and lines, and is set so that no file can pass for anything but data.
 */

import {
  type CancellationToken,
  Disposable,
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  lm,
} from 'vscode';
import { answerText, hitsText, indexNote } from '../../server/src/base/agentText.js';
import { t } from '../../server/src/base/l10n.js';
import { signalOf } from './cancellation.js';
import type { BackEnd } from './languageClient.js';

const DEFAULT_LIMIT = 8;
const MAX_LIMIT = 50;
const MAX_CHARACTERS = 4000;

export function registerLanguageModelTools(server: BackEnd): Disposable {
  // Editors built on VS Code may lack it.
  if (typeof lm?.registerTool !== 'function') return Disposable.from();
  return Disposable.from(
    lm.registerTool(
      'scholia_search',
      tool('query', (query) => t('Searching the code base for “{0}”', query), searchIn(server), server),
    ),
    lm.registerTool(
      'scholia_ask',
      tool('question', (question) => t('Asking the code base “{0}”', question), askIn(server), server),
    ),
  );
}

type Given = Record<string, unknown>;

function tool(
  field: string,
  doing: (text: string) => string,
  run: (text: string, given: Given, token: CancellationToken) => Promise<string>,
  server: BackEnd,
): LanguageModelTool<Given> {
  return {
    prepareInvocation: ({ input }) => ({ invocationMessage: doing(String(input?.[field]).slice(0, 80)) }),
    async invoke({ input }, token) {
      const text = await run(textOf(input, field), input, token);
      const notes = new Set((await server.refresh()).map(indexNote).filter(Boolean));
      return new LanguageModelToolResult([new LanguageModelTextPart([...notes, text].join('\n\n'))]);
    },
  };
}

function searchIn(server: BackEnd) {
  return async (query: string, { limit = DEFAULT_LIMIT }: Given, token: CancellationToken): Promise<string> => {
    if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
      throw new Error(`limit is a whole number from 1 to ${MAX_LIMIT}`);
    const hits = await server.search({ query, limit: Number(limit) }, token);
    const claims = hits.map((hit, n) => ({ ...hit, n, quote: hit.text, verified: false }));
    const checked = await server.verify({ citations: claims });
    const held = hits.flatMap((hit, i) => {
      const { verified, startLine, endLine } = checked[i]!;
      return verified ? { ...hit, startLine, endLine } : [];
    });
    return hitsText(held, hits.length - held.length);
  };
}

function askIn(server: BackEnd) {
  return async (question: string, _given: Given, token: CancellationToken): Promise<string> =>
    answerText(await server.ask({ question }, () => {}, signalOf(token)));
}

function textOf(given: Given, field: string): string {
  const text = given?.[field];
  if (typeof text === 'string' && text.trim() !== '' && text.length <= MAX_CHARACTERS) return text;
  throw new Error(`${field} is a text of 1 to ${MAX_CHARACTERS} characters`);
}
