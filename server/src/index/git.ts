/**
 * Commits out of a git repository, by the user's own git, as if the repository had been made by an enemy.
 *
 * A repository's configuration can name programs for nearly everything, so each of them is switched off on the command
 * line, the environment is made anew, and only `rev-parse` and `log` are run. Renames are told by equal contents alone:
 * then no file is read, only trees, which is fast and also works where a partial clone has no files to read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { EngineError } from '../base/errors.js';
import type { Commit, FileSystem, History, HistoryRead } from '../base/ports.js';
import { commitParser } from './gitLog.js';

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
    'log.showRoot=true',
    'log.showSignature=false',
    'protocol.allow=never',
    // A folder that only looks like a repository is not taken for one.
    'safe.bareRepository=explicit',
  ].flatMap((setting) => ['-c', setting]),
];

const LOG = [
  ...['log', '--no-merges', '--no-ext-diff', '--no-textconv', '--no-show-signature', '--no-mailmap', '--no-color'],
  // The order file is cancelled: a repository may name one that never ends.
  ...['--no-decorate', '--encoding=UTF-8', '--find-renames=100%', '-O/dev/null', '--name-status', '-z'],
  '--format=%H%x00%P%x00%ct%x00%s',
];

/** What git needs of the user's: where their settings lie, which say whose repositories they trust. */
const KEPT_VARIABLES = ['HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'SystemRoot', 'TEMP', 'TMP'];

const HASH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

interface Ran {
  code: number;
  complaint: string;
  /** Why it was ended: it took longer, or said more, than is allowed. */
  cut: 'late' | 'long' | null;
}

interface Git {
  /** Runs to the end or to a limit; rejects only when it cannot be started or the signal says so. */
  run(args: readonly string[], onOutput: (text: string) => void, signal?: AbortSignal): Promise<Ran>;
  /** What a short command says. Rejects when it is cut. */
  ask(args: readonly string[], signal?: AbortSignal): Promise<{ code: number; output: string; complaint: string }>;
}

/** Reads reject with an `unavailable` error, a sentence, where there is a repository that cannot be read. */
export function gitHistory(options: GitOptions): History {
  const { root, files } = options;

  async function read(since: string, limit: number, signal?: AbortSignal): Promise<HistoryRead> {
    const repository = await repositoryOf(root, files);
    if (repository === null) return { mark: '', commits: [], rebuilt: since !== '' };
    const git = await openGit(options, repository);
    const { output, code, complaint } = await git.ask(
      ['rev-parse', '--is-shallow-repository', '--show-prefix', '--revs-only', 'HEAD'],
      signal,
    );
    if (code !== 0) throw unreadable(complaint);
    const [shallow, prefix = '', head = ''] = output.split('\n');
    // A repository without a commit.
    if (!HASH.test(head)) return { mark: '', commits: [], rebuilt: since !== '' };
    const isShallow = shallow === 'true';
    const mark = isShallow ? `${head} shallow` : head;
    if (mark === since) return { mark, commits: [], rebuilt: false };
    const base = isShallow ? null : await ancestor(git, since, head, signal);
    const commits = await log(git, { range: base ? `${base}..${head}` : head, prefix, limit, isShallow }, signal);
    return { mark, commits, rebuilt: base === null };
  }

  return { read };
}

/** `since` where it is a commit before `head`, which a rebase or another branch make untrue; else null. */
async function ancestor(git: Git, since: string, head: string, signal?: AbortSignal): Promise<string | null> {
  if (!HASH.test(since)) return null;
  const { code, output } = await git.ask(['log', '-1', '--format=%H', `${head}..${since}`], signal);
  return code === 0 && output.trim() === '' ? since : null;
}

interface LogRequest {
  range: string;
  /** Of the root in the work tree, with a last `/`; empty where they are the same. */
  prefix: string;
  limit: number;
  isShallow: boolean;
}

async function log(git: Git, { range, prefix, limit, isShallow }: LogRequest, signal?: AbortSignal): Promise<Commit[]> {
  const commits: Commit[] = [];
  const parser = commitParser((commit, parents) => {
    // What a shallow clone ends with seems to bring every file there is.
    commits.push(isShallow && parents === 0 ? { ...commit, paths: [] } : commit);
  });
  const within = prefix === '' ? [range] : ['--full-history', '--relative', range, '--', '.'];
  const { code, complaint, cut } = await git.run([...LOG, `-${limit}`, ...within], parser.push, signal);
  if (code !== 0 && !cut) throw unreadable(complaint);
  if (!cut) parser.end();
  // The newest come first: where a large history takes too long or too much room, these are kept.
  else if (commits.length === 0) throw tooMuch();
  return commits;
}

function tooMuch(): EngineError {
  return new EngineError('unavailable', 'git took too long, so history is left out');
}

function unreadable(complaint: string): EngineError {
  if (complaint.includes('dubious ownership'))
    return new EngineError(
      'unavailable',
      'The repository belongs to someone else, so history is left out; git config --global --add safe.directory makes git trust it',
    );
  const [line = ''] = complaint.split('\n').filter((text) => /^(fatal|error):/.test(text));
  const told = line.replace(/^\w+:\s*/, '').slice(0, 200);
  return new EngineError('unavailable', `The repository cannot be read, so history is left out${told && `: ${told}`}`);
}

/** The folder around the root, or itself, that holds a `.git`; null where there is none, and nothing is started. */
async function repositoryOf(root: string, files: FileSystem): Promise<string | null> {
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
async function openGit(options: GitOptions, repository: string): Promise<Git> {
  const { root, environment = process.env, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = options;
  const program = await findGit(options, repository, environment);
  if (!program) throw new EngineError('unavailable', 'git was not found, so history is left out');

  function run(args: readonly string[], onOutput: (text: string) => void, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const child = spawn(program!, [...HARDENED, ...args], {
      cwd: root,
      env: cleanEnvironment(environment, dirname(program!)),
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return settled(child, { timeoutMs, maxBytes, onOutput, signal });
  }

  return {
    run,
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
  onOutput: (text: string) => void;
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
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    bytes += Buffer.byteLength(text);
    if (bytes > maxBytes) cut('long');
    else onOutput(text);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 4000) complaint += text;
  });
  child.on('error', () => reject(new EngineError('unavailable', 'git cannot be run, so history is left out')));
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
