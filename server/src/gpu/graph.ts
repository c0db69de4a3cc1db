/** The graph over vectors as the engine has it: a `VectorGraph` whose entries live in the compute process. */

import { withDeadline } from '../base/async.js';
import type { GraphMark, VectorGraph, VectorRows } from '../base/embedding.js';
import { EngineError, kindOf, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import type { Size } from './graphCalls.js';
import type { ComputeHost } from './host.js';

/** Rows in one call: some 50 ms, so that whoever else asks the process has a turn in between. */
const ROWS_PER_CALL = 32;
/** Past it looking at every vector is faster; the process may be computing something long. */
const SEARCH_DEADLINE_MS = 500;

/**
 * `folder` is the store's. Rejects with `graph-unavailable`, in a sentence for the status, where there can be no graph on
 * this machine, and with `unavailable` where the process is not started any more. Only who owns the store may `finish`.
 */
export async function openVectorGraph(
  host: ComputeHost,
  folder: string,
  searchDeadlineMs = SEARCH_DEADLINE_MS,
): Promise<VectorGraph> {
  const { remote } = host;
  let mark: GraphMark | null = null;
  let building: Pick<GraphMark, 'identity' | 'store'> | null = null;
  let size: Size = { count: 0, deleted: 0 };
  let notes: string[] = [];

  const forget = () => {
    mark = null;
    building = null;
  };
  await remote.graphCheck();
  const stopListening = host.onLost(forget);

  /** Changes the graph; where that fails there is none. */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      forget();
      // It may be half changed.
      if (kindOf(error) !== 'worker-lost') await remote.graphDrop(folder).catch(() => {});
      throw error;
    }
  }

  function resized(now: Size): void {
    size = now;
    if (mark) mark = { ...mark, ...now };
  }

  async function add({ ids, rows }: VectorRows): Promise<void> {
    const { dimensions } = (mark ?? building)?.identity ?? gone();
    if (rows.length !== ids.length * dimensions)
      throw new EngineError(
        'graph-failed',
        t('{0} vectors of {1} dimensions are not {2} numbers', ids.length, dimensions, rows.length),
      );
    for (let at = 0; at < ids.length; at += ROWS_PER_CALL) {
      const end = at + ROWS_PER_CALL;
      const some = { ids: ids.slice(at, end), rows: rows.slice(at * dimensions, end * dimensions) };
      resized(await remote.graphAdd(folder, some));
    }
  }

  return {
    mark: () => mark,
    get notes() {
      return notes;
    },
    load: (expected) =>
      change(async () => {
        forget();
        mark = await remote.graphLoad(folder, expected);
        if (mark) resized({ count: mark.count, deleted: mark.deleted });
        return mark;
      }),
    begin: (expected, capacity) =>
      change(async () => {
        forget();
        await remote.graphBegin(folder, expected.identity.dimensions, capacity);
        building = { identity: expected.identity, store: expected.store };
        resized({ count: 0, deleted: 0 });
      }),
    add: (vectors) => change(() => add(vectors)),
    remove: (ids) => change(async () => resized(await remote.graphRemove(folder, ids))),
    reach(through) {
      if (mark) mark = { ...mark, through };
    },
    finish: (through) =>
      change(async () => {
        const { identity, store } = mark ?? building ?? gone();
        mark = { identity, store, through, ...size };
        building = null;
        notes = await remote.graphSave(folder, { identity, store, through }).then(
          () => [],
          (error) => {
            if (kindOf(error) === 'worker-lost') throw error;
            return [messageOf(error)];
          },
        );
      }),
    async search(query, limit) {
      if (!mark) return null;
      const { through } = mark;
      try {
        const asked = remote.graphSearch(folder, query, limit);
        return { ...(await withDeadline(asked, searchDeadlineMs, t('Searching the graph'))), through };
      } catch (error) {
        if (kindOf(error) !== 'deadline') forget();
        return null;
      }
    },
    async close() {
      forget();
      stopListening();
      if (host.pid !== undefined) await remote.graphDrop(folder).catch(() => {});
    },
  };
}

function gone(): never {
  throw new EngineError('graph-failed', t('The graph over vectors is gone: begin it again'));
}
