/**
 * The process that alone runs native code, as its owner sees it.
 *
 * Native libraries can abort a process, so none is loaded where questions are answered. The process starts with the first
 * call and again with the first call after its end: at once, then ever later, and not at all after several short lives
 * in a row. Whatever it held is gone then, and those who gave it something are told.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, connectCalls, type Remote } from '../base/calls.js';
import { EngineError } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { spokenLocale } from '../base/languages.js';
import type { Log } from '../base/ports.js';
import type { GraphChanges, GraphSearches } from './graphCalls.js';
import type { OnnxCalls } from './onnxCalls.js';

/** What the process answers: all services of computeHost.ts, none of which share a name. */
export type HostCalls = GraphChanges & GraphSearches & OnnxCalls;

export interface ComputeHost {
  /**
   * Its functions. They reject with `worker-lost` when the process ends before it answers, and with `unavailable` when it
   * is not started any more.
   */
  readonly remote: Remote<HostCalls>;
  /** Told when the process has ended, before a later call starts a fresh one. Returns what stops it. */
  onLost(listener: () => void): () => void;
  /** The process, for tests that end it; undefined while there is none. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

export interface ComputeHostOptions {
  /** The program, computeHost.cjs. */
  entry: string;
  /** Folder from which native packages are resolved; see native.ts. */
  native: string;
  log?: Log;
  /** Lives shorter than a minute, one after the other, after which it stays off. */
  maxShortLives?: number;
  /** Wait before the second start after a short life; doubles with each. */
  backOffMs?: number;
}

const SHORT_LIFE_MS = 60_000;

/** What native libraries look for: themselves, their drivers and their devices. No key and no token is among it. */
const ENVIRONMENT =
  /^(PATH|HOME|LANG|TMPDIR|TEMP|TMP|SystemRoot|windir|USERPROFILE|LOCALAPPDATA|ELECTRON_RUN_AS_NODE|XDG_(DATA_DIRS|CONFIG_DIRS|CACHE_HOME|RUNTIME_DIR)|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(CUDA|CUDNN|NVIDIA|VK|MESA|OMP)_\w+)$/i;

export function createComputeHost(options: ComputeHostOptions): ComputeHost {
  const { log = () => {}, maxShortLives = 5, backOffMs = 250 } = options;
  const listeners = new Set<() => void>();
  let child: ChildProcess | null = null;
  let starting: Promise<Connection<HostCalls>> | null = null;
  let shortLives = 0;
  let lastReason = '';
  let closed = false;

  function connection(): Promise<Connection<HostCalls>> {
    starting ??= start().catch((error) => {
      starting = null;
      throw error;
    });
    return starting;
  }

  async function start(): Promise<Connection<HostCalls>> {
    if (shortLives >= maxShortLives)
      throw new EngineError(
        'unavailable',
        t(
          'The compute process ended {0} times in a row ({1}) and stays off until Scholia is restarted',
          shortLives,
          lastReason,
        ),
      );
    if (shortLives > 1) await pause(backOffMs * 2 ** (shortLives - 2));
    if (closed) throw new EngineError('unavailable', t('The compute process was closed'));
    return launch();
  }

  function launch(): Connection<HostCalls> {
    const startedAt = Date.now();
    const launched = fork(options.entry, [options.native, spokenLocale()], {
      serialization: 'advanced',
      // Dropped graphs are native memory, of which the collector does not know.
      execArgv: ['--expose-gc'],
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name))),
      // The owner's output may be the protocol's.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    launched.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => log('warn', `compute process: ${text.trimEnd()}`));
    const connected = connectCalls<HostCalls>(launched);
    child = launched;
    void connected.ended.then((reason) => {
      launched.kill('SIGKILL');
      child = null;
      starting = null;
      shortLives = Date.now() - startedAt < SHORT_LIFE_MS ? shortLives + 1 : 0;
      lastReason = reason;
      if (closed) return;
      log('warn', `The compute process ended: ${reason}`);
      for (const listener of listeners) listener();
    });
    return connected;
  }

  const remote = new Proxy({} as Remote<HostCalls>, {
    get: (_target, name) => {
      // A proxy that looked thenable would be called by `await`.
      if (name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const { remote } = await connection();
        return (Reflect.get(remote, name) as (...args: unknown[]) => Promise<unknown>)(...args);
      };
    },
  });

  return {
    remote,
    onLost(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get pid() {
      return child?.pid;
    },
    async close() {
      closed = true;
      const running = await starting?.catch(() => null);
      await running?.close();
    },
  };
}
