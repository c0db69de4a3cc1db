/**
 * The folder of the chats, on the disk of the machine that the extension runs on. Not through the editor's file system:
 * its writes go by way of the window, and one that is just loaded anew drops them, and the question asked last with them.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChatFolder } from './chats.js';

export function chatFolderAt(root: string): ChatFolder {
  const none = (error: { code?: string }) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  };
  return {
    read: (path) => readFile(join(root, path), 'utf8').catch(none),
    async write(path, text) {
      // Half a file would be there if the window went in the midst of it; half of this one has no name that is read.
      const beside = join(root, `${path}.${process.pid}.new`);
      await mkdir(dirname(beside), { recursive: true });
      await writeFile(beside, text);
      await rename(beside, join(root, path));
    },
    delete: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: async (path) => (await readdir(join(root, path)).catch(none)) ?? [],
  };
}
