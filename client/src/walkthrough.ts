/** What the steps of the walkthrough wait for: each is done once the person has seen the thing itself. */
import { commands, Disposable } from 'vscode';
import type { BackEnd } from './languageClient.js';
import { summarise } from './summary.js';

/** `package.json` waits for these under `completionEvents`. */
export function reached(step: 'indexed' | 'asked' | 'citationOpened'): void {
  void commands.executeCommand('setContext', `scholia.${step}`, true);
}

export function watchFirstIndex(server: BackEnd): Disposable {
  const listener = server.onDidChange(() => {
    const { state, files } = summarise(server.statuses);
    if (state !== 'ready' || files === 0) return;
    listener.dispose();
    reached('indexed');
  });
  return Disposable.from(listener);
}
