/**
 * The whole status as a read-only document: per folder what is indexed, what is not and why, and where text goes.
 * It is plain markdown in an editor, so that it can be searched, copied into a report, and read by a screen reader.
 */

import { EventEmitter, env, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { countOf, paragraph, t } from '../../server/src/base/l10n.js';
import type { Status } from '../../server/src/base/status.js';
import type { BackEnd } from './languageClient.js';
import { deviceText, sentElsewhere } from './searchModels.js';
import { modelHealth, modelSentence, type Statuses, sizeOf, stateName, stepName, summarise } from './summary.js';

const maxFailuresListed = 500;

export class StatusDocument implements TextDocumentContentProvider {
  static readonly scheme = 'scholia-status';
  private readonly uri = Uri.from({ scheme: StatusDocument.scheme, path: '/Scholia Status.md' });
  private readonly changed = new EventEmitter<Uri>();
  private readonly server: BackEnd;

  readonly onDidChange = this.changed.event;

  constructor(server: BackEnd) {
    this.server = server;
  }

  provideTextDocumentContent(): string {
    return statusMarkdown(this.server.statuses);
  }

  async show(): Promise<void> {
    this.changed.fire(this.uri);
    await window.showTextDocument(await workspace.openTextDocument(this.uri), { preview: true });
  }
}

export function statusMarkdown(statuses: Statuses): string {
  if (statuses.length === 0) return `# Scholia\n\n${t('No folder is open, so there is nothing to index.')}\n`;
  const version = statuses[0]!.version;
  const summary = summarise(statuses);
  const sent = paragraph([
    modelSentence(summary),
    modelHealth(summary.model),
    ...sentElsewhere(summary).map(({ sentence }) => sentence),
  ]);
  return [`# Scholia ${version}`, sent, ...statuses.map(folderMarkdown)].join('\n\n');
}

function folderMarkdown(status: Status): string {
  const { files, chunks, lines, bytes, store, embedder, nextEmbedder, reranker, progress, scannedAt } = status;
  const covered = lines.total > 0 ? ((100 * lines.covered) / lines.total).toFixed(1) : '0';
  const rows = [
    [
      t('State'),
      progress
        ? t(
            '{0}: {1}, {2} of {3}',
            ...[stateName(status.state), stepName(progress.step), progress.done, progress.total],
          )
        : stateName(status.state),
    ],
    [t('Files'), t('{0} ({1} of text)', files.toLocaleString('en'), sizeOf(bytes))],
    [t('Passages'), chunks.toLocaleString('en')],
    [
      t('Lines covered'),
      t('{0} of {1} ({2} %)', lines.covered.toLocaleString('en'), lines.total.toLocaleString('en'), covered),
    ],
    [t('Last scan'), scannedAt ? momentText(scannedAt) : t('none yet')],
    [t('Embedder'), embedderText(embedder)],
    ...(nextEmbedder ? [[t('Next embedder, when every passage has its vector'), embedderText(nextEmbedder)]] : []),
    [t('Reranker'), reranker ? [reranker.name, deviceText(reranker.device)].join(t(', ')) : t('none')],
    [
      t('Store'),
      store.role === 'owner'
        ? t('{0} ({1}, this window is its owner)', store.path, sizeOf(store.bytes))
        : t('{0} ({1}, this window is its reader)', store.path, sizeOf(store.bytes)),
    ],
  ];
  const skipped = Object.entries(status.skipped).map(
    ([reason, count]) => `- ${t('{0}: {1}', countOf(count, 'file'), t(reason))}`,
  );
  const failed = status.failed.slice(0, maxFailuresListed).map(({ path, reason }) => `- \`${path}\`: ${reason}`);
  if (status.failed.length > failed.length) failed.push(`- ${t('and {0} more', status.failed.length - failed.length)}`);
  return [
    `## ${status.root}`,
    rows.map(([name, value]) => t('- {0}: {1}', name!, value!)).join('\n'),
    ...section(
      t('What works less well than it could'),
      status.degraded.map((sentence) => `- ${sentence}`),
    ),
    ...section(t('Files that could not be indexed'), failed),
    ...section(t('Files left out on purpose'), skipped),
  ].join('\n\n');
}

function embedderText(embedder: Status['embedder']): string {
  if (!embedder) return t('none');
  return [embedder.name, countOf(embedder.dimensions, 'dimension'), deviceText(embedder.device)].join(t(', '));
}

/** In the reader's own time, to the second. */
function momentText(iso: string): string {
  return new Date(iso).toLocaleString(env.language, { dateStyle: 'medium', timeStyle: 'medium' });
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`### ${title}`, lines.join('\n')] : [];
}
