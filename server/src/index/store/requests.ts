/**
 * How a process that only reads a store asks the one that keeps it: by small files beside the database, for whose
 * change the owner looks. No port, no process number; an owner of another version simply does not answer.
 */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bring the index up to date; or look for damage first. */
export type Request = 'check' | 'update';

export interface Requests {
  /** False when the store's folder cannot be written. */
  make(what: Request): Promise<boolean>;
  /** Whether it was asked for since the last look. */
  take(what: Request): Promise<boolean>;
}

export function createRequests(folder: string): Requests {
  const pathOf = (what: Request) => join(folder, `wanted.${what}`);
  const madeAt = (what: Request) =>
    stat(pathOf(what)).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
  const seen = { check: madeAt('check'), update: madeAt('update') };
  return {
    make: (what) =>
      writeFile(pathOf(what), '', { mode: 0o600 }).then(
        () => true,
        () => false,
      ),
    async take(what) {
      const [before, now] = await Promise.all([seen[what], madeAt(what)]);
      seen[what] = Promise.resolve(now);
      return now !== before;
    },
  };
}
