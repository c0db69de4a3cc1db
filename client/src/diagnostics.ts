/**
 * The diagnostics report: what runs where, which settings differ from their defaults (by name alone, since a value may be
 * private), and the status.
 */

import { env, extensions, version, workspace } from 'vscode';
import { countOf } from '../../server/src/base/l10n.js';
import type { Diagnostics } from '../../server/src/protocol/messages.js';
import type { Health } from './languageClient.js';
import { statusMarkdown } from './statusDocument.js';
import { type Statuses, sizeOf } from './summary.js';

interface DiagnosticsFacts {
  /** Null when the server does not answer. */
  runtime: Diagnostics | null;
  health: Health;
  statuses: Statuses;
}

export function diagnosticsMarkdown({ runtime, health, statuses }: DiagnosticsFacts): string {
  const rows = [
    `Editor: ${env.appName} ${version}, ${env.uiKind === 1 ? 'desktop' : 'browser'}${env.remoteName ? `, ${env.remoteName}` : ''}`,
    `Workspace: ${workspace.isTrusted ? 'trusted' : 'restricted'}, ${countOf(workspace.workspaceFolders?.length ?? 0, 'folder')}`,
    `Server: ${health}`,
    ...(runtime
      ? [
          `Node ${runtime.node} on ${runtime.platform}, ${sizeOf(runtime.residentBytes)} resident, up ${Math.round(runtime.upSeconds / 60)} minutes`,
        ]
      : []),
    `Settings that are not at their default: ${changedSettings().join(', ') || 'none'}`,
  ];
  return [
    '# Scholia: diagnostics',
    'Nothing here is code or a key; names of folders and files are, and where questions are sent. Read it before you share it.',
    rows.map((row) => `- ${row}`).join('\n'),
    statusMarkdown(statuses).replace(/^#/gm, '##'),
  ].join('\n\n');
}

function changedSettings(): string[] {
  const declared = extensions.getExtension('scholia.scholia')?.packageJSON.contributes.configuration as
    | { properties: Record<string, unknown> }[]
    | undefined;
  const names = declared?.flatMap(({ properties }) => Object.keys(properties)) ?? [];
  return names.filter((name) => {
    const found = workspace.getConfiguration().inspect(name);
    return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some(
      (value) => value !== undefined,
    );
  });
}
