/**
 * The extension inside of a desktop VS Code: it starts, indexes, searches and has its commands. Run by the editor itself
 * (`npm run test:desktop`), so it stands on what the editor brings; everything finer is tested in test/vscode.
 */
const assert = require('node:assert');
const vscode = require('vscode');

const GIVE_UP_MS = 60_000;

exports.run = async () => {
  await vscode.extensions.getExtension('scholia.scholia').activate();
  const commands = await vscode.commands.getCommands(true);
  for (const command of ['scholia.ask', 'scholia.reindex', 'scholia.showStatus']) assert(commands.includes(command));

  const search = async () => {
    const input = { query: 'what the customer pays', limit: 1 };
    const { content } = await vscode.lm.invokeTool('scholia_search', { input, toolInvocationToken: undefined });
    return content[0].value;
  };
  const giveUp = Date.now() + GIVE_UP_MS;
  let found = await search();
  while (!found.startsWith('src/cart.ts:') && Date.now() < giveUp) found = await search();
  assert.match(found, /^src\/cart\.ts:1-22 {2}/);
};
