/**
 * Each command's id with what it does. Titles, icons and keys are declared in package.json; a command that is missing
 * on either side is a mistake that a test finds. A command says in words what came of it.
 */

import {
  commands,
  Disposable,
  FileType,
  type Memento,
  QuickPickItemKind,
  type SecretStorage,
  Uri,
  window,
  workspace,
} from 'vscode';
import { isElsewhere } from '../../server/src/base/destination.js';
import { messageOf } from '../../server/src/base/errors.js';
import { countOf, paragraph, t } from '../../server/src/base/l10n.js';
import { approveEmbedder } from './approvals.js';
import type { ChatView } from './chat/view.js';
import { chooseModel, findModels } from './chooseModel.js';
import { diagnosticsMarkdown } from './diagnostics.js';
import type { BackEnd } from './languageClient.js';
import { askForModelKey } from './modelKey.js';
import { complain, confirm, inform } from './notices.js';
import { reindex } from './reindex.js';
import { searchPartSentence, WITHOUT_MEANING } from './searchModels.js';
import type { StatusDocument } from './statusDocument.js';
import { modelHealth, modelSentence, percentOf, type Summary, sizeOf, stateName, summarise } from './summary.js';

export interface CommandContext {
  server: BackEnd;
  chat: ChatView;
  statusDocument: StatusDocument;
  secrets: SecretStorage;
  /** Kept for this workspace, outside of it. */
  approvals: Memento;
}

const handlers: Record<string, (ctx: CommandContext, ...args: unknown[]) => Promise<unknown>> = {
  'scholia.ask': ask,
  'scholia.reindex': ({ server }) => reindex(server),
  'scholia.pauseIndexing': ({ server }) => server.pause(true),
  'scholia.resumeIndexing': ({ server }) => server.pause(false),
  'scholia.showStatus': showStatus,
  'scholia.deleteData': deleteData,
  'scholia.showDiagnostics': showDiagnostics,
  'scholia.explainFile': explainFile,
  'scholia.chooseModel': ({ server }) => chooseModel(server),
  'scholia.findModels': ({ server }) => findModels(server),
  'scholia.setApiKey': ({ secrets }) => askForModelKey(secrets),
  'scholia.approveEmbedder': ({ server, approvals }) => approveEmbedder(server, approvals),
  'scholia.newChat': ({ chat }) => chat.startNew(),
  'scholia.showChats': ({ chat }) => chat.choose(),
  'scholia.exportChat': ({ chat }) => chat.exportChat(),
  'scholia.deleteChats': ({ chat }) => chat.deleteAll(),
  'scholia.askAbout': askAbout,
};

export function registerCommands(ctx: CommandContext): Disposable {
  const registered = Object.entries(handlers).map(([id, handler]) =>
    commands.registerCommand(id, (...args: unknown[]) => handler(ctx, ...args)),
  );
  return Disposable.from(...registered);
}

/** With a question as argument, as from another extension, nothing is typed. */
async function ask({ chat }: CommandContext, given: unknown): Promise<void> {
  const question =
    typeof given === 'string'
      ? given
      : await window.showInputBox({
          title: t('Ask the Code Base'),
          placeHolder: t('For example: where are retries decided?'),
          value: questionAtCursor(),
        });
  if (question?.trim()) await chat.ask(question.trim());
}

/** About what a menu of the explorer names, or else about the selection, or the file, of the active editor. */
async function askAbout({ chat }: CommandContext, given: unknown): Promise<void> {
  const editor = window.activeTextEditor;
  const isOfEditor = !(given instanceof Uri) || given.toString() === editor?.document.uri.toString();
  const uri = given instanceof Uri ? given : editor?.document.uri;
  if (!uri || !workspace.getWorkspaceFolder(uri)) {
    inform(t('Scholia: open a file of a folder that is open here to ask about it.'));
    return;
  }
  if (isOfEditor && editor) return chat.askAbout(editor);
  const { type } = await workspace.fs.stat(uri);
  await chat.askAbout({ uri, isFolder: (type & FileType.Directory) !== 0 });
}

/** What the cursor is on, as a question; all of it is selected in the input box, so that typing replaces it. */
function questionAtCursor(): string {
  const editor = window.activeTextEditor;
  if (editor?.document.uri.scheme !== 'file') return '';
  const { document, selection } = editor;
  if (!selection.isEmpty) {
    const selected = document.getText(selection).trim();
    return selected.includes('\n') || selected.length > 200 ? '' : t('What does {0} do?', selected);
  }
  const word = document.getWordRangeAtPosition(selection.active);
  return word ? t('What does {0} do?', document.getText(word)) : '';
}

interface StatusRow {
  label: string;
  description?: string;
  detail?: string;
  kind?: QuickPickItemKind;
  run?: () => unknown;
}

async function showStatus({ server, statusDocument }: CommandContext): Promise<void> {
  await server.refresh().catch(() => {});
  const summary = summarise(server.statuses);
  const { model } = summary;
  const separator = (label: string) => ({ label, kind: QuickPickItemKind.Separator });
  const details = () => statusDocument.show();
  const openSettings = (section: string) => () => commands.executeCommand('workbench.action.openSettings', section);
  const items: StatusRow[] = [
    ...(server.health === 'stopped'
      ? [
          {
            label: `$(debug-restart) ${t('Start Again')}`,
            description: t('Scholia has stopped'),
            run: () => server.restart(),
          },
        ]
      : []),
    separator(t('Indexed')),
    ...server.statuses.map((status) => ({
      label: `$(folder) ${status.root.split(/[\\/]/).pop()}`,
      description: [stateName(status.state), ...(status.progress ? [`${percentOf(status.progress)} %`] : [])].join(
        ', ',
      ),
      detail: [
        countOf(status.files, 'file'),
        countOf(status.chunks, 'passage'),
        t('{0} of {1}', status.lines.covered.toLocaleString('en'), countOf(status.lines.total, 'line')),
        t('store {0}', sizeOf(status.store.bytes)),
        ...(status.failed.length > 0 ? [t('{0} failed: {1}', status.failed.length, status.failed[0]!.reason)] : []),
      ].join(' · '),
      run: details,
    })),
    separator(t('Meaning')),
    ...meaningRows(summary, openSettings),
    separator(t('Answers')),
    {
      label: `${model.failure ? '$(warning)' : iconOf(model.destination)} ${model.destination ? model.name || t('Model') : t('Extractive')}`,
      detail: paragraph([modelSentence(summary), modelHealth(model)]),
      run: () => commands.executeCommand('scholia.chooseModel'),
    },
    ...summary.degraded.map((sentence) => ({
      label: `$(info) ${t('Works less well')}`,
      detail: sentence,
      run: details,
    })),
    separator(t('Actions')),
    { label: `$(list-unordered) ${t('Show All Details')}`, run: details },
    { label: `$(refresh) ${t('Re-index the Workspace')}`, run: () => commands.executeCommand('scholia.reindex') },
    summary.state === 'paused'
      ? { label: `$(debug-continue) ${t('Resume Indexing')}`, run: () => server.pause(false) }
      : { label: `$(debug-pause) ${t('Pause Indexing')}`, run: () => server.pause(true) },
    { label: `$(key) ${t('Set an API Key…')}`, run: () => commands.executeCommand('scholia.setApiKey') },
    { label: `$(output) ${t('Show Log')}`, run: () => server.showLog() },
    { label: `$(pulse) ${t('Show Diagnostics')}`, run: () => commands.executeCommand('scholia.showDiagnostics') },
    { label: `$(trash) ${t('Delete All Data…')}`, run: () => commands.executeCommand('scholia.deleteData') },
  ];
  const choice = await window.showQuickPick(items, {
    title: 'Scholia',
    placeHolder: t('What is indexed, and who answers'),
  });
  await choice?.run?.();
}

/** A globe where code or questions leave the machine. */
function iconOf(place: string): string {
  return isElsewhere(place) ? '$(globe)' : '$(lock)';
}

/** What searches by meaning, each with where it runs. */
function meaningRows(summary: Summary, openSettings: (section: string) => () => unknown): StatusRow[] {
  const rows = summary.search.map((part) => ({
    label: `${iconOf(part.device)} ${part.name}`,
    detail: searchPartSentence(part, summary),
    run: openSettings(part.role === 'reranker' ? 'scholia.reranker' : 'scholia.embedder'),
  }));
  if (summary.search.some(({ role }) => role === 'embedder')) return rows;
  const none = {
    label: `$(circle-slash) ${t('No embedder')}`,
    detail: t(WITHOUT_MEANING),
    run: openSettings('scholia.embedder'),
  };
  return [none, ...rows];
}

/** Asks first: the index can be built again, but that takes its time. */
async function deleteData({ server }: CommandContext): Promise<void> {
  const detail = t(
    'The indexes of this and all other folders are deleted, but for those that another window is using. Your files are not touched. Open folders are indexed again when you re-index them or open them next.',
  );
  if (!(await confirm(t('Delete everything that Scholia has stored?'), detail, t('Delete')))) return;
  try {
    const { stores, bytes, inUse } = await server.deleteData();
    const gone = [countOf(stores, 'index'), sizeOf(bytes)];
    inform(
      inUse > 0
        ? t('Scholia deleted {0} ({1}). In use by another window, and kept: {2}.', ...gone, countOf(inUse, 'index'))
        : t('Scholia deleted {0} ({1}).', ...gone),
    );
  } catch (error) {
    complain(t('Scholia could not delete its data: {0}', messageOf(error)));
  }
}

/** A report for a bug's description: what runs where, settings by name, the status; no code and no key. */
async function showDiagnostics({ server }: CommandContext): Promise<void> {
  const runtime = await server.diagnostics().catch(() => null);
  await server.refresh().catch(() => {});
  const content = diagnosticsMarkdown({ runtime, health: server.health, statuses: server.statuses });
  await window.showTextDocument(await workspace.openTextDocument({ language: 'markdown', content }));
}

/** Of the file that a menu names, or else of the one in the active editor. */
async function explainFile({ server }: CommandContext, given: unknown): Promise<void> {
  const uri = given instanceof Uri ? given : window.activeTextEditor?.document.uri;
  if (uri?.scheme !== 'file') {
    inform(t('Scholia: open a file to ask why it is not indexed.'));
    return;
  }
  try {
    const { path, reason } = await server.explainFile(uri.toString());
    inform(reason ? t('Scholia: {0}.', reason) : t('Scholia: {0} is indexed.', path));
  } catch (error) {
    complain(t('Scholia could not tell: {0}', messageOf(error)));
  }
}
