/** The chats of this workspace in the editor's own list: opened by a choice, deleted by a button beside each. */

import { env, type QuickInputButton, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { countOf, t } from '../../../server/src/base/l10n.js';
import type { ChatHead, Chats } from './chats.js';

const deleteButton = (): QuickInputButton => ({ iconPath: new ThemeIcon('trash'), tooltip: t('Delete This Chat') });

export interface ChooseOptions {
  /** The one that is shown. */
  current: string;
  onDeleted(id: string): void;
}

interface Row extends QuickPickItem {
  id: string;
}

/** The chosen chat's id; undefined when nothing was chosen. */
export async function chooseChat(chats: Chats, { current, onDeleted }: ChooseOptions): Promise<string | undefined> {
  const picker = window.createQuickPick<Row>();
  picker.title = t('Chats of This Workspace');
  picker.placeholder = t('Find a chat by its first question');
  picker.busy = true;
  const fill = async () => {
    const heads = await chats.list();
    picker.items = heads.map((head) => rowOf(head, current));
    if (heads.length === 0) picker.placeholder = t('There is no chat here yet');
    picker.busy = false;
  };
  picker.onDidTriggerItemButton(async ({ item }) => {
    await chats.delete(item.id);
    onDeleted(item.id);
    await fill();
  });
  picker.show();
  void fill();
  return new Promise((resolve) => {
    picker.onDidAccept(() => {
      resolve(picker.selectedItems[0]?.id);
      picker.hide();
    });
    picker.onDidHide(() => {
      resolve(undefined);
      picker.dispose();
    });
  });
}

function rowOf({ id, title, updatedAt, turns }: ChatHead, current: string): Row {
  const when = new Date(updatedAt).toLocaleString(env.language, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    id,
    label: title.replace(/\s+/g, ' '),
    description: id === current ? t('{0} · open now', countOf(turns, 'question')) : countOf(turns, 'question'),
    detail: when,
    buttons: [deleteButton()],
  };
}
