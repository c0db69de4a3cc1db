/**
 * What the next questions are asked about: chosen from the editor's own list, shown as chips, and kept until a chip is
 * taken away. The page never names a path; it knows a chip by its number.
 */

import { type QuickPickItem, QuickPickItemKind, type TextEditor, type Uri, window, workspace } from 'vscode';
import { t } from '../../../server/src/base/l10n.js';
import { warn } from '../notices.js';
import type { AskedScope } from './conversation.js';
import { everything } from './conversation.js';
import type { ScopeChip } from './messages.js';

interface Chosen {
  chip: ScopeChip;
  /** Absent of a language. */
  uri?: string;
  lines?: { startLine: number; endLine: number };
  language?: string;
}

interface Row extends QuickPickItem {
  chosen?: () => Chosen | Promise<Chosen | undefined>;
}

export class Scopes {
  private chosen: Chosen[] = [];
  private nextId = 1;

  get chips(): ScopeChip[] {
    return this.chosen.map(({ chip }) => chip);
  }

  /** As a question takes it along. */
  get asked(): AskedScope {
    if (this.chosen.length === 0) return everything;
    const uris = this.chosen.flatMap(({ uri }) => uri ?? []);
    const selection = this.chosen.find(({ lines }) => lines);
    const lines = selection && { uri: selection.uri!, ...selection.lines! };
    const filters = this.chosen.flatMap(({ language }) => (language ? [`lang:${language}`] : [])).join(' ');
    return { chips: this.chips, filters, ...(uris.length > 0 && { scope: { uris, ...(lines && { lines }) } }) };
  }

  drop(id: number): void {
    this.chosen = this.chosen.filter(({ chip }) => chip.id !== id);
  }

  clear(): void {
    this.chosen = [];
  }

  /** The lines that are selected, or else the whole file. */
  addEditor(editor: TextEditor): void {
    this.add(editor.selection.isEmpty ? this.file(editor.document.uri) : this.selection(editor));
  }

  addUri(uri: Uri, isFolder: boolean): void {
    this.add(isFolder ? this.folder(uri) : this.file(uri));
  }

  /** Lets the person choose; what is there already stays. */
  async pick(): Promise<void> {
    const picked = await window.showQuickPick(this.rows(), {
      title: t('Ask About'),
      placeHolder: t('Only this is searched, until you remove it'),
      matchOnDescription: true,
    });
    const chosen = await picked?.chosen?.();
    if (chosen) this.add(chosen);
  }

  private rows(): Row[] {
    const editor = window.activeTextEditor;
    const rows: Row[] = [];
    if (editor && workspace.getWorkspaceFolder(editor.document.uri)) {
      const { document, selection } = editor;
      const path = workspace.asRelativePath(document.uri);
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (!selection.isEmpty)
        rows.push({
          label: `$(selection) ${t('Selection')}`,
          description: linesOf(editor).label,
          chosen: () => this.selection(editor),
        });
      rows.push({ label: `$(file) ${t('This File')}`, description: path, chosen: () => this.file(document.uri) });
      if (folder)
        rows.push({
          label: `$(folder) ${t('Its Folder')}`,
          description: folder,
          chosen: () => this.folder(parentOf(document.uri)),
        });
      rows.push({
        label: `$(code) ${t('Its Language')}`,
        description: document.languageId,
        chosen: () => this.language(document.languageId),
      });
    }
    const folders = workspace.workspaceFolders ?? [];
    if (folders.length > 1) {
      rows.push({ label: t('Folders of the Workspace'), kind: QuickPickItemKind.Separator });
      rows.push(
        ...folders.map(({ name, uri }) => ({ label: `$(root-folder) ${name}`, chosen: () => this.folder(uri) })),
      );
    }
    rows.push({ label: t('Others'), kind: QuickPickItemKind.Separator });
    rows.push({ label: `$(folder-opened) ${t('Choose Files…')}`, chosen: () => this.fromDialog({ isFolder: false }) });
    rows.push({
      label: `$(folder-opened) ${t('Choose a Folder…')}`,
      chosen: () => this.fromDialog({ isFolder: true }),
    });
    return rows;
  }

  private async fromDialog({ isFolder }: { isFolder: boolean }): Promise<Chosen | undefined> {
    const uris = await window.showOpenDialog({
      canSelectFolders: isFolder,
      canSelectFiles: !isFolder,
      canSelectMany: !isFolder,
      defaultUri: workspace.workspaceFolders?.[0]?.uri,
      openLabel: t('Ask About'),
    });
    const inside = (uris ?? []).filter((uri) => workspace.getWorkspaceFolder(uri));
    if (inside.length < (uris ?? []).length)
      warn(t('Scholia: only what lies in a folder that is open can be asked about.'));
    const [first, ...others] = inside.map((uri) => (isFolder ? this.folder(uri) : this.file(uri)));
    for (const other of others) this.add(other);
    return first;
  }

  private add(chosen: Chosen): void {
    const isSame = ({ chip }: Chosen) => chip.kind === chosen.chip.kind && chip.detail === chosen.chip.detail;
    // “This” means one place; another selection takes its place.
    const stays = (one: Chosen) => !isSame(one) && !(one.lines && chosen.lines);
    this.chosen = [...this.chosen.filter(stays), chosen];
  }

  private file(uri: Uri): Chosen {
    return { chip: this.chip('file', nameOf(uri), workspace.asRelativePath(uri)), uri: uri.toString() };
  }

  private folder(uri: Uri): Chosen {
    return { chip: this.chip('folder', nameOf(uri), workspace.asRelativePath(uri)), uri: uri.toString() };
  }

  private language(id: string): Chosen {
    return { chip: this.chip('language', id, `lang:${id}`), language: id };
  }

  private selection(editor: TextEditor): Chosen {
    const { label, path, ...lines } = linesOf(editor);
    return {
      chip: this.chip('selection', label, `${path}:${lines.startLine}`),
      uri: editor.document.uri.toString(),
      lines,
    };
  }

  private chip(kind: ScopeChip['kind'], label: string, detail: string): ScopeChip {
    return { id: this.nextId++, kind, label, detail };
  }
}

function linesOf({ document, selection }: TextEditor) {
  const startLine = selection.start.line + 1;
  // A selection that ends before the first letter of a line does not mean that line.
  const endLine = Math.max(startLine, selection.end.line + (selection.end.character > 0 ? 1 : 0));
  const lines = startLine === endLine ? `${startLine}` : `${startLine}–${endLine}`;
  return {
    label: `${nameOf(document.uri)}:${lines}`,
    path: workspace.asRelativePath(document.uri),
    startLine,
    endLine,
  };
}

function parentOf(uri: Uri): Uri {
  return uri.with({ path: uri.path.slice(0, uri.path.lastIndexOf('/')) });
}

function nameOf(uri: Uri): string {
  return uri.path.split('/').pop() || uri.path;
}
