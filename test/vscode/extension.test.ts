/**
 * The packaged extension in a real VS Code, as a person meets it: ask, read, open a citation, hover, re-index.
 * A handful of smoke tests that wait on what is shown; each saves the screenshots that are looked at before a release.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pdfOf } from '../support/documents.js';
import { event, HOSTILE_MARKUP, json, type Reply, says, startScriptedModel } from '../support/scriptedModel.js';
import { ask, openChat } from './chat.js';
import { type Editor, openEditor, reportFailure } from './harness.js';

const project = join(import.meta.dirname, '../..');
const vsix = join(project, 'test-results/scholia-under-test.vsix');
const shop = join(project, 'test/fixtures/shop');

beforeAll(() => {
  execFileSync(process.execPath, [join(project, 'scripts/package.mjs'), '--out', vsix], { stdio: ['ignore', 2, 2] });
});

/** The numbers of the lines that the active editor marks as cited. */
async function markedLines(editor: Editor): Promise<number[]> {
  const active = editor.page.locator('.editor-group-container.active');
  await active.locator('.view-overlays [class*="ced-"]').first().waitFor();
  const marked = await active
    .locator('.view-overlays > div')
    .filter({ has: editor.page.locator('[class*="ced-"]') })
    .evaluateAll((rows) => rows.map((row) => row.style.top));
  const numbered = await active
    .locator('.margin-view-overlays > div')
    .evaluateAll((rows) => rows.map((row) => ({ top: row.style.top, line: Number(row.textContent) })));
  return numbered.filter(({ top }) => marked.includes(top)).map(({ line }) => line);
}

describe.each([
  { look: 'dark', theme: 'Dark 2026' },
  { look: 'light', theme: 'Light 2026' },
])('in a $look editor', ({ look, theme }) => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({ folder: shop, vsix, theme });
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(() => editor?.close());

  test('the sidebar opens with what can be asked', async () => {
    const chat = await openChat(editor);
    await chat
      .getByText(/6 files/)
      .first()
      .waitFor();
    await editor.screenshot(`${look}-1-empty`);
  });

  test('a question is answered with cited passages', async () => {
    const { chat, answer } = await ask(editor, 'How is the total price made?');
    await answer.locator('[data-testid="citation-marker"]').first().waitFor();
    expect(await answer.innerText()).toContain('totalPrice');
    await chat.locator('[data-testid="source-card"]').first().waitFor();
    await editor.screenshot(`${look}-2-answer`);
  });

  test('a click on a citation opens the file at its lines and highlights them', async () => {
    const chat = await openChat(editor);
    const card = chat.locator('[data-testid="source-card"]').filter({ hasText: 'cart.ts' }).first();
    await card.click();
    await editor.page.locator('.tab.active[data-resource-name="cart.ts"]').waitFor();
    expect(await markedLines(editor)).toEqual([10, 11, 12, 13, 14, 15]);
    await editor.screenshot(`${look}-3-citation-opened`);
  });

  test('a hover shows the definition, its comment and where it is used', async () => {
    await editor.openFile('src/checkout.ts');
    const hover = await editor.hover('totalPrice');
    await hover.getByText('What the customer pays').first().waitFor();
    await hover.getByText('src/cart.ts:11').first().waitFor();
    await hover.getByText('Ask about totalPrice').first().waitFor();
    await editor.screenshot(`${look}-4-hover`);
    await editor.page.keyboard.press('Escape');
  });

  test('a question about something else is refused, with what was searched', async () => {
    const { chat } = await ask(editor, 'Which orbit does the satellite telescope follow?');
    const refusal = chat.locator('[data-testid="refusal"]').last();
    await refusal.waitFor();
    expect(await refusal.innerText()).toMatch(/orbit|satellite/);
    await editor.screenshot(`${look}-5-refusal`);
  });

  test('re-indexing says what it read', async () => {
    await editor.runCommand('Scholia: Re-index the Workspace');
    await editor.page
      .locator('.statusbar')
      .getByText(/6.files.and.\d+.passages.indexed/)
      .first()
      .waitFor();
    await editor.screenshot(`${look}-6-reindexed`);
  });

  test('the status tells the truth', async () => {
    await editor.page.locator('.statusbar .right-items .statusbar-item').filter({ hasText: 'Scholia' }).click();
    await editor.page
      .getByText(/scholia-static/)
      .first()
      .waitFor();
    await editor.screenshot(`${look}-7-status`);
    await editor.page.keyboard.press('Escape');
  });

  test('a file says whether it is indexed', async () => {
    await editor.openFile('src/cart.ts');
    await editor.runCommand('Scholia: Why Is This File Not Indexed?');
    await editor.page.getByText('src/cart.ts is indexed').first().waitFor();
    await editor.screenshot(`${look}-8-explained`);
  });

  test('indexing is paused and resumed', async () => {
    await editor.runCommand('Scholia: Pause Indexing');
    await editor.page.getByText('Scholia: paused').first().waitFor();
    await editor.screenshot(`${look}-9-paused`);
    await editor.runCommand('Scholia: Resume Indexing');
    await editor.page.getByText('Scholia: paused').first().waitFor({ state: 'hidden' });
  });

  test('a report says what runs, and holds no code', async () => {
    await editor.runCommand('Scholia: Show Diagnostics');
    await editor.page.getByText('Scholia: diagnostics').first().waitFor();
    await editor.page.getByText('resident').first().waitFor();
    await editor.screenshot(`${look}-10-diagnostics`);
  });
});

const ANSWER = [
  'The total is the **discounted sum** of all items plus tax [1]:\n\n',
  '1. `applyDiscount` takes the code off the sum [2].\n2. `taxOn` adds the tax, and the whole is rounded once, at the end [1].\n\n```ts\nconst total = Math.round(discounted + taxOn(discounted)); // in cents\n```',
];

describe('with a language model', () => {
  let editor: Editor;
  let model: Awaited<ReturnType<typeof startScriptedModel>>;
  let finish: () => void = () => {};

  /** Holds the last piece back until the test lets it go, or the reader has gone. */
  function waits([first, last]: string[]): Reply {
    return async (response, gone) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event({ content: first }));
      await new Promise<void>((resolve) => {
        finish = resolve;
        gone.addEventListener('abort', () => resolve());
      });
      if (gone.aborted) return;
      response.write(event({ content: last }, 'stop'));
      response.end('data: [DONE]\n\n');
    };
  }

  beforeAll(async () => {
    model = await startScriptedModel((request) =>
      request.path === '/infill'
        ? json(200, { content: 'totalPrice(cart);' })
        : request.prompt.includes('markup')
          ? says(HOSTILE_MARKUP)
          : waits(ANSWER),
    );
    editor = await openEditor({
      folder: shop,
      vsix,
      settings: {
        'scholia.model.baseUrl': model.baseUrl,
        'scholia.model.name': 'scripted',
        'scholia.completion.baseUrl': model.baseUrl,
        'scholia.completion.name': 'scripted',
        '[typescript]': { 'scholia.completion.inText': true },
      },
    });
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(async () => {
    await editor?.close();
    await model?.close();
  });

  test('an answer can be stopped while it is written', async () => {
    const { chat, answer } = await ask(editor, 'How is the total price made?');
    await answer.getByText('discounted sum').waitFor();
    await editor.screenshot('model-1-streaming');
    await chat.locator('[data-testid="chat-stop"]').click();
    await chat.locator('[data-testid="chat-stop"]').waitFor({ state: 'hidden' });
    await expect.poll(() => model.requests[0]?.ended).toBe('dropped');
    await editor.screenshot('model-2-stopped');
  });

  test('a finished answer names its model and shows what was sent', async () => {
    const { chat, answer } = await ask(editor, 'How is the total price made now?');
    await answer.getByText('discounted sum').waitFor();
    finish();
    await answer.getByText('rounded once').first().waitFor();
    await answer.locator('.markdown .code-function').first().waitFor();
    await editor.screenshot('model-3-code');
    await chat.getByText('What was sent').last().click();
    await chat.getByText(`POST ${model.baseUrl}/chat/completions`).waitFor();
    await chat.getByText('You answer questions about a code base').last().waitFor();
    await editor.screenshot('model-3-finished');
  });

  test('a server that dies in the midst of an answer is started again, says so, and answers', async () => {
    const { turn, answer } = await ask(editor, 'How is the total price made then?');
    await answer.getByText('discounted sum').waitFor();
    editor.killServer();
    await turn.getByText(/The server stopped/).waitFor();
    await editor.screenshot('model-5-server-lost');
    await answer.getByText('discounted sum').waitFor();
    finish();
    await answer.getByText('rounded once').first().waitFor();
    await answer.getByText('was asked again').waitFor();
    await editor.screenshot('model-6-server-back');
  });

  test('a question asked meanwhile waits; a window that is loaded again in the midst of an answer keeps its question', async () => {
    const { answer } = await ask(editor, 'How is the total price made finally?');
    await answer.getByText('discounted sum').waitFor();
    const second = await ask(editor, 'And who calls it?');
    await second.answer.getByText('Waiting for the answer before').waitFor();
    await editor.screenshot('model-7-waiting');
    await editor.reload();
    const chat = await openChat(editor);
    const asked = chat.locator('[data-testid="chat-turn"]').filter({ hasText: 'made finally?' });
    const waited = chat.locator('[data-testid="chat-turn"]').filter({ hasText: 'And who calls it?' });
    for (const turn of [asked, waited]) await turn.locator('[data-testid="chat-unanswered"]').waitFor();
    await editor.screenshot('model-8-reloaded');
    await asked.getByText('Retry').click();
    await asked.getByText('discounted sum').waitFor();
    finish();
    await asked.getByText('rounded once').first().waitFor();
  });

  test('a question stands in the window that comes after, however soon it comes', async () => {
    await editor.runCommand('Scholia: New Chat');
    const { turn } = await ask(editor, 'How is the total price made at once?');
    await turn.waitFor();
    await editor.reload();
    const chat = await openChat(editor);
    const asked = chat.locator('[data-testid="chat-turn"]').filter({ hasText: 'made at once?' });
    await asked.locator('[data-testid="chat-unanswered"]').waitFor();
    expect(await chat.locator('[data-testid="chat-turn"]').count()).toBe(1);
  });

  test('markup in a reply comes alive nowhere', async () => {
    const asked: string[] = [];
    editor.page.on('request', (request) => asked.push(request.url()));
    const { answer } = await ask(editor, 'What markup does the total price have?');
    await answer.locator('[data-testid="citation-marker"], p').first().waitFor();
    expect(await answer.locator('img, iframe, svg image, a[href]').count()).toBe(0);
    expect(asked.filter((url) => url.includes('attacker.invalid'))).toEqual([]);
    await editor.screenshot('model-4-hostile');
  });

  test('what comes next is suggested while one types, and taken with Tab', async () => {
    await editor.openFile('src/cart.ts');
    const { keyboard } = editor.page;
    await keyboard.press('ControlOrMeta+End');
    await keyboard.type('\nconst price = ');
    const ghost = editor.page.locator('.ghost-text-decoration, .ghost-text').first();
    await ghost.waitFor();
    expect(await ghost.innerText()).toContain('totalPrice');
    await editor.screenshot('model-5-suggestion');
    await keyboard.press('Tab');
    await editor.page.locator('.view-line').filter({ hasText: 'const price = totalPrice(cart);' }).waitFor();
    const asked = () => model.requests.filter(({ path }) => path === '/infill').map(({ body }) => body['input_prefix']);
    expect(asked()).toContainEqual(expect.stringMatching(/const price = $/));
    // In a comment, since it is asked for in this language.
    await keyboard.type('\n// pays ');
    await expect.poll(asked, { timeout: 20_000 }).toContainEqual(expect.stringMatching(/\/\/ pays $/));
  });
});

describe('in a narrow side bar, in high contrast', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({ folder: shop, vsix, theme: 'Default High Contrast' });
    await openChat(editor);
    await editor.resizeSideBar(250);
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(() => editor?.close());

  test('a question that follows up is read with the one before it', async () => {
    const first = await ask(editor, 'How does totalPrice work?');
    await first.answer.locator('[data-testid="citation-marker"]').first().waitFor();
    const { turn, answer } = await ask(editor, 'and who calls it?');
    await turn.getByText('who calls `totalPrice`?').waitFor();
    await answer.getByText('checkOut').first().waitFor();
    // The code is in the colours of the theme, by its grammar.
    await answer.locator('.code-function').first().waitFor();
    await editor.screenshot('narrow-1-follow-up');
    await turn.getByText('Why these sources').click();
    await turn.getByText('Steps').scrollIntoViewIfNeeded();
    await editor.screenshot('narrow-2-why');
  });

  test('a file can be asked about alone, and a refusal says so', async () => {
    const chat = await openChat(editor);
    await editor.openFile('src/tax.ts');
    await openChat(editor);
    await chat.locator('[data-testid="chat-scope"]').click();
    await editor.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'This File' }).click();
    await chat.locator('.scope-chip').getByText('tax.ts').waitFor();
    const { turn } = await ask(editor, 'Which orbit does the satellite telescope follow?');
    await turn.locator('[data-testid="refusal"]').getByText('only tax.ts').waitFor();
    await editor.screenshot('narrow-3-scoped-refusal');
    const turns = chat.locator('[data-testid="chat-turn"]');
    const everywhere = turns.nth(await turns.count());
    await turn.getByText('Ask Everywhere').click();
    await everywhere.locator('[data-testid="refusal"]').waitFor();
    expect(await everywhere.innerText()).not.toMatch(/only tax\.ts|Ask Everywhere/);
    await chat.locator('.scope-chip button').click();
    await chat.locator('.scope-chip').waitFor({ state: 'detached' });
  });

  test('a source whose lines change is marked, and lines are peeked at', async () => {
    const { turn, answer } = await ask(editor, 'How is the total price made?');
    await answer.locator('[data-testid="source-card"]').filter({ hasText: 'cart.ts' }).first().hover();
    await answer.locator('.card', { hasText: 'cart.ts' }).first().locator('[data-testid="source-peek"]').click();
    await editor.page.locator('.peekview-widget').waitFor();
    await editor.screenshot('narrow-4-peek');
    await editor.page.keyboard.press('Escape');
    writeFileSync(join(editor.folder, 'src/cart.ts'), 'export const nothing = 1;\n');
    await answer.locator('.marker.changed').first().waitFor();
    await turn
      .getByText(/changed since this answer/)
      .first()
      .scrollIntoViewIfNeeded();
    await editor.screenshot('narrow-5-changed');
  });

  test('chats survive the window, and are listed', async () => {
    await editor.reload();
    const chat = await openChat(editor);
    await chat.locator('[data-testid="chat-turn"]').filter({ hasText: 'and who calls it?' }).waitFor();
    await chat.locator('[data-testid="chat-turn"]').last().locator('.card.changed').first().waitFor();
    await editor.runCommand('Scholia: New Chat');
    await chat.getByText('Ask your code base').waitFor();
    // It comes with the cursor in the box, which would take what is typed next.
    await chat.locator('[data-testid="chat-input"]:focus').waitFor();
    await editor.page.keyboard.press('F1');
    await editor.page.keyboard.type('Scholia: Show Chats');
    await editor.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'Show Chats' }).first().click();
    const row = editor.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: '5 questions' });
    await row.waitFor();
    await editor.screenshot('narrow-6-chats');
    await row.click();
    await chat.locator('[data-testid="chat-turn"]').last().getByText('How is the total price made?').waitFor();
  });
});

describe('in a Chinese editor', () => {
  let editor: Editor;

  beforeAll(async () => {
    editor = await openEditor({ folder: shop, vsix, language: 'zh-cn', viewport: { width: 1600, height: 900 } });
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(() => editor?.close());

  test('the chat, its answers and its refusals are in Chinese', async () => {
    const chat = await openChat(editor);
    await chat.getByText('就您的代码库提问').waitFor();
    await chat.getByText(/索引涵盖 6 个文件/).waitFor();
    await editor.screenshot('chinese-1-empty');
    await ask(editor, '???');
    await chat.locator('[data-testid="refusal"]').getByText('我不知道。').waitFor();
    await editor.screenshot('chinese-2-refusal');
    const { answer } = await ask(editor, 'How is the total price made?');
    await answer.locator('[data-testid="citation-marker"]').first().waitFor();
    await answer.getByText('来源').first().waitFor();
    await editor.screenshot('chinese-3-answer');
  });

  test('so are hovers and the status', async () => {
    await editor.openFile('src/checkout.ts');
    const hover = await editor.hover('totalPrice');
    await hover.getByText('使用者').first().waitFor();
    await hover.getByText('就 totalPrice 提问').first().waitFor();
    await editor.screenshot('chinese-4-hover');
    await editor.page.keyboard.press('Escape');
    await editor.page.locator('.statusbar .right-items .statusbar-item').filter({ hasText: 'Scholia' }).click();
    const status = editor.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: '回答为代码摘录。' });
    await status.waitFor();
    await editor.screenshot('chinese-5-status');
    await editor.page.keyboard.press('Escape');
  });

  test('the palette and the walkthrough are in Chinese, and a step that was done is ticked', async () => {
    await editor.page.keyboard.press('F1');
    await editor.page.keyboard.type('Scholia: 将对话导出');
    await editor.page
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ hasText: '将对话导出为 Markdown' })
      .first()
      .waitFor();
    await editor.page.keyboard.press('Escape');
    await editor.page.keyboard.press('F1');
    await editor.page.keyboard.type('Welcome: Open Walkthrough');
    await editor.page.locator('.quick-input-widget .monaco-list-row').first().click();
    await editor.page.locator('.quick-input-widget .monaco-list-row').filter({ hasText: 'Scholia 入门' }).click();
    await editor.page.getByText('提问，得到带引用的回答').first().waitFor();
    await editor.page.getByRole('button', { name: '显示状态' }).first().click();
    await editor.page.locator('.quick-input-widget .monaco-list-row').first().waitFor();
    await editor.page.keyboard.press('Escape');
    await editor.page.locator('.codicon-getting-started-step-checked').first().waitFor();
    await editor.screenshot('chinese-6-walkthrough');
  });

  test('and the settings', async () => {
    await editor.runCommand('Preferences: Open Settings (UI)');
    await editor.page.locator('.settings-editor .suggest-input-container').click();
    await editor.page.keyboard.type('scholia.hover');
    await editor.page
      .getByText(/指针停在名称上时显示其含义/)
      .first()
      .waitFor();
    await editor.screenshot('chinese-7-settings');
  });
});

describe('with a PDF, and a name of which there is much to say', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scholia-test-'));
  let editor: Editor;

  beforeAll(async () => {
    const pages = [['The harbour is quiet.'], ['A brig must be moored before the ebb tide turns.']];
    writeFileSync(join(folder, 'tides.pdf'), pdfOf(pages));
    const parameters = Array.from({ length: 12 }, (_, i) => `wick_${i}: int`).join(', ');
    const comment = Array.from({ length: 20 }, (_, i) => `    Turn ${i} of the screw lets more oil up to the wick.`);
    writeFileSync(join(folder, 'lamp.py'), `def light_lamp(${parameters}):\n    """\n${comment.join('\n')}\n    """\n`);
    const callers = Array.from({ length: 9 }, (_, i) => `def keeper_of_the_lamp_${i}():\n    light_lamp(${i})\n`);
    writeFileSync(join(folder, 'keepers.py'), `from lamp import light_lamp\n\n${callers.join('\n')}`);
    writeFileSync(join(folder, 'test_lamp.py'), 'from lamp import light_lamp\n\nassert light_lamp(1) == 2\n');
    writeFileSync(join(folder, 'README.md'), 'First light_lamp is called.\n\nThen light_lamp is called again.\n');
    writeFileSync(join(folder, 'GUIDE.md'), 'No light_lamp without oil, whatever anyone says of it.\n');
    editor = await openEditor({ folder, vsix });
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(async () => {
    await editor?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a citation opens the text of its page at the lines', async () => {
    const { chat } = await ask(editor, 'When must a brig be moored?');
    const card = chat.locator('[data-testid="source-card"]').first();
    await card.getByText('page 2').waitFor();
    await card.click();
    await editor.page.locator('.tab.active[data-resource-name="tides.pdf (page 2)"]').waitFor();
    expect(await markedLines(editor)).toEqual([3]);
    await editor.page.locator('.view-lines').getByText('before the ebb tide').first().waitFor();
    await editor.screenshot('pdf-1-citation-opened');
  });

  test('a hover fits without scrolling, and says what it leaves out', async () => {
    await editor.openFile('keepers.py');
    const hover = await editor.hover('light_lamp');
    await hover.getByText('Left out here').first().waitFor();
    await hover.getByText('Ask about light_lamp').first().waitFor();
    await editor.screenshot('hover-1-full');
    const hidden = () =>
      hover.locator('.monaco-hover-content').evaluate((content) => content.scrollHeight - content.clientHeight);
    await expect.poll(hidden).toBe(0);
  });
});

describe('in Restricted Mode', () => {
  let editor: Editor;
  let model: Awaited<ReturnType<typeof startScriptedModel>>;

  beforeAll(async () => {
    model = await startScriptedModel(() => says('never'));
    const settings = ['model', 'embedder', 'reranker'].flatMap((what) => [
      [`scholia.${what}.baseUrl`, model.baseUrl],
      [`scholia.${what}.name`, 'scripted'],
      [`scholia.${what}.kind`, 'server'],
    ]);
    editor = await openEditor({ folder: shop, vsix, settings: Object.fromEntries(settings), trust: 'on' });
  });
  afterEach((context) => reportFailure(editor, context));
  afterAll(async () => {
    await editor?.close();
    await model?.close();
  });

  test('questions are answered on this machine and no model is contacted', async () => {
    const { chat, answer } = await ask(editor, 'How is the total price made?');
    await answer.locator('[data-testid="citation-marker"]').first().waitFor();
    await chat.getByText('nothing left this machine').waitFor();
    expect([model.requests, model.otherRequests]).toEqual([[], []]);
    await editor.screenshot('restricted-1-answer');
  });
});
