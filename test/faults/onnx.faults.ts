/** The compute process killed 100 times under a model, and every part of a model's files altered. */
import { expect, test } from 'vitest';
import { damageRounds, killRounds } from '../gpu/onnxSeries.js';

test('killed a hundred times, every vector comes and is the right one', async () => {
  const kills = await killRounds(100);
  console.log(`Kills by call: ${JSON.stringify(kills)}`);
  expect(kills.openModel + kills.embedTexts).toBe(100);
});

test('a model folder altered in any of 150 parts of each file', () => damageRounds(150));
