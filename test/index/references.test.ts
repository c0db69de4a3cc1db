/**
 * What the grammars call a reference and an import, and how it is packed. The examples are the files of
 * test/fixtures/references, each with what is expected of it beside it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Import, packLinks, type Reference, unpackLinks, unpackNames } from '../../server/src/index/references.js';
import { parse } from '../support/parsing.js';

const word = fc.string({ unit: fc.constantFrom('a', 'Z', '_', '$', '漢', '7', '!', '.'), minLength: 1, maxLength: 12 });

const references: fc.Arbitrary<Reference[]> = fc
  .array(
    fc.record({
      name: word,
      kind: fc.constantFrom('call' as const, 'type' as const),
      isMember: fc.boolean(),
      line: fc.integer({ min: 1, max: 100_000 }),
      within: fc.integer({ min: -1, max: 500 }),
    }),
    { maxLength: 200 },
  )
  .map((list) => list.sort((a, b) => a.line - b.line));

const imports: fc.Arbitrary<Import[]> = fc.array(
  fc.record({ target: word, names: fc.array(word, { maxLength: 4 }), line: fc.integer({ min: 1, max: 999 }) }),
  { maxLength: 20 },
);

test('what is packed comes out as it was', () =>
  fc.assert(
    fc.property(references, imports, (references, imports) => {
      const packed = packLinks({ references, imports });
      expect(unpackLinks(packed)).toEqual({ references, imports });
      const byName = Map.groupBy(references, ({ name }) => name);
      const names = new Map([...byName].map(([name, own]) => [name, own.every(({ isMember }) => isMember)]));
      expect(unpackNames(packed)).toEqual({ names, imports });
    }),
  ));

/** References by the definition around them, then imports. */
async function linksOf(path: string, text: string): Promise<string> {
  const { references, imports, symbols } = await parse(path, text);
  const around = Map.groupBy(references, ({ within }) => symbols[within]?.qualified ?? '');
  return [
    ...[...around].map(
      ([name, own]) =>
        `${name || '(outside)'}: ${own.map((each) => `${each.kind === 'type' ? ':' : each.isMember ? '.' : ''}${each.name}`).join(' ')}`,
    ),
    ...imports.map(({ target, names }) => `import ${target}${names.length > 0 ? ` {${names.join(' ')}}` : ''}`),
  ].join('\n');
}

const folder = join(import.meta.dirname, '../fixtures/references');

for (const name of readdirSync(folder).filter((name) => !name.endsWith('.expected')))
  test(`references and imports of ${name}`, async () => {
    const links = await linksOf(name, readFileSync(join(folder, name), 'utf8'));
    await expect(`${links}\n`).toMatchFileSnapshot(join(folder, `${name}.expected`));
  });

test('a name that the grammar puts into broken text is none', async () => {
  for (const [path, text] of [
    ['a.c', 'int f(void) { return sizeof(struct ) + g(); }\n'],
    ['a.c', '#define A(x) ((x))\nint f() { A() ->(3); g(); }\n'],
    ['a.cpp', 'void f() { new (); a->(); g(); }\n'],
  ] as const) {
    const { references, imports } = await parse(path, text);
    expect(references.map(({ name }) => name)).toContain('g');
    expect(references.every(({ name }) => name !== '')).toBe(true);
    expect(unpackLinks(packLinks({ references, imports }))).toEqual({ references, imports });
  }
});
