/** Every region of every store file altered, closed and open. */
import { expect, test } from 'vitest';
import { newChance } from '../support/chance.js';
import { alterationsOf, checkSettles, prepare } from './alterations.js';

const chance = newChance();

/** All cases run, so that one report names all that fail. */
async function checkAll(hasLog: boolean, isOpen: boolean): Promise<void> {
  const prepared = await prepare({ hasLog });
  const failures: string[] = [];
  let rebuilt = 0;
  // The log's index is mapped into memory: cutting it short under an open store ends any process that uses SQLite.
  const alterations = alterationsOf(prepared, chance).filter(
    ({ name }) => !isOpen || /^index\.db(-wal)?(:| ends)/.test(name),
  );
  for (const alteration of alterations)
    await checkSettles(prepared, alteration, isOpen).then(
      (notes) => {
        rebuilt += notes.length;
      },
      (error: Error) => {
        console.log(error.message);
        failures.push(error.message);
      },
    );
  console.log(`${alterations.length} alterations, ${rebuilt} found and built anew, ${failures.length} failed`);
  expect(failures).toEqual([]);
}

for (const hasLog of [false, true])
  for (const isOpen of [false, true])
    test(
      `a store ${hasLog ? 'with' : 'without'} a log, ${isOpen ? 'open' : 'closed'}, seed ${chance.seed}`,
      () => checkAll(hasLog, isOpen),
      3_600_000,
    );
