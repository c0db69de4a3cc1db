/**
 * Programs and drivers on this machine without installing anything: Debian's packages unpacked into a cache.
 *
 * The mirror is the one that this machine itself uses; the packages are checked against Debian's keys by an apt that
 * keeps its own state, so the machine's package lists stay as they are. A missing part is not an error here but a
 * reason, which the caller prints.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

export interface Packages {
  /** Of the folder in the cache. */
  name: string;
  /** Where the packages are taken from; the last is preferred. */
  suites: readonly string[];
  /** `apt-get download` follows no dependencies, so the list is whole. */
  packages: readonly string[];
  /** A file that they bring. */
  brings: string;
}

/** The folder with the unpacked packages, or why there is none. */
export async function unpackedPackages(wish: Packages): Promise<{ root: string } | { reason: string }> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const root = join(cache, 'scholia-dev', wish.name, 'root');
  if (existsSync(join(root, wish.brings))) return { root };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { reason: 'needs Linux on x86-64' };
  if (!existsSync(KEYRING)) return { reason: "needs Debian's keys (debian-archive-keyring)" };
  const mirror = await ownMirror();
  if (!mirror) return { reason: "needs a Debian mirror in this machine's package sources" };
  // Into place only when complete: an interrupted fetch leaves nothing that looks whole.
  const partial = `${root}.${process.pid}`;
  try {
    await unpack(mirror, wish, partial);
    await rm(root, { recursive: true, force: true });
    await rename(partial, root);
    return { root };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    const lines = String((error as { stderr?: string }).stderr || error).trim();
    return { reason: `the packages could not be fetched: ${lines.split('\n')[0]}` };
  }
}

/** The address of the first Debian archive among this machine's own package sources. */
async function ownMirror(): Promise<string | null> {
  const folder = '/etc/apt/sources.list.d';
  const names = existsSync(folder) ? await readdir(folder) : [];
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))];
  for (const file of files.filter((name) => existsSync(name))) {
    const addresses = (await readFile(file, 'utf8')).match(/^(?!\s*#).*https?:\/\/\S+/gm) ?? [];
    for (const line of addresses) {
      const address = line.match(/https?:\/\/\S+/)![0];
      if (/\/debian\/?$/.test(address)) return address;
    }
  }
  return null;
}

async function unpack(mirror: string, { suites, packages }: Packages, root: string): Promise<void> {
  const state = join(root, '.apt');
  const archives = join(state, 'cache/archives');
  for (const folder of ['lists/partial', 'cache/archives/partial', 'etc']) {
    await mkdir(join(state, folder), { recursive: true });
  }
  await writeFile(join(state, 'status'), '');
  const sources = join(state, 'etc/sources.list');
  await writeFile(sources, suites.map((suite) => `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`).join(''));
  const settings = {
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'APT::Sandbox::User': 'root',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '30',
  };
  const options = Object.entries(settings).flatMap(([name, setting]) => ['-o', `${name}=${setting}`]);
  await run('apt-get', [...options, '-qq', '--error-on=any', 'update']);
  await run('apt-get', [...options, '-qq', 'download', '-t', suites.at(-1)!, ...packages], { cwd: archives });
  for (const name of await readdir(archives)) {
    if (name.endsWith('.deb')) await run('dpkg-deb', ['-x', join(archives, name), root]);
  }
  await rm(state, { recursive: true });
}
