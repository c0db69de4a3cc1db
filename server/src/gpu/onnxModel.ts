/**
 * A model folder at work in the compute process, as its owner sees it: opened on the first device that serves, opened
 * again when the process dies, moved to the next device when one keeps failing.
 *
 * Work is cut into batches, two of them under way at a time; a batch whose process died is simply sent again, so none is
 * lost, and results keep their order. Only an error that is the text's or the folder's own reaches the caller.
 */
import { availableParallelism } from 'node:os';
import { eachLimited, unlessAborted, withDeadline } from '../base/async.js';
import { EngineError, kindOf, messageOf } from '../base/errors.js';
import { groupByLength } from './batches.js';
import { DEVICE_NAMES, type Device, devicesToTry, openFirst } from './devices.js';
import type { ComputeHost } from './host.js';
import type { ModelUse } from './modelFolder.js';
import type { OnnxCalls, OpenedModel } from './onnxCalls.js';

export interface OnnxOptions {
  /** Better not the one with the graph: a batch takes the process for a tenth of a second, or for more. */
  host: ComputeHost;
  /** Absolute path of the model folder. */
  folder: string;
  device: Device | 'auto';
}

export interface OnnxModel {
  readonly info: OpenedModel;
  readonly device: Device;
  readonly notes: readonly string[];
  /** One result for each item, in order. An abort rejects at once; what is under way then ends unheard. */
  each<Item, Result>(work: Work<Item, Result>, signal?: AbortSignal): Promise<Result[]>;
  close(): Promise<void>;
}

export interface Work<Item, Result> {
  items: readonly Item[];
  /** Of what goes to the model, for batches of like length. */
  charactersOf(item: Item): number;
  /** Asks the process about a few items. */
  ask(calls: AsyncCalls, id: number, items: readonly Item[]): Promise<Result[]>;
}

type AsyncCalls = Pick<OnnxCalls, 'embedTexts' | 'scorePairs'>;

const IN_FLIGHT = 2;
/** Of code; it only decides which texts go together. */
const CHARACTERS_PER_TOKEN = 3.5;
/** In a row, without a batch done between them. */
const FAILURES_BEFORE_NEXT_DEVICE = 3;
/** Large models are hashed and compiled for a device; no driver that works takes this long. */
const OPEN_DEADLINE_MS = 10 * 60_000;
const BATCH_DEADLINE_MS = 10 * 60_000;

let lastId = 0;

/** Opens it. Rejects with an `EngineError` of a `…-unavailable` kind where the folder cannot be used. */
export async function openOnnxModel(use: ModelUse, { host, folder, device }: OnnxOptions): Promise<OnnxModel> {
  const notes: string[] = [];
  let devices = devicesToTry(device);
  let current: Session | null = null;
  let opening: Promise<Session> | null = null;
  let failures = 0;
  let closed = false;
  const unsubscribe = host.onLost(() => current && lose(current, 'its process ended'));

  function session(): Promise<Session> {
    if (closed) throw new EngineError(`${use}-unavailable`, `The ${use} was closed`);
    opening ??= open().catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  async function open(): Promise<Session> {
    const id = ++lastId;
    const ask = (on: Device) =>
      withDeadline(
        host.remote.openModel({
          id,
          folder,
          use,
          device: on,
          threads: threads(),
          batchTokens: first?.batchTokens ?? null,
        }),
        OPEN_DEADLINE_MS,
        `Opening ${folder}`,
      ).catch((error) => {
        if (kindOf(error) === 'deadline') endProcess(host);
        throw error;
      });
    /** A device that served before, or that nothing comes after, gets another chance when the process died. */
    const open = async (on: Device) => {
      for (let left = first || on === devices.at(-1) ? FAILURES_BEFORE_NEXT_DEVICE : 1; ; left--) {
        try {
          return await ask(on);
        } catch (error) {
          if (kindOf(error) !== 'worker-lost' || left <= 1) throw error;
        }
      }
    };
    const chosen = await openFirst(devices, open, { notes, isFatal }).catch((error) => {
      throw isOwn(error)
        ? error
        : new EngineError(`${use}-unavailable`, `${folder} cannot be used: ${messageOf(error)}`);
    });
    if (first && first.digest !== chosen.opened.digest)
      throw new EngineError(`${use}-unavailable`, `${folder} is another model than before: restart Scholia to use it`);
    devices = devices.slice(devices.indexOf(chosen.device));
    current = { id, device: chosen.device, info: chosen.opened };
    return current;
  }

  const isOwn = (error: unknown) => [`${use}-unavailable`, `${use}-failed`].includes(kindOf(error) ?? '');
  /** The folder's fault, or no process to be had. */
  const isFatal = (error: unknown) => isOwn(error) || kindOf(error) === 'unavailable';

  /** Counts a session's end once, however many batches were in it. */
  function lose(lost: Session, reason: string): void {
    if (current !== lost) return;
    current = null;
    opening = null;
    if (++failures < FAILURES_BEFORE_NEXT_DEVICE || devices.length < 2) return;
    notes.push(`${DEVICE_NAMES[lost.device]} was given up after it failed ${failures} times: ${reason}`);
    devices = devices.slice(1);
    failures = 0;
  }

  async function attempt<Result>(ask: (id: number) => Promise<Result[]>, signal?: AbortSignal): Promise<Result[]> {
    for (;;) {
      signal?.throwIfAborted();
      const used = await session();
      try {
        const results = await withDeadline(ask(used.id), BATCH_DEADLINE_MS, 'A batch');
        failures = 0;
        return results;
      } catch (error) {
        if (isFatal(error)) throw error;
        // A device that is lost seldom comes back within a process.
        if (kindOf(error) !== 'worker-lost') endProcess(host);
        lose(used, messageOf(error));
        if (failures < FAILURES_BEFORE_NEXT_DEVICE) continue;
        failures = 0;
        throw new EngineError(`${use}-failed`, `${info.name} failed again and again: ${messageOf(error)}`);
      }
    }
  }

  let first: OpenedModel | null = null;
  const { info } = await session();
  first = info;

  return {
    info,
    get device() {
      return devices[0]!;
    },
    get notes() {
      return [...info.notes, ...notes];
    },
    async each({ items, charactersOf, ask }, signal) {
      const { maxTokens, batchTokens } = info;
      const lengths = items.map((item) =>
        Math.min(maxTokens, Math.ceil(charactersOf(item) / CHARACTERS_PER_TOKEN) + 2),
      );
      type Result = Awaited<ReturnType<typeof ask>>[number];
      const results = new Array<Result>(items.length);
      const work = eachLimited(groupByLength(lengths, batchTokens), IN_FLIGHT, async (group) => {
        const asked = group.map((i) => items[i]!);
        const found = await attempt((id) => ask(host.remote, id, asked), signal);
        group.forEach((i, at) => {
          results[i] = found[at]!;
        });
      });
      await unlessAborted(work, signal);
      return results;
    },
    async close() {
      closed = true;
      unsubscribe();
      const open = current;
      current = null;
      if (open && host.pid) await host.remote.closeModel(open.id).catch(() => {});
    },
  };
}

interface Session {
  id: number;
  device: Device;
  info: OpenedModel;
}

/** One core is left to what a person is doing; more threads than cores wait for each other. */
function threads(): number {
  return Math.max(1, availableParallelism() - 1);
}

function endProcess({ pid }: ComputeHost): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
