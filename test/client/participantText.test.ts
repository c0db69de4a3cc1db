/** What the editor's chat is given: markers as anchors, and nothing that leads elsewhere. */
import * as fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { followUpsOf, inert, piecesOf } from '../../client/src/participantText.js';
import type { Source } from '../../server/src/base/answer.js';

const reader = new MarkdownIt({ html: true, linkify: true });

/** What a reader of markdown that knows HTML, links and bare addresses makes come alive. */
function alive(markdown: string): string[] {
  const tokens = reader.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  return tokens.map(({ type }) => type).filter((type) => /^(link_open|image|html_\w+)$/.test(type));
}

test('markers that hold become anchors, in prose and not in code', () => {
  expect(piecesOf('The sum [1][2] is `a[1]`.\n\n```ts\nb[2]\n```\nEnd [9].', new Set([1, 2]))).toEqual([
    'The sum ',
    { n: 1 },
    { n: 2 },
    ' is `a[1]`.\n\n```ts\nb[2]\n```\nEnd \\[9\\].',
  ]);
});

test('emphasis, lists, code and what is escaped already stay as they are', () => {
  const text = '**a** and _b_\n\n1. `x < y`\n2. c\\[d\\]\n\n```ts\nif (a[0] < b) {}\n```\n';
  expect(inert(text)).toBe(text);
});

test.each([
  '![x](http://attacker.invalid/a.png)',
  '[x](command:workbench.action.quit)',
  '[x][a]\n\n[a]: http://attacker.invalid',
  '<img src="http://attacker.invalid">',
  '<http://attacker.invalid>',
  'http://attacker.invalid www.attacker.invalid',
  '- a\n\n  ```\n  code\n![x](http://attacker.invalid)\n',
  '- ```\n![x](http://attacker.invalid)',
  '\\`![x](http://attacker.invalid)`',
  '`a\n\n![x](http://attacker.invalid)`',
  '\\\\[x](http://attacker.invalid)',
  '``` a`b\n![x](http://attacker.invalid)\n```',
])('%j leads nowhere', (text) => {
  expect(alive(text).length).toBeGreaterThan(0);
  expect(alive(inert(text))).toEqual([]);
});

test('nothing that is put together of markup comes alive', () => {
  const part = fc.constantFrom(
    ...[
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      '`',
      '``',
      '```',
      '~~~',
      '\\',
      '\n',
      '\n\n',
      '  ',
      '    ',
      '- ',
      '> ',
      '1. ',
    ],
    ...[
      'a',
      'http://a.bc',
      ':',
      '"',
      '<b>',
      '[a]: ',
      '\t',
      '*',
      '_',
      '|',
      '#',
      '&lt;',
      '\r',
      '| ',
      '|-|\n',
      '| ',
      '|-|\n',
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 24 }), (parts) => {
      expect(alive(inert(parts.join('')))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

test('follow-ups are about what is cited and callable', () => {
  const source = (n: number, kind: string, symbol: string) => ({ n, kind, symbol }) as Source;
  const sources = [source(1, 'section', 'Prices'), source(2, 'function', 'total'), source(3, 'method', 'Cart.add')];
  const citations = [{ n: 1 }, { n: 3 }, { n: 2 }];
  expect(followUpsOf({ citations, sources })).toEqual([
    'Who calls Cart.add?',
    'When was Cart.add last changed?',
    'Who calls total?',
  ]);
  expect(followUpsOf({ citations: [{ n: 1 }], sources })).toEqual([]);
});
