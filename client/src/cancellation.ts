/** The editor's cancellation as the rest of the program knows it. */
import type { CancellationToken } from 'vscode';

export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
