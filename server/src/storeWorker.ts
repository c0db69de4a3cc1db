/**
 * Entry of a store thread, as writer or as reader. SQLite is synchronous, so it runs here and never where requests
 * are answered. A writer that finds the store owned by another process says so and serves nothing.
 */
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { unpack } from './base/packed.js';
import { workInBackground } from './base/priority.js';
import { collectStores } from './index/store/collect.js';
import { type Ownership, tryOwn } from './index/store/owner.js';
import { createReader } from './index/store/reader.js';
import { openForWriting } from './index/store/schema.js';
import { type SeedRequest, seedStore } from './index/store/seed.js';
import type { PackedChange, WriterCalls } from './index/store/threads.js';
import { createWriter, type FileChange, type StoreWriter } from './index/store/writer.js';

const { role, folder, root } = workerData as { role: 'writer' | 'reader'; folder: string; root: string };

if (role === 'reader') serveCalls(parentPort!, createReader(folder));
else serveCalls(parentPort!, writerCalls());

function writerCalls(): WriterCalls {
  workInBackground();
  let ownership: Ownership | null = null;
  let writer: StoreWriter | null = null;
  let seed: ((request: SeedRequest) => boolean) | null = null;
  return {
    own() {
      ownership = tryOwn(folder);
      if (!ownership) return { owner: false, rebuilt: null };
      const { database, rebuilt } = openForWriting(folder, root);
      writer = createWriter(database);
      seed = (request) => seedStore(database, folder, request);
      return { owner: true, rebuilt };
    },
    collect: (maxBytes, nowMs) => collectStores(dirname(folder), maxBytes, nowMs),
    seed: (request) => seed!(request),
    commit: (changes) => writer!.commit(changes.map(opened)),
    finishScan: (scan) => writer!.finishScan(scan),
    putHistory: (read) => writer!.putHistory(read),
    checkpoint: () => writer!.checkpoint(),
  };
}

function opened(change: PackedChange): FileChange {
  return change.kind === 'indexed' ? { ...change, file: unpack(change.file) } : change;
}
