/**
 * `npm run vscode -- FOLDER`: opens a folder in a real VS Code in the browser, with the extension as it is here.
 * Works on a fresh checkout: it installs what is missing, packages the extension, and serves the editor on loopback.
 * The editor's profile lives in the per-user cache, apart from any VS Code on this machine, and lasts between runs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCacheDir, installCodeServer, installVsix, startCodeServer, writeSettings } from './codeServer.mjs';
import { ensureInstalled } from './setup.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.env.INIT_CWD ?? process.cwd(), process.argv[2] ?? '.');
if (!existsSync(folder) || !statSync(folder).isDirectory()) {
  console.error(`${folder} is not a folder`);
  process.exit(2);
}

await ensureInstalled();
const { entry, node } = await installCodeServer({ log: console.log });

const home = `${defaultCacheDir()}-profile`;
const profile = { userDataDir: join(home, 'user'), extensionsDir: join(home, 'extensions') };
// What the user changed in an earlier run stays.
if (!existsSync(join(profile.userDataDir, 'User', 'settings.json'))) await writeSettings(profile.userDataDir);

console.log('Packaging the extension');
const vsix = join(home, 'scholia.vsix');
execFileSync(node, ['scripts/package.mjs', '--out', vsix], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
console.log('Installing it into the editor');
await installVsix({ entry, node, vsix, ...profile });

const server = await startCodeServer({ entry, node, ...profile });
console.log(
  `\nOpen this address in a browser on this machine; Ctrl-C ends the editor.\n\n  ${server.folderUrl(folder)}\n`,
);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping = true;
    server.stop();
  });
}
await server.ended;
await server.stop();
if (!stopping) {
  console.error(`The editor's server ended by itself:\n${server.tail()}`);
  process.exitCode = 1;
}
