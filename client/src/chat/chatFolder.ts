/** The folder of the chats through the editor's file system, which is where the workspace is. */
import { Uri, workspace } from 'vscode';
import type { ChatFolder } from './chats.js';

export function chatFolderAt(root: Uri): ChatFolder {
  const { fs } = workspace;
  const at = (path: string) => (path ? Uri.joinPath(root, path) : root);
  return {
    async read(path) {
      const bytes = await fs.readFile(at(path)).then(undefined, () => null);
      return bytes && new TextDecoder().decode(bytes);
    },
    async write(path, text) {
      // Half a file would be there if the window went in the midst of it; half of this one has no name that is read.
      const beside = at(`${path}.new`);
      await fs.writeFile(beside, new TextEncoder().encode(text));
      await fs.rename(beside, at(path), { overwrite: true });
    },
    async delete(path) {
      await fs.delete(at(path), { recursive: true, useTrash: false }).then(undefined, () => {});
    },
    async list(path) {
      const entries = await fs.readDirectory(at(path)).then(undefined, () => []);
      return entries.map(([name]) => name);
    },
  };
}
