/**
 * Calls to a worker thread as if its functions were async ones here.
 *
 * The one mechanism behind the parse pool and the store's reader and writer. It knows no function by name; the
 * handler object's type is the contract at both ends. When a worker ends, every call in flight rejects, so that no
 * request is ever left without an answer.
 */
import type { MessagePort, Worker } from 'node:worker_threads';
import { EngineError } from './errors.js';

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

/** In the worker: answers calls with `handlers`, one at a time in order of arrival. */
export function serveCalls(port: MessagePort, handlers: object): void {
  const table = handlers as Record<string, Handler>;
  let queue = Promise.resolve();
  port.on('message', (call: Call) => {
    queue = queue.then(() => answer(call));
  });

  async function answer(call: Call): Promise<void> {
    const reply: Reply = { id: call.id };
    try {
      reply.result = await table[call.name]!(...(call.args as never[]));
    } catch (thrown) {
      const error = thrown as { message?: string; kind?: string };
      reply.error = { message: error.message ?? String(thrown), kind: error.kind };
    }
    port.postMessage(reply);
  }
}

export interface Connection<Handlers> {
  remote: Remote<Handlers>;
  /** Rejects what is in flight and ends the thread. */
  close(): Promise<void>;
  /** Settles when the thread has ended, with the reason. */
  ended: Promise<string>;
}

/** In the owner: a proxy whose methods post a call and await the reply. */
export function connectCalls<Handlers extends object>(worker: Worker): Connection<Handlers> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let nextId = 1;
  let over: string | null = null;

  const ended = new Promise<string>((resolve) => {
    const finish = (reason: string) => {
      over ??= reason;
      for (const { reject } of waiting.values())
        reject(new EngineError('worker-lost', `A worker thread ended: ${over}`));
      waiting.clear();
      resolve(over);
    };
    worker.on('error', (error) => finish(error.message));
    worker.on('exit', (code) => finish(`exit code ${code}`));
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
          if (over) return reject(new EngineError('worker-lost', `A worker thread ended: ${over}`));
          const id = nextId++;
          waiting.set(id, { resolve, reject });
          worker.postMessage({ id, name: String(name), args } satisfies Call);
        });
    },
  });

  const close = async () => {
    await worker.terminate();
    await ended;
  };
  return { remote, close, ended };
}
