/** The kill series at length: 300 rounds over trees large enough that posting lists are written anew. */
import { afterAll, test } from 'vitest';
import { newChance } from '../support/chance.js';
import { killRounds, type Tally } from './killSeries.js';

const ROUNDS = Number(process.env['SCHOLIA_ROUNDS'] ?? 300);
/** Rounds on one tree and one store. */
const ROUNDS_PER_TREE = 10;

const { seed } = newChance();
const totals: Tally = {};

for (let i = 0; i < Math.ceil(ROUNDS / ROUNDS_PER_TREE); i++)
  test(`rounds ${i * ROUNDS_PER_TREE + 1} and on, seed ${seed + i}`, async () => {
    const tally = await killRounds({ rounds: ROUNDS_PER_TREE, files: 70, chance: newChance(seed + i) });
    for (const [moment, times] of Object.entries(tally)) totals[moment] = (totals[moment] ?? 0) + times;
  }, 300_000);

afterAll(() => console.log(`Kills by moment: ${JSON.stringify(totals)}`));
