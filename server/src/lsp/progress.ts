/** Work that the server begins, shown by the client with a way to stop it. Without a client that can, the work just runs. */

import type { Connection, WorkDoneProgressServerReporter } from 'vscode-languageserver/node';
import { t } from '../base/l10n.js';
import type { UpdateProgress } from '../engine/indexFiles.js';

interface ProgressOptions {
  connection: Connection;
  showsProgress: boolean;
  title: string;
  /** Stops the work from outside, besides the client's own button. */
  signal?: AbortSignal;
}

/** Reports go out at most this often. */
const REPORT_EVERY_MS = 100;
/** Shorter work shows nothing: a progress bar that flashes is worse than none. */
const QUIET_MS = 400;

export async function withProgress<T>(
  { connection, showsProgress, title, signal }: ProgressOptions,
  work: (report: (progress: UpdateProgress) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  let reporter: WorkDoneProgressServerReporter | null = null;
  let over = false;
  const begin = async () => {
    const created = await connection.window.createWorkDoneProgress();
    if (over) return;
    created.begin(title, 0, undefined, true);
    created.token.onCancellationRequested(() => controller.abort());
    reporter = created;
  };
  const timer = showsProgress ? setTimeout(() => begin().catch(() => {}), QUIET_MS) : undefined;
  let last = 0;
  const report = ({ step, done, total }: UpdateProgress) => {
    const now = Date.now();
    if (!reporter || now - last < REPORT_EVERY_MS) return;
    last = now;
    const share = total > 0 ? Math.round((100 * done) / total) : 0;
    reporter.report(share, step === 'scanning' ? t('looking for files') : t('{0} of {1} files', done, total));
  };
  try {
    return await work(report, controller.signal);
  } finally {
    over = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    (reporter as WorkDoneProgressServerReporter | null)?.done();
  }
}
