/**
 * Keys of the language model, the embedder and the reranker, from the editor's secret storage to the server's memory.
 *
 * A key belongs to the origin that it was entered for: another address asks again, so that changing the address can
 * never carry a key to somebody else. Nothing is sent in a workspace that is not trusted, since no model is used there.
 */

import { commands, Disposable, type SecretStorage, window, workspace } from 'vscode';
import { phrase, t } from '../../server/src/base/l10n.js';
import { type KeyOrigin, keyOriginsOf } from './keyOrigins.js';
import type { BackEnd } from './languageClient.js';
import { inform } from './notices.js';

/** The settings that hold an address, with what is there. */
const ADDRESSES = {
  'scholia.model.baseUrl': phrase('language model'),
  'scholia.completion.baseUrl': phrase('completion model'),
  'scholia.embedder.baseUrl': phrase('embedder'),
  'scholia.reranker.baseUrl': phrase('reranker'),
};

/** Hands the keys over whenever the server starts and whenever a key, an address or the trust changes. */
export function keepModelKey(server: BackEnd, secrets: SecretStorage): Disposable {
  const send = async () => {
    if (!workspace.isTrusted || server.health !== 'running') return;
    for (const { origin } of keyOrigins())
      await server.sendModelKey({ origin, key: (await secrets.get(secretName(origin))) ?? '' });
  };
  return Disposable.from(
    server.onDidStart(send),
    secrets.onDidChange(send),
    workspace.onDidChangeConfiguration(
      (change) => Object.keys(ADDRESSES).some((setting) => change.affectsConfiguration(setting)) && send(),
    ),
  );
}

export async function askForModelKey(secrets: SecretStorage): Promise<void> {
  const origins = keyOrigins();
  if (origins.length === 0) {
    const open = t('Open Setting');
    const choice = await inform(t('A key belongs to an address: say first which language model to ask.'), open);
    if (choice === open) await commands.executeCommand('workbench.action.openSettings', 'scholia.model.baseUrl');
    return;
  }
  const origin = origins.length === 1 ? origins[0]!.origin : await pickOrigin(origins);
  if (origin === undefined) return;
  const key = await window.showInputBox({
    title: t('API key for {0}', origin),
    prompt: t('Kept in the editor’s secret storage and sent to this address only. Empty: forget the key.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim()) await secrets.store(secretName(origin), key.trim());
  else await secrets.delete(secretName(origin));
  const done = key.trim()
    ? t('Scholia will use this key for {0}.', origin)
    : t('Scholia has forgotten the key for {0}.', origin);
  window.setStatusBarMessage(done, 5000);
}

async function pickOrigin(origins: readonly KeyOrigin[]): Promise<string | undefined> {
  const items = origins.map(({ origin, services }) => ({
    label: origin,
    description: services.map((service) => t(service)).join(', '),
  }));
  return (await window.showQuickPick(items, { title: t('Which address is the key for?') }))?.label;
}

function secretName(origin: string): string {
  return `scholia.modelKey ${origin}`;
}

/** Of the addresses in the settings. */
function keyOrigins(): KeyOrigin[] {
  const settings = workspace.getConfiguration();
  return keyOriginsOf(
    Object.entries(ADDRESSES).map(([setting, service]) => ({ address: settings.get(setting, ''), service })),
  );
}
