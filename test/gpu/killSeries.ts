/**
 * The compute process killed at any moment of a graph's life. Whoever uses it learns that there is no graph, takes up the
 * saved one or begins again, and never finds anything that is not there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { kindOf } from '../../server/src/base/errors.js';
import { expected, numbers, type Setup, setUp } from './graphs.js';

const ROWS = 300;

/** Times that a kill struck, by what was going on. */
export type Tally = Record<string, number>;

export async function killRounds(rounds: number, seed?: number): Promise<Tally> {
  const setup = await setUp(seed, { maxShortLives: Number.POSITIVE_INFINITY, backOffMs: 0 });
  const { graph, host, chance, add, recall } = setup;
  const tally: Tally = {};
  await graph.begin(expected, ROWS);
  await add(numbers(ROWS));
  await graph.finish(1);
  for (let round = 2; round < rounds + 2; round++) {
    const moment = chance.pick(['add', 'rebuild', 'save', 'load', 'search', 'idle'] as const);
    const hint = `seed ${chance.seed}, round ${round}, ${moment}`;
    const work = provoke(setup, moment, round).then(
      () => 'done' as const,
      (error) => {
        expect(kindOf(error), `${hint}: ${error}`).toMatch(/^(worker-lost|graph-failed)$/);
        return 'lost' as const;
      },
    );
    await pause(chance.below(moment === 'rebuild' ? 40 : 8));
    const { pid } = host;
    process.kill(pid!, 'SIGKILL');
    const outcome = await work;
    while (host.pid === pid) await pause(1);
    const key = `${moment}, ${outcome}`;
    tally[key] = (tally[key] ?? 0) + 1;
    expect(graph.mark(), hint).toBeNull();
    await recover(setup, round);
    expect(await recall(), hint).toBeGreaterThanOrEqual(0.95);
  }
  return tally;
}

async function provoke({ graph, source, truth, add }: Setup, moment: string, round: number): Promise<void> {
  if (moment === 'add') await add(numbers(40, round * 1000));
  else if (moment === 'rebuild') await fill({ graph, truth }, round);
  else if (moment === 'save') await graph.finish(round);
  else if (moment === 'load') await graph.load(expected);
  else if (moment === 'search')
    for (const found of await Promise.all(Array.from({ length: 50 }, () => graph.search(source.next(), 10))))
      for (const id of found?.ids ?? []) expect(truth.has(id)).toBe(true);
}

/** As the engine does: what was saved, and what came since; or all of it. */
async function recover({ graph, truth }: Setup, round: number): Promise<void> {
  if (!(await graph.load(expected))) return fill({ graph, truth }, round);
  const ids = [...truth.keys()];
  // Numbers that it holds already stay as they are.
  await graph.add({ ids, rows: joined(ids.map((id) => truth.get(id)!)) });
  await graph.finish(round);
}

async function fill({ graph, truth }: Pick<Setup, 'graph' | 'truth'>, round: number): Promise<void> {
  await graph.begin(expected, truth.size);
  await graph.add({ ids: [...truth.keys()], rows: joined([...truth.values()]) });
  await graph.finish(round);
}

function joined(vectors: readonly Float32Array[]): Float32Array {
  return Float32Array.from(vectors.flatMap((vector) => [...vector]));
}
