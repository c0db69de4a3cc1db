/**
 * The language model's key, from the editor's secret storage to the server's memory.
 *
 * A key belongs to the origin that it was entered for: another address asks again, so that changing the address can
 * never carry a key to somebody else. Nothing is sent in a workspace that is not trusted, since no model is used there.
 */
import { commands, Disposable, type SecretStorage, window, workspace } from 'vscode';
import type { BackEnd } from './languageClient.js';

const setting = 'scholia.model.baseUrl';

/** Hands the key over whenever the server starts and whenever the key, the address or the trust changes. */
export function keepModelKey(server: BackEnd, secrets: SecretStorage): Disposable {
  const send = async () => {
    const origin = modelOrigin();
    if (!origin || !workspace.isTrusted || server.health !== 'running') return;
    await server.sendModelKey({ origin, key: (await secrets.get(secretName(origin))) ?? '' });
  };
  return Disposable.from(
    server.onDidStart(send),
    secrets.onDidChange(send),
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(setting) && send()),
  );
}

export async function askForModelKey(secrets: SecretStorage): Promise<void> {
  const origin = modelOrigin();
  if (!origin) {
    const open = 'Open Setting';
    const choice = await window.showInformationMessage(
      'A key belongs to an address: say first which language model to ask.',
      open,
    );
    if (choice === open) await commands.executeCommand('workbench.action.openSettings', setting);
    return;
  }
  const key = await window.showInputBox({
    title: `API key for ${origin}`,
    prompt: 'Kept in the editor’s secret storage and sent to this address only. Empty: forget the key.',
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  if (key.trim()) await secrets.store(secretName(origin), key.trim());
  else await secrets.delete(secretName(origin));
  const done = key.trim() ? `Scholia will use this key for ${origin}.` : `Scholia has forgotten the key for ${origin}.`;
  window.setStatusBarMessage(done, 5000);
}

function secretName(origin: string): string {
  return `scholia.modelKey ${origin}`;
}

/** Scheme, host and port of the model's address; null for none or for something that is no web address. */
function modelOrigin(): string | null {
  const url = URL.parse(workspace.getConfiguration().get(setting, '').trim());
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.origin : null;
}
