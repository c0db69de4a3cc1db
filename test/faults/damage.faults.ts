/** Every region of every store file altered, closed and open. */
import { expect, test } from 'vitest';
import { newChance } from '../support/chance.js';
import { type Alteration, alterationsOf, checkSettles, prepare } from './alterations.js';

const chance = newChance();

/** All cases run, so that one report names all that fail. */
async function checkAll(choose: (alteration: Alteration) => boolean, isOpen: boolean): Promise<void> {
  const prepared = await prepare();
  const failures: string[] = [];
  let rebuilt = 0;
  const alterations = alterationsOf(prepared, chance).filter(choose);
  for (const alteration of alterations)
    await checkSettles(prepared, alteration, isOpen).then(
      (notes) => {
        rebuilt += notes.length;
      },
      (error: Error) => failures.push(error.message),
    );
  console.log(`${alterations.length} alterations, ${rebuilt} found and built anew, ${failures.length} failed`);
  expect(failures).toEqual([]);
}

test(`a closed store, seed ${chance.seed}`, () => checkAll(() => true, false), 3_600_000);

// The log's index is mapped into memory: cutting it short under an open store ends any process that uses SQLite.
test(
  `an open store, seed ${chance.seed}`,
  () => checkAll(({ name }) => /^index\.db(-wal)?:/.test(name), true),
  3_600_000,
);
