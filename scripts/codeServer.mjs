/**
 * Gets a real VS Code that runs without a display: code-server's npm package holds VS Code's own server and its web
 * workbench. This module installs it into a per-user cache, starts it on loopback, and installs packages into it.
 * It starts VS Code's server entry, not code-server's wrapper, and compiles nothing: two native modules that the server
 * cannot do quietly without are replaced by stand-ins.
 * Only Node's standard library is used, so that it works before the project's dependencies are installed.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Names VS Code 1.139.1; `engines.vscode` in package.json follows it. */
export const codeServerVersion = '4.139.1';

const serverMain = 'node_modules/code-server/lib/vscode/out/server-main.js';
const startTimeoutMs = 60_000;
const stopTimeoutMs = 5_000;
const tailLines = 200;

/** Settings under which the editor asks nothing, fetches nothing and shows only what is being looked at. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.autoDetectColorScheme': false,
  'window.menuBarVisibility': 'classic',
  'chat.commandCenter.enabled': false,
  'chat.agentsControl.enabled': false,
  'chat.titleBar.signIn.enabled': false,
  'remote.autoForwardPorts': false,
};

/**
 * JavaScript in place of native modules that would have to be compiled, by package.
 * The first writes the log files, which output channels show; the second ends an extension host with its server.
 */
const standIns = {
  '@vscode/spdlog': `
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');
const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
class Logger {
  constructor(_kind, _name, file) {
    Object.assign(this, { file, level: 2, plain: false });
    mkdirSync(dirname(file), { recursive: true });
  }
  write(level, text) {
    if (level < this.level) return;
    const time = new Date().toISOString().replace('T', ' ').slice(0, -1);
    appendFileSync(this.file, this.plain ? text : time + ' [' + levels[level] + '] ' + text + '\\n');
  }
  getLevel() { return this.level; }
  setLevel(level) { this.level = level; }
  clearFormatters() { this.plain = true; }
  setPattern() {}
  flush() {}
  drop() {}
}
['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((name, level) => {
  Logger.prototype[name] = function (text) { this.write(level, text); };
});
const create = async (...args) => new Logger('', ...args);
exports.version = 0;
exports.setLevel = exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
`,
  '@vscode/native-watchdog': `
exports.start = (pid) => {
  setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 3000).unref();
};
exports.exit = (code) => process.exit(code);
`,
};

/** The per-user folder for what the development scripts download. */
export function defaultCacheDir() {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.SCHOLIA_VSCODE_CACHE || join(root, 'scholia-dev', `code-server-${codeServerVersion}`);
}

/**
 * Installs code-server unless the cache already holds it.
 * The folder appears under its final name only when complete, so an interrupted install is done again from the start.
 * @param {{ cacheDir?: string, log?: (line: string) => void }} [options]
 * @returns {Promise<{ entry: string, node: string }>} VS Code's server entry and the Node to run it with
 */
export async function installCodeServer({ cacheDir = defaultCacheDir(), log = () => {} } = {}) {
  const node = node24();
  const entry = join(cacheDir, serverMain);
  const marker = join(cacheDir, 'complete');
  if (existsSync(marker)) return { entry, node };
  if (process.platform === 'win32') throw new Error('code-server does not run on Windows; use WSL');

  await mkdir(dirname(cacheDir), { recursive: true });
  await removeInterrupted(cacheDir);
  const staging = `${cacheDir}.installing-${process.pid}`;
  await mkdir(staging);
  try {
    log(`Installing VS Code's server (code-server ${codeServerVersion}) into ${cacheDir}, once`);
    await writeFile(join(staging, 'package.json'), '{ "name": "editor-under-test", "private": true }\n');
    await npmInstall(staging, [`code-server@${codeServerVersion}`]);
    log("Installing the server's own dependencies");
    const inner = join(staging, dirname(dirname(serverMain)));
    await npmInstall(inner, ['--omit=dev']);
    await npmInstall(join(inner, 'extensions'), ['--omit=dev']);
    for (const [name, source] of Object.entries(standIns)) {
      await writeFile(join(inner, 'node_modules', name, 'index.js'), source.trimStart());
    }
    await writeFile(join(staging, 'complete'), '');
    await publish(staging, cacheDir);
  } finally {
    await removeInterrupted(cacheDir);
  }
  return { entry, node };
}

/**
 * Writes the editor's settings: the quiet ones, then the caller's.
 * The editor sees a server on another machine, where settings of scope `machine` count only in the second file.
 * @param {string} userDataDir
 * @param {Record<string, unknown>} [settings]
 */
export async function writeSettings(userDataDir, settings = {}) {
  const text = `${JSON.stringify({ ...quietSettings, ...settings }, null, 2)}\n`;
  for (const folder of ['User', 'Machine']) {
    await mkdir(join(userDataDir, folder), { recursive: true });
    await writeFile(join(userDataDir, folder, 'settings.json'), text);
  }
}

/**
 * Installs a packaged extension into a profile; the server need not run.
 * @param {{ entry: string, node: string, vsix: string, userDataDir: string, extensionsDir: string }} options
 */
export async function installVsix({ entry, node, vsix, userDataDir, extensionsDir }) {
  const args = [...profileArguments({ userDataDir, extensionsDir }), '--install-extension', vsix, '--force'];
  await runToEnd(node, [entry, ...args], { cwd: userDataDir, env: serverEnvironment() });
}

/**
 * Starts the server on 127.0.0.1 and waits until it listens.
 * A random token guards it: without one, any page in the user's browser and any other user of this machine could
 * run code through it. `url` carries the token.
 * @param {object} options
 * @param {string} options.entry
 * @param {string} options.node
 * @param {string} options.userDataDir
 * @param {string} options.extensionsDir
 * @param {number} [options.port] 0, the default, lets the system pick a free one
 * @param {'off' | 'on'} [options.trust] `on` opens folders in Restricted Mode until trusted; `off` trusts all
 * @param {boolean} [options.smokeTestDriver] lets a URL load an extension and its test suite from disk; hides toasts
 * @param {NodeJS.ProcessEnv} [options.env] added to this process's; the extensions inherit it
 * @param {(line: string) => void} [options.log] receives the server's own output
 */
export async function startCodeServer(options) {
  const { entry, node, userDataDir, extensionsDir, port = 0, trust = 'off', smokeTestDriver, env, log } = options;
  await mkdir(extensionsDir, { recursive: true });
  const token = randomBytes(24).toString('base64url');
  const tokenFile = join(userDataDir, 'connection-token');
  await mkdir(userDataDir, { recursive: true });
  await writeFile(tokenFile, token, { mode: 0o600 });

  const args = ['--host', '127.0.0.1', '--port', String(port), '--connection-token-file', tokenFile];
  args.push(...profileArguments({ userDataDir, extensionsDir }));
  args.push('--disable-telemetry', '--telemetry-level', 'off', '--disable-getting-started-override');
  if (trust === 'off') args.push('--disable-workspace-trust');
  if (smokeTestDriver) args.push('--enable-smoke-test-driver');

  // A process group of its own: extension hosts and file watchers outlive the server for minutes unless ended with it.
  const server = spawn(node, [entry, ...args], {
    cwd: userDataDir,
    env: { ...serverEnvironment(), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = recordLines(server, log);
  const endGroup = (signal) => {
    try {
      process.kill(-server.pid, signal);
    } catch {
      // Already gone.
    }
  };
  const ended = new Promise((done) => server.once('exit', done).once('error', done));
  const endNow = () => endGroup('SIGKILL');
  process.once('exit', endNow);
  const stop = async () => {
    process.off('exit', endNow);
    if (server.exitCode === null && server.signalCode === null) {
      const hardStop = setTimeout(endNow, stopTimeoutMs);
      endGroup('SIGTERM');
      await ended;
      clearTimeout(hardStop);
    }
    endNow();
  };

  try {
    const url = `http://127.0.0.1:${await listeningPort(server, lines)}/?tkn=${token}`;
    return {
      url,
      pid: server.pid,
      stop,
      /** Settles when the server has ended, for whatever reason. */
      ended,
      /** The address that opens a folder. */
      folderUrl: (folder) => `${url}&folder=${encodeURIComponent(folder)}`,
      /** The last lines that the server printed. */
      tail: () => lines.join('\n'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The project's own Node if installed, else the running one: this VS Code needs Node 24, which few systems have. */
function node24() {
  const own = resolve(dirname(fileURLToPath(import.meta.url)), '../node_modules/node/bin/node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(`VS Code's server needs Node 24, this is ${process.version}; run npm install first`);
}

function profileArguments({ userDataDir, extensionsDir }) {
  return [
    '--accept-server-license-terms',
    ...['--server-data-dir', userDataDir],
    ...['--user-data-dir', userDataDir],
    ...['--extensions-dir', extensionsDir],
  ];
}

/**
 * This process's environment, without what would make the server believe that it runs inside another VS Code, and
 * without a gallery: the editor would otherwise look up every installed extension online.
 */
function serverEnvironment() {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(inherited), EXTENSIONS_GALLERY: '{}' };
}

async function npmInstall(folder, args) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  // The prefix pins the folder: under `npm run`, npm would take the project's.
  await runToEnd('npm', ['install', '--prefix', folder, ...quiet, ...args], { cwd: folder, env: process.env });
}

/** Runs a command quietly; its output is shown only in the error when it fails. */
function runToEnd(command, args, options) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const lines = recordLines(child);
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) return done();
      fail(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${lines.join('\n')}`));
    });
  });
}

/** Keeps the last lines of a process's output. */
function recordLines(child, log = () => {}) {
  const lines = [];
  const keep = (line) => {
    lines.push(line);
    if (lines.length > tailLines) lines.shift();
    log(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop();
      parts.forEach(keep);
    });
    stream.on('end', () => rest && keep(rest));
  }
  return lines;
}

/** Resolves with the port once the server says that it listens. */
function listeningPort(server, lines) {
  return new Promise((done, fail) => {
    const giveUp = (reason) => {
      clearTimeout(timer);
      fail(new Error(`VS Code's server ${reason}\n${lines.join('\n')}`));
    };
    const timer = setTimeout(() => giveUp(`did not start within ${startTimeoutMs / 1000} s`), startTimeoutMs);
    server.once('error', (error) => giveUp(`could not be started: ${error.message}`));
    server.once('exit', (code) => giveUp(`ended with ${code} before it listened`));
    server.stdout.on('data', () => {
      const match = /Extension host agent listening on (\d+)/.exec(lines.join('\n'));
      if (!match) return;
      clearTimeout(timer);
      done(Number(match[1]));
    });
  });
}

/** Removes what this process, and processes that are gone, left of an install. */
async function removeInterrupted(cacheDir) {
  const parent = dirname(cacheDir);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!path.startsWith(`${cacheDir}.installing-`)) continue;
    if (!isRunning(Number(name.split('-').at(-1)))) await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves a complete install to its final name, unless another process was first. */
async function publish(staging, cacheDir) {
  const complete = join(cacheDir, 'complete');
  if (existsSync(cacheDir) && !existsSync(complete)) await rm(cacheDir, { recursive: true });
  try {
    await rename(staging, cacheDir);
  } catch (error) {
    if (!existsSync(complete)) throw error;
  }
}
