/**
 * From a fresh clone to something that runs: installs what the lock file names, builds what is out of date, and finds
 * the Node that the project brings along. Runs on any Node from 18, and depends on nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(projectFolder, ...parts);

/** The project's own Node, for everything that runs after the install. */
export const nodeProgram = at('node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Runs a program with the project's tools first on the path; its output goes to stderr. Throws when it fails. */
export function runTool(program, args, options = {}) {
  const env = { ...process.env, PATH: `${at('node_modules/.bin')}${delimiter}${process.env.PATH}`, ...options.env };
  const stdio = options.stdio ?? ['inherit', 2, 2];
  const result = spawnSync(program, args, { cwd: projectFolder, ...options, stdio, env });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

/** Installs the packages when the lock file is not the one that was installed. */
export function ensureInstalled() {
  const digest = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  const mark = at('node_modules/.scholia-installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest && existsSync(nodeProgram)) return;
  // npm ci empties the folder first, and would empty the other checkout's.
  if (lstatSync(at('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Error('node_modules is a link to another checkout that has other packages; remove the link first');
  console.error('Installing packages (once, about half a minute)…');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const failed = npm
    ? runTool(process.execPath, [npm, ...args])
    : runTool('npm', args, { shell: process.platform === 'win32' });
  if (failed) throw new Error('npm ci failed; see above');
  writeFileSync(mark, digest);
}

/** Builds dist/ when it is missing or older than its sources. */
export function ensureBuilt() {
  const built = at('dist/.built');
  const since = existsSync(built) ? statSync(built).mtimeMs : 0;
  const sources = ['client', 'server', 'syntaxes', 'models', 'esbuild.mjs', 'package.json', 'scripts/grammars.mjs'];
  if (!sources.some((source) => newerThan(at(source), since))) return;
  console.error('Building…');
  if (runTool(nodeProgram, ['esbuild.mjs'])) throw new Error('The build failed; see above');
}

function newerThan(path, since) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs > since;
  return readdirSync(path).some((name) => newerThan(join(path, name), since));
}
