/**
 * A root's `scholia.json`, read anew when asked: the settings that hold now and what is to be said of the file. A file
 * that breaks leaves the last one that could be read in force.
 */

import { createHash } from 'node:crypto';
import { messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Workspace } from '../base/ports.js';
import { decodeText } from '../base/text.js';
import { NO_TEAM, readTeamSettings, type TeamProblem, type TeamSettings } from './teamSettings.js';

export const TEAM_FILE = 'scholia.json';

export interface TeamFile {
  readonly settings: TeamSettings;
  readonly problems: readonly TeamProblem[];
  /** SHA-256 in hex of the file whose settings hold; null without one. */
  readonly digest: string | null;
  /** One sentence each, for the status. */
  notes(): string[];
  /** Reads the file and puts its limits in force. */
  read(): Promise<void>;
}

const MAX_BYTES = 64 * 1024;
const MAX_NOTED_PROBLEMS = 5;

/** Where the workspace is not trusted the file is not read, and the notes say so. */
export function createTeamFile(workspace: Workspace, trusted: boolean): TeamFile {
  let settings = NO_TEAM;
  let problems: readonly TeamProblem[] = [];
  let digest: string | null = null;
  let refused: string | null = null;

  async function contents(): Promise<Uint8Array | null> {
    try {
      return await workspace.read(TEAM_FILE);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR') refused = t('{0} cannot be read: {1}', TEAM_FILE, messageOf(error));
      return null;
    }
  }

  async function readFile(): Promise<void> {
    problems = [];
    refused = null;
    const bytes = await contents();
    if (!bytes) {
      if (!refused) {
        settings = NO_TEAM;
        digest = null;
      }
      return;
    }
    if (!trusted) {
      refused = t('{0} is not read, because the workspace is not trusted', TEAM_FILE);
      return;
    }
    const text = bytes.length > MAX_BYTES ? null : decodeText(bytes)?.text;
    if (text === null || text === undefined) {
      refused =
        text === null
          ? t('{0} is not read: it has more than {1} kilobytes', TEAM_FILE, MAX_BYTES / 1024)
          : t('{0} is not read: it is not text', TEAM_FILE);
      return;
    }
    const reading = readTeamSettings(text);
    problems = reading.problems;
    if (!reading.settings) return;
    settings = reading.settings;
    digest = createHash('sha256').update(bytes).digest('hex');
  }

  return {
    get settings() {
      return settings;
    },
    get problems() {
      return problems;
    },
    get digest() {
      return digest;
    },
    notes() {
      const told = problems
        .slice(0, MAX_NOTED_PROBLEMS)
        .map(({ line, message }) => t('{0}, line {1}: {2}', TEAM_FILE, line, message));
      const more = problems.length - told.length;
      if (more > 0)
        told.push(
          more === 1 ? t('{0} has 1 more problem', TEAM_FILE) : t('{0} has {1} more problems', TEAM_FILE, more),
        );
      if (refused) told.push(refused);
      return told;
    },
    async read() {
      await readFile();
      const { include, exclude, maxFileKilobytes } = settings;
      workspace.limit({ include, exclude, maxFileBytes: (maxFileKilobytes ?? Number.POSITIVE_INFINITY) * 1024 });
    },
  };
}
