/** The chats of this workspace in the editor's own list: opened by a choice, deleted by a button beside each. */
import { type QuickInputButton, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { countOf } from '../summary.js';
import type { ChatHead, Chats } from './chats.js';

const deleteButton: QuickInputButton = { iconPath: new ThemeIcon('trash'), tooltip: 'Delete This Chat' };

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
  picker.title = 'Chats of This Workspace';
  picker.placeholder = 'Find a chat by its first question';
  picker.busy = true;
  const fill = async () => {
    const heads = await chats.list();
    picker.items = heads.map((head) => rowOf(head, current));
    if (heads.length === 0) picker.placeholder = 'There is no chat here yet';
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
  const when = new Date(updatedAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    id,
    label: title.replace(/\s+/g, ' '),
    description: id === current ? `${countOf(turns.length, 'question')} · open now` : countOf(turns.length, 'question'),
    detail: when,
    buttons: [deleteButton],
  };
}
