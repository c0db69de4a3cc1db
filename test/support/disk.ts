/** The real disk, with some paths on which it fails. */
import type { FileSystem } from '../../server/src/base/ports.js';
import { disk } from '../../server/src/workspace/disk.js';

export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: it cannot be done, '${path}'`), { code });
}

type Method = 'list' | 'stat' | 'read';

/** `fails` names the error code of an operation on an absolute path, or null where it works. Asked each time. */
export function failingDisk(fails: (method: Method, path: string) => string | null): FileSystem {
  const check = (method: Method, path: string) => {
    const code = fails(method, path);
    if (code) throw systemError(code, path);
  };
  return {
    realPath: disk.realPath,
    async list(path) {
      check('list', path);
      return disk.list(path);
    },
    async stat(path) {
      check('stat', path);
      return disk.stat(path);
    },
    async read(path, maxBytes) {
      check('read', path);
      return disk.read(path, maxBytes);
    },
  };
}
