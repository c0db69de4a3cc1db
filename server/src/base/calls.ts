/**
 * Calls to a worker thread or a child process as if its functions were async ones here.
 *
 * The one mechanism behind the parse pool, the store's reader and writer, and the process for native code. It knows no
 * function by name; the handler object's type is the contract at both ends. When the other side ends, every call in
 * flight rejects, so that no request is ever left without an answer.
 */

import type { MessagePort, Worker } from 'node:worker_threads';
import { EngineError } from './errors.js';
import { t } from './l10n.js';

type Handler = (...args: never[]) => unknown;

/** The same functions, awaited from the other side. */
export type Remote<Handlers> = {
  [Name in keyof Handlers]: Handlers[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

interface Call {
  id: number;
  name: string;
  args: unknown[];
}

interface Reply {
  id: number;
  result?: unknown;
  error?: { message: string; kind?: string };
}

/** The end of a channel to another process: a child as its owner has it, or `process` within the child. */
interface Channel extends NodeJS.EventEmitter {
  /** The last is told of a failure, which would be thrown otherwise. */
  send?(message: object, handle: undefined, options: undefined, done: () => void): boolean;
}

interface ChildProcess extends Channel {
  kill(signal: 'SIGKILL'): boolean;
}

/**
 * In the worker or child process: answers calls with `handlers`, one at a time in order of arrival. Several may serve
 * one owner, under different names: then each has an order of its own, and what one awaits holds up none of the others.
 */
export function serveCalls(service: MessagePort | Channel, handlers: object): void {
  const table = handlers as Record<string, Handler>;
  let queue = Promise.resolve();
  service.on('message', (call: Call) => {
    if (call.name in table) queue = queue.then(() => answer(call));
  });

  async function answer(call: Call): Promise<void> {
    const reply: Reply = { id: call.id };
    try {
      reply.result = await table[call.name]!(...(call.args as never[]));
    } catch (thrown) {
      const error = thrown as { message?: string; kind?: string };
      reply.error = { message: error.message ?? String(thrown), kind: error.kind };
    }
    post(service, reply);
  }
}

function post(to: MessagePort | Worker | Channel, message: Call | Reply): void {
  if ('postMessage' in to) to.postMessage(message);
  // Whoever cannot be reached has ended, and its end is told apart.
  else to.send?.(message, undefined, undefined, () => {});
}

export interface Connection<Handlers> {
  remote: Remote<Handlers>;
  /** Rejects what is in flight and ends the thread or process. */
  close(): Promise<void>;
  /** Settles when the thread or process has ended, with the reason. */
  ended: Promise<string>;
}

/** In the owner: a proxy whose methods post a call and await the reply. */
export function connectCalls<Handlers extends object>(worker: Worker | ChildProcess): Connection<Handlers> {
  const what = 'terminate' in worker ? t('A worker thread') : t('The compute process');
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let over: string | null = null;
  const lost = () => new EngineError('worker-lost', t('{0} ended: {1}', what, over ?? ''), { cause: over });

  const ended = new Promise<string>((resolve) => {
    const finish = (reason: string) => {
      over ??= reason;
      for (const { reject } of waiting.values()) reject(lost());
      waiting.clear();
      resolve(over);
    };
    worker.on('error', (error: Error) => finish(error.message));
    worker.on('exit', (code: number | null, signal?: string | null) =>
      finish(signal ?? t('exit code {0}', code ?? '')),
    );
  });

  worker.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error) call?.reject(Object.assign(new Error(reply.error.message), { kind: reply.error.kind }));
    else call?.resolve(reply.result);
  });

  const remote = new Proxy({} as Remote<Handlers>, {
    get: (_target, name) => {
      // A proxy that looked thenable would be called by `await`.
      if (name === 'then') return undefined;
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          if (over) return reject(lost());
          const id = nextId++;
          waiting.set(id, { resolve, reject });
          post(worker, { id, name: String(name), args });
        });
    },
  });

  const close = async () => {
    if ('terminate' in worker) await worker.terminate();
    else worker.kill('SIGKILL');
    await ended;
  };
  return { remote, close, ended };
}
