/** The real disk behind the `FileSystem` port: the only module that reads a workspace's files, and it only reads. */

import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { DirectoryEntry, FileSystem } from '../base/ports.js';

/** A pipe with nobody at its other end would be waited for without end. Windows has neither. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export const disk: FileSystem = {
  realPath: (path) => realpath(path),

  async list(path) {
    const entries = await readdir(path, { withFileTypes: true });
    const listed = entries.map((entry): DirectoryEntry => {
      const kind = entry.isFile()
        ? 'file'
        : entry.isDirectory()
          ? 'directory'
          : entry.isSymbolicLink()
            ? 'link'
            : 'other';
      return { name: entry.name, kind };
    });
    return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  async stat(path) {
    const found = await stat(path, { bigint: true });
    return {
      size: Number(found.size),
      mtimeNs: found.mtimeNs,
      ctimeNs: found.ctimeNs,
      inode: found.ino,
      kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other',
    };
  },

  async read(path, maxBytes) {
    // Size and content come from one handle, so that a file that grows meanwhile cannot slip past the limit.
    const handle = await open(path, READ_WITHOUT_WAITING);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw new EngineError('unavailable', t('{0} is no plain file', path));
      if (found.size > maxBytes)
        throw new EngineError('unavailable', t('{0} is larger than {1} bytes', path, maxBytes));
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  },
};
