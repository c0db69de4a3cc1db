/**
 * The whole status as a read-only document: per folder what is indexed, what is not and why, and where text goes.
 * It is plain markdown in an editor, so that it can be searched, copied into a report, and read by a screen reader.
 */
import { EventEmitter, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import type { Status } from '../../server/src/base/status.js';
import type { BackEnd } from './languageClient.js';
import { sentElsewhere } from './searchModels.js';
import { countOf, modelHealth, modelSentence, type Statuses, sizeOf, summarise } from './summary.js';

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
  if (statuses.length === 0) return '# Scholia\n\nNo folder is open, so there is nothing to index.\n';
  const version = statuses[0]!.version;
  const summary = summarise(statuses);
  const sent = [
    modelSentence(summary),
    modelHealth(summary.model),
    ...sentElsewhere(summary).map(({ sentence }) => sentence),
  ]
    .filter(Boolean)
    .join(' ');
  return [`# Scholia ${version}`, sent, ...statuses.map(folderMarkdown)].join('\n\n');
}

function folderMarkdown(status: Status): string {
  const { files, chunks, lines, bytes, store, embedder, nextEmbedder, reranker, progress, scannedAt } = status;
  const covered = lines.total > 0 ? ((100 * lines.covered) / lines.total).toFixed(1) : '0';
  const rows = [
    ['State', progress ? `${status.state}: ${progress.step}, ${progress.done} of ${progress.total}` : status.state],
    ['Files', `${files.toLocaleString('en')} (${sizeOf(bytes)} of text)`],
    ['Passages', chunks.toLocaleString('en')],
    ['Lines covered', `${lines.covered.toLocaleString('en')} of ${lines.total.toLocaleString('en')} (${covered} %)`],
    ['Last scan', scannedAt ?? 'none yet'],
    ['Embedder', embedderText(embedder)],
    ...(nextEmbedder ? [['Next embedder, when every passage has its vector', embedderText(nextEmbedder)]] : []),
    ['Reranker', reranker ? `${reranker.name}, on ${reranker.device}` : 'none'],
    ['Store', `${store.path} (${sizeOf(store.bytes)}, this window is its ${store.role})`],
    ['Generation', String(status.generation)],
  ];
  const skipped = Object.entries(status.skipped).map(([reason, count]) => `- ${countOf(count, 'file')}: ${reason}`);
  const failed = status.failed.slice(0, maxFailuresListed).map(({ path, reason }) => `- \`${path}\`: ${reason}`);
  if (status.failed.length > failed.length) failed.push(`- and ${status.failed.length - failed.length} more`);
  return [
    `## ${status.root}`,
    rows.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    ...section(
      'What works less well than it could',
      status.degraded.map((sentence) => `- ${sentence}`),
    ),
    ...section('Files that could not be indexed', failed),
    ...section('Files left out on purpose', skipped),
  ].join('\n\n');
}

function embedderText(embedder: Status['embedder']): string {
  return embedder ? `${embedder.name}, ${embedder.dimensions} dimensions, on ${embedder.device}` : 'none';
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`### ${title}`, lines.join('\n')] : [];
}
