/**
 * The status bar's one item: what state the index is in, and on hover the truth in a few sentences.
 * It turns to the warning colour only where a person has something to do; degradations alone are told, not shouted.
 */

import { type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { isElsewhere } from '../../server/src/base/destination.js';
import { countOf, t } from '../../server/src/base/l10n.js';
import type { BackEnd } from './languageClient.js';
import { sentElsewhere } from './searchModels.js';
import { modelHealth, modelSentence, percentOf, type Summary, stateName, stepName, summarise } from './summary.js';

export function showStatusBar(server: BackEnd): Disposable {
  const item = window.createStatusBarItem('scholia.status', StatusBarAlignment.Right, 90);
  item.name = 'Scholia';
  item.command = 'scholia.showStatus';
  const update = () => {
    const summary = summarise(server.statuses);
    const stopped = server.health === 'stopped';
    const needsAction = stopped || summary.state === 'failed';
    item.text = stopped ? '$(warning) Scholia' : textOf(summary, server.health === 'starting');
    item.tooltip = stopped
      ? t('Scholia has stopped. Click to see why and to start it again.')
      : tooltipOf(summary, server.health === 'starting');
    item.backgroundColor = needsAction ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    item.accessibilityInformation = { label: t('Scholia: {0}', stopped ? t('stopped') : stateName(summary.state)) };
    item.show();
  };
  const listener = server.onDidChange(update);
  update();
  return {
    dispose() {
      listener.dispose();
      item.dispose();
    },
  };
}

function textOf({ state, progress }: Summary, starting: boolean): string {
  if (starting) return '$(loading~spin) Scholia';
  if (state === 'failed') return '$(warning) Scholia';
  if (state === 'paused') return `$(debug-pause) ${t('Scholia: paused')}`;
  if (!progress) return '$(book) Scholia';
  if (progress.total === 0) return `$(loading~spin) ${t('Scholia: looking for files')}`;
  const count = `${progress.done.toLocaleString('en')}/${progress.total.toLocaleString('en')}`;
  return `$(loading~spin) ${t('Scholia: {0} ({1} %)', count, percentOf(progress))}`;
}

function tooltipOf(summary: Summary, starting: boolean): MarkdownString {
  const tooltip = new MarkdownString('', true);
  // Folder and model names are text of other people, hence appendText throughout.
  const paragraph = (icon: string, text: string) => tooltip.appendMarkdown(`$(${icon}) `).appendText(`${text}\n\n`);
  tooltip.appendMarkdown('**Scholia**\n\n');
  if (starting) paragraph('loading~spin', t('Starting.'));
  else if (summary.state === 'none') paragraph('info', t('No folder is open, so there is nothing to index.'));
  else if (summary.state === 'paused') paragraph('debug-pause', t('Indexing is paused. What is indexed is searched.'));
  else if (summary.state === 'failed') paragraph('warning', t('A folder could not be indexed. Click for the reason.'));
  if (summary.progress) {
    const { done, total, step } = summary.progress;
    paragraph(
      'sync',
      t(
        '{0}: {1} of {2}.',
        stepName(step),
        done.toLocaleString('en'),
        countOf(total, step === 'embedding' ? 'passage' : 'file'),
      ),
    );
  }
  if (summary.files > 0) {
    const counts = [countOf(summary.files, 'file'), countOf(summary.lines, 'line'), countOf(summary.chunks, 'passage')];
    paragraph('book', t('{0} indexed.', counts.join(t(', '))));
  }
  if (summary.failed > 0) paragraph('circle-slash', t('{0} could not be indexed.', countOf(summary.failed, 'file')));
  if (!starting) paragraph(isElsewhere(summary.model.destination) ? 'globe' : 'lock', modelSentence(summary));
  const health = modelHealth(summary.model);
  if (health) paragraph(summary.model.failure ? 'warning' : 'pulse', health);
  for (const { sentence } of sentElsewhere(summary)) paragraph('globe', sentence);
  for (const sentence of summary.degraded) paragraph('info', sentence);
  return tooltip;
}
