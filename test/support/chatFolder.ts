/** The folder of the chats on a real disk, as the editor's file system is to the client. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChatFolder } from '../../client/src/chat/chats.js';

export function chatFolderOnDisk(root: string): ChatFolder {
  const none = (error: { code?: string }) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  };
  return {
    read: (path) => readFile(join(root, path), 'utf8').catch(none),
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, `${path}.new`), text);
      await rename(join(root, `${path}.new`), join(root, path));
    },
    delete: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: async (path) => (await readdir(join(root, path)).catch(none)) ?? [],
  };
}
