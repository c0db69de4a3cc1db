/**
 * Worker threads that parse, and the discipline that keeps one bad file from harming the rest.
 *
 * A parse has its own deadline inside the thread; a thread that answers nothing for two seconds past it (a looping
 * scanner cannot be interrupted from within) is ended and replaced, and the file is cut by lines instead; a document
 * has no lines but those of its text, so it fails. A thread whose memory has grown past the limit is replaced between
 * files. The pool knows files only as a path and content.
 */

import { hash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { withDeadline } from '../base/async.js';
import { type Connection, connectCalls, type Remote } from '../base/calls.js';
import { type Anchor, documentFormat } from '../base/document.js';
import { EngineError, kindOf, messageOf } from '../base/errors.js';
import { kept, t } from '../base/l10n.js';
import type { Packed } from '../base/packed.js';
import type { BundledModel } from './bundledModel.js';
import type { CodePiece, Runs } from './highlight.js';
import type { IndexedFile } from './indexedFile.js';
import type { SyntaxCut } from './languages.js';
import { PARSE_OPTIONS, type ParseOptions, type ParseResult } from './parse.js';
import type { Pointed } from './pointed.js';
import type { Masked } from './secrets.js';

/** What a parse thread is started with. */
export interface ParseThreadData {
  /** The build's output folder. */
  assets: string;
  /** Of the people who are told what fails; English when absent. */
  locale?: string;
  /** Embeds each chunk at once; null: vectors come later, or never. */
  model: BundledModel | null;
}

export interface ParseJob {
  path: string;
  content: Uint8Array | string;
  /** By its grammar, or by lines only, for a file that hung its grammar before. */
  cut: 'syntax' | 'lines';
  /** Why it is cut by lines, as a sentence that is kept; empty otherwise. */
  failure: string;
  deadlineMs: number;
  options: ParseOptions;
}

type FileToParse = Pick<ParseJob, 'path' | 'content' | 'options'>;

/** What a parse comes to, with the file packed for the store's thread. */
export type ParseOutcome =
  | { kind: 'indexed'; file: Packed<IndexedFile>; embedSeconds: number }
  | Exclude<ParseResult, { kind: 'indexed' }>;

/** A document's text as it is indexed. */
export interface DocumentText extends Masked {
  anchors: readonly Anchor[];
  /** A file name that says the text's language. */
  name: string;
}

/** What a parse worker answers. */
export interface ParseCalls {
  parse(job: ParseJob): Promise<{ outcome: ParseOutcome; memoryBytes: number }>;
  convert(document: Pick<ParseJob, 'path' | 'content'>): Promise<{
    outcome: DocumentText | { failed: string };
    memoryBytes: number;
  }>;
  point(place: PointedPlace): Promise<{ outcome: Pointed | 'keyword' | null; memoryBytes: number }>;
  highlight(pieces: CodePiece[]): Promise<{ outcome: (Runs | null)[]; memoryBytes: number }>;
}

/** A name in a text of a language that has a grammar. */
export interface PointedPlace {
  text: string;
  cut: SyntaxCut;
  /** Offsets of the name. */
  name: { start: number; end: number };
  deadlineMs: number;
}

export interface ParsePool {
  /** Rejects only when a thread fails twice on the same file. */
  parse(path: string, content: Uint8Array | string, options?: ParseOptions): Promise<ParseOutcome>;
  /** A document as text alone; never rejects but when the pool is closed. */
  convert(path: string, content: Uint8Array | string): Promise<DocumentText | { failed: string }>;
  /** What stands at a place; null where that cannot be told in time. Never rejects. */
  point(place: PointedPlace): Promise<Pointed | 'keyword' | null>;
  /** The coloured runs of pieces of code, null where no grammar tells. Never rejects but when the pool is closed. */
  highlight(pieces: readonly CodePiece[]): Promise<(Runs | null)[]>;
  close(): Promise<void>;
}

export interface ParsePoolOptions {
  threads: number;
  spawn(): Worker;
  /** Time for one file. */
  deadlineMs?: number;
  /** Time for one document. */
  documentDeadlineMs?: number;
  /** How long past its deadline a silent thread lives. */
  graceMs?: number;
}

const MAX_WORKER_BYTES = 300 * 1024 * 1024;
/** Thousands of pages take longer than any source file. */
const DOCUMENT_DEADLINE_MS = 30_000;

export function createParsePool({
  threads,
  spawn,
  deadlineMs = 5000,
  documentDeadlineMs = DOCUMENT_DEADLINE_MS,
  graceMs = 2000,
}: ParsePoolOptions): ParsePool {
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
    if (closed) throw new EngineError('worker-lost', t('The parse threads were closed'));
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

  /** One call to a free thread, which does not survive its failure. */
  async function call<Outcome>(
    { path, milliseconds }: { path: string; milliseconds: number },
    ask: (thread: Remote<ParseCalls>) => Promise<{ outcome: Outcome; memoryBytes: number }>,
  ): Promise<Outcome> {
    const thread = await take();
    try {
      const { outcome, memoryBytes } = await withDeadline(ask(thread.remote), milliseconds, t('Parsing {0}', path));
      if (memoryBytes > MAX_WORKER_BYTES) replace(thread);
      else give(thread);
      return outcome;
    } catch (error) {
      replace(thread);
      throw error;
    }
  }

  function attempt(job: ParseJob, milliseconds = job.deadlineMs + graceMs): Promise<ParseOutcome> {
    return call({ path: job.path, milliseconds }, (thread) => thread.parse(job));
  }

  async function parseFile({ path, content, options }: FileToParse): Promise<ParseOutcome> {
    try {
      return await attempt({ path, content, cut: 'syntax', failure: '', deadlineMs, options });
    } catch (error) {
      if (closed) throw error;
      return attempt({
        path,
        content,
        cut: 'lines',
        failure: keptReason(error, deadlineMs + graceMs),
        deadlineMs,
        options,
      });
    }
  }

  /** Not tried twice: what broke a thread would break the next. */
  async function parseDocument({ path, content, options }: FileToParse): Promise<ParseOutcome> {
    try {
      const job: ParseJob = { path, content, cut: 'syntax', failure: '', deadlineMs, options };
      return await attempt(job, documentDeadlineMs + graceMs);
    } catch (error) {
      if (closed) throw error;
      return {
        kind: 'failed',
        digest: hash('sha256', content),
        reason: keptReason(error, documentDeadlineMs + graceMs),
      };
    }
  }

  return {
    parse: (path, content, options = PARSE_OPTIONS) =>
      (documentFormat(path) ? parseDocument : parseFile)({ path, content, options }),
    async convert(path, content) {
      try {
        const milliseconds = documentDeadlineMs + graceMs;
        return await call({ path, milliseconds }, (thread) => thread.convert({ path, content }));
      } catch (error) {
        if (closed) throw error;
        return { failed: keptReason(error, documentDeadlineMs + graceMs) };
      }
    },
    async point(place) {
      try {
        const asked = call({ path: 'a name', milliseconds: place.deadlineMs + graceMs }, (thread) =>
          thread.point(place),
        );
        return await withDeadline(asked, place.deadlineMs, t('Parsing'));
      } catch {
        return null;
      }
    },
    async highlight(pieces) {
      try {
        const milliseconds = deadlineMs + graceMs;
        return await call({ path: 'for colours', milliseconds }, (thread) => thread.highlight([...pieces]));
      } catch (error) {
        if (closed) throw error;
        return pieces.map(() => null);
      }
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0))
        reject(new EngineError('worker-lost', t('The parse threads were closed')));
      await Promise.all([...alive].map((thread) => thread.close()));
    },
  };
}

/** For the store: why a thread did not finish a file. */
function keptReason(error: unknown, milliseconds: number): string {
  if (kindOf(error) === 'deadline') return kept('parsing took longer than {0} ms', milliseconds);
  if (kindOf(error) === 'worker-lost')
    return kept('the thread that parsed it ended: {0}', String((error as Error).cause));
  return messageOf(error);
}
