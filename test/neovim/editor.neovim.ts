/**
 * The language server in Neovim's built-in client, configured by the very lines of docs/editors.md.
 *
 * A command of its own, `npm run test:neovim`, because it fetches packages on the first run. Where it cannot run, it says
 * so in one line, and fails where nobody reads lines (CI).
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dist, scratchFolder, writeFiles } from '../support/engine.js';
import { program } from '../support/repository.js';
import { type Neovim, neovim } from './neovim.js';

const project = join(import.meta.dirname, '../..');

const editor = await neovim();
if ('reason' in editor) {
  console.log(`not run: Neovim ${editor.reason}`);
  test(`not run: Neovim ${editor.reason}`, () => {
    expect(process.env['CI'], 'CI must be able to run this').not.toBe('true');
  });
} else {
  test('the documented configuration brings hover, search, answers and diagnostics', () => drive(editor));
}

async function drive(editor: Neovim): Promise<void> {
  const home = scratchFolder();
  const cwd = join(home, 'shop');
  cpSync(join(project, 'test/fixtures/shop'), cwd, { recursive: true });
  await writeFiles(home, {
    'shop/scholia.json': '{\n  "index": { "exclud": [] }\n}\n',
    'init.lua': /```lua\n(.*?)```/s.exec(readFileSync(join(project, 'docs/editors.md'), 'utf8'))![1]!,
  });
  const server = [process.execPath, join(dist, 'server/cli.cjs')].map((part) => `'${part}'`).join(' ');
  program(join(home, 'bin/scholia'), `exec ${server} "$@" --store '${join(home, 'store')}'`);
  const printed = await editor.run(join(home, 'init.lua'), join(import.meta.dirname, 'check.lua'), {
    cwd,
    env: { HOME: home, PATH: `${join(home, 'bin')}:${process.env['PATH']}`, SCHOLIA_SEEN: join(home, 'seen.json') },
  });
  const seen = JSON.parse(readFileSync(join(home, 'seen.json'), 'utf8'));
  expect(seen.failure, printed).toBeUndefined();
  console.log(`Neovim ${seen.version}`);
  expect(seen.status).toMatchObject({ state: 'ready', failed: [] });
  expect(seen.hover.contents).toMatchObject({
    kind: 'markdown',
    value: expect.stringContaining('What the customer pays'),
  });
  expect(seen.hover.contents.value).toContain('src/cart.ts');
  expect(seen.search[0]).toMatchObject({ path: 'src/tax.ts', uri: expect.stringMatching(/^file:.*\/src\/tax\.ts$/) });
  expect(seen.unsaved[0]).toMatchObject({ path: 'src/checkout.ts' });
  expect(seen.quickfix[0]).toMatchObject({
    path: join(cwd, 'src/cart.ts'),
    lnum: 10,
    text: expect.stringMatching(/^\[1\] /),
  });
  expect(seen.answer.join('\n')).toContain('totalPrice');
  expect(seen.diagnostics[0]).toMatchObject({ line: 2, message: expect.stringContaining('exclud') });
}
