/** What may be inserted: never what follows anyway, never a bracket too many, in the file's own form. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extentAt } from '../../server/src/rag/completionPlace.js';
import { tidied } from '../../server/src/rag/completionText.js';

/** `|` is the cursor. */
function insertAt(text: string, raw: string, multiline = false): string {
  const [prefix = '', suffix = ''] = text.split('|');
  return tidied(raw, { prefix, suffix, multiline });
}

test.each([
  ['the rest of the line is not repeated', 'call(|)', 'a, b)', 'a, b'],
  ['nor a longer rest', 'const x = |; // done', 'f(1); // done', 'f(1)'],
  ['what a line opens it closes', 'const x = |', 'f(a, [1', 'f(a, [1])'],
  ['a block is left open', 'if (x) |', '{', '{'],
  ['what is owed may be closed', 'f(a, |', 'b);', 'b);'],
  ['what nothing opened is not closed', 'a = |', 'b);', 'b'],
  ['brackets in strings do not count', 'a = |', '"(" + b', '"(" + b'],
  ['a fence is no code', 'a = |', '```js\nb\n```', 'b'],
  ['one line is one line', 'a = |', 'b\nc', 'b'],
  ['nothing is nothing', 'a = |', '  \n', ''],
])('%s', (_name, text, raw, expected) => expect(insertAt(text, raw)).toBe(expected));

test.each([
  ['a block ends where it is closed below', 'f() {\n  |\n}\n', 'a();\n  b();\n}\ng() {', 'a();\n  b();'],
  ['a block that is open is closed', 'f() {\n  |', 'a();\n}\n}', 'a();\n}'],
  ['the next line is not written again', 'a\n|\nreturn c;\n', 'b\nreturn c;\nd', 'b'],
  ['tabs stay tabs', 'f {\n\tg {\n\t|\n\t}\n}', 'a {\n    b\n    c', 'a {\n\tb\n\tc'],
  ['line ends are those of the file', 'a\r\nb {\r\n  |', 'c\n  d', 'c\r\n  d'],
])('%s', (_name, text, raw, expected) => expect(insertAt(text, raw, true)).toBe(expected));

/** Code of brackets, names and line ends, well formed. */
const code = fc.letrec<{ all: string; one: string }>((tie) => ({
  all: fc.array(tie('one'), { maxLength: 4 }).map((parts) => parts.join(' ')),
  one: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'bee', 'c;', '\n', '\n  '),
    tie('all').map((inner) => `(${inner})`),
    tie('all').map((inner) => `{${inner}}`),
    tie('all').map((inner) => `[${inner}]`),
  ),
})).all;

test('whatever a model says: no bracket is closed that nothing opens, and no carriage return or end is added', () => {
  const closes: Record<string, string> = { '(': ')', '[': ']', '{': '}' };
  fc.assert(
    fc.property(
      code,
      fc.string({ unit: fc.constantFrom(...'ab ;(){}[]\n') }),
      fc.nat(),
      fc.boolean(),
      (text, raw, seed, multiline) => {
        const at = seed % (text.length + 1);
        const insert = tidied(raw, { prefix: text.slice(0, at), suffix: text.slice(at), multiline });
        if (!multiline) expect(insert).not.toContain('\n');
        expect(insert).not.toMatch(/[ \t\n]$/);
        const open: string[] = [];
        for (const character of text.slice(0, at) + insert + text.slice(at)) {
          if (closes[character]) open.push(closes[character]);
          else if (Object.values(closes).includes(character)) {
            // What the insertion leaves open may swallow the file's own brackets, never the other way round.
            expect(open).toContain(character);
            while (open.pop() !== character);
          }
        }
      },
    ),
  );
});

test('a well-formed continuation comes through as it is', () => {
  fc.assert(
    fc.property(code, (text) => {
      const raw = text.replace(/\n/g, ' ').trim();
      expect(tidied(raw, { prefix: 'x = ', suffix: '', multiline: false })).toBe(raw);
    }),
  );
});

test.each([
  ['const x = |', 'typescript', 'line'],
  ['function f() {|', 'typescript', 'block'],
  ['function f() {\n  |\n}', 'typescript', 'block'],
  ['def f():\n    |', 'python', 'block'],
  ['call(|)', 'typescript', 'line'],
  ['ca|ll()', 'typescript', 'none'],
  ['x = "a |', 'typescript', 'none'],
  ['x = 1 // so |', 'typescript', 'none'],
  ['/* so\n |', 'typescript', 'none'],
  ['# so |', 'python', 'none'],
  ['"""so\n|', 'python', 'none'],
  ["fn f<'a>(x: &'a str) |", 'rust', 'line'],
])('%j in %s: %s', (text, language, expected) => {
  const [prefix = '', suffix = ''] = text.split('|');
  expect(extentAt(prefix, suffix, language, false)).toBe(expected);
});

test('strings and comments are completed where that is wanted', () => {
  expect(extentAt('x = 1 // so ', '', 'typescript', true)).toBe('line');
});
