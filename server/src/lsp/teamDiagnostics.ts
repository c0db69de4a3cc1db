/** What `scholia.json` says that does not count, as diagnostics at its lines; sent again only when they change. */
import { type Connection, type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { TEAM_FILE } from '../engine/teamFile.js';
import type { TeamProblem } from '../engine/teamSettings.js';
import { uriOf } from './convert.js';
import type { Roots } from './roots.js';

export function createTeamDiagnostics(connection: Connection, roots: Roots): { publish(): Promise<void> } {
  const sent = new Map<string, string>();
  return {
    async publish() {
      const current = new Map(
        roots.all().map(({ folder, engine }) => [uriOf(folder, TEAM_FILE), engine.teamProblems().map(diagnosticOf)]),
      );
      for (const uri of sent.keys()) if (!current.has(uri)) current.set(uri, []);
      for (const [uri, diagnostics] of current) {
        const text = JSON.stringify(diagnostics);
        if (text === (sent.get(uri) ?? '[]')) continue;
        sent.set(uri, text);
        await connection.sendDiagnostics({ uri, diagnostics });
      }
    },
  };
}

function diagnosticOf({ severity, line, column, endLine, endColumn, message }: TeamProblem): Diagnostic {
  return {
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    range: {
      start: { line: line - 1, character: column - 1 },
      end: { line: endLine - 1, character: endColumn - 1 },
    },
    source: 'Scholia',
    message,
  };
}
