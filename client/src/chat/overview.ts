/**
 * What the chat says about the index and the model, and the questions that it offers to begin with. Pure.
 * Two of the questions suit any code base; the third is about the file that is open, so that the first answer is close.
 */

import { isElsewhere } from '../../../server/src/base/destination.js';
import { t } from '../../../server/src/base/l10n.js';
import type { Health } from '../languageClient.js';
import { sentElsewhere } from '../searchModels.js';
import { type Statuses, summarise } from '../summary.js';
import type { Overview } from './messages.js';

export interface OverviewFacts {
  statuses: Statuses;
  health: Health;
  trusted: boolean;
  /** Name of the file in the active editor, without its folder. */
  openFile: string | undefined;
}

export function overviewOf({ statuses, health, trusted, openFile }: OverviewFacts): Overview {
  const summary = summarise(statuses);
  const { state, progress, files, lines, failed, model, degraded } = summary;
  return {
    state: health === 'running' ? state : health,
    progress,
    files,
    lines,
    failed,
    model: { ...model, isHere: model.destination !== '' && !isElsewhere(model.destination) },
    search: sentElsewhere(summary),
    degraded,
    trusted,
    examples: [
      openFile ? t('What does {0} do?', openFile) : t('What does this project do?'),
      t('How is it configured?'),
      t('How are errors handled?'),
    ],
  };
}
