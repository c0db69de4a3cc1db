/**
 * The server as the rest of the extension sees it: started, restarted, and asked in whole sentences.
 *
 * This is the extension's one stateful object. It owns the process, the last status that arrived and whether the
 * process lives; it does not know who shows them. The server is restarted after a crash, but not for ever: one that
 * dies five times within minutes would only warm the machine.
 */

import {
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  EventEmitter,
  type Hover,
  MarkdownString,
  workspace,
} from 'vscode';
import {
  ErrorCodes,
  LanguageClient,
  ResponseError,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { messageOf } from '../../server/src/base/errors.js';
import { t } from '../../server/src/base/l10n.js';
import {
  ApprovalsNotification,
  type ApprovalsParams,
  type AskParams,
  type AskProgress,
  AskProgressType,
  AskRequest,
  type AskResult,
  DeleteDataRequest,
  type DeletedData,
  type Diagnostics,
  DiagnosticsRequest,
  type EditorAskParams,
  EditorAskProgressType,
  EditorAskRequest,
  type EditorAskResult,
  EditorModelsNotification,
  type EditorModelsParams,
  ExplainFileRequest,
  FindModelsRequest,
  FocusNotification,
  type FoundModels,
  type HighlightParams,
  HighlightRequest,
  type HighlightResult,
  ModelKeyNotification,
  type ModelKeyParams,
  PauseRequest,
  ReindexRequest,
  type ReindexResult,
  type SearchParams,
  SearchRequest,
  StatusNotification,
  StatusRequest,
  type TeamEmbedder,
  TeamEmbeddersRequest,
  type TextParams,
  TextRequest,
  type TextResult,
  type VerifyParams,
  VerifyRequest,
} from '../../server/src/protocol/messages.js';
import { openLog, withoutKeys } from './log.js';
import { complain } from './notices.js';
import { ServerLost } from './serverLost.js';
import type { Statuses } from './summary.js';

export type Health = 'starting' | 'running' | 'stopped';

const maxRestartCount = 4;
/** For a server that stopped to be there again. */
const backMs = 60_000;

export class BackEnd implements Disposable {
  private readonly client: LanguageClient;
  private readonly changed = new EventEmitter<void>();
  private readonly started = new EventEmitter<void>();
  private nextToken = 1;
  private latest: Statuses = [];
  private currentHealth: Health = 'starting';

  /** The status or the health changed. */
  readonly onDidChange = this.changed.event;
  /** The server runs, for the first time or again. */
  readonly onDidStart = this.started.event;

  constructor(serverModule: string) {
    this.client = createClient(serverModule);
    this.client.onDidChangeState(({ newState }) => this.stateChanged(newState));
    this.client.onNotification(StatusNotification, (statuses) => this.take(statuses));
  }

  get statuses(): Statuses {
    return this.latest;
  }

  get health(): Health {
    return this.currentHealth;
  }

  async start(): Promise<void> {
    try {
      await this.client.start();
      this.take(await this.client.sendRequest(StatusRequest));
    } catch (error) {
      await this.showFailure(error);
    }
  }

  async restart(): Promise<void> {
    try {
      await this.client.restart();
    } catch (error) {
      await this.showFailure(error);
    }
  }

  async stop(): Promise<void> {
    if (this.client.needsStop()) await this.client.stop();
  }

  /** Rejects with `ServerLost` when the server stopped before it answered. */
  async ask(params: AskParams, onProgress: (progress: AskProgress) => void, signal: AbortSignal): Promise<AskResult> {
    const progressToken = `scholia-ask-${this.nextToken++}`;
    const listener = this.client.onProgress(AskProgressType, progressToken, onProgress);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal.addEventListener('abort', cancel);
    try {
      return await this.client.sendRequest(AskRequest, { ...params, progressToken }, cancellation.token);
    } catch (error) {
      const isLost = error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
      throw isLost || this.client.state !== State.Running ? new ServerLost() : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      cancellation.dispose();
      listener.dispose();
    }
  }

  search(params: SearchParams, token: CancellationToken) {
    return this.client.sendRequest(SearchRequest, params, token);
  }

  /** Resolves when the server runs; rejects with a sentence when it is stopped for good, or takes too long. */
  back(signal: AbortSignal): Promise<void> {
    if (this.client.state === State.Running) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        for (const listener of listeners) listener.dispose();
        signal.removeEventListener('abort', end);
      };
      const fail = () => {
        end();
        reject(new Error(t('The server stopped while it was answering and did not start again')));
      };
      const listeners = [
        this.onDidStart(() => {
          end();
          resolve();
        }),
      ];
      const timer = setTimeout(fail, backMs);
      signal.addEventListener('abort', end);
    });
  }

  reindex(token: CancellationToken): Promise<ReindexResult> {
    return this.client.sendRequest(ReindexRequest, token);
  }

  /** Holds indexing back in every folder, or lets it go on. */
  pause(on: boolean): Promise<void> {
    return this.client.sendRequest(PauseRequest, { on });
  }

  focused(): void {
    if (this.client.state === State.Running) this.client.sendNotification(FocusNotification).catch(() => {});
  }

  deleteData(): Promise<DeletedData> {
    return this.client.sendRequest(DeleteDataRequest);
  }

  diagnostics(): Promise<Diagnostics> {
    return this.client.sendRequest(DiagnosticsRequest);
  }

  /** Asks for the status now instead of waiting for the next change. */
  async refresh(): Promise<Statuses> {
    this.take(await this.client.sendRequest(StatusRequest));
    return this.latest;
  }

  /** Whether a file is in the index, and if not, why. */
  explainFile(uri: string) {
    return this.client.sendRequest(ExplainFileRequest, { uri });
  }

  verify(params: VerifyParams) {
    return this.client.sendRequest(VerifyRequest, params);
  }

  highlight(params: HighlightParams): Promise<HighlightResult> {
    return this.client.sendRequest(HighlightRequest, params);
  }

  text(params: TextParams): Promise<TextResult> {
    return this.client.sendRequest(TextRequest, params);
  }

  sendModelKey(params: ModelKeyParams): Promise<void> {
    return this.client.sendNotification(ModelKeyNotification, params);
  }

  /** The model servers on this machine; only for a person who agreed. */
  findModels(token: CancellationToken): Promise<FoundModels[]> {
    return this.client.sendRequest(FindModelsRequest, {}, token);
  }

  sendEditorModels(params: EditorModelsParams): Promise<void> {
    return this.client.sendNotification(EditorModelsNotification, params);
  }

  /** The server asks one of the editor's models. */
  onEditorAsk(handle: (params: EditorAskParams, token: CancellationToken) => Promise<EditorAskResult>): Disposable {
    return this.client.onRequest(EditorAskRequest, handle);
  }

  /** Hands on a piece of a reply of one of the editor's models. */
  sendPiece(progressToken: string, piece: string): Promise<void> {
    return this.client.sendProgress(EditorAskProgressType, progressToken, piece);
  }

  /** What teams suggest and nobody has approved yet. */
  teamEmbedders(): Promise<TeamEmbedder[]> {
    return this.client.sendRequest(TeamEmbeddersRequest);
  }

  sendApprovals(params: ApprovalsParams): Promise<void> {
    return this.client.sendNotification(ApprovalsNotification, params);
  }

  showLog(): void {
    this.client.outputChannel.show();
  }

  dispose(): void {
    this.client.outputChannel.dispose();
    this.changed.dispose();
    this.started.dispose();
  }

  private take(statuses: Statuses): void {
    this.latest = statuses;
    this.changed.fire();
  }

  private stateChanged(state: State): void {
    this.currentHealth = state === State.Running ? 'running' : state === State.Stopped ? 'stopped' : 'starting';
    if (state === State.Running) this.started.fire();
    this.changed.fire();
  }

  private async showFailure(error: unknown): Promise<void> {
    this.currentHealth = 'stopped';
    this.changed.fire();
    const reason = messageOf(error);
    const choice = await complain(t('Scholia could not start: {0}', reason), t('Show Log'));
    if (choice) this.showLog();
  }
}

function createClient(module: string): LanguageClient {
  const serverOptions = { module, transport: TransportKind.ipc };
  const outputChannel = openLog();
  return new LanguageClient('scholia', 'Scholia', serverOptions, {
    outputChannel,
    traceOutputChannel: withoutKeys(outputChannel),
    documentSelector: [{ scheme: 'file' }],
    // A function, so that a restart after trust was granted says so.
    initializationOptions: () => ({
      trusted: workspace.isTrusted,
      settings: workspace.getConfiguration('scholia'),
    }),
    synchronize: { configurationSection: 'scholia' },
    connectionOptions: { maxRestartCount },
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: { isTrusted: false, supportHtml: false },
    middleware: {
      workspace: {
        // The address of a document alone tells the editor none of what is set for its language.
        async configuration({ items }, token, next) {
          const told = await next({ items }, token);
          if (!Array.isArray(told)) return told;
          return told.map((value, i) => {
            const { scopeUri, section } = items[i]!;
            const document = workspace.textDocuments.find(({ uri }) => scopeUri === String(uri));
            return document && section ? workspace.getConfiguration(undefined, document).get(section, value) : value;
          });
        },
      },
      async provideInlineCompletionItems(document, position, context, token, next) {
        if (!workspace.getConfiguration('scholia', document).get('completion.enabled', true)) return null;
        return next(document, position, context, token);
      },
      async provideHover(document, position, token, next) {
        if (!workspace.getConfiguration('scholia', document).get('hover.enabled', true)) return null;
        const hover = distrust(await next(document, position, token));
        const range = document.getWordRangeAtPosition(position, /[\p{L}\p{N}_$]+/u);
        if (hover && range) hover.contents.push(askLink(document.getText(range)));
        return hover;
      },
    },
  });
}

/** Asks the chat when it is clicked. In a part of its own: no text of a file is among what may name a command. */
function askLink(name: string): MarkdownString {
  const question = encodeURIComponent(JSON.stringify([t('What does {0} do?', name)]));
  const label = name.replace(/[_$]/g, '\\$&');
  const told = t('Ask about {0}', label);
  const link = new MarkdownString(`[$(comment-discussion) ${told}](command:scholia.ask?${question})`, true);
  link.isTrusted = { enabledCommands: ['scholia.ask'] };
  return link;
}

/** A hover is made of text that anyone may have written: no command links, no HTML, whatever the converter's defaults. */
function distrust(hover: Hover | null | undefined): Hover | null | undefined {
  for (const content of hover?.contents ?? []) {
    if (!(content instanceof MarkdownString)) continue;
    content.isTrusted = false;
    content.supportHtml = false;
  }
  return hover;
}
