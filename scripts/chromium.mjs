/**
 * Finds the browser in which the editor's tests and screenshots run, or installs Debian's own Chromium.
 * Browsers that Playwright downloads are not used: the system's package is reachable wherever this project is built.
 * Only Node's standard library is used; the caller hands in playwright-core.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const places = ['/usr/bin', '/usr/local/bin', '/snap/bin'];
const macPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The path of a Chromium or Chrome, or undefined. `SCHOLIA_CHROMIUM` wins, and must exist when it is set. */
export function findChromium() {
  const chosen = process.env.SCHOLIA_CHROMIUM;
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`SCHOLIA_CHROMIUM names ${chosen}, which cannot be run`);
    return chosen;
  }
  const folders = new Set([...places, ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)]);
  const candidates = names.flatMap((name) => [...folders].map((folder) => join(folder, name)));
  return [...candidates, ...macPlaces].find(isExecutable);
}

/**
 * Finds Chromium, installing it first where that needs no password: as root on Debian and its relatives.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<string>}
 */
export async function ensureChromium({ log = () => {} } = {}) {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() !== 0 || !isExecutable('/usr/bin/apt-get')) {
    throw new Error(
      'No Chromium or Chrome found; install one (Debian, Ubuntu: sudo apt-get install chromium) or name it in SCHOLIA_CHROMIUM',
    );
  }
  log('Installing Chromium with apt-get, once');
  await aptGet(['update']);
  await aptGet(['install', '-y', '--no-install-recommends', 'chromium']);
  const installed = findChromium();
  if (!installed) throw new Error('apt-get installed chromium, but there is no chromium to run');
  return installed;
}

/**
 * Starts Chromium without a window and without any traffic of its own.
 * @param {{ chromium: import('playwright-core').BrowserType }} playwright the playwright-core module
 * @param {{ executablePath?: string, env?: Record<string, string> }} [options] `env`: added to this process's
 */
export async function launchChromium({ chromium }, { executablePath, env } = {}) {
  const args = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  // Chromium refuses to sandbox for root, which containers usually run as.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({
    executablePath: executablePath ?? (await ensureChromium()),
    headless: true,
    args,
    ...(env && { env: { ...process.env, ...env } }),
  });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function aptGet(args) {
  return new Promise((done, fail) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another apt-get may be at work; waiting for its lock is better than failing on it.
    const child = spawn('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-q', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === 0) return done();
      fail(new Error(`apt-get ${args.join(' ')} ended with ${code}\n${output.slice(-2000)}`));
    });
  });
}
