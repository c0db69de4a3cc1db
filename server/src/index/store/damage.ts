/**
 * What an error in a store thread means: the store is damaged, something outside failed, or neither is known.
 *
 * Damage is told from a full disk or a lock, because it alone is answered by building the store anew.
 */

import { EngineError, messageOf } from '../../base/errors.js';
import { t } from '../../base/l10n.js';

const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const INPUT_OUTPUT = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;
const SHORT_READ = 522;

interface SystemError {
  code?: string;
  /** SQLite's extended code, from `node:sqlite`. */
  errcode?: number;
}

export function damaged(reason: string): EngineError {
  return new EngineError('store-damaged', reason);
}

export function isDamage(error: unknown): boolean {
  if (error instanceof EngineError) return error.kind === 'store-damaged';
  const { code, errcode = 0 } = error as SystemError;
  // A stored text that cannot be inflated, or fails the checksum that zlib puts at its end.
  if (code?.startsWith('Z_')) return true;
  // The plain code alone: a header that forbids writing. A disk or a folder that does so has an extended one.
  if (errcode === READ_ONLY || errcode === SHORT_READ) return true;
  return [CORRUPT, NOT_A_DATABASE].includes(errcode & 0xff);
}

/** The disk, a lock or a permission: nothing that a new store would mend. */
export function isFromOutside(error: unknown): boolean {
  if (error instanceof EngineError) return !isDamage(error);
  const { code, errcode } = error as SystemError;
  if (errcode === undefined) return code?.startsWith('E') === true && !code.startsWith('ERR_');
  return [BUSY, LOCKED, READ_ONLY, INPUT_OUTPUT, FULL, CANNOT_OPEN].includes(errcode & 0xff) && !isDamage(error);
}

/** SQLite may not write where this is opened: a read-only disk, or a folder without room for the log's index. */
export function isUnwritable(error: unknown): boolean {
  return [READ_ONLY, CANNOT_OPEN, INPUT_OUTPUT, FULL].includes(((error as SystemError).errcode ?? 0) & 0xff);
}

/**
 * `handlers` with errors that say what happened and what to do. An error that nobody foresaw may come from altered
 * bytes that SQLite takes for good ones; then `findDamage` looks at the whole store and decides.
 */
export function namingErrors<Handlers extends object>(
  handlers: Handlers,
  folder: string,
  findDamage: () => string | null,
): Handlers {
  return new Proxy(handlers, {
    get: (target, name) => {
      const handler = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        try {
          return handler(...args);
        } catch (error) {
          throw named(error, folder, findDamage);
        }
      };
    },
  });
}

function named(error: unknown, folder: string, findDamage: () => string | null): unknown {
  if (error instanceof EngineError) return error;
  if (isDamage(error)) return damaged(messageOf(error));
  const code = ((error as SystemError).errcode ?? 0) & 0xff;
  if (code === FULL)
    return new EngineError(
      'store-unavailable',
      t('The disk of the index is full: {0}. What was indexed is kept; free some space and update again', folder),
    );
  if (code === BUSY || code === LOCKED)
    return new EngineError('store-busy', t('The index is being written by another process; ask again in a moment'));
  if (isFromOutside(error))
    return new EngineError('store-unavailable', t('The index in {0} cannot be used: {1}', folder, messageOf(error)));
  const found = findDamage();
  return found ? damaged(found) : error;
}
