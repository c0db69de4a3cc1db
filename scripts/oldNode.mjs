/**
 * The oldest Node that package.json declares, for `npm run test:floor`: from npm, where the project's own Node comes
 * from too, into the per-user cache of the development scripts.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectFolder, runTool } from './setup.mjs';

/**
 * Installs it unless the cache already holds it. Throws where npm has no such Node for this platform.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {{ program: string, version: string }}
 */
export function ensureOldNode({ log = () => {} } = {}) {
  const { engines } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
  const version = `${engines.node.replace(/^>=/, '')}.0`;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  // The names that the package `node` itself installs by.
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${platform}-${process.arch}`;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'scholia-dev');
  const folder = join(cache, `${name}-${version}`);
  const program = join(folder, 'node_modules', name, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(program)) return { program, version };

  log(`Installing Node ${version} into ${folder}, once`);
  // Into place only when complete: an interrupted install leaves nothing that looks like a Node.
  const staging = `${folder}.installing-${process.pid}`;
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const shell = process.platform === 'win32';
  try {
    mkdirSync(staging, { recursive: true });
    // The prefix pins the folder: under `npm run`, npm would take the project's.
    if (runTool('npm', ['install', '--prefix', staging, ...quiet, `${name}@${version}`], { cwd: staging, shell }))
      throw new Error(`npm has no ${name}@${version}; see above`);
    if (!existsSync(folder)) renameSync(staging, folder);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return { program, version };
}
