/** The folder of the chats through the editor's file system, which is where the workspace is. */
import { Uri, workspace } from 'vscode';
import type { ChatFolder } from './chats.js';

export function chatFolderAt(root: Uri): ChatFolder {
  const { fs } = workspace;
  const at = (path: string) => (path ? Uri.joinPath(root, path) : root);
  const newOf = (path: string) => `${path}.new`;
  return {
    async read(path) {
      // The editor renames over a file by deleting that one first: meanwhile, or after a crash, there is only the new one.
      for (const place of [path, newOf(path), path]) {
        const bytes = await fs.readFile(at(place)).then(undefined, () => null);
        if (bytes) return new TextDecoder().decode(bytes);
      }
      return null;
    },
    async write(path, text) {
      const beside = at(newOf(path));
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
