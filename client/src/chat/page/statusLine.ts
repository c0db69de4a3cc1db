/**
 * The line under the question box: who answers, where the text goes, and what is indexed, with a bar while the index is
 * built. Its elements stay and only their contents change, since it is updated several times a second while indexing.
 */
import { destinationName } from '../../../../server/src/base/destination.js';
import { countOf, phrase, t } from '../../../../server/src/base/l10n.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { stepName } from '../../summary.js';
import type { Overview } from '../messages.js';
import { element, icon } from './dom.js';
import type { Post } from './turn.js';
import { plainText } from './visible.js';

const stateNames: Partial<Record<Overview['state'], string>> = {
  starting: phrase('Starting'),
  stopped: phrase('Stopped'),
  none: phrase('No folder'),
  paused: phrase('Indexing is paused'),
  empty: phrase('Nothing indexed'),
  failed: phrase('Not indexed'),
};

export class StatusLine {
  readonly root: HTMLElement;
  private readonly bar = element('vscode-progress-bar', { attributes: { 'aria-label': t('Indexing') } });
  private readonly who = element('span', { class: 'who' });
  private readonly index = element('span', { class: 'index' });
  private readonly button: HTMLButtonElement;

  constructor(post: Post) {
    const attributes = { type: 'button' };
    const onClick = () => post({ kind: 'showStatus' });
    this.button = element('button', { class: 'status-button', attributes, onClick }, this.who, this.index);
    this.root = element('div', { class: 'status' }, this.bar, this.button);
    this.root.hidden = true;
  }

  update(overview: Overview): void {
    const { progress, state } = overview;
    this.root.hidden = false;
    this.bar.hidden = !progress && state !== 'starting';
    this.bar.indeterminate = !progress?.total;
    this.bar.value = progress?.done ?? 0;
    this.bar.max = progress?.total || 1;

    const { name, where, isRemote } = whoAnswers(overview);
    const index = indexed(overview);
    const warnings = warningsOf(overview);
    this.who.replaceChildren(icon(isRemote ? 'globe' : 'lock'), element('span', {}, plainText(`${name} · ${where}`)));
    this.index.replaceChildren(...(warnings.length > 0 ? [icon('info')] : []), element('span', {}, plainText(index)));
    const sent = overview.search.map(({ sentence }) => sentence);
    const told = [t('{0}: {1}', name, where), ...sent, index, ...warnings, t('Click for the whole status')];
    this.button.title = told.map(plainText).join('\n');
  }
}

function whoAnswers({ model, search, trusted }: Overview): { name: string; where: string; isRemote: boolean } {
  const searched = [...new Set(search.map(({ where }) => where))].join(', ');
  if (!trusted || !model.destination) {
    const where = searched ? t('search through {0}', searched) : t('nothing leaves this machine');
    return { name: t('Extractive'), where, isRemote: searched !== '' };
  }
  const at = model.isHere ? t('on this machine') : destinationName(model.destination).replace(/^https:\/\//, '');
  const where = searched ? t('{0}, search through {1}', at, searched) : at;
  return { name: model.name || t('model'), where, isRemote: !model.isHere || searched !== '' };
}

function indexed({ progress, state, files }: Overview): string {
  if (!progress || state === 'paused') return stateNames[state] ? t(stateNames[state]) : countOf(files, 'file');
  if (progress.total === 0) return stepName(progress.step);
  return t(
    '{0} {1} of {2}',
    stepName(progress.step),
    progress.done.toLocaleString('en'),
    countOf(progress.total, 'file'),
  );
}

function warningsOf({ degraded, failed }: Overview): string[] {
  return failed > 0 ? [...degraded, t('{0} could not be indexed', countOf(failed, 'file'))] : degraded;
}
