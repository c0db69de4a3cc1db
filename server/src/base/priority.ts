/** Background work gives way to what a person is doing. */
import { constants, setPriority } from 'node:os';

const BACKGROUND = 5;

/**
 * Lowers the priority of the calling thread. On Linux alone: there 0 means the thread, elsewhere the whole process, and
 * with it the thread that answers.
 */
export function workInBackground(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, BACKGROUND);
  } catch {
    // A sandbox may forbid it; then the thread is as quick as the others.
  }
}

/** Lowers the priority of this whole process, for one that does nothing else. */
export function runInBackground(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // As above.
  }
}
