/** What a search shows through the engine: what an expression matches first, and copies and neighbours laid out. */
import { expect, test } from 'vitest';
import { engineOn } from '../support/engine.js';

const FILES = {
  'src/lamp.ts': 'export function lightLamp(oil: number) {\n  return oil > 0;\n}\n',
  'src/light.ts': '/** light, light, light: all about light and how to light. */\nexport const light = 1;\n',
  'src/keeper.ts': 'import { lightLamp } from "./lamp";\nexport const keep = () => lightLamp(2);\n',
};

test('what a regular expression matches comes first, and its part is told', async () => {
  const engine = await engineOn(FILES);
  await using snapshot = await engine.snapshot();
  const hits = await snapshot.search('where is /function light\\w+\\(/ ?', 3);
  expect(hits[0]).toMatchObject({ path: 'src/lamp.ts' });
  expect(hits.map(({ path, why }) => [path, 'pattern' in why])).toContainEqual(['src/light.ts', false]);
  expect(hits[0]!.why['pattern']).toBeGreaterThan(0);
});

test('a question that is nothing but an expression is answered with what it matches', async () => {
  const engine = await engineOn(FILES);
  await using snapshot = await engine.snapshot();
  const answer = await snapshot.ask(
    { question: 'lightLamp\\(\\d\\)', history: [] },
    { contextTokens: 4000, maxAnswerTokens: 400 },
  );
  expect(answer.refused).toBe(false);
  expect(answer.sources[0]).toMatchObject({ path: 'src/keeper.ts' });
});

test('the few passages that hold the only word of a question come first, prose among code', async () => {
  const code = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [
      `src/lamp${i}.ts`,
      `export function lamp${i}(oil: number) {\n  return oil + ${i};\n}\n`,
    ]),
  );
  const engine = await engineOn({ ...code, 'docs/notes.md': '# Lamps\n\nThe vergleen keeps them.\n' });
  await using snapshot = await engine.snapshot();
  const [hit] = await snapshot.search('what is a vergleen', 3);
  expect(hit).toMatchObject({ path: 'docs/notes.md' });
  expect(hit!.why['word']).toBeGreaterThan(0);
});

const PARAGRAPH = (name: string) =>
  Array.from({ length: 16 }, (_, i) => `  ${name}.step${i}("trims the wick of the lantern, number ${i}, by hand");`);
const FUNCTION = (name: string) => [`export function ${name}(${name}: Wick) {`, ...PARAGRAPH(name), '}', ''].join('\n');

test('two functions in a row that were both found are one passage, with the lines of both', async () => {
  const engine = await engineOn({
    'src/wick.ts': `${FUNCTION('trim')}\n${FUNCTION('shorten')}`,
    ...Object.fromEntries(['a', 'b', 'c'].map((name) => [`src/${name}.ts`, `export const ${name} = "lantern";\n`])),
  });
  await using snapshot = await engine.snapshot();
  const apart = await snapshot.search('trims the wick of the lantern', 9, { without: ['merge'] });
  expect(apart.filter(({ path }) => path === 'src/wick.ts')).toHaveLength(2);
  const [hit, ...rest] = await snapshot.search('trims the wick of the lantern', 9);
  expect(hit).toMatchObject({ path: 'src/wick.ts', startLine: 1, endLine: 37 });
  expect(hit!.text).toContain('function trim');
  expect(hit!.text).toContain('function shorten');
  expect(rest.map(({ path }) => path)).not.toContain('src/wick.ts');
});
