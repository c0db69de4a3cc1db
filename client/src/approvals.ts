/**
 * The team's suggested embedders that the person approved, each for one `scholia.json` as it was then.
 *
 * They are kept with the editor's state of the workspace, where the repository cannot write. A file that changes asks
 * again. Nothing is said in a workspace that is not trusted, since its file is not read there.
 */

import { type Disposable, type Memento, workspace } from 'vscode';
import { t } from '../../server/src/base/l10n.js';
import type { BackEnd } from './languageClient.js';
import { confirm, inform } from './notices.js';

const KEY = 'scholia.approvedTeamFiles';

/** Digest of the approved file, by the folder's address. */
type Approvals = Record<string, string>;

/** Tells the server whenever it starts. */
export function keepApprovals(server: BackEnd, state: Memento): Disposable {
  return server.onDidStart(() => send(server, state));
}

/** Shows where code would go before anything is approved. */
export async function approveEmbedder(server: BackEnd, state: Memento): Promise<void> {
  const suggestions = await server.teamEmbedders();
  if (suggestions.length === 0) {
    inform(t('Scholia: no scholia.json suggests an embedder that waits for your approval.'));
    return;
  }
  for (const { uri, name, destination, digest } of suggestions) {
    const detail = t(
      'All code of {0} that is indexed, and every question about it, is sent there to be turned into vectors; it may cost money. The approval is for this scholia.json as it is now, and ends when the file changes.',
      uri,
    );
    const question = t('Use the embedder {0} at {1}, as the team suggests?', name, destination);
    if (!(await confirm(question, detail, t('Approve')))) continue;
    await state.update(KEY, { ...state.get<Approvals>(KEY, {}), [uri]: digest });
  }
  await send(server, state);
}

async function send(server: BackEnd, state: Memento): Promise<void> {
  if (!workspace.isTrusted || server.health !== 'running') return;
  const approvals = Object.entries(state.get<Approvals>(KEY, {})).map(([uri, digest]) => ({ uri, digest }));
  await server.sendApprovals({ approvals });
}
