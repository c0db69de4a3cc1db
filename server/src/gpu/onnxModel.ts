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
import { t } from '../base/l10n.js';
import { groupByLength } from './batches.js';
import { DEVICE_NAMES, type Device, devicesToTry, openFirst } from './devices.js';
import type { ComputeHost } from './host.js';
import type { ModelUse, Prefixes } from './modelFolder.js';
import type { OnnxCalls, OpenedModel } from './onnxCalls.js';

export interface OnnxOptions {
  /** Better not the one with the graph: a batch takes the process for a tenth of a second, or for more. */
  host: ComputeHost;
  /** Absolute path of the model folder. */
  folder: string;
  device: Device | 'auto';
  /** Put before what is embedded, instead of what the folder says; empty: what it says. */
  prefixes?: Prefixes;
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
export async function openOnnxModel(
  use: ModelUse,
  { host, folder, device, prefixes }: OnnxOptions,
): Promise<OnnxModel> {
  const notes: string[] = [];
  /** What is left to try, the one in use first. */
  let devices = devicesToTry(device);
  /** Tokens in a batch, as found out once for each device. */
  const tuned = new Map<Device, number>();
  let first: OpenedModel | null = null;
  let current: Session | null = null;
  let opening: Promise<Session> | null = null;
  let failures = 0;
  let closed = false;
  const unsubscribe = host.onLost(() => {
    // An opening that is under way sees to itself.
    if (current) opening = null;
    current = null;
  });

  function session(): Promise<Session> {
    if (closed) throw new EngineError(`${use}-unavailable`, t('The {0} was closed', t(use)));
    opening ??= open().catch((error) => {
      opening = null;
      throw error;
    });
    return opening;
  }

  async function open(): Promise<Session> {
    const id = ++lastId;
    const chosen = await openFirst(devices, (on) => openOn(on, id), { notes, isFatal }).catch((error) => {
      if (isOwn(error)) throw error;
      throw new EngineError(`${use}-unavailable`, t('{0} cannot be used: {1}', folder, messageOf(error)));
    });
    const { device, opened } = chosen;
    first ??= opened;
    if (first.digest !== opened.digest)
      throw new EngineError(
        `${use}-unavailable`,
        t('{0} is another model than before: restart Scholia to use it', folder),
      );
    devices = devices.slice(devices.indexOf(device));
    if (!tuned.has(device)) tuned.set(device, opened.batchTokens);
    current = { id, device, isLost: false };
    return current;
  }

  /** A device that served before, or that nothing comes after, gets another chance when the process died. */
  async function openOn(device: Device, id: number): Promise<OpenedModel> {
    const best = tuned.get(device);
    // The process may have died of a batch that was too large for the machine.
    const batchTokens = best === undefined ? null : Math.max(1, best >> failures);
    const wish = { id, folder, use, device, prefixes, threads: threads(), batchTokens };
    for (let left = first || device === 'cpu' ? FAILURES_BEFORE_NEXT_DEVICE : 1; ; left--) {
      try {
        return await withDeadline(host.remote.openModel(wish), OPEN_DEADLINE_MS, t('Opening {0}', folder));
      } catch (error) {
        if (kindOf(error) === 'deadline') endProcess(host);
        if (kindOf(error) !== 'worker-lost' || left <= 1) throw error;
      }
    }
  }

  const isOwn = (error: unknown) => [`${use}-unavailable`, `${use}-failed`].includes(kindOf(error) ?? '');
  /** The folder's fault, or no process to be had. */
  const isFatal = (error: unknown) => isOwn(error) || kindOf(error) === 'unavailable';

  /** Counts a session's end once, however many batches were in it. */
  function lose(lost: Session, error: unknown): void {
    if (lost.isLost) return;
    lost.isLost = true;
    // A device that is lost seldom comes back within a process.
    if (kindOf(error) !== 'worker-lost') endProcess(host);
    if (current === lost) {
      current = null;
      opening = null;
    }
    if (++failures < FAILURES_BEFORE_NEXT_DEVICE || devices.length < 2) return;
    notes.push(
      t('{0} was given up after it failed {1} times: {2}', t(DEVICE_NAMES[lost.device]), failures, messageOf(error)),
    );
    devices = devices.slice(1);
    failures = 0;
  }

  async function attempt<Result>(ask: (id: number) => Promise<Result[]>, signal?: AbortSignal): Promise<Result[]> {
    for (;;) {
      signal?.throwIfAborted();
      const used = await session();
      try {
        const results = await withDeadline(ask(used.id), BATCH_DEADLINE_MS, t('A batch'));
        failures = 0;
        return results;
      } catch (error) {
        if (isOwn(error)) throw error;
        lose(used, error);
        if (failures < FAILURES_BEFORE_NEXT_DEVICE) continue;
        failures = 0;
        throw new EngineError(`${use}-failed`, t('{0} failed again and again: {1}', info.name, messageOf(error)));
      }
    }
  }

  await session();
  const info = first!;

  return {
    info,
    get device() {
      return devices[0]!;
    },
    get notes() {
      return [...info.notes, ...notes];
    },
    async each({ items, charactersOf, ask }, signal) {
      const lengths = items.map((item) =>
        Math.min(info.maxTokens, Math.ceil(charactersOf(item) / CHARACTERS_PER_TOKEN) + 2),
      );
      type Result = Awaited<ReturnType<typeof ask>>[number];
      const results = new Array<Result>(items.length);
      const work = eachLimited(
        groupByLength(lengths, tuned.get(devices[0]!) ?? info.batchTokens),
        IN_FLIGHT,
        async (group) => {
          const asked = group.map((i) => items[i]!);
          const found = await attempt((id) => ask(host.remote, id, asked), signal);
          group.forEach((i, at) => {
            results[i] = found[at]!;
          });
        },
      );
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
  isLost: boolean;
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
