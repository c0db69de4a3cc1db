/** The grammars' own queries: each compiles against its grammar, and says of code what a reader would. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { tokenClasses } from '../../server/src/base/tokenClasses.js';
import { openGrammars } from '../../server/src/index/grammars.js';
import { createHighlighter } from '../../server/src/index/highlight.js';
import { LANGUAGES, languageCalled } from '../../server/src/index/languages.js';
import { dist } from '../support/engine.js';

// As parse threads have it: optimising every grammar would take longer than all that is done here.
setFlagsFromString('--liftoff-only');
const highlighter = openGrammars(dist).then((grammars) => createHighlighter(dist, grammars));

/** Each coloured run with its class. */
async function coloured(language: string, text: string): Promise<string[]> {
  const runs = (await (await highlighter)({ language, text })) ?? [];
  return Array.from({ length: runs.length / 3 }, (_, i) => {
    const [offset, length, place] = runs.slice(3 * i) as [number, number, number];
    return `${tokenClasses[place]} ${text.slice(offset, offset + length)}`;
  });
}

const SAMPLE = 'a = "b" # c\n/* d */ // e\nif 12 f(g) { return "h"; }\n<i j="k">l</i>\n[m]\nn: 3\n';

test('every query that is shipped fits its grammar', async () => {
  const grammars = readdirSync(join(dist, 'highlights')).map((file) => file.replace('.scm', ''));
  const languages = LANGUAGES.filter(({ cut }) => cut.by === 'syntax' && grammars.includes(cut.grammar));
  expect(languages.length).toBeGreaterThan(20);
  const silent: string[] = [];
  for (const { id } of languages) if ((await coloured(id, SAMPLE)).length === 0) silent.push(id);
  expect(silent).toEqual([]);
});

test('a language is known by its id, by an ending and by what people call it', async () => {
  for (const { id, extensions } of LANGUAGES)
    for (const name of [id, ...extensions]) expect(languageCalled(name.toUpperCase())?.id, name).toBe(id);
  for (const name of ['TS', 'golang', 'python3', 'rs', 'yml'])
    expect((await coloured(name, SAMPLE)).length, name).toBeGreaterThan(0);
  expect(['C++', 'c#', 'shell'].map((name) => languageCalled(name)?.id)).toEqual(['cpp', 'csharp', 'shellscript']);
  for (const name of ['', 'klingon', 'constructor', '__proto__']) expect(await coloured(name, SAMPLE)).toEqual([]);
});

test('code is told apart as its grammar has it', async () => {
  expect(
    await coloured('typescript', 'export class Cart { total(items: Item[]) { return sum(items, "a"); } } // x'),
  ).toEqual([
    'keyword export',
    'keyword class',
    'type Cart',
    'function total',
    'variable items',
    'type Item',
    'keyword return',
    'function sum',
    'string "a"',
    'comment // x',
  ]);
  expect(await coloured('go', 'func Add(a int) error { return nil }')).toContain('function Add');
});

test('a method without its class, broken code and unknown languages do no harm', async () => {
  expect(await coloured('typescript', '  total() {\n    return 1;\n  }')).toContain('number 1');
  expect(await (await highlighter)({ language: 'klingon', text: 'x' })).toBeNull();
  expect(await (await highlighter)({ language: 'typescript', text: 'x'.repeat(200_000) })).toBeNull();
  await coloured('python', '"""\n"');
});
