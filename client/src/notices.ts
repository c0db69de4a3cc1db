/**
 * Sentences that pop up. The editor makes links of `[text](command:…)` in them, and a click runs the command; names of
 * files and words of servers are in them. So no other module calls `window.show…Message` (a test looks).
 */
import { window } from 'vscode';
import { noticeText } from '../../server/src/base/markdown.js';

/** Each resolves with the action that was chosen. */
export function inform(sentence: string, ...actions: string[]): Thenable<string | undefined> {
  return window.showInformationMessage(noticeText(sentence), ...actions);
}

export function warn(sentence: string, ...actions: string[]): Thenable<string | undefined> {
  return window.showWarningMessage(noticeText(sentence), ...actions);
}

export function complain(sentence: string, ...actions: string[]): Thenable<string | undefined> {
  return window.showErrorMessage(noticeText(sentence), ...actions);
}

/** Asks before something is done; true when the person chose to. */
export async function confirm(question: string, detail: string, action: string): Promise<boolean> {
  const choice = await window.showWarningMessage(
    noticeText(question),
    { modal: true, detail: noticeText(detail) },
    action,
  );
  return choice === action;
}
