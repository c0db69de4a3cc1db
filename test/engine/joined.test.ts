/** Several folders asked as one: nothing is lost, nothing is found twice, and scores are those of one index. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Arm } from '../../server/src/base/answer.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { type Snapshot, snapshotOfAll } from '../../server/src/engine/snapshot.js';
import { engineOn, type Files } from '../support/engine.js';

const SHOP: Files = {
  'src/price.ts': '/** Adds up what a lantern costs. */\nexport function lanternPrice() {\n  return tax(1);\n}\n',
  'src/tax.ts': 'export function tax(cents: number) {\n  return cents * 2;\n}\n',
  'README.md': '# Shop\n\nSells lanterns and rope.\n',
};
const HARBOUR: Files = {
  'src/quay.ts': "import { lanternPrice } from 'shop';\nexport const quayLight = () => lanternPrice();\n",
  'src/tide.ts': '/** When the tide turns the lantern is lit. */\nexport const tide = 1;\n',
  'README.md': '# Harbour\n\nWhere ships are moored by lantern light.\n',
};
const QUERIES = [
  'lantern',
  'lantern price',
  'quayLight',
  'when does the tide turn',
  'tax',
  'readme',
  'README.md',
  'nothing such',
];

async function both(): Promise<{ name: string; engine: Engine }[]> {
  return [
    { name: 'shop', engine: await engineOn(SHOP) },
    { name: 'harbour', engine: await engineOn(HARBOUR) },
  ];
}

function under(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text]));
}

async function hits(snapshot: Snapshot, query: string, arm: Arm = 'lexical') {
  return (await snapshot.search(query, 20, { arm })).map(({ path, startLine, text }) => `${path}:${startLine} ${text}`);
}

test('two folders are searched as one folder with both in it would be', async () => {
  const whole = await engineOn({ ...under('shop', SHOP), ...under('harbour', HARBOUR) });
  await using one = await whole.snapshot();
  await using joined = await snapshotOfAll(await both());
  for (const query of QUERIES) {
    const expected = await hits(one, query);
    const found = await hits(joined, query);
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(found[0]).toBe(expected[0]);
  }
});

test('what two folders hold is near to a question as it is in each alone', async () => {
  const parts = await both();
  await using joined = await snapshotOfAll(parts);
  const alone = await Promise.all(
    parts.map(async ({ name, engine }) => {
      await using snapshot = await engine.snapshot();
      const found = await snapshot.search('what a light costs', 20, { arm: 'dense' });
      return found.map(({ path, why }) => `${name}/${path} ${why['meaning']}`);
    }),
  );
  const found = await joined.search('what a light costs', 20, { arm: 'dense' });
  expect(found.length).toBeGreaterThan(1);
  expect(found.map(({ path, why }) => `${path} ${why['meaning']}`).toSorted()).toEqual(alone.flat().toSorted());
  const [best] = await joined.search('lantern price', 20, { arm: 'hybrid' });
  expect(best).toMatchObject({ path: 'shop/src/price.ts' });
  expect(best!.why['meaning']).toBeGreaterThan(0);
});

test('an answer from two folders cites each by its name, and holds', async () => {
  await using joined = await snapshotOfAll(await both());
  const { citations, refused } = await joined.ask(
    { question: 'Where is the lantern lit and what does it cost?', history: [] },
    { contextTokens: 4000, maxAnswerTokens: 200 },
  );
  expect(refused).toBe(false);
  expect(new Set(citations.map(({ path }) => path.split('/')[0]))).toEqual(new Set(['shop', 'harbour']));
  expect(citations.every(({ verified }) => verified)).toBe(true);
  expect((await joined.verify(citations)).every(({ verified }) => verified)).toBe(true);
});

test('open buffers count in each folder', async () => {
  const parts = await both();
  parts[1]!.engine.openBuffer('src/tide.ts', 'export const anchorage = 1;\n');
  await using joined = await snapshotOfAll(parts);
  expect(await hits(joined, 'anchorage')).toEqual(['harbour/src/tide.ts:1 export const anchorage = 1;']);
  expect((await hits(joined, 'tide')).join()).not.toContain('When the tide turns');
});

test('who calls a name is told from every folder', async () => {
  await using joined = await snapshotOfAll(await both());
  const found = await joined.search('who calls tax', 5);
  expect(found[0]).toMatchObject({ path: 'shop/src/price.ts' });
  expect(found[0]!.why['caller']).toBeGreaterThan(0);
});

test('an import leads to a file of its own folder, and who imports it is told by the folder’s name', async () => {
  const pay = "import { tax } from './tax.js';\ntax(1);\n";
  const shop = { name: 'shop', engine: await engineOn({ ...SHOP, 'src/pay.ts': pay }) };
  await using joined = await snapshotOfAll([shop, { name: 'harbour', engine: await engineOn(HARBOUR) }]);
  const card = await joined.hover({ path: 'shop/src/pay.ts', line: 1, column: 25 });
  expect(card!.definitions[0]).toMatchObject({ kind: 'file', qualified: 'shop/src/tax.ts' });
  expect(card!.usage.files).toBe(1);
});
