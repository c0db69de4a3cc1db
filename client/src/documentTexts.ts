/**
 * Documents as the text that is cited: what the editor cannot show in lines, a PDF or a Word file, is opened as a
 * read-only text that the server makes of it. Its name says the page.
 */
import { EventEmitter, languages, type TextDocument, type TextDocumentContentProvider, Uri, workspace } from 'vscode';
import type { TextResult } from '../../server/src/protocol/messages.js';
import type { BackEnd } from './languageClient.js';

interface DocumentPlace {
  path: string;
  place?: string;
  uri: string;
}

export class DocumentTexts implements TextDocumentContentProvider {
  static readonly scheme = 'scholia-text';
  private readonly changed = new EventEmitter<Uri>();
  private readonly server: BackEnd;

  readonly onDidChange = this.changed.event;

  constructor(server: BackEnd) {
    this.server = server;
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    return (await this.ask(uri)).text;
  }

  /** Where the text is that stands for a document. */
  static uriOf({ path, place, uri }: DocumentPlace): Uri {
    const name = place ? `/${path} (${place})` : `/${path}`;
    return Uri.from({ scheme: DocumentTexts.scheme, path: name, query: uri });
  }

  async open(at: DocumentPlace): Promise<TextDocument> {
    const virtual = DocumentTexts.uriOf(at);
    // It may still be open from a time when the document said something else.
    this.changed.fire(virtual);
    const document = await workspace.openTextDocument(virtual);
    return languages.setTextDocumentLanguage(document, (await this.ask(virtual)).language);
  }

  private ask({ query }: Uri): Promise<TextResult> {
    return this.server.text({ uri: query });
  }
}
