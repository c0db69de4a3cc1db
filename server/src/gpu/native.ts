/**
 * Native packages, resolved when they are first asked for. In an installed extension they lie in `native/node_modules`
 * of the output folder; a checkout has none there, and the search goes on in the folders above.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Loads a package from `folder` or what lies above it. Throws whatever its loading throws. */
export function loadNative<Package>(folder: string, name: string): Package {
  return createRequire(join(folder, 'package.json'))(name) as Package;
}
