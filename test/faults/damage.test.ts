/** Altered store files, a few by chance and those that once mattered. Every region: `npm run test:faults`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newChance } from '../support/chance.js';
import { engineOn, scratchFolder } from '../support/engine.js';
import { alterationsOf, checkSettles, prepare } from './alterations.js';
import { contentOfCleanBuild, contentThrough } from './content.js';

for (const hasLog of [false, true])
  test(`an altered store ${hasLog ? 'with' : 'without'} a log ends up as a clean build, whether closed or open`, async () => {
    const chance = newChance();
    const prepared = await prepare({ hasLog });
    const alterations = alterationsOf(prepared, chance);
    expect(alterations.length).toBeGreaterThan(250);
    for (let i = 0; i < 5; i++) await checkSettles(prepared, chance.pick(alterations), false);
    const open = alterations.filter(({ name }) => /^index\.db(:| ends)/.test(name));
    for (let i = 0; i < 3; i++) await checkSettles(prepared, chance.pick(open), true);
  }, 120_000);

test('damage that is met while the engine runs is named in the status', async () => {
  const prepared = await prepare({ hasLog: false });
  const noise = alterationsOf(prepared, newChance(1)).filter(({ name }) => /^index\.db: \d{5,} to .* noise/.test(name));
  const notes = await checkSettles(prepared, noise[0]!, true);
  expect(notes).toEqual([expect.stringMatching(/^The index was built anew because /)]);
});

test('a store that is removed under a running engine is filled again', async () => {
  const storeBase = scratchFolder();
  const engine = await engineOn({ 'lantern.ts': 'export const lantern = 1;\n' }, { storeBase });
  rmSync(join(storeBase, 'roots'), { recursive: true });
  await engine.update();
  expect((await engine.status()).degraded).toContain('The index was built anew because its files were removed');
  expect(await contentThrough(engine, storeBase)).toEqual(await contentOfCleanBuild(engine.folder));
});
