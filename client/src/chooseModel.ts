/**
 * Which language model writes the answers, chosen from what there is: the editor's own, servers on this machine, any
 * address, or none. This machine is searched only when a person agrees, each time.
 */

import { ConfigurationTarget, commands, ProgressLocation, QuickPickItemKind, window, workspace } from 'vscode';
import { messageOf } from '../../server/src/base/errors.js';
import { countOf, paragraph, t } from '../../server/src/base/l10n.js';
import type { FoundModels } from '../../server/src/protocol/messages.js';
import { editorModels } from './editorModels.js';
import type { BackEnd } from './languageClient.js';
import { complain, confirm, inform } from './notices.js';

interface Choice {
  label: string;
  description?: string;
  detail?: string;
  kind?: QuickPickItemKind;
  run?: () => unknown;
}

export async function chooseModel(server: BackEnd): Promise<void> {
  if (!isTrusted()) return;
  const lent = await editorModels().catch(() => []);
  const separator = (label: string): Choice => ({ label, kind: QuickPickItemKind.Separator });
  const items: Choice[] = [
    ...(lent.length > 0 ? [separator(t('Lent by the editor'))] : []),
    ...lent.map(({ id, name, vendor, maxInputTokens }) => ({
      label: `$(sparkle) ${name || id}`,
      description: vendor,
      detail: paragraph([
        t('Questions and the passages shown under Sources go to {0} through the editor.', vendor),
        contextText(maxInputTokens),
      ]),
      run: () => use({ kind: 'editor', name: id }),
    })),
    separator(t('On this machine')),
    { label: `$(search) ${t('Find Model Servers on This Machine…')}`, run: () => findModels(server) },
    separator(t('Anywhere')),
    {
      label: `$(globe) ${t('Enter an Address…')}`,
      detail: t('Of any OpenAI-compatible server.'),
      run: () => commands.executeCommand('workbench.action.openSettings', 'scholia.model.baseUrl'),
    },
    separator(t('Without a model')),
    {
      label: `$(lock) ${t('None')}`,
      detail: t('Answers are extracts of your code, and nothing leaves this machine.'),
      run: () => use({ kind: 'server', baseUrl: '', name: '' }),
    },
  ];
  const choice = await window.showQuickPick(items, { title: t('Choose a Language Model'), matchOnDescription: true });
  await choice?.run?.();
}

export async function findModels(server: BackEnd): Promise<void> {
  if (!isTrusted()) return;
  const detail = t(
    'Scholia asks the ports of this machine where Ollama, LM Studio, llama.cpp, vLLM and others usually listen for their lists of models. Nothing else is sent, and nothing leaves this machine.',
  );
  if (!(await confirm(t('Look for model servers on this machine?'), detail, t('Look')))) return;
  const options = {
    location: ProgressLocation.Notification,
    title: t('Scholia: looking for model servers'),
    cancellable: true,
  };
  try {
    const found = await window.withProgress(options, (_progress, token) => server.findModels(token));
    if (found.length > 0) await pickServed(found);
    else
      inform(
        t(
          'Scholia found no model server on this machine. Start one (Ollama, LM Studio, llama.cpp, vLLM), or enter its address in scholia.model.baseUrl.',
        ),
      );
  } catch (error) {
    const reason = messageOf(error);
    complain(t('Scholia could not look for model servers: {0}', reason));
  }
}

async function pickServed(servers: readonly FoundModels[]): Promise<void> {
  const items = servers.flatMap(({ baseUrl, product, models }): Choice[] => [
    { label: [product, baseUrl].filter(Boolean).join(' · '), kind: QuickPickItemKind.Separator },
    ...models.map(({ name, contextTokens }) => ({
      label: `$(server) ${name}`,
      description: contextText(contextTokens ?? 0),
      run: () => use({ kind: 'server', baseUrl, name }),
    })),
  ]);
  const choice = await window.showQuickPick(items, { title: t('Which model is to write the answers?') });
  await choice?.run?.();
}

function contextText(tokens: number): string {
  return tokens > 0 ? t('Takes {0} at once.', countOf(tokens, 'token')) : '';
}

/** For the user, never for a workspace: where questions go is nobody else's to say. */
async function use(model: { kind: string; baseUrl?: string; name: string }): Promise<void> {
  const settings = workspace.getConfiguration('scholia.model');
  // The address before the kind, so that no question goes to the address of before.
  for (const [key, value] of Object.entries({ baseUrl: model.baseUrl, name: model.name, kind: model.kind }))
    if (value !== undefined) await settings.update(key, value, ConfigurationTarget.Global);
}

function isTrusted(): boolean {
  if (!workspace.isTrusted) inform(t('Scholia asks no language model in Restricted Mode: trust this workspace first.'));
  return workspace.isTrusted;
}
