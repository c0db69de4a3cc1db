/** An index killed at any moment is whole. The long form is `npm run test:faults`. */
import { expect, test } from 'vitest';
import { newChance } from '../support/chance.js';
import { killRounds } from './killSeries.js';

test('an index killed at any moment is whole, and finishes to what a clean build gives', async () => {
  const tally = await killRounds({ rounds: 12, files: 12, chance: newChance() });
  expect(Object.values(tally).reduce((sum, times) => sum + times, 0)).toBe(12);
}, 120_000);
