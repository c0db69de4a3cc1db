/**
 * How a process that only reads a store asks the one that keeps it: by a small file beside the database, whose change
 * the owner looks for. No port, no process number; an owner of another version simply does not answer.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bring the index up to date; or look for damage first. */
export type Request = 'update' | 'check';

export interface Requests {
  /** False when the store's folder cannot be written. */
  make(what: Request): Promise<boolean>;
  /** What was asked since the last look, or null. */
  take(): Promise<Request | null>;
}

export function createRequests(folder: string): Requests {
  const path = join(folder, 'wanted');
  const changedAt = () =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  let seen = changedAt();
  return {
    make: (what) =>
      writeFile(path, what, { mode: 0o600 }).then(
        () => true,
        () => false,
      ),
    async take() {
      const [before, now] = [await seen, await changedAt()];
      if (now === before) return null;
      seen = Promise.resolve(now);
      return (await readFile(path, 'utf8').catch(() => '')) === 'check' ? 'check' : 'update';
    },
  };
}
