/**
 * Worker threads that parse, and the discipline that keeps one bad file from harming the rest.
 *
 * A parse has its own deadline inside the thread; a thread that answers nothing for two seconds past it (a looping
 * scanner cannot be interrupted from within) is ended and replaced, and the file is cut by lines instead. A thread
 * whose memory has grown past the limit is replaced between files. The pool knows files only as a path and content.
 */
import type { Worker } from 'node:worker_threads';
import { withDeadline } from '../base/async.js';
import { type Connection, connectCalls } from '../base/calls.js';
import { EngineError, messageOf } from '../base/errors.js';
import type { Packed } from '../base/packed.js';
import type { IndexedFile } from './indexedFile.js';
import { PARSE_OPTIONS, type ParseOptions, type ParseResult } from './parse.js';

export interface ParseJob {
  path: string;
  content: Uint8Array | string;
  /** By its grammar, or by lines only, for a file that hung its grammar before. */
  cut: 'syntax' | 'lines';
  /** Why it is cut by lines, for the file's notes; empty otherwise. */
  note: string;
  deadlineMs: number;
  options: ParseOptions;
}

/** What a parse comes to, with the file packed for the store's thread. */
export type ParseOutcome = { kind: 'indexed'; file: Packed<IndexedFile> } | Extract<ParseResult, { kind: 'skipped' }>;

/** What a parse worker answers. */
export interface ParseCalls {
  parse(job: ParseJob): Promise<{ outcome: ParseOutcome; memoryBytes: number }>;
}

export interface ParsePool {
  /** Rejects only when a thread fails twice on the same file. */
  parse(path: string, content: Uint8Array | string, options?: ParseOptions): Promise<ParseOutcome>;
  close(): Promise<void>;
}

export interface ParsePoolOptions {
  threads: number;
  spawn(): Worker;
  /** Time for one file. */
  deadlineMs?: number;
  /** How long past its deadline a silent thread lives. */
  graceMs?: number;
}

const MAX_WORKER_BYTES = 300 * 1024 * 1024;

export function createParsePool({ threads, spawn, deadlineMs = 5000, graceMs = 2000 }: ParsePoolOptions): ParsePool {
  const idle: Connection<ParseCalls>[] = [];
  const waiting: { resolve(thread: Connection<ParseCalls>): void; reject(error: Error): void }[] = [];
  let closed = false;
  const alive = new Set<Connection<ParseCalls>>();

  function start(): Connection<ParseCalls> {
    const thread = connectCalls<ParseCalls>(spawn());
    alive.add(thread);
    thread.ended.then(() => alive.delete(thread));
    return thread;
  }

  async function take(): Promise<Connection<ParseCalls>> {
    if (closed) throw new EngineError('worker-lost', 'The parse threads were closed');
    for (let free = idle.pop(); free; free = idle.pop()) if (alive.has(free)) return free;
    if (alive.size < threads) return start();
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  function give(thread: Connection<ParseCalls>): void {
    const next = waiting.shift();
    if (next) next.resolve(thread);
    else idle.push(thread);
  }

  /** Ends a thread and hands a fresh one to whoever waits. */
  function replace(thread: Connection<ParseCalls>): void {
    alive.delete(thread);
    void thread.close();
    if (waiting.length > 0 && !closed) give(start());
  }

  async function attempt(job: ParseJob): Promise<ParseOutcome> {
    const thread = await take();
    try {
      const work = thread.remote.parse(job);
      const { outcome, memoryBytes } = await withDeadline(work, job.deadlineMs + graceMs, `Parsing ${job.path}`);
      if (memoryBytes > MAX_WORKER_BYTES) replace(thread);
      else give(thread);
      return outcome;
    } catch (error) {
      replace(thread);
      throw error;
    }
  }

  return {
    async parse(path, content, options = PARSE_OPTIONS) {
      try {
        return await attempt({ path, content, cut: 'syntax', note: '', deadlineMs, options });
      } catch (error) {
        if (closed) throw error;
        const note = `${path} was cut by lines: ${messageOf(error)}`;
        return attempt({ path, content, cut: 'lines', note, deadlineMs, options });
      }
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0))
        reject(new EngineError('worker-lost', 'The parse threads were closed'));
      await Promise.all([...alive].map((thread) => thread.close()));
    },
  };
}
