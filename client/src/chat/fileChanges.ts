/**
 * Which files changed, in a buffer or on the disk, gathered for a moment: typing is many changes, and so is a change of
 * branch.
 */
import { Disposable, type Uri, workspace } from 'vscode';

const gatherMs = 400;

export function onFilesChanged(act: (uris: readonly string[]) => void): Disposable {
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const note = (uri: Uri) => {
    if (uri.scheme !== 'file') return;
    changed.add(uri.toString());
    timer ??= setTimeout(() => {
      timer = undefined;
      const uris = [...changed];
      changed.clear();
      act(uris);
    }, gatherMs);
  };
  // The language server has the same watcher; the editor keeps one for both.
  const watcher = workspace.createFileSystemWatcher('**/*');
  return Disposable.from(
    watcher,
    watcher.onDidChange(note),
    watcher.onDidCreate(note),
    watcher.onDidDelete(note),
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) note(document.uri);
    }),
    { dispose: () => clearTimeout(timer) },
  );
}
