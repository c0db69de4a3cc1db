/**
 * Another extension, as it meets ours inside of the editor: it calls the language-model tools, and brings a language
 * model, without which the editor's chat asks no participant. What it finds is written beside the workspace.
 */
const { renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const vscode = require('vscode');

const model = {
  id: 'probe',
  name: 'Probe',
  family: 'probe',
  version: '1',
  maxInputTokens: 8000,
  maxOutputTokens: 1000,
  capabilities: { toolCalling: true },
  isUserSelectable: true,
  isDefault: true,
};

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('probe', {
      provideLanguageModelChatInformation: async () => [model],
      provideLanguageModelChatResponse: async () => {},
      provideTokenCount: async () => 1,
    }),
    vscode.commands.registerCommand('probe.run', run),
  );
};

async function run() {
  const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('scholia_'));
  const found = { tools: tools.map(({ name, inputSchema }) => ({ name, inputSchema })), results: [] };
  for (const [name, input] of [
    ['scholia_search', { query: 'the discounted sum of all items', limit: 2 }],
    ['scholia_ask', { question: 'How is the total price made?' }],
    ['scholia_search', { query: 'a'.repeat(5000) }],
    ['scholia_search', { query: 'price', limit: 1000 }],
  ]) {
    const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }).then(
      ({ content }) => content.map((part) => part.value).join('\n'),
      (error) => `failed: ${error.message}`,
    );
    found.results.push(result);
  }
  const path = join(vscode.workspace.workspaceFolders[0].uri.fsPath, '../probe.json');
  writeFileSync(`${path}.part`, JSON.stringify(found));
  renameSync(`${path}.part`, path);
  // The chat asks nobody before it knows a model.
  while ((await vscode.lm.selectChatModels({ vendor: 'probe' })).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 200));
  await vscode.commands.executeCommand('workbench.action.chat.open', {
    query: '@scholia How is the total price made?',
  });
}
