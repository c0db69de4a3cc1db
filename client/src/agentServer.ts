/**
 * The MCP server of this extension as the editor's agents find it: one for each folder, on the editor's own Node.
 *
 * It is the command line's, with the command line's settings: what the editor keeps (keys, settings) is not handed on.
 * In a workspace that is not trusted there is none, since that server trusts its folder.
 */

import { Disposable, EventEmitter, type ExtensionContext, lm, McpStdioServerDefinition, workspace } from 'vscode';
import { t } from '../../server/src/base/l10n.js';

/** The extension host's own; no other part of Node is used here. */
declare const process: { execPath: string };

const ID = 'scholia.agents';

export function registerAgentServer(context: ExtensionContext): Disposable {
  // Editors built on VS Code may lack it.
  if (typeof lm?.registerMcpServerDefinitionProvider !== 'function') return Disposable.from();
  const changed = new EventEmitter<void>();
  return Disposable.from(
    changed,
    workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
    lm.registerMcpServerDefinitionProvider(ID, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => (workspace.isTrusted ? definitions(context) : []),
    }),
  );
}

function definitions({ asAbsolutePath, extension }: ExtensionContext): McpStdioServerDefinition[] {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const program = asAbsolutePath('dist/server/cli.cjs');
  return folders.map(({ name, uri }) => {
    const label = folders.length > 1 ? t('Scholia: {0}', name) : 'Scholia';
    const args = [program, 'mcp', '--root', uri.fsPath];
    // The desktop editor's program is Node only when it is told so.
    const env = { ELECTRON_RUN_AS_NODE: '1' };
    return new McpStdioServerDefinition(label, process.execPath, args, env, extension.packageJSON.version);
  });
}
