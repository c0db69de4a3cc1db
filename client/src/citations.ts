/**
 * From a citation to the lines themselves: verified once more, opened, and marked until the reader moves on.
 *
 * The lines may have changed since the answer was given. They are therefore read again at the moment of the click: lines
 * that moved are followed, and lines that no longer say the same are opened with a sentence and without a mark. A cell
 * of a notebook is selected in the notebook; other documents are opened as text.
 */

import {
  commands,
  type Disposable,
  Location,
  NotebookRange,
  OverviewRulerLane,
  Range,
  Selection,
  type TextEditor,
  TextEditorRevealType,
  ThemeColor,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { documentFormat } from '../../server/src/base/document.js';
import { messageOf } from '../../server/src/base/errors.js';
import { t } from '../../server/src/base/l10n.js';
import type { AskResult } from '../../server/src/protocol/messages.js';
import type { OpenHow } from './chat/messages.js';
import type { DocumentTexts } from './documentTexts.js';
import type { BackEnd } from './languageClient.js';
import { inform, warn } from './notices.js';
import { reached } from './walkthrough.js';

export type LocatedCitation = AskResult['citations'][number];
type LocatedSource = AskResult['sources'][number];

const markedForMs = 12_000;

export class CitationOpener implements Disposable {
  private readonly server: BackEnd;
  private readonly documentTexts: DocumentTexts;
  private clear = () => {};
  private readonly mark = window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new ThemeColor('editor.rangeHighlightBackground'),
    // Some themes make that background a shade that one has to look for; the bar beside it is seen in all of them.
    borderColor: new ThemeColor('focusBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 2px',
    overviewRulerColor: new ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: OverviewRulerLane.Center,
  });

  constructor(server: BackEnd, documentTexts: DocumentTexts) {
    this.server = server;
    this.documentTexts = documentTexts;
  }

  async open(citation: LocatedCitation, how: OpenHow = 'here'): Promise<void> {
    const uri = Uri.parse(citation.uri);
    if (uri.scheme !== 'file' || !workspace.getWorkspaceFolder(uri)) {
      warn(t('{0} is not in a folder that is open here.', citation.path));
      return;
    }
    reached('citationOpened');
    const current = await this.verified(citation);
    try {
      if (how === 'peek' && (await this.peek(uri, current))) return;
      await this.show(uri, current, how === 'beside' ? ViewColumn.Beside : undefined);
    } catch (error) {
      warn(t('{0} could not be opened: {1}', citation.path, messageOf(error)));
      return;
    }
    if (current.verified) return;
    const { startLine, endLine, path } = citation;
    inform(t('Lines {0}–{1} of {2} no longer say what they said when the answer was given.', startLine, endLine, path));
  }

  dispose(): void {
    this.clear();
    this.mark.dispose();
  }

  /** Shows the lines within the editor that is open. False where there is none, or no lines to show. */
  private async peek(uri: Uri, { path, startLine, endLine }: LocatedCitation): Promise<boolean> {
    const editor = window.activeTextEditor ?? window.visibleTextEditors[0];
    if (!editor || documentFormat(path)) return false;
    const lines = new Location(uri, new Range(startLine - 1, 0, endLine - 1, Number.MAX_SAFE_INTEGER));
    const { document, selection } = editor;
    await commands.executeCommand('editor.action.peekLocations', document.uri, selection.active, [lines], 'peek');
    return true;
  }

  private async show(uri: Uri, current: LocatedCitation, viewColumn?: ViewColumn): Promise<void> {
    const cell = /^cell (\d+)$/.exec(current.place ?? '')?.[1];
    if (cell) {
      const selected = new NotebookRange(Number(cell) - 1, Number(cell));
      const notebook = await workspace.openNotebookDocument(uri);
      await window.showNotebookDocument(notebook, { viewColumn, preview: true, selections: [selected] });
      return;
    }
    const isDocument = documentFormat(current.path) !== null;
    const document = await (isDocument ? this.documentTexts.open(current) : workspace.openTextDocument(uri));
    this.reveal(await window.showTextDocument(document, { viewColumn, preview: true }), current);
  }

  private async verified(citation: LocatedCitation): Promise<LocatedCitation> {
    try {
      const [current] = await this.server.verify({ citations: [citation] });
      return current ?? { ...citation, verified: false };
    } catch {
      // Without a server nobody can tell; opening the lines as they were cited is still what was asked for.
      return citation;
    }
  }

  private reveal(editor: TextEditor, { startLine, endLine, verified }: LocatedCitation): void {
    this.clear();
    const lines = editor.document.validateRange(new Range(startLine - 1, 0, endLine - 1, Number.MAX_SAFE_INTEGER));
    // The caret goes to the first line; selecting the lines would hide the mark and endanger them on the next key.
    editor.selection = new Selection(lines.start, lines.start);
    editor.revealRange(lines, TextEditorRevealType.InCenterIfOutsideViewport);
    if (verified) this.markUntilMoved(editor, lines);
  }

  private markUntilMoved(editor: TextEditor, lines: Range): void {
    editor.setDecorations(this.mark, [lines]);
    const moved = window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor === editor && !selections[0]?.active.isEqual(lines.start)) this.clear();
    });
    const timer = setTimeout(() => this.clear(), markedForMs);
    this.clear = () => {
      this.clear = () => {};
      clearTimeout(timer);
      moved.dispose();
      editor.setDecorations(this.mark, []);
    };
  }
}

/** A passage that was found but not cited, in the form of a citation, so that both open the same way. */
export function citationOf({ n, path, place, uri, startLine, endLine, text }: LocatedSource): LocatedCitation {
  return { n, path, place, uri, startLine, endLine, quote: text, verified: true };
}
