/** Gestures in the chat's view. */
import type { Editor } from './harness.js';

/** The frame of the chat, once it is shown. */
export async function openChat(editor: Editor) {
  const item = editor.page
    .locator('.activitybar .action-item')
    .filter({ has: editor.page.locator('[aria-label^="Scholia"]') });
  await item.waitFor();
  // A second click closes the view again, also one that was only about to be shown.
  const title = editor.page.locator('.part.sidebar .title-label').getByText('Scholia');
  for (let clicks = 0; clicks < 3 && !(await title.isVisible()); clicks++) {
    await item.locator('.action-label').click();
    await title.waitFor({ timeout: 5_000 }).catch(() => {});
  }
  return editor.chatFrame('[data-testid="chat-input"]');
}

/** Types a question and sends it; its turn, which need not be answered yet. */
export async function ask(editor: Editor, question: string) {
  const chat = await openChat(editor);
  const before = await chat.locator('[data-testid="chat-turn"]').count();
  await chat.locator('[data-testid="chat-input"]').click();
  await editor.page.keyboard.type(question);
  await editor.page.keyboard.press('Enter');
  // Answers that are far from what is seen are not drawn, their questions are.
  const turn = chat.locator('[data-testid="chat-turn"]').nth(before);
  return { chat, turn, answer: turn.locator('[data-testid="chat-answer"]') };
}
