/**
 * What each grammar calls a definition, and which language a file has. The examples are the files of
 * test/fixtures/symbols, each with the symbols that are expected of it beside it: `kind name lines: signature`.
 * `vitest -u` writes these anew.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LANGUAGES, languageOf } from '../../server/src/index/languages.js';
import { many } from '../support/fixture.js';
import { parse, symbolsOf } from '../support/parsing.js';

const folder = join(import.meta.dirname, '../fixtures/symbols');
const examples = readdirSync(folder).filter((name) => !name.endsWith('.expected'));

for (const name of examples)
  test(`symbols of ${name}`, async () => {
    const symbols = await symbolsOf(name, readFileSync(join(folder, name), 'utf8'));
    await expect(`${symbols}\n`).toMatchFileSnapshot(join(folder, `${name}.expected`));
  });

test('a script in a page is cut between its functions', async () => {
  const filler = many(20, '  b -= # * 1000; // nothing to see on this line');
  const { chunks } = await parse(
    'a.svelte',
    `<script>\nfunction first() {\n${filler}\n}\nfunction second() {\n${filler}\n}\n</script>\n<p>{first()}</p>\n`,
  );
  expect(chunks.map(({ startLine, symbol }) => `${startLine} ${symbol}`)).toEqual(['1 first', '24 second']);
  // The parser that read a part reads a whole again.
  expect(await symbolsOf('a.ts', `\n${many(30, '')}\nfunction a() {}`)).toBe('function a 31-31: function a()');
});

test('a language cut by its grammar has an example', () => {
  const endings = new Set(examples.map((name) => extname(name).slice(1).toLowerCase()));
  for (const { cut, id, extensions } of LANGUAGES)
    if (cut.by === 'syntax' && id !== 'javascriptreact')
      expect(
        extensions.some((ending) => endings.has(ending)),
        id,
      ).toBe(true);
});

test('a definition is qualified by the type that its text names, or that stands around it', async () => {
  const qualified = async (path: string, text: string) =>
    (await parse(path, text)).symbols.map((symbol) => symbol.qualified);
  expect(
    await qualified(
      'a.go',
      'package a\nfunc (Cart) A() {}\nfunc (c Cart[K, V]) B() {}\nfunc (c *Cart[K]) C() {}\nfunc D() {}\n',
    ),
  ).toEqual(['Cart.A', 'Cart.B', 'Cart.C', 'D']);
  expect(
    await qualified(
      'a.rs',
      'impl fmt::Display for a::Cart<u8> { fn a() {} }\nimpl<T> Money for &Cart<T> { fn b() {} }\n',
    ),
  ).toEqual(['Cart', 'Cart.a', 'Cart', 'Cart.b']);
  expect(
    await qualified(
      'a.cpp',
      'int shop::Cart<T>::total() { return 1; }\nCart::~Cart() {}\nnamespace a::b { char *Cart::name() { return 0; } }\n',
    ),
  ).toEqual(['shop.Cart.total', 'Cart.~Cart', 'a.b', 'a.b.Cart.name']);
  // Neighbours on one line do not hold each other.
  expect(await qualified('a.ts', 'class A { x() {} } class B { y() {} }\n')).toEqual(['A', 'A.x', 'B', 'B.y']);
});

test('equations and clauses of one function are one definition, and far ones are their own', async () => {
  const { symbols } = await parse('a.ex', 'def one(1), do: 1\ndef one(n), do: n\n\n\n\n\ndef one(n, m), do: n\n');
  expect(symbols.map(({ name, startLine, endLine }) => `${name} ${startLine}-${endLine}`)).toEqual([
    'one 1-2',
    'one 7-7',
  ]);
});

test('a data file has no more symbols than a reader would look through', async () => {
  const { symbols } = await parse('a.json', `{\n${many(5000, '"key #": #,')}\n"last": 1 }\n`);
  expect(symbols).toHaveLength(200);
});

test('a long data file is parsed and cut in good time', async () => {
  const { notes } = await parse('a.json', `[${'[1, 2, "three"],\n'.repeat(60_000)}1]\n`, 15_000);
  expect(notes).toEqual([]);
});

test('a file without a name ending has the language of its first line', () => {
  const of = (path: string, line: string) => languageOf(path, line).id;
  expect(of('bin/run', '#!/usr/bin/env python3')).toBe('python');
  expect(of('bin/run', '#!/usr/bin/env -S A=1 python3.12 -u')).toBe('python');
  expect(of('bin/run', '#!/bin/sh -e')).toBe('shellscript');
  expect(of('bin/run', '#! /usr/local/bin/node')).toBe('javascript');
  expect(of('.hook', '#!/usr/bin/Rscript --vanilla')).toBe('r');
  expect(of('bin/run', '#!/usr/bin/env')).toBe('plaintext');
  expect(of('bin/run', '#!')).toBe('plaintext');
  expect(of('bin/run', 'python')).toBe('plaintext');
  expect(of('run.ts', '#!/usr/bin/env python3')).toBe('typescript');
  expect(of('run.unknown', '#!/usr/bin/env python3')).toBe('plaintext');
  expect(of('Makefile', '#!/bin/sh')).toBe('makefile');
});

test('a documentation string stays with what it documents', async () => {
  const filler = many(22, '    x += # # nothing to see on this line, nor the next');
  const { chunks } = await parse(
    'a.jl',
    `function first()\n${filler}\nend\n"""\nTells of the second.\n"""\nfunction second()\n${filler}\nend\n`,
  );
  expect(chunks.map(({ startLine, symbol }) => `${startLine} ${symbol}`)).toEqual(['1 first', '25 second']);
});
