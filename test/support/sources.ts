/** Arbitrary files for property tests: near enough to code that grammars bite, with everything that makes lines hard. */
import fc from 'fast-check';

const FRAGMENTS = [
  'function f(a, b) {',
  'class Cart {',
  '  total() { return 1 }',
  'def area(self):',
  '    """Sum in cents."""',
  'func (c *Cart) Total() int {',
  'impl<T> Cart for Basket {',
  'public static void main(String[] args) {',
  'const x = [1, 2, 3];',
  'export default () => ({',
  '@decorator',
  '#[derive(Debug)]',
  '# A heading',
  '## Another ##',
  'Underlined',
  '---',
  '===',
  '```ts',
  '~~~',
  '- item',
  '// comment',
  '/* open',
  'close */',
  '# comment',
  '"unclosed',
  '`${',
  "'''",
  '}',
  '});',
  ')',
  'if x:',
  '\tindented',
  '        deep',
  'a + b +',
  'import { a } from "b";',
  'use std::fmt;',
  'package main',
  'namespace shop {',
  'template <typename T>',
  '#define LIMIT 3',
  '#ifdef DEEP',
  '@interface Cart : NSObject',
  'defmodule Cart do',
  'def total(a), do: a',
  'end',
  'module Cart where',
  '  where total = 1',
  'let rec total a =',
  'cat <<EOF',
  'EOF',
  'key: value',
  '  - item: [a, "b"]',
  '  text: |',
  '[table]',
  '{ "key": [1, {',
  '<div id="cart">',
  '<h1>Cart</h1>',
  '</div>',
  '<script>',
  '</script>',
  '<style>',
  '{#if sum > 1}',
  '.cart > li:hover {',
  '<?php',
  '<#',
  '--[[',
];

const ODD = [
  '\ufeff',
  '\u00a0',
  '\u2028',
  '\u200b',
  '\u{1F600}',
  '\ud800',
  '漢字のコメント',
  'Ünïcode',
  '\f',
  '\v',
  '\t\t',
  '   ',
];

const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...FRAGMENTS) },
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constantFrom(...ODD) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\0', '')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('x', ' ', '漢', '+ '), fc.integer({ min: 10, max: 300 }))
      .map(([unit, times]) => unit.repeat(times)),
  },
);

const veryLong = fc
  .tuple(fc.constantFrom('x', '漢', '\u{1F600}'), fc.integer({ min: 1000, max: 20_000 }))
  .map(([unit, times]) => [unit.repeat(times)]);

/** Many lines of one kind next to each other are what a cutter meets in real files. */
const block = fc
  .tuple(
    line,
    fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 60 }) }),
  )
  .map(([text, times]) => Array.from({ length: times }, () => text));

/** A text without NULs, its lines ended in every way. */
export const arbitraryText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof({ weight: 40, arbitrary: block }, { weight: 1, arbitrary: veryLong }),
        fc.constantFrom('\n', '\r\n', '\r'),
      ),
      { maxLength: 60 },
    ),
    fc.constantFrom('', '\ufeff'),
  )
  .map(([blocks, mark]) => mark + blocks.flatMap(([lines, ending]) => lines.map((text) => text + ending)).join(''));
