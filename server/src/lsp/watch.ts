/** File events to index updates: coalesced, so that a branch switch is one update and not a thousand. */
import type { Roots } from './roots.js';

/** Long enough to gather the events of one save or checkout, short enough to be fresh. */
const GATHER_MS = 150;
/** Above this, and when the branch changes, the whole folder is looked at again. */
const MANY_FILES = 200;
/** Watchers miss things on network disks, in containers, and when there are more folders than the system can watch. */
const FOCUS_SCAN_MS = 60_000;
/** Another branch, or another commit on the same one. */
const HEAD_MOVED = new Set(['.git/HEAD', '.git/logs/HEAD']);

export function watchFiles(
  roots: Roots,
  onError: (error: unknown) => void,
): { changed(uris: readonly string[]): void; focused(): void } {
  let lastScan = Date.now();
  let gathered = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    const uris = gathered;
    gathered = new Set();
    timer = null;
    for (const root of roots.all()) {
      const paths = [...uris].flatMap((uri) => {
        const at = roots.holding(uri);
        return at?.root === root ? [at.path] : [];
      });
      if (paths.some((path) => HEAD_MOVED.has(path)) || paths.length > MANY_FILES) await root.engine.update();
      else if (paths.length > 0) await root.engine.filesChanged(paths.filter((path) => !path.startsWith('.git/')));
    }
  }

  return {
    changed(uris) {
      for (const uri of uris) gathered.add(uri);
      if (timer === null) timer = setTimeout(() => flush().catch(onError), GATHER_MS);
    },
    focused() {
      if (Date.now() - lastScan < FOCUS_SCAN_MS) return;
      lastScan = Date.now();
      for (const { engine } of roots.all()) engine.update().catch(onError);
    },
  };
}
