/**
 * The user's own git, run in a repository as if that had been made by an enemy.
 *
 * A repository's configuration can name programs for nearly everything, so each of them is switched off on the command
 * line, the environment is made anew, and only `rev-parse`, `log`, `cat-file` and `blame` are run, none of which is asked
 * about the work tree.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { FileSystem } from '../base/ports.js';

export interface GitOptions {
  /** Canonical folder that is indexed: a work tree or a folder in one. */
  root: string;
  files: FileSystem;
  environment?: NodeJS.ProcessEnv;
  /** For one run of git. */
  timeoutMs?: number;
  /** Of output, for one run of git; what came whole before it is kept. */
  maxBytes?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 32_000_000;

const HARDENED = [
  '--no-pager',
  '--no-optional-locks',
  ...[
    'core.fsmonitor=false',
    'core.untrackedCache=false',
    'core.hooksPath=/dev/null',
    'core.pager=cat',
    'core.sshCommand=false',
    'diff.external=',
    'gc.auto=0',
    'maintenance.auto=false',
    'log.mailmap=false',
    'mailmap.file=',
    'mailmap.blob=',
    'blame.showRoot=false',
    'log.showRoot=true',
    'log.showSignature=false',
    'protocol.allow=never',
    // A folder that only looks like a repository is not taken for one.
    'safe.bareRepository=explicit',
  ].flatMap((setting) => ['-c', setting]),
];

/** What git needs of the user's: where their settings lie, which say whose repositories they trust. */
const KEPT_VARIABLES = ['HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'SystemRoot', 'TEMP', 'TMP'];

export const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export interface Ran {
  code: number;
  complaint: string;
  /** Why it was ended: it took longer, or said more, than is allowed. */
  cut: 'late' | 'long' | null;
}

export interface Git {
  /** Runs to the end or to a limit; rejects only when it cannot be started or the signal says so. */
  run(args: readonly string[], onOutput: (text: string) => void, signal?: AbortSignal): Promise<Ran>;
  /** The same for output that is not text. */
  runForBytes(args: readonly string[], onOutput: (bytes: Buffer) => void, signal?: AbortSignal): Promise<Ran>;
  /** What a short command says. Rejects when it is cut. */
  ask(args: readonly string[], signal?: AbortSignal): Promise<{ code: number; output: string; complaint: string }>;
}

export function tooMuch(): EngineError {
  return new EngineError('unavailable', t('git took too long, so history is left out'));
}

export function unreadable(complaint: string): EngineError {
  if (complaint.includes('dubious ownership'))
    return new EngineError(
      'unavailable',
      t(
        'The repository belongs to someone else, so history is left out; git config --global --add safe.directory makes git trust it',
      ),
    );
  const [line = ''] = complaint.split('\n').filter((text) => /^(fatal|error):/.test(text));
  const told = line.replace(/^\w+:\s*/, '').slice(0, 200);
  return new EngineError(
    'unavailable',
    t('The repository cannot be read, so history is left out{0}', told && `: ${told}`),
  );
}

/** The folder around the root, or itself, that holds a `.git`; null where there is none, and nothing is started. */
export async function repositoryOf(root: string, files: FileSystem): Promise<string | null> {
  for (let folder = root; ; folder = dirname(folder)) {
    const isThere = await files.stat(join(folder, '.git')).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Rejects when there is no git outside the repository. */
export async function openGit(options: GitOptions, repository: string, cwd = options.root): Promise<Git> {
  const { environment = process.env, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const program = await findGit(options, repository, environment);
  if (!program) throw new EngineError('unavailable', t('git was not found, so history is left out'));

  function start(args: readonly string[]): ChildProcess {
    return spawn(program!, [...HARDENED, ...args], {
      cwd,
      env: cleanEnvironment(environment, dirname(program!)),
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function runForBytes(args: readonly string[], onOutput: (bytes: Buffer) => void, signal?: AbortSignal) {
    signal?.throwIfAborted();
    return settled(start(args), { timeoutMs, maxBytes, onOutput, signal });
  }

  async function run(args: readonly string[], onOutput: (text: string) => void, signal?: AbortSignal) {
    // A character may lie across two pieces.
    const decoder = new StringDecoder('utf8');
    return runForBytes(args, (bytes) => onOutput(decoder.write(bytes)), signal);
  }

  return {
    run,
    runForBytes,
    async ask(args, signal) {
      let output = '';
      const { code, complaint, cut } = await run(args, (text) => (output += text), signal);
      if (cut) throw tooMuch();
      return { code, output, complaint };
    },
  };
}

interface Watched {
  timeoutMs: number;
  maxBytes: number;
  onOutput: (bytes: Buffer) => void;
  signal?: AbortSignal;
}

/** Ends the program when it takes too long, says too much or is no longer wanted. */
function settled(child: ChildProcess, { timeoutMs, maxBytes, onOutput, signal }: Watched): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  let bytes = 0;
  let complaint = '';
  const stop = () => {
    child.kill('SIGKILL');
    // What it may have started holds the pipes open.
    child.stdout!.destroy();
    child.stderr!.destroy();
  };
  const cut = (why: Ran['cut']) => {
    stop();
    resolve({ code: 1, complaint, cut: why });
  };
  const onAbort = () => {
    stop();
    reject(signal!.reason);
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => cut('late'), timeoutMs);
  child.stdout!.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxBytes) cut('long');
    else onOutput(piece);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 4000) complaint += text;
  });
  child.on('error', () => reject(new EngineError('unavailable', t('git cannot be run, so history is left out'))));
  child.on('close', (code) => resolve({ code: code ?? 1, complaint, cut: null }));
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  });
}

/** The first git of the search path that is neither in the repository nor led to from the folder one happens to be in. */
async function findGit(
  { root, files }: GitOptions,
  repository: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  const isInside = (path: string) =>
    [root, repository].some((folder) => path === folder || path.startsWith(folder + sep));
  for (const folder of searchPath(environment)) {
    if (!isAbsolute(folder) || isInside(folder)) continue;
    const program = join(folder, process.platform === 'win32' ? 'git.exe' : 'git');
    const real = await files.realPath(program).catch(() => null);
    if (real === null || isInside(real)) continue;
    const { kind } = await files.stat(real);
    if (kind === 'file') return program;
  }
  return null;
}

/** On macOS `/usr/bin/git` only asks the user to install the real one, where that is missing. */
const MAC_GIT = ['/Library/Developer/CommandLineTools/usr/bin', '/Applications/Xcode.app/Contents/Developer/usr/bin'];

function searchPath(environment: NodeJS.ProcessEnv): string[] {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter);
  return process.platform === 'darwin' ? folders.flatMap((one) => (one === '/usr/bin' ? MAC_GIT : [one])) : folders;
}

function cleanEnvironment(environment: NodeJS.ProcessEnv, gitFolder: string): NodeJS.ProcessEnv {
  const kept = KEPT_VARIABLES.filter((name) => environment[name] !== undefined).map((name) => [
    name,
    environment[name],
  ]);
  return {
    ...Object.fromEntries(kept),
    PATH: gitFolder,
    LC_ALL: 'C',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}
