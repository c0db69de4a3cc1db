/**
 * The editor's own chat and its language models, in a real VS Code: the tools as another extension calls them, and
 * `@scholia` as a person asks it. The other extension (probe/) also brings the model that the chat wants to see.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Editor, openEditor, reportFailure } from './harness.js';

const project = join(import.meta.dirname, '../..');
const vsix = join(project, 'test-results/scholia-under-test.vsix');
const beside = join(project, 'test-results/probe.vsix');
let editor: Editor;

beforeAll(async () => {
  execFileSync(process.execPath, [join(project, 'scripts/package.mjs'), '--out', vsix], { stdio: ['ignore', 2, 2] });
  const cwd = join(import.meta.dirname, 'probe');
  await createVSIX({ cwd, packagePath: beside, dependencies: false, allowMissingRepository: true, skipLicense: true });
  editor = await openEditor({ folder: join(project, 'test/fixtures/shop'), vsix, beside });
  await editor.page
    .locator('.statusbar')
    .getByText(/Scholia/)
    .first()
    .waitFor();
});
afterEach((context) => reportFailure(editor, context));
afterAll(() => editor?.close());

test('language models have tools that cite, are bounded and refuse what is no question', async () => {
  await editor.runCommand('Probe: Run');
  const path = join(editor.folder, '../probe.json');
  await expect.poll(() => existsSync(path), { timeout: 60_000 }).toBe(true);
  const { tools, results } = JSON.parse(readFileSync(path, 'utf8'));
  expect(tools).toEqual([
    { name: 'scholia_search', inputSchema: expect.objectContaining({ required: ['query'] }) },
    { name: 'scholia_ask', inputSchema: expect.objectContaining({ required: ['question'] }) },
  ]);
  const [search, ask, long, many] = results;
  expect(search).toMatch(/^(Note: .*\n\n)?src\/cart\.ts:1-22 {2}interface Item\n1\timport/);
  expect(ask).toMatch(
    /^(Note: .*\n\n)?Citations, each read again just now:\n\[1\] src\/cart\.ts:10-15\n[\s\S]*\n\nAnswer:\n/,
  );
  expect(long).toMatch(/^failed: .*query/);
  expect(many).toMatch(/^failed: .*limit/);
});

test('@scholia answers in the editor’s chat with anchors on lines, and follows up', async () => {
  const response = editor.page.locator('.interactive-response').last();
  const anchor = (text: string) => response.locator('.chat-inline-anchor-widget').filter({ hasText: text }).first();
  await anchor('cart.ts:10').waitFor();
  await editor.screenshot('agents-1-participant');
  await editor.page.locator('.interactive-session').getByText('Who calls totalPrice?').click();
  await editor.page.locator('.interactive-request').nth(1).waitFor();
  await anchor('checkout.ts').waitFor();
  await editor.screenshot('agents-2-follow-up');
});

test('the MCP server is offered to the editor’s agents', async () => {
  const row = editor.page.locator('.quick-input-widget .monaco-list-row');
  await editor.page.keyboard.press('F1');
  await editor.page.locator('.quick-input-widget input').first().fill('>MCP: List Servers');
  await row.filter({ hasText: 'MCP: List Servers' }).first().click();
  // The chat of the test before has started it.
  await row
    .filter({ hasText: /^Scholia.*Running/ })
    .first()
    .waitFor();
  await editor.screenshot('agents-3-mcp-server');
  await editor.page.keyboard.press('Escape');
});
