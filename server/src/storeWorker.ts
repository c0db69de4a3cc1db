/**
 * Entry of a store thread, as writer or as reader. SQLite is synchronous, so it runs here and never where requests
 * are answered. A writer that finds the store owned by another process, or not to be written, says so and serves nothing.
 */

import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { EngineError, messageOf } from './base/errors.js';
import { t } from './base/l10n.js';
import { speakLanguageOf } from './base/languages.js';
import { unpack } from './base/packed.js';
import { workInBackground } from './base/priority.js';
import { findDamage } from './index/store/checksums.js';
import { collectStores } from './index/store/collect.js';
import { damaged, isFromOutside, namingErrors } from './index/store/damage.js';
import { type Ownership, tryOwn } from './index/store/owner.js';
import { createReader } from './index/store/reader.js';
import { type OpenedStore, openForReading, openForWriting } from './index/store/schema.js';
import { seedStore } from './index/store/seed.js';
import type { Owned, PackedChange, ReaderCalls, StoreThreadData, WriterCalls } from './index/store/threads.js';
import { createWriter, type FileChange, type StoreWriter } from './index/store/writer.js';

const { role, folder, root, locale, fileSystemType } = workerData as StoreThreadData;
speakLanguageOf(locale);

serveCalls(parentPort!, namingErrors(role === 'reader' ? readerCalls() : writerCalls(), folder, damageNow));

function readerCalls(): ReaderCalls {
  return {
    ...createReader(folder),
    check() {
      const found = damageNow();
      if (found) throw damaged(found);
    },
  };
}

function writerCalls(): WriterCalls {
  workInBackground();
  let ownership: Ownership | null = null;
  let opened: OpenedStore | null = null;
  let writer: StoreWriter | null = null;

  function take(damage?: string): Owned {
    ownership = tryOwn(folder);
    if (!ownership)
      return {
        keeper: 'another',
        notes: [t('Another Scholia process keeps this index up to date; this one reads it')],
      };
    opened = openForWriting(folder, root, { damage, fileSystemType });
    writer = createWriter(opened.database);
    return { keeper: 'this', notes: opened.notes };
  }

  function letGo(): void {
    writer = null;
    opened?.database.close();
    opened = null;
    ownership?.release();
    ownership = null;
  }

  function writing(): StoreWriter {
    if (!writer) throw new EngineError('store-unavailable', t('The index in {0} is not open for writing', folder));
    return writer;
  }

  return {
    own() {
      if (opened) return { keeper: 'this', notes: opened.notes };
      try {
        return take();
      } catch (error) {
        letGo();
        if (!isReadable()) throw error;
        const reason = messageOf((error as Error).cause ?? error);
        return { keeper: 'none', notes: [t('The index is read only: {0} is not updated ({1})', folder, reason)] };
      }
    },
    renew(damage) {
      // The lock is taken anew too: where the folder was removed, this one holds nobody off.
      letGo();
      try {
        return take(damage);
      } catch (error) {
        letGo();
        throw error;
      }
    },
    collect: (maxBytes, nowMs) => collectStores(dirname(folder), maxBytes, nowMs),
    seed: (request) => (opened ? seedStore(opened.database, folder, request) : false),
    commit: (changes) => writing().commit(changes.map(unpacked)),
    finishScan: (scan) => writing().finishScan(scan),
    putHistory: (read) => writing().putHistory(read),
    putVectors: (rows) => writing().putVectors(rows),
    completeVectors: (embedder) => writing().completeVectors(embedder),
    keepVectorsOf: (embedders) => writing().keepVectorsOf(embedders),
    checkpoint: () => writing().checkpoint(),
  };
}

function unpacked(change: PackedChange): FileChange {
  return change.kind === 'indexed' ? { ...change, file: unpack(change.file) } : change;
}

function isReadable(): boolean {
  try {
    openForReading(folder).close();
    return true;
  } catch {
    return false;
  }
}

function damageNow(): string | null {
  let database: OpenedStore['database'] | null = null;
  try {
    database = openForReading(folder);
    // One look: what is committed meanwhile must not seem a contradiction.
    database.exec('BEGIN');
    return findDamage(database);
  } catch (error) {
    if (isFromOutside(error)) throw error;
    return messageOf(error);
  } finally {
    database?.close();
  }
}
