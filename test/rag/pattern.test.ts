/** Regular expressions as questions: told from paths, code and prose, matched, and never for long. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matching, takePattern } from '../../server/src/rag/pattern.js';
import { toQuery } from '../../server/src/rag/query.js';
import type { IndexView } from '../../server/src/rag/view.js';
import { chunkOf } from './passages.js';

describe('an expression, between slashes or alone', () => {
  for (const [question, source, words] of [
    ['/parse\\w+\\(/', 'parse\\w+\\(', 'parse'],
    ['where does /get_\\w+_id/ occur?', 'get_\\w+_id', 'where does get_  _id occur?'],
    ['^import .*lantern$'.replace(' ', '\\s'), '^import\\s.*lantern$', 'import    lantern'],
    ['light.*Lantern', 'light.*Lantern', 'light  Lantern'],
    ['(get|set)Oil', '(get|set)Oil', 'get set Oil'],
    ['console\\.log\\(', 'console\\.log\\(', 'console log'],
    ['[A-Z]+_LANTERN', '[A-Z]+_LANTERN', '_LANTERN'],
    ['/https?:\\/\\/lantern/i', 'https?:\\/\\/lantern', 'https    lantern'],
  ] as const)
    test(question, () => {
      const { text, pattern } = takePattern(question);
      expect(pattern?.source).toBe(source);
      expect(text.replace(/\s+/g, ' ').trim()).toBe(words.replace(/\s+/g, ' ').trim());
    });
});

describe('no expression', () => {
  for (const question of [
    'src/lantern/oil.ts',
    'what is in /usr/lib/lantern/ and why?',
    'lantern.light()',
    'Map<string, number[]>',
    'items[0]',
    '$scope',
    'user$',
    'a.b.c',
    'std::vector<int>',
    'operator++',
    '*.ts',
    'C:\\src\\dist\\bin.ts',
    'App\\Domain\\Service',
    'who calls light(oil)?',
    '/(/',
    'what does a?b:c mean',
    '怎样点亮灯笼？',
  ])
    test(question, () => expect(takePattern(question)).toEqual({ text: question, pattern: null }));
});

test('the letters of escapes are no words of the question', () =>
  expect(toQuery('/light\\w+\\b[a-z]{2,3}/').terms).toEqual(['light']));

const viewOf = (texts: readonly string[]): IndexView => ({ texts: async () => [...texts] }) as unknown as IndexView;

test('the chunks in which it matches, line by line, and by letter case unless told otherwise', async () => {
  const texts = ['let x\nlightLantern(oil)', 'lightlantern', 'LIGHTLANTERN()', ''];
  const chunks = texts.map((_, i) => chunkOf(`${i}.ts`));
  const paths = async (question: string) =>
    (await matching(viewOf(texts), takePattern(question).pattern!, chunks)).map(({ path }) => path);
  expect(await paths('/^light\\w+\\(/')).toEqual(['0.ts']);
  expect(await paths('/light\\w+/i')).toEqual(['0.ts', '1.ts', '2.ts']);
});

test('an expression that would take for ever is stopped, and what it matched before counts', async () => {
  const { pattern } = takePattern('/^(a+)+$/');
  const texts = ['aaaa', `${'a'.repeat(40)}!`, 'aaaa'];
  const chunks = texts.map((_, i) => chunkOf(`${i}.ts`));
  expect((await matching(viewOf(texts), pattern!, chunks)).map(({ path }) => path)).toEqual(['0.ts']);
});

test('no question throws', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom('\\', '/', '(', ')', '[', ']', '*', 'a', 'w', '|', '^', ' ') }),
      ),
      (question) => {
        const { pattern } = takePattern(question);
        if (pattern) new RegExp(pattern.source, pattern.flags);
      },
    ),
  ));
