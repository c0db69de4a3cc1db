/** A progress bar on a terminal; nothing at all where there is none. */
import type { UpdateProgress } from './engine/indexFiles.js';

const WIDTH = 30;
/** Short updates should not flash. */
const QUIET_MS = 300;

export function progressBar(stream: NodeJS.WriteStream): { show(progress: UpdateProgress): void; end(): void } {
  const start = Date.now();
  let shown = '';
  return {
    show({ step, done, total }) {
      if (!stream.isTTY || Date.now() - start < QUIET_MS) return;
      const share = total > 0 ? done / total : 0;
      const bar = '━'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '─');
      const text = step === 'scanning' ? 'Looking for files…' : `Indexing ${bar} ${done} of ${total} files`;
      if (text === shown) return;
      shown = text;
      stream.write(`\r\x1b[2K${text}`);
    },
    end() {
      if (shown) stream.write('\r\x1b[2K');
    },
  };
}
