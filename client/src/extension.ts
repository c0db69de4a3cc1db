/**
 * Starts and ends the extension, and reads like its table of contents: a server that knows the code, and four places
 * where a person meets it. Nothing is decided here; each part disposes of itself through the context's subscriptions.
 */
import { type ExtensionContext, l10n, Uri, window, workspace } from 'vscode';
import { speak } from '../../server/src/base/l10n.js';
import { registerAgentServer } from './agentServer.js';
import { keepApprovals } from './approvals.js';
import { ChatView } from './chat/view.js';
import { CitationOpener } from './citations.js';
import { registerCommands } from './commands.js';
import { DocumentTexts } from './documentTexts.js';
import { lendEditorModels } from './editorModels.js';
import { BackEnd } from './languageClient.js';
import { registerLanguageModelTools } from './languageModelTools.js';
import { keepModelKey } from './modelKey.js';
import { registerParticipant } from './participant.js';
import { showStatusBar } from './statusBar.js';
import { StatusDocument } from './statusDocument.js';
import { watchFirstIndex } from './walkthrough.js';

let backEnd: BackEnd | undefined;
let chatView: ChatView | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  speak(l10n.bundle ?? {});
  const server = new BackEnd(context.asAbsolutePath('dist/server/main.cjs'));
  backEnd = server;
  const documentTexts = new DocumentTexts(server);
  const citations = new CitationOpener(server, documentTexts);
  const chat = new ChatView({
    extensionUri: context.extensionUri,
    // Without a folder there is no storage of a workspace.
    storage: Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'chats'),
    server,
    citations,
  });
  chatView = chat;
  const statusDocument = new StatusDocument(server);
  context.subscriptions.push(
    server,
    citations,
    chat,
    window.registerWebviewViewProvider(ChatView.id, chat),
    workspace.registerTextDocumentContentProvider(StatusDocument.scheme, statusDocument),
    workspace.registerTextDocumentContentProvider(DocumentTexts.scheme, documentTexts),
    showStatusBar(server),
    registerCommands({ server, chat, statusDocument, secrets: context.secrets, approvals: context.workspaceState }),
    registerParticipant(server, context.extensionUri),
    registerLanguageModelTools(server),
    registerAgentServer(context),
    keepApprovals(server, context.workspaceState),
    keepModelKey(server, context.secrets),
    lendEditorModels(server),
    watchFirstIndex(server),
    window.onDidChangeWindowState(({ focused }) => focused && server.focused()),
    workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  );
  await server.start();
}

export async function deactivate(): Promise<void> {
  // Before the server is gone, or every question would be told of that.
  await chatView?.leave();
  await backEnd?.stop();
}
