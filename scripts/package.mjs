/**
 * `npm run package`: bundles everything and wraps it up as one .vsix for every platform.
 * The bundles hold their dependencies, so no node_modules goes in; `.vscodeignore` names what does.
 * `--target linux-x64` makes one for this machine's platform instead, with its native files: the graph over vectors and
 * ONNX models. `--out FILE` puts the package elsewhere than beside package.json.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stageNative, thisTarget } from './native.mjs';
import { ensureBuilt, ensureInstalled } from './setup.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values } = parseArgs({ options: { out: { type: 'string' }, target: { type: 'string' } } });
const { target } = values;
if (target && target !== thisTarget) {
  console.error(`The native files of ${target} are compiled on it; on this machine --target is ${thisTarget}`);
  process.exit(2);
}
const startFolder = process.env.INIT_CWD ?? process.cwd();
const name = ['scholia', target, version].filter(Boolean).join('-');
const packagePath = values.out ? resolve(startFolder, values.out) : join(root, `${name}.vsix`);

ensureInstalled();
ensureBuilt();
mkdirSync(dirname(packagePath), { recursive: true });
const { createVSIX } = await import('@vscode/vsce');
// Only while the package is made: a checkout uses what is installed.
const native = join(root, 'dist/native');
const removeNative = () => rmSync(native, { recursive: true, force: true });
removeNative();
try {
  for (const path of target ? stageNative(root, native) : [])
    console.error(`Not installed, and so not in the package: ${path}`);
  await createVSIX({
    cwd: root,
    packagePath,
    target,
    dependencies: false,
    allowMissingRepository: true,
    // The package has no repository to point into; its links stay as they are.
    rewriteRelativeLinks: false,
    // Without these vsce stops and asks, which a script cannot answer.
    skipLicense: !existsSync(join(root, 'LICENSE')),
  });
} finally {
  removeNative();
}

const megabytes = statSync(packagePath).size / 1e6;
console.log(`${packagePath}: ${megabytes.toFixed(1)} MB`);
