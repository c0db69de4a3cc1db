/** Reading every file anew, as the person asked: with progress where it takes a while, and what was read in the end. */

import { CancellationTokenSource, ProgressLocation, window } from 'vscode';
import { messageOf } from '../../server/src/base/errors.js';
import { countOf, t } from '../../server/src/base/l10n.js';
import type { ReindexResult } from '../../server/src/protocol/messages.js';
import type { BackEnd } from './languageClient.js';
import { complain } from './notices.js';
import { percentOf, stepName, summarise } from './summary.js';

/** What is done sooner is told in the status bar alone: the editor leaves a pop-up of a moment standing beside it. */
const shortMs = 400;

/** `server`: the one that indexes. Tells what came of it, or why nothing did. */
export async function reindex(server: BackEnd): Promise<void> {
  const cancel = new CancellationTokenSource();
  try {
    const done = server.reindex(cancel.token).catch((error: unknown) => {
      if (!cancel.token.isCancellationRequested) complain(t('Scholia could not re-index: {0}', messageOf(error)));
      return null;
    });
    const isShort = await Promise.race([done.then(() => true), new Promise((late) => setTimeout(late, shortMs))]);
    if (!isShort) await showReindexing(server, done, cancel);
    tellIndexed(await done);
  } finally {
    cancel.dispose();
  }
}

/** Until it is done, and at once when the person cancels it. */
async function showReindexing(server: BackEnd, done: Promise<unknown>, cancel: CancellationTokenSource): Promise<void> {
  const options = {
    location: ProgressLocation.Notification,
    title: t('Scholia: reading every file'),
    cancellable: true,
  };
  await window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(() => cancel.cancel());
    let reported = 0;
    const listener = server.onDidChange(() => {
      const current = summarise(server.statuses).progress;
      if (!current) return;
      const increment = Math.max(0, percentOf(current) - reported);
      reported += increment;
      progress.report({
        increment,
        message:
          current.total === 0
            ? stepName('scanning')
            : t('{0} of {1}', current.done.toLocaleString('en'), countOf(current.total, 'file')),
      });
    });
    await done.finally(() => listener.dispose());
  });
}

function tellIndexed(result: ReindexResult | null): void {
  if (!result) return;
  const [files, passages] = [countOf(result.files, 'file'), countOf(result.chunks, 'passage')];
  const seconds = result.seconds.toFixed(1);
  const told =
    result.failed > 0
      ? t(
          'Scholia: {0} and {1} indexed in {2} s; {3} could not be read',
          ...[files, passages, seconds, countOf(result.failed, 'file')],
        )
      : t('Scholia: {0} and {1} indexed in {2} s', files, passages, seconds);
  window.setStatusBarMessage(told, 10_000);
}
