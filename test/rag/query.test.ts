/** What is looked for when a person asks. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_QUESTION_CHARACTERS, toQuery, withHistory } from '../../server/src/rag/query.js';

function checkTerms(question: string, terms: string): void {
  expect(toQuery(question).terms.join(' ')).toBe(terms);
}

function checkNames(question: string, names: string[]): void {
  expect(toQuery(question).names).toEqual(names);
}

test('words that every question has are not looked for', () =>
  checkTerms('How does the parser find a lantern?', 'parser lantern'));

test('a question of nothing but such words is looked for as it stands', () =>
  checkTerms('what is this', 'what is this'));

test('a question without words has nothing to look for', () => {
  for (const question of ['', '   ', '?!…', '()[]{}', '—'])
    expect(toQuery(question)).toMatchObject({ terms: [], names: [], joined: [] });
});

test('a Chinese question is looked for by its pairs of characters', () =>
  checkTerms('如何清空缓存？', '如何 何清 清空 空缓 缓存'));

test('what is written like an identifier is a name', () => {
  checkNames('where is parsePool used, and parse_pool or HTTPServer?', ['parsePool', 'parse_pool', 'HTTPServer']);
  checkNames('what does `pool` do with `a.b`', ['pool', 'a', 'b']);
  checkNames('pool', ['pool']);
  checkNames('what is a Lantern', []);
});

test('neighbouring words may be one identifier', () => {
  const { joined } = toQuery('where is the parse pool closed');
  expect(joined).toContain('parsepool');
  expect(joined).toContain('parsepoolclosed');
  expect(joined).not.toContain('isthe');
});

test('each term remembers the word that it came from', () => {
  const { terms, spelling } = toQuery('Caching lanterns');
  expect(terms.map((term) => spelling.get(term))).toEqual(['Caching', 'lanterns']);
});

test('a pasted log of 100 kB is looked for by its beginning', () => {
  const query = toQuery(`panic at harbour.ts:12 ${'0x7fff5fbff8c0 lantern_burnt '.repeat(4000)}`);
  expect(query.text).toHaveLength(MAX_QUESTION_CHARACTERS);
  expect(query.terms).toContain('panic');
  expect(query.terms.length + query.joined.length).toBeLessThan(1000);
});

test('a follow-up that is short or points back takes the question before it along', () => {
  const history = [{ question: 'How is the brass lantern lit?' }];
  expect(withHistory('And who puts it out?', history)).toContain('brass lantern');
  expect(withHistory('why?', history)).toContain('brass lantern');
  expect(withHistory('Where do whalers store rope and barrels?', history)).not.toContain('brass lantern');
  expect(withHistory('why?', [])).toBe('why?');
});

test('no question throws, and terms are never repeated', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (question) => {
      const { terms, names, joined } = toQuery(question);
      for (const list of [terms, names, joined]) expect(new Set(list).size).toBe(list.length);
      expect(joined).not.toContain('');
    }),
  ));
