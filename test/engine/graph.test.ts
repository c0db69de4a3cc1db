/** Who calls what, asked of generated code bases whose answers are known, of open buffers, and in sentences. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.js';
import { callGraphs, type Facts, LANGUAGES, writeCallGraph } from '../support/callGraph.js';
import { engineOn, writeFiles } from '../support/engine.js';

const DECLARED = /(?:function|def|func|void|fn) (\w+)\(/;

/** What a question about the graph puts first, as `path#name`. */
async function asked(engine: Engine, question: string, part: 'caller' | 'callee'): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  const hits = await snapshot.search(question, 200);
  return hits
    .filter(({ why }) => (why[part] ?? 0) > 0)
    .map(({ path, text }) => `${path}#${DECLARED.exec(text)?.[1]}`)
    .sort();
}

async function checkFacts(engine: Engine, facts: readonly Facts[]): Promise<void> {
  for (const { name, callers, callees } of facts) {
    expect(await asked(engine, `Who calls ${name}?`, 'caller'), `callers of ${name}`).toEqual(callers);
    expect(await asked(engine, `What does ${name} call?`, 'callee'), `callees of ${name}`).toEqual(callees);
  }
}

for (const [language, written] of Object.entries(LANGUAGES))
  test(`in ${language} every caller and every callee is found, and nothing else`, async () => {
    for (const graph of fc.sample(callGraphs, { seed: 20261121, numRuns: 2 })) {
      const { files, facts } = writeCallGraph(written, graph);
      await checkFacts(await engineOn(files), facts);
      const edges = (direction: 'callers' | 'callees') => facts.reduce((sum, fact) => sum + fact[direction].length, 0);
      console.log(
        `${language}: ${facts.length} questions each way, ${edges('callers')} callers, ${edges('callees')} callees`,
      );
    }
  }, 60_000);

test('the order of indexing makes no difference', async () => {
  const [graph] = fc.sample(callGraphs, { seed: 7, numRuns: 1 });
  const { files, facts } = writeCallGraph(LANGUAGES['typescript']!, graph!);
  const engine = await engineOn({});
  for (const [path, text] of Object.entries(files).reverse()) {
    await writeFiles(engine.folder, { [path]: text });
    await engine.filesChanged([path]);
  }
  await checkFacts(engine, facts);
}, 60_000);

const SHOP = {
  'src/lantern.ts': 'export function lightLantern(oil: number) {\n  return oil;\n}\n',
  'src/dusk.ts':
    "import { lightLantern } from './lantern.js';\n\nexport function fallDusk() {\n  // lightLantern(1) is not called here.\n  lightLantern(2);\n}\n",
  'src/dawn.ts': "import { lightLantern as light } from './lantern.js';\n\nexport const breakDawn = () => light(3);\n",
  'other/lantern.py': 'def lightLantern():\n    pass\n\ndef other():\n    lightLantern()\n',
};

test('the answer quotes the lines that call, and cites them', async () => {
  const engine = await engineOn(SHOP);
  await using snapshot = await engine.snapshot();
  const { answer, citations } = await snapshot.ask(
    { question: 'Who calls lightLantern?', history: [] },
    { contextTokens: 6000, maxAnswerTokens: 100 },
  );
  expect(citations.slice(0, 3).map(({ path, quote }) => `${path}: ${quote.trim()}`)).toEqual([
    'other/lantern.py: lightLantern()',
    'src/dusk.ts: lightLantern(2);',
    'src/dawn.ts: export const breakDawn = () => light(3);',
  ]);
  expect(answer).toContain('**`fallDusk`** · function in `src/dusk.ts` [2]');
});

test('a call in an open buffer counts, and what the buffer hides does not', async () => {
  const engine = await engineOn(SHOP);
  const callers = () => asked(engine, 'callers of lightLantern', 'caller');
  expect(await callers()).toContain('src/dusk.ts#fallDusk');
  engine.openBuffer('src/dusk.ts', 'export function fallDusk() {}\n');
  engine.openBuffer(
    'src/noon.ts',
    "import * as all from './lantern';\nexport function strikeNoon() { all.lightLantern(4); }\n",
  );
  expect(await callers()).toEqual(expect.arrayContaining(['src/noon.ts#strikeNoon']));
  expect(await callers()).not.toContain('src/dusk.ts#fallDusk');
  expect(await asked(engine, 'What does strikeNoon call?', 'callee')).toEqual(['src/lantern.ts#lightLantern']);
  engine.openBuffer('src/lantern.ts', 'export function douse() {}\n\nexport function lightLantern() { douse(); }\n');
  expect(await asked(engine, 'What does lightLantern call?', 'callee')).toEqual(['src/lantern.ts#douse']);
  engine.closeBuffer('src/dusk.ts');
  expect(await callers()).toContain('src/dusk.ts#fallDusk');
});

test('a name means what its file imports under it, and names of libraries mean nothing here', async () => {
  const engine = await engineOn({
    'a/open.ts': 'export function openIt() {}\n',
    'b/open.ts': 'export function openIt() {}\n',
    'b/all.ts': "export * from './open';\n",
    'c/one.ts': "import { openIt } from '../b/all';\nexport function one() { openIt(); }\n",
    'c/two.ts': "import { openIt } from 'elsewhere';\nexport function two() { openIt(); }\n",
    'c/three.ts': "import { openIt } from '../a/open.js';\nexport function three() { openIt(); }\n",
  });
  expect(await asked(engine, 'what does one call', 'callee')).toEqual(['b/open.ts#openIt']);
  expect(await asked(engine, 'what does two call', 'callee')).toEqual([]);
  expect(await asked(engine, 'what does three call', 'callee')).toEqual(['a/open.ts#openIt']);
});
