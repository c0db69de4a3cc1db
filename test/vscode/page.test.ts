/**
 * The chat's page alone in a browser, with an owner that the test plays: long conversations, other scripts, little room,
 * the keyboard and what a screen reader is told. What needs the editor is in the suite beside this one.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import playwright, { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FromPage, ToPage, Turn } from '../../client/src/chat/messages.js';
import { launchChromium } from '../../scripts/chromium.mjs';

/** As much of a browser as the functions below use, which run in the page; the other tests' types know none. */
interface Box {
  top: number;
  left: number;
  right: number;
  bottom: number;
}
interface Shown {
  children: { length: number };
  textContent: string | null;
  outerHTML: string;
  closest(selector: string): Shown | null;
  getAttribute(name: string): string | null;
  getBoundingClientRect(): Box;
}
declare const window: { innerWidth: number; postMessage(message: unknown, target: string): void };
declare const document: {
  documentElement: { dataset: Record<string, string> };
  activeElement: Shown | null;
  querySelectorAll(selector: string): Iterable<Shown>;
  createRange(): {
    selectNodeContents(element: unknown): void;
    getBoundingClientRect(): Box;
    getClientRects(): Iterable<Box>;
  };
};
declare function requestAnimationFrame(act: (time: number) => void): void;
declare function getComputedStyle(element: unknown): { direction: string; getPropertyValue(name: string): string };

const webview = resolve(import.meta.dirname, '../../dist/webview');
const screenshots = resolve(import.meta.dirname, '../../test-results/screenshots');
const LOOK = `body { --vscode-foreground: #ccc; --vscode-descriptionForeground: #999; --vscode-editor-background: #1e1e1e;
  --vscode-textLink-foreground: #4daafc; --vscode-panel-border: #444; --vscode-font-size: 13px; --vscode-focusBorder: #0078d4;
  --vscode-font-family: sans-serif; --vscode-editor-font-family: monospace; background: #181818 }`;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium(playwright);
});
afterAll(() => browser?.close());

function turnOf(id: number, change: Partial<Turn> = {}): Turn {
  const source = {
    ...{ n: 1, path: 'src/a.ts', startLine: 1, endLine: 2, symbol: 'a', kind: 'function', signature: '', score: 1 },
    ...{ text: 'const a = 1;\nconst b = 2;', why: { lexical: 1 }, language: 'typescript' },
  };
  const trace = {
    ...{ flow: 'naive', steps: [{ step: 'retrieve', milliseconds: 3, note: 'found' }], answerability: 1, terms: ['a'] },
    signals: {},
    ...{ searchModels: [], dropped: [], model: { name: 'extractive', destination: '' } },
    ...{ sent: [], requests: [] },
  };
  return {
    ...{ id, question: `Question ${id}`, scope: [], state: 'done', note: '', refused: false, reason: '', error: '' },
    answer: `Answer ${id} [1].\n\n${'It goes on for a while. '.repeat((id * 7) % 60)}`,
    citations: [{ n: 1, path: 'src/a.ts', startLine: 1, endLine: 2, quote: source.text, verified: true }],
    ...{ sources: [source], colours: {}, codeColours: [], trace, restarted: false },
    ...change,
  };
}

interface Owner {
  page: Page;
  tell(message: ToPage): Promise<void>;
  told: FromPage[];
}

/** Opens the page; turns are told when it asks for them. */
async function open(
  turns: readonly Turn[],
  viewport = { width: 320, height: 700 },
  spoken: { language: string; sentences: Record<string, string> } = { language: 'en', sentences: {} },
): Promise<Owner> {
  const page = await browser.newPage({ viewport });
  const told: FromPage[] = [];
  const tell = (message: ToPage) => page.evaluate((data) => window.postMessage(data, '*'), message);
  await page.exposeFunction('toOwner', async (message: FromPage) => {
    told.push(message);
    const turn = message.kind === 'show' && turns.find(({ id }) => id === message.id);
    if (turn) await tell({ kind: 'turn', turn });
  });
  const style = readFileSync(join(webview, 'chat.css'), 'utf8');
  await page.setContent(`<!DOCTYPE html><html><style>${style} ${LOOK}</style><body></body></html>`);
  await page.evaluate(({ language, sentences }) => {
    Object.assign(document.documentElement, { lang: language });
    document.documentElement.dataset['sentences'] = JSON.stringify(sentences);
    Object.assign(window, {
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => (window as unknown as { toOwner(m: unknown): void }).toOwner(message),
        getState: () => undefined,
        setState: () => {},
      }),
    });
  }, spoken);
  await page.addScriptTag({ path: join(webview, 'chat.js') });
  await tell({ kind: 'conversation', turns: turns.map(({ id, question, state }) => ({ id, question, state })) });
  if (turns.length > 0) await tell({ kind: 'turn', turn: turns.at(-1)! });
  return { page, tell, told };
}

test('of five hundred turns only those near what is seen are drawn, and reading is not disturbed', async () => {
  const turns = Array.from({ length: 500 }, (_, i) => turnOf(i + 1));
  const { page } = await open(turns);
  const log = page.locator('.log');
  await page.getByText('Answer 500').waitFor();
  expect(await page.locator('.turn').count()).toBe(500);
  expect(await page.locator('.answer').count()).toBeLessThan(40);
  const fromEnd = () =>
    log.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
  await expect.poll(fromEnd).toBeLessThan(50);
  // Upwards, where turns are drawn above what is read: a line that is seen stays where it is.
  let worst = 0;
  await page.mouse.move(100, 300);
  for (let i = 0; i < 25; i++) {
    await page.mouse.wheel(0, -300);
    const moved = await log.evaluate(async (element) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      await frame();
      const top = element.getBoundingClientRect().top;
      const seen = [...element.querySelectorAll('.turn .question')].find(
        (question) => question.getBoundingClientRect().top > top,
      )!;
      const before = seen.getBoundingClientRect().top;
      for (let i = 0; i < 6; i++) await frame();
      return Math.abs(seen.getBoundingClientRect().top - before);
    });
    worst = Math.max(worst, moved);
  }
  expect(worst).toBeLessThanOrEqual(2);
  expect(await fromEnd()).toBeGreaterThan(3000);
  await log.evaluate((element) => element.scrollTo(0, 0));
  await page.getByText('Answer 1 ', { exact: false }).first().waitFor();
  expect(await page.locator('.answer').count()).toBeLessThan(40);
  await page.close();
});

test('what scrolls the page without a key or a pointer is not undone', async () => {
  const turns = Array.from({ length: 60 }, (_, i) => turnOf(i + 1));
  const { page } = await open(turns);
  await page.getByText('Answer 60').waitFor();
  const log = page.locator('.log');
  await log.evaluate((element) => element.scrollTo(0, 0));
  await page.getByText('Answer 1 ', { exact: false }).first().waitFor();
  await page.locator('.answer').nth(5).waitFor();
  expect(await log.evaluate(({ scrollTop }) => scrollTop)).toBeLessThan(200);
  await page.close();
});

test('the keyboard reaches everything, and a screen reader is told what comes', async () => {
  const turns = [turnOf(1), turnOf(2)];
  const { page, tell, told } = await open(turns);
  // Drawn when it comes near; before that there is no marker to come to.
  await page.getByText('Answer 1 ').waitFor();
  await page.locator('[data-testid="chat-input"]').focus();
  await page.keyboard.press('Alt+ArrowUp');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Question 2');
  await page.keyboard.press('Alt+ArrowUp');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Question 1');
  // On from the question: its marker shows the lines, the card opens them, here, within and beside.
  await page.keyboard.press('Tab');
  await expect.poll(() => page.locator('.preview').innerText()).toContain('const a = 1;');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
    'Source 1: src/a.ts lines 1–2',
  );
  // It stays with its marker when the text moves, as it does when the focus comes from beyond what is seen.
  const above = () =>
    page.evaluate(() => {
      const [marker, preview] = ['.marker:focus', '.preview'].map((found) => [...document.querySelectorAll(found)][0]!);
      return preview!.getBoundingClientRect().top - marker!.getBoundingClientRect().top;
    });
  const before = await above();
  await page.locator('.log').evaluate((log) => log.scrollBy(0, 12));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.locator('.preview').waitFor();
  expect(await above()).toBeCloseTo(before, 0);
  for (let i = 0; i < 3; i++) {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
  }
  expect(told.flatMap((message) => (message.kind === 'open' ? [message.how] : []))).toEqual(['here', 'peek', 'beside']);
  const asking = turnOf(3, { state: 'asking', note: 'Searching', answer: '', citations: [], sources: [], trace: null });
  await tell({ kind: 'turn', turn: asking });
  const live = page.locator('[aria-live="polite"]');
  await expect.poll(() => live.innerText()).toBe('Searching');
  await tell({ kind: 'turn', turn: turnOf(3, { answer: 'It is **so** [1].' }) });
  await expect.poll(() => live.innerText()).toBe('It is so . 1 source cited below.');
  expect(await page.locator('article.turn').last().getAttribute('aria-labelledby')).toBe('question-3');
  await page.close();
});

test('an answer from a part of the index says so, and offers to ask again', async () => {
  const reason = 'Only 40 files are searched so far: 12 files are still being indexed.';
  const { page, told } = await open([turnOf(1, { waiting: 12, reason })]);
  await page.getByText('Partial answer.').waitFor();
  await page.getByText('Why these sources').click();
  await page.screenshot({ path: join(screenshots, 'page-3-partial.png') });
  await page.getByText('Ask again', { exact: true }).click();
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'retry', id: 1 });
  await page.close();
});

test('what was sent is shown as it left, and copied whole', async () => {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Is it ${'so '.repeat(20_000)}?` }] });
  const requests = [
    { method: 'GET', url: 'https://models.example/v1/models', body: '', bytes: 0 },
    { method: 'POST', url: 'https://models.example/v1/chat/completions', body, bytes: body.length },
    { method: 'POST', url: 'https://models.example/v1/chat/completions', body: '{"model":"m', bytes: 5000 },
  ];
  const sent = [{ role: 'user', content: 'Is it so?' }];
  const trace = { ...turnOf(1).trace!, sent, requests, model: { name: 'm', destination: 'https://models.example' } };
  const { page, told } = await open([turnOf(1, { trace })], { width: 300, height: 900 });
  await page.getByText('What was sent').click();
  const heads = page.locator('[data-testid="sent-request"]');
  await heads.nth(2).waitFor();
  expect(await heads.allInnerTexts()).toEqual([
    'GET https://models.example/v1/models 0 bytes',
    `POST https://models.example/v1/chat/completions ${body.length.toLocaleString('en')} bytes`,
    'POST https://models.example/v1/chat/completions 5,000 bytes',
  ]);
  expect(await page.getByText('Only the beginning is shown.').count()).toBe(1);
  await page.getByText('Only the first 11 bytes of it are kept.').waitFor();
  const block = page.locator('[data-testid="sent-request"] + div').first();
  await block.locator('.copy-code').dispatchEvent('click');
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'copyCode', code: body });
  await page.getByText('The same as it left').scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(screenshots, 'page-4-sent.png') });
  await page.close();
});

test('code in an answer takes the colours of its grammar where it stands, and nothing moves', async () => {
  const code =
    'export class Cart {\n  // Rounded once.\n  total = (items: Item[]) => Math.round(sum(items) * 1.19);\n}';
  const answer = `It is **summed** [1]:\n\n\`\`\`ts\n${code}\n\`\`\`\n\nThen rounded [1].`;
  const asking = turnOf(1, { state: 'asking', answer: '', citations: [], trace: null });
  const { page, tell } = await open([], { width: 300, height: 700 });
  await tell({ kind: 'turn', turn: asking });
  for (let at = 0; at < answer.length; at += 12) await tell({ kind: 'text', id: 1, delta: answer.slice(at, at + 12) });
  await page.getByText('Then rounded').waitFor();
  await tell({ kind: 'turn', turn: turnOf(1, { answer }) });
  await page.locator('.footer').waitFor();
  const markdown = page.locator('.markdown');
  const shape = () =>
    markdown.evaluate((element) => {
      const parts = [...element.querySelectorAll('p, .code-block, pre, button')];
      Object.assign(globalThis, { parts: (globalThis as { parts?: unknown[] }).parts ?? parts });
      const same = (globalThis as unknown as { parts: unknown[] }).parts.every((part, i) => part === parts[i]);
      return { same, boxes: parts.map((part) => part.getBoundingClientRect().toJSON()) };
    });
  const before = await shape();
  expect(await markdown.locator('.code-type').count()).toBe(0);
  await page.screenshot({ path: join(screenshots, 'page-5-code-pattern.png') });
  const type = { line: 2, length: code.length, runs: [0, 6, 3, 7, 5, 3, 13, 4, 5, 22, 16, 0, 41, 5, 7] };
  await tell({ kind: 'colours', id: 1, colours: {}, codeColours: [type] });
  await markdown.locator('.code-type').waitFor();
  await page.screenshot({ path: join(screenshots, 'page-5-code-grammar.png') });
  expect(await shape()).toEqual(before);
  expect(before.same).toBe(true);
  await page.close();
});

test('lines of code that go on to the right fade there, until their end is in view', async () => {
  const answer = `Short [1].\n\n\`\`\`ts\n1;\n\`\`\`\n\n\`\`\`ts\nconst a = ${'1 + '.repeat(60)}1;\n\`\`\`\n`;
  const { page } = await open([turnOf(1, { answer })]);
  const blocks = page.locator('.code-block pre');
  await blocks.nth(1).waitFor();
  const cuts = () =>
    blocks.evaluateAll((all) =>
      all.map((block) => Math.round(parseFloat(getComputedStyle(block).getPropertyValue('--cut')))),
    );
  await expect.poll(cuts).toEqual([0, 28]);
  await page.screenshot({ path: join(screenshots, 'page-7-long-lines.png') });
  await blocks.nth(1).evaluate((block) => block.scrollTo(block.scrollWidth, 0));
  await expect.poll(cuts).toEqual([0, 0]);
  await page.close();
});

test('a question that was left unanswered, or refused in a part, offers the way on', async () => {
  const chip = { id: 1, kind: 'file' as const, label: 'tax.ts', detail: 'src/tax.ts' };
  const refusal = { missing: ['telescope'], files: 6, chunks: 6, failed: 0, waiting: 0, scannedAt: null };
  const nothing = { answer: '', citations: [], sources: [], trace: null };
  const reason = 'Nothing (the closest passage holds 0 %)';
  const turns = [
    turnOf(1, { ...nothing, state: 'unanswered' }),
    turnOf(2, {
      refused: true,
      reason,
      refusal: { ...refusal, everywhere: 'Question 2' },
      scope: [chip],
      citations: [],
    }),
    turnOf(3, {
      ...{ refused: true, reason, citations: [], question: 'lang:go Which orbit? path:src' },
      refusal: { ...refusal, everywhere: 'Which orbit?' },
    }),
    turnOf(4, { refused: true, reason, refusal, citations: [] }),
  ];
  const { page, tell, told } = await open(turns, { width: 300, height: 1100 });
  for (const turn of turns) await tell({ kind: 'turn', turn });
  await page.getByText('Not answered.').waitFor();
  expect(await page.getByText('Ask Everywhere').count()).toBe(2);
  await page.getByText('only lang:go, path:src').waitFor();
  await page.getByText('Retry').click();
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'retry', id: 1 });
  await page.getByText('Ask Everywhere').first().click();
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'askEverywhere', id: 2 });
  await page.locator('.turn').first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(screenshots, 'page-6-ways-on.png') });
  await page.close();
});

test('a citation number never stands alone on its line', async () => {
  const answer =
    'It is `totalPrice` · function in `src/checkout.ts` [1]. Then, as was said, it is rounded once [1, 2][1]!';
  const { page } = await open([turnOf(1, { answer })]);
  await page.locator('.marker').first().waitFor();
  for (let width = 150; width <= 340; width += 7) {
    await page.setViewportSize({ width, height: 700 });
    const alone = await page.evaluate(() =>
      [...document.querySelectorAll('.markers')].flatMap((markers) => {
        const { previousSibling, firstElementChild } = markers as unknown as Record<string, Shown>;
        const before = document.createRange();
        before.selectNodeContents(previousSibling);
        const line = [...before.getClientRects()].at(-1)!;
        const marker = firstElementChild!.getBoundingClientRect();
        return marker.top < line.bottom && marker.left >= line.right ? [] : [{ line, marker }];
      }),
    );
    expect(alone).toEqual([]);
  }
  await page.close();
});

test('a question is edited in its place', async () => {
  const { page, told } = await open([turnOf(1)]);
  await page.locator('[data-testid="chat-edit"]').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Another one');
  await page.keyboard.press('Enter');
  await expect.poll(() => told.at(-1)).toEqual({ kind: 'edit', id: 1, question: 'Another one' });
  await page.close();
});

test('text from right to left runs so, code does not, and nothing is wider than little room', async () => {
  const arabic = turnOf(1, {
    question: 'كيف يُحسب السعر الإجمالي؟',
    answer: 'يُحسب السعر في `totalPrice` بعد الخصم [1].\n\n- أولاً الخصم\n- ثم الضريبة\n\n```ts\nconst a = 1;\n```\n',
    scope: [{ id: 1, kind: 'file', label: 'a-file-with-a-rather-long-name.component.spec.ts', detail: 'src/a.ts' }],
  });
  const refusal = { missing: ['satellite', 'telescope'], files: 6, chunks: 6, failed: 1, waiting: 3, scannedAt: null };
  const refused = turnOf(2, {
    refused: true,
    reason: 'Nothing (the closest passage holds 0 %)',
    refusal,
    citations: [],
  });
  // Of a side bar of 300 pixels 150 are left at 200 %.
  const { page, tell } = await open([arabic, refused], { width: 150, height: 700 });
  await tell({ kind: 'scope', chips: arabic.scope });
  await page.getByText('I don’t know').waitFor();
  await page.screenshot({ path: join(screenshots, 'page-1-zoomed-refusal.png') });
  await page.locator('.turn').first().scrollIntoViewIfNeeded();
  const word = page.getByText('أولاً الخصم');
  await word.waitFor();
  await page.screenshot({ path: join(screenshots, 'page-2-zoomed-right-to-left.png') });
  const tooWide = await page.evaluate(() => {
    const clips = (element: Shown) => element.closest('pre, .table, .preview, .spoken') !== null;
    return [...document.querySelectorAll('.page *')]
      .filter((element) => !clips(element) && element.getBoundingClientRect().right > window.innerWidth + 1)
      .map((element) => element.outerHTML.slice(0, 80));
  });
  expect(tooWide).toEqual([]);
  const sides = await word.evaluate((element) => {
    const text = document.createRange();
    text.selectNodeContents(element);
    const own = text.getBoundingClientRect();
    const room = element.getBoundingClientRect();
    return { left: own.left - room.left, right: room.right - own.right };
  });
  expect(sides.left).toBeGreaterThan(sides.right);
  expect(
    await page
      .locator('.snippet')
      .first()
      .evaluate((element) => getComputedStyle(element).direction),
  ).toBe('ltr');
  await page.close();
});

test('the whole page speaks Chinese to who does', async () => {
  const sentences = JSON.parse(readFileSync(resolve(webview, '../../l10n/bundle.l10n.zh-cn.json'), 'utf8'));
  const refusal = {
    missing: ['satellite'],
    files: 6,
    chunks: 9,
    failed: 1,
    waiting: 3,
    scannedAt: '2026-01-01T00:00:00Z',
  };
  const turns = [
    turnOf(1, { citations: turnOf(1).citations.map((citation) => ({ ...citation, verified: false })) }),
    turnOf(2, { refused: true, reason: '这里没有任何内容提到“satellite”', refusal, citations: [] }),
    turnOf(3, { state: 'failed', error: '出错', answer: '', citations: [], sources: [], trace: null }),
  ];
  const { page, tell } = await open(turns, { width: 400, height: 1600 }, { language: 'zh-cn', sentences });
  for (const turn of turns) await tell({ kind: 'turn', turn });
  await tell({
    kind: 'overview',
    overview: {
      ...{ state: 'indexing', progress: { done: 3, total: 9, step: 'indexing' }, files: 6, lines: 60, failed: 1 },
      model: { name: '', destination: '', isHere: false },
      ...{ search: [], degraded: [], trusted: true, examples: [] },
    },
  });
  for (const closed of await page.locator('summary').all()) await closed.click();
  await page.getByText('我不知道。').waitFor();
  await page.screenshot({ path: join(screenshots, 'page-3-chinese.png') });
  // What is said in Latin letters is of the code, of the question, or a key of the keyboard.
  const own =
    /Question \d|Answer \d|It goes on for a while|src\/?|a\.ts|const [ab] = \d;|satellite|retrieve|found|lexical|const|Enter|Escape|Shift|ms|\ba\b/g;
  const said = await page.evaluate(() =>
    [...document.querySelectorAll('.page *')].flatMap((element) => [
      ...(element.children.length === 0 ? [element.textContent ?? ''] : []),
      ...['title', 'aria-label', 'placeholder'].map((name) => element.getAttribute(name) ?? ''),
    ]),
  );
  expect(said.map((text) => text.replace(own, '')).filter((text) => /[A-Za-z]{2}/.test(text))).toEqual([]);
  expect(said.filter((text) => /\p{Script=Han}/u.test(text)).length).toBeGreaterThan(40);
  await page.close();
});
