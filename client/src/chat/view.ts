/**
 * The chat in the side bar, as the editor sees it: it makes the page, passes what happened on to it, and does what the
 * page asks for. The page may vanish and come back at any time; the conversation lives here and is told again.
 */
import {
  commands,
  type Disposable,
  env,
  type Uri,
  type WebviewView,
  type WebviewViewProvider,
  window,
  workspace,
} from 'vscode';
import { type CitationOpener, citationOf } from '../citations.js';
import type { BackEnd } from '../languageClient.js';
import { inform } from '../notices.js';
import { Conversation } from './conversation.js';
import { copiedAnswer } from './copied.js';
import { pageFolder, pageHtml } from './document.js';
import { type FromPage, readFromPage, type ToPage } from './messages.js';
import { overviewOf } from './overview.js';

export class ChatView implements WebviewViewProvider, Disposable {
  static readonly id = 'scholia.chat';
  private readonly extensionUri: Uri;
  private readonly server: BackEnd;
  private readonly citations: CitationOpener;
  private readonly conversation: Conversation;
  private readonly listeners: Disposable[];
  private view: WebviewView | undefined;
  /** The page's script runs; what is posted before that is lost. */
  private isReady = false;
  private focusWhenReady = false;

  constructor(extensionUri: Uri, server: BackEnd, citations: CitationOpener) {
    this.extensionUri = extensionUri;
    this.server = server;
    this.citations = citations;
    this.conversation = new Conversation({
      ask: (params, onProgress, signal) => server.ask(params, onProgress, signal),
      post: (message) => this.post(message),
    });
    this.listeners = [
      server.onDidChange(() => this.tellOverview()),
      window.onDidChangeActiveTextEditor(() => this.tellOverview()),
      workspace.onDidGrantWorkspaceTrust(() => this.tellOverview()),
    ];
  }

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    this.isReady = false;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.extensionUri)] };
    webview.onDidReceiveMessage((value: unknown) => {
      const message = readFromPage(value);
      if (message) void this.act(message);
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.isReady = false;
    });
    webview.html = pageHtml(webview, this.extensionUri);
  }

  async ask(question: string): Promise<void> {
    await this.reveal();
    if (this.conversation.isAsking) {
      inform('Scholia is still answering the question before; stop it first.');
      return;
    }
    await this.conversation.ask(question);
  }

  async startNew(): Promise<void> {
    this.conversation.clear();
    await this.reveal();
  }

  dispose(): void {
    this.conversation.stop();
    for (const listener of this.listeners) listener.dispose();
  }

  private async reveal(): Promise<void> {
    this.focusWhenReady = true;
    await commands.executeCommand(`${ChatView.id}.focus`);
    if (this.isReady) this.tellFocus();
  }

  private async act(message: FromPage): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.isReady = true;
        this.tellOverview();
        this.conversation.tellAll();
        if (this.focusWhenReady) this.tellFocus();
        return;
      case 'ask':
        return this.conversation.ask(message.question);
      case 'retry':
        return this.conversation.retry(message.id);
      case 'stop':
        return this.conversation.stop();
      case 'open':
        return this.open(message);
      case 'copy': {
        const turn = this.conversation.find(message.id);
        if (turn) await env.clipboard.writeText(copiedAnswer(turn));
        return;
      }
      case 'copyCode':
        return env.clipboard.writeText(message.code);
      case 'setModel':
        return commands.executeCommand('workbench.action.openSettings', 'scholia.model');
      case 'showStatus':
        return commands.executeCommand('scholia.showStatus');
      case 'reindex':
        return commands.executeCommand('scholia.reindex');
      case 'openFolder':
        return commands.executeCommand('vscode.openFolder');
    }
  }

  private async open({ id, list, at }: Extract<FromPage, { kind: 'open' }>): Promise<void> {
    const turn = this.conversation.find(id);
    const source = turn?.sources[at];
    const citation = list === 'citations' ? turn?.citations[at] : source && citationOf(source);
    if (citation) await this.citations.open(citation);
  }

  private tellOverview(): void {
    const openFile = window.activeTextEditor?.document.uri;
    const overview = overviewOf({
      statuses: this.server.statuses,
      health: this.server.health,
      trusted: workspace.isTrusted,
      openFile: openFile?.scheme === 'file' ? openFile.path.split('/').pop() : undefined,
    });
    this.post({ kind: 'overview', overview });
  }

  private tellFocus(): void {
    this.focusWhenReady = false;
    this.post({ kind: 'focus' });
  }

  private post(message: ToPage): void {
    if (this.isReady) void this.view?.webview.postMessage(message);
  }
}
