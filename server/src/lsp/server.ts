/**
 * The language server: connection, capabilities and the table of handlers. It serves any client; what it offers beyond
 * LSP is in `protocol/messages`.
 *
 * Each handler stands behind one fence, so that a failure is an answer and never the end of the process. stdout belongs
 * to the protocol.
 */
import {
  type CancellationToken,
  type Connection,
  createConnection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type InitializeParams,
  type InitializeResult,
  MarkupKind,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { speakLanguageOf } from '../base/languages.js';
import { noticeText } from '../base/markdown.js';
import { missingRuntime, modelsFolder, VERSION } from '../compose.js';
import { type Config, resolveConfig } from '../engine/config.js';
import { createModelServices } from '../modelServices.js';
import {
  ApprovalsNotification,
  AskProgressType,
  AskRequest,
  CompleteRequest,
  DeleteDataRequest,
  DiagnosticsRequest,
  EditorModelsNotification,
  ExplainFileRequest,
  FindModelsRequest,
  FocusNotification,
  HighlightRequest,
  ModelKeyNotification,
  PauseRequest,
  ReindexRequest,
  SearchRequest,
  StatusNotification,
  StatusRequest,
  TeamEmbeddersRequest,
  TextRequest,
  VerifyRequest,
} from '../protocol/messages.js';
import { responseError } from './convert.js';
import {
  onAsk,
  onComplete,
  onDeleteData,
  onDiagnostics,
  onExplainFile,
  onFindModels,
  onHighlight,
  onHover,
  onInlineCompletion,
  onPause,
  onReindex,
  onSearch,
  onStatus,
  onTeamEmbedders,
  onText,
  onVerify,
  type ServerState,
} from './handlers.js';
import { createModelChoice } from './modelChoice.js';
import { createRoots, type ServeOptions } from './roots.js';
import { createSuggestions } from './suggestions.js';
import { createTeamDiagnostics } from './teamDiagnostics.js';
import { watchFiles } from './watch.js';

/** What a client may say at the start; all of it optional. */
interface InitializationOptions {
  /** False: the workspace is not trusted; no model is asked, no git is run and its `scholia.json` is not read. */
  trusted?: boolean;
  /** Raw settings, for clients that do not answer `workspace/configuration`. */
  settings?: unknown;
}

const STATUS_EVERY_MS = 250;

/** Serves one client over the transport that the arguments name, until it says `exit`. */
export function serve(options: ServeOptions): void {
  const connection = createConnection();
  connection.onInitialize((params) => initialize(connection, params, options));
  connection.listen();
}

function initialize(connection: Connection, params: InitializeParams, options: ServeOptions): InitializeResult {
  speakLanguageOf(params.locale);
  const missing = missingRuntime();
  if (missing) connection.window.showErrorMessage(missing);
  const { capabilities } = params;
  const { trusted = true, settings: given } = (params.initializationOptions ?? {}) as InitializationOptions;
  let config: Config = resolveConfig(given);
  const model = createModelChoice({
    connection,
    trusted,
    log: (level, message) => connection.console[level === 'debug' ? 'log' : level](message),
    changed: () => void sendStatus(),
  });
  const services = createModelServices({
    dist: options.dist,
    models: modelsFolder(options.storeBase),
    keyFor: (_what, baseUrl) => model.keyFor(baseUrl),
    async confirm(sentence) {
      const answer = await connection.window.showWarningMessage(
        noticeText(t('Scholia: {0}.', sentence)),
        { title: t('Embed') },
        { title: t('Not Now') },
      );
      return answer?.title === t('Embed');
    },
    log: (level, message) => connection.console[level === 'debug' ? 'log' : level](message),
  });
  const documents = new TextDocuments(TextDocument);
  let approvals = new Map<string, string>();
  const roots = createRoots({
    ...options,
    connection,
    showsProgress: capabilities.window?.workDoneProgress ?? false,
    settings: () => config.settings,
    filesExclude,
    trusted,
    model: model.current,
    approvedTeamFile: (uri) => approvals.get(uri) ?? null,
    services,
    onStatusChange: throttle(STATUS_EVERY_MS, () => sendStatus()),
  });
  const diagnostics = createTeamDiagnostics(connection, roots);
  const state: ServerState = {
    roots,
    config: () => config,
    completesText,
    markdownHover: capabilities.textDocument?.hover?.contentFormat?.includes(MarkupKind.Markdown) ?? false,
    completer: model.completer,
    suggestions: createSuggestions(),
  };

  async function sendStatus(): Promise<void> {
    const statuses = await roots.statuses().catch(() => null);
    if (statuses) await connection.sendNotification(StatusNotification, statuses).catch(() => {});
    await diagnostics.publish().catch(() => {});
  }

  async function filesExclude(scopeUri: string): Promise<unknown> {
    if (!capabilities.workspace?.configuration) return null;
    return connection.workspace.getConfiguration({ scopeUri, section: 'files.exclude' }).catch(() => null);
  }

  async function completesText(scopeUri: string): Promise<boolean> {
    const section = 'scholia.completion.inText';
    const told = capabilities.workspace?.configuration
      ? await connection.workspace.getConfiguration({ scopeUri, section }).catch(() => null)
      : null;
    return typeof told === 'boolean' ? told : config.settings['completion.inText'];
  }

  async function readConfig(): Promise<void> {
    if (capabilities.workspace?.configuration)
      config = resolveConfig(await connection.workspace.getConfiguration('scholia'));
    await model.choose(config);
    await roots.reopenChanged();
  }

  const { promise: opened, resolve: foldersOpened } = Promise.withResolvers<void>();
  /** Folders are open, and as the settings have them: other settings may open them anew. */
  let settled = opened;
  const guard = <Result>(handle: (signal: AbortSignal) => Promise<Result>, token: CancellationToken) =>
    fenced(connection, (signal) => settled.then(() => handle(signal)), token);
  connection.onHover((hover, token) => guard(() => onHover(state, hover), token));
  connection.languages.inlineCompletion.on((inline, token) =>
    guard((signal) => onInlineCompletion(state, inline, documents.get(inline.textDocument.uri), signal), token),
  );
  connection.onRequest(CompleteRequest, (place, token) => guard((signal) => onComplete(state, place, signal), token));
  connection.onRequest(AskRequest, (ask, token) => {
    const { progressToken } = ask;
    const report = (progress: Parameters<Parameters<typeof onAsk>[3]>[0]) =>
      progressToken === undefined ? undefined : void connection.sendProgress(AskProgressType, progressToken, progress);
    return guard((signal) => onAsk(state, ask, signal, report), token);
  });
  connection.onRequest(SearchRequest, (search, token) => guard(() => onSearch(state, search), token));
  connection.onRequest(ReindexRequest, (token) => guard((signal) => onReindex(state, signal), token));
  connection.onRequest(PauseRequest, (pause, token) => guard(async () => onPause(state, pause), token));
  connection.onRequest(DeleteDataRequest, (token) => guard(() => onDeleteData(state), token));
  connection.onRequest(DiagnosticsRequest, (token) => guard(async () => onDiagnostics(), token));
  connection.onRequest(StatusRequest, (token) => {
    void model.look();
    return guard(() => onStatus(state), token);
  });
  connection.onRequest(FindModelsRequest, (find, token) =>
    guard((signal) => onFindModels(trusted, find, signal), token),
  );
  connection.onNotification(EditorModelsNotification, async ({ models }) => {
    model.setEditorModels(models);
    await model.choose(config);
    await sendStatus();
  });
  connection.onRequest(VerifyRequest, (verify, token) => guard(() => onVerify(state, verify), token));
  connection.onRequest(HighlightRequest, (highlight, token) => guard(() => onHighlight(state, highlight), token));
  connection.onRequest(ExplainFileRequest, (file, token) => guard(() => onExplainFile(state, file), token));
  connection.onRequest(TextRequest, (text, token) => guard(async () => onText(state, text), token));
  connection.onRequest(TeamEmbeddersRequest, (token) => guard(() => onTeamEmbedders(state), token));
  connection.onNotification(ApprovalsNotification, async ({ approvals: given }) => {
    approvals = new Map(given.map(({ uri, digest }) => [uri, digest]));
    // What was approved embeds from now on.
    roots.update({ everything: false }).catch((error) => connection.console.error(messageOf(error)));
    await sendStatus();
  });
  connection.onNotification(ModelKeyNotification, async ({ origin, key }) => {
    model.setKey(origin, key);
    await model.choose(config);
    await sendStatus();
  });
  connection.onDidChangeConfiguration(async ({ settings }) => {
    if (!capabilities.workspace?.configuration) config = resolveConfig(settings?.scholia ?? given);
    settled = settled.then(readConfig).catch((error) => connection.console.error(messageOf(error)));
    await settled;
    await sendStatus();
  });

  documents.onDidChangeContent(({ document }) => {
    const at = roots.holding(document.uri);
    at?.root.engine.openBuffer(at.path, document.getText());
  });
  documents.onDidClose(({ document }) => {
    const at = roots.holding(document.uri);
    at?.root.engine.closeBuffer(at.path);
  });
  const watch = watchFiles(roots, (error) => connection.console.error(messageOf(error)));
  documents.onDidSave(({ document }) => watch.changed([document.uri]));
  connection.onDidChangeWatchedFiles(({ changes }) => watch.changed(changes.map(({ uri }) => uri)));
  connection.onNotification(FocusNotification, () => watch.focused());
  documents.listen(connection);

  connection.onInitialized(async () => {
    if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, {
        section: ['scholia', 'files.exclude'],
      });
    if (capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration)
      await connection.client.register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*' }] });
    if (capabilities.workspace?.workspaceFolders)
      connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
        await roots.close(removed.map(({ uri }) => uri));
        await openFolders(added.map(({ uri }) => uri));
      });
    await readConfig().catch((error) => connection.console.error(messageOf(error)));
    await openFolders(foldersOf(params));
    foldersOpened();
  });

  /** Buffers that were open before their folder was are laid over it now. */
  async function openFolders(uris: readonly string[]): Promise<void> {
    await roots.open(uris);
    for (const document of documents.all()) {
      const at = roots.holding(document.uri);
      at?.root.engine.openBuffer(at.path, document.getText());
    }
  }

  connection.onShutdown(async () => {
    await roots.closeAll();
    await services.close();
  });

  return {
    serverInfo: { name: 'scholia', version: VERSION },
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      hoverProvider: true,
      inlineCompletionProvider: true,
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return rootUri ? [rootUri] : [];
}

async function fenced<Result>(
  connection: Connection,
  handle: (signal: AbortSignal) => Promise<Result>,
  token: CancellationToken,
): Promise<Result> {
  const controller = new AbortController();
  const cancelled = token.onCancellationRequested(() => controller.abort());
  try {
    return await handle(controller.signal);
  } catch (error) {
    if (!token.isCancellationRequested) connection.console.error(messageOf(error));
    throw responseError(error, token.isCancellationRequested);
  } finally {
    cancelled.dispose();
  }
}

/** Calls at once, then at most once in each span; the last call is never lost. */
function throttle(spanMs: number, call: () => void): () => void {
  let timer: NodeJS.Timeout | null = null;
  let again = false;
  const run = () => {
    again = false;
    call();
    timer = setTimeout(() => {
      timer = null;
      if (again) run();
    }, spanMs);
  };
  return () => {
    if (timer) again = true;
    else run();
  };
}
