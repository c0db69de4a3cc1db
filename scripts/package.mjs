/**
 * `npm run package`: bundles everything and wraps it up as one .vsix for every platform.
 * The bundles hold their dependencies, so no node_modules goes in; `.vscodeignore` names what does.
 * `--out FILE` puts the package elsewhere than beside package.json.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './setup.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const startFolder = process.env.INIT_CWD ?? process.cwd();
const packagePath = values.out ? resolve(startFolder, values.out) : join(root, `scholia-${version}.vsix`);

ensureInstalled();
ensureBuilt();
mkdirSync(dirname(packagePath), { recursive: true });
const { createVSIX } = await import('@vscode/vsce');
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  allowMissingRepository: true,
  // The package has no repository to point into; its links stay as they are.
  rewriteRelativeLinks: false,
  // Without these vsce stops and asks, which a script cannot answer.
  skipLicense: !existsSync(join(root, 'LICENSE')),
});

const megabytes = statSync(packagePath).size / 1e6;
console.log(`${packagePath}: ${megabytes.toFixed(1)} MB`);
