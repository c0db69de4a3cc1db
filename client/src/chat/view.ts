/**
 * The chat in the side bar, as the editor sees it: it makes the page, passes what happened on to it, and does what the
 * page asks for. The page may vanish and come back at any time; the conversation lives here and is told again.
 */

import {
  commands,
  type Disposable,
  env,
  l10n,
  type TextEditor,
  type Uri,
  type WebviewView,
  type WebviewViewProvider,
  window,
  workspace,
} from 'vscode';
import { messageOf } from '../../../server/src/base/errors.js';
import { t } from '../../../server/src/base/l10n.js';
import { type CitationOpener, citationOf } from '../citations.js';
import type { BackEnd } from '../languageClient.js';
import { confirm, warn } from '../notices.js';
import { reached } from '../walkthrough.js';
import { chatFolderAt } from './chatFolder.js';
import { chooseChat } from './chatList.js';
import { type Chat, Chats } from './chats.js';
import { Conversation } from './conversation.js';
import { copiedAnswer } from './copied.js';
import { pageFolder, pageHtml } from './document.js';
import { exportedChat } from './exported.js';
import { onFilesChanged } from './fileChanges.js';
import { type FromPage, readFromPage, type ToPage } from './messages.js';
import { overviewOf } from './overview.js';
import { Scopes } from './scopes.js';
import { themeColours } from './themeColours.js';

export interface ChatViewOptions {
  extensionUri: Uri;
  /** Where chats are kept; outside of the workspace. */
  storage: Uri;
  server: BackEnd;
  citations: CitationOpener;
}

export class ChatView implements WebviewViewProvider, Disposable {
  static readonly id = 'scholia.chat';
  private readonly options: ChatViewOptions;
  private readonly chats: Chats;
  private readonly scopes = new Scopes();
  private readonly listeners: Disposable[];
  /** Those that are still answering though another is shown, besides the one that is. */
  private readonly live = new Map<string, Conversation>();
  private current: { id: string; conversation: Conversation };
  private readonly restored: Promise<void>;
  private couldKeep = true;
  private view: WebviewView | undefined;
  /** The page's script runs; what is posted before that is lost. */
  private isReady = false;
  private focusWhenReady = false;

  constructor(options: ChatViewOptions) {
    this.options = options;
    const { server, storage } = options;
    this.chats = new Chats(chatFolderAt(storage.fsPath));
    this.current = this.begin(this.chats.begin());
    this.listeners = [
      server.onDidChange(() => this.tellOverview()),
      window.onDidChangeActiveTextEditor(() => this.tellOverview()),
      workspace.onDidGrantWorkspaceTrust(() => this.tellOverview()),
      window.onDidChangeActiveColorTheme(() => void this.tellTheme()),
      onFilesChanged((uris) => void this.filesChanged(uris)),
    ];
    this.restored = this.restore();
  }

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    this.isReady = false;
    const { webview } = view;
    const { extensionUri } = this.options;
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(extensionUri)] };
    webview.onDidReceiveMessage((value: unknown) => {
      const message = readFromPage(value);
      if (message) void this.act(message);
    });
    view.onDidDispose(() => {
      this.view = undefined;
      this.isReady = false;
    });
    webview.html = pageHtml(webview, extensionUri, { language: env.language, sentences: l10n.bundle ?? {} });
  }

  /** One question; while another is answered it waits. */
  async ask(question: string): Promise<void> {
    await this.restored;
    await this.reveal();
    await this.current.conversation.ask(question, this.scopes.asked);
  }

  /** Puts what a menu names, or the selection of the editor, beside the question box. */
  async askAbout(about: { uri: Uri; isFolder: boolean } | TextEditor): Promise<void> {
    if ('document' in about) this.scopes.addEditor(about);
    else this.scopes.addUri(about.uri, about.isFolder);
    await this.reveal();
    this.tellScope();
  }

  async startNew(): Promise<void> {
    await this.restored;
    this.scopes.clear();
    await this.show(this.chats.begin());
    await this.reveal();
  }

  /** Lets the person open, or delete, one of the chats of this workspace. */
  async choose(): Promise<void> {
    await this.restored;
    const id = await chooseChat(this.chats, { current: this.current.id, onDeleted: (gone) => void this.deleted(gone) });
    if (!id) return;
    await this.open(id);
    await this.reveal();
  }

  /** The chat as a new, unsaved document; where it is saved is the person's choice. */
  async exportChat(): Promise<void> {
    const content = exportedChat(this.current.conversation.all);
    await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
  }

  /** Asks first. */
  async deleteAll(): Promise<void> {
    const detail = t('The chats of this workspace are deleted. The index and your files are not touched.');
    if (!(await confirm(t('Delete all chats?'), detail, t('Delete')))) return;
    await this.chats.deleteAll();
    await this.show(this.chats.begin());
  }

  /** The window goes: what is asked is left as it was kept, and what is to be kept is written. */
  leave(): Promise<void> {
    for (const conversation of [this.current.conversation, ...this.live.values()]) conversation.leave();
    return this.chats.written();
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private begin(chat: Chat): { id: string; conversation: Conversation } {
    const { server } = this.options;
    const conversation: Conversation = new Conversation(
      {
        ask(params, onProgress, signal) {
          reached('asked');
          return server.ask(params, onProgress, signal);
        },
        back: (signal) => server.back(signal),
        verify: (citations) => server.verify({ citations }),
        highlight: async (pieces) => (await server.highlight({ pieces })).runs,
        post: (message) => {
          if (this.current?.conversation === conversation) this.post(message);
        },
        keep: async (turn) => {
          await Promise.all([this.chats.remember(this.current.id), chat.keep(turn)].map((write) => this.kept(write)));
        },
        forget: (ids) => void this.kept(chat.forget(ids)),
      },
      chat.turns,
    );
    return { id: chat.id, conversation };
  }

  private async restore(): Promise<void> {
    const chat = await this.chats.remembered().catch(() => null);
    if (chat && chat.turns.length > 0) this.current = this.begin(chat);
  }

  private async open(id: string): Promise<void> {
    const running = this.live.get(id);
    if (running?.isAsking) await this.change({ id, conversation: running });
    else await this.show(await this.chats.open(id));
  }

  private async show(chat: Chat): Promise<void> {
    await this.change(this.begin(chat));
  }

  private async change(to: { id: string; conversation: Conversation }): Promise<void> {
    const { id, conversation } = this.current;
    if (conversation.isAsking) this.live.set(id, conversation);
    for (const [other, { isAsking }] of this.live) if (!isAsking || other === to.id) this.live.delete(other);
    this.current = to;
    to.conversation.tellAll();
    this.tellScope();
    await this.kept(this.chats.remember(to.id));
  }

  private async deleted(id: string): Promise<void> {
    this.live.get(id)?.stop();
    this.live.delete(id);
    if (id === this.current.id) await this.show(this.chats.begin());
  }

  /** That nothing can be kept is said once. */
  private async kept(write: Promise<void>): Promise<void> {
    try {
      await write;
    } catch (error) {
      if (!this.couldKeep) return;
      this.couldKeep = false;
      const reason = messageOf(error);
      warn(t('Scholia: this chat will be lost with the window: {0}', reason));
    }
  }

  private async reveal(): Promise<void> {
    this.focusWhenReady = true;
    await commands.executeCommand(`${ChatView.id}.focus`);
    if (this.isReady) this.tellFocus();
  }

  private async act(message: FromPage): Promise<void> {
    const { conversation } = this.current;
    switch (message.kind) {
      case 'ready':
        await this.restored;
        this.isReady = true;
        this.tellOverview();
        this.tellScope();
        void this.tellTheme();
        this.current.conversation.tellAll();
        if (this.focusWhenReady) this.tellFocus();
        return;
      case 'ask':
        return conversation.ask(message.question, this.scopes.asked);
      case 'edit':
        return conversation.edit(message.id, message.question);
      case 'retry':
        return conversation.retry(message.id);
      case 'askEverywhere':
        return conversation.askEverywhere(message.id);
      case 'show':
        return conversation.show(message.id);
      case 'stop':
        return conversation.stop();
      case 'open':
        return this.openLines(message);
      case 'copy': {
        const turn = conversation.find(message.id);
        if (turn) await env.clipboard.writeText(copiedAnswer(turn));
        return;
      }
      case 'copyCode':
        return env.clipboard.writeText(message.code);
      case 'pickScope':
        await this.scopes.pick();
        this.tellScope();
        return this.reveal();
      case 'dropScope':
        this.scopes.drop(message.id);
        return this.tellScope();
      case 'showChats':
        return this.choose();
      case 'chooseModel':
        return commands.executeCommand('scholia.chooseModel');
      case 'findModels':
        return commands.executeCommand('scholia.findModels');
      case 'showStatus':
        return commands.executeCommand('scholia.showStatus');
      case 'reindex':
        return commands.executeCommand('scholia.reindex');
      case 'openFolder':
        return commands.executeCommand('vscode.openFolder');
    }
  }

  private async openLines({ id, list, at, how }: Extract<FromPage, { kind: 'open' }>): Promise<void> {
    const turn = this.current.conversation.find(id);
    const source = turn?.sources[at];
    const citation = list === 'citations' ? turn?.citations[at] : source && citationOf(source);
    if (citation) await this.options.citations.open(citation, how);
  }

  private async filesChanged(uris: readonly string[]): Promise<void> {
    for (const uri of uris) await this.current.conversation.fileChanged(uri);
  }

  private tellOverview(): void {
    const { server } = this.options;
    const openFile = window.activeTextEditor?.document.uri;
    const overview = overviewOf({
      statuses: server.statuses,
      health: server.health,
      trusted: workspace.isTrusted,
      openFile: openFile?.scheme === 'file' ? openFile.path.split('/').pop() : undefined,
    });
    this.post({ kind: 'overview', overview });
  }

  private tellScope(): void {
    this.post({ kind: 'scope', chips: this.scopes.chips });
  }

  private async tellTheme(): Promise<void> {
    this.post({ kind: 'theme', colours: await themeColours() });
  }

  private tellFocus(): void {
    this.focusWhenReady = false;
    this.post({ kind: 'focus' });
  }

  private post(message: ToPage): void {
    if (this.isReady) void this.view?.webview.postMessage(message);
  }
}
