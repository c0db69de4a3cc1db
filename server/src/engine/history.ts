/** Version control to store: the commits that came since the last look. */
import { messageOf } from '../base/errors.js';
import type { History } from '../base/ports.js';
import { MAX_COMMITS } from '../index/history.js';
import type { StoreThreads } from '../index/store/threads.js';
import type { UpdateOptions } from './update.js';

/** Resolves with a sentence for the status where history could not be read, else with null; the rest goes on. */
export async function updateHistory(
  history: History,
  store: StoreThreads,
  { everything, signal }: UpdateOptions,
): Promise<string | null> {
  const since = await store.read((reader) => reader.historyMark());
  try {
    const read = await history.read(everything ? '' : since, MAX_COMMITS, signal);
    if (read.mark !== since || read.rebuilt) await store.writer.putHistory(read);
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    return messageOf(error);
  }
}
