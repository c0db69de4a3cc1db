/** What words become: the same for the index and for queries, and safe to join by spaces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { identifierKey, stem, tokensOf, wholeWord, wordTokens } from '../../server/src/index/tokens.js';

function checkTokens(text: string, tokens: string): void {
  expect(tokensOf(text).join(' ')).toBe(tokens);
}

test('an identifier gives itself whole, and its parts', () => {
  checkTokens('parsePool', 'parsepool pars pool');
  checkTokens('parse_pool', 'parsepool pars pool');
  checkTokens('ParsePool', 'parsepool pars pool');
  checkTokens('PARSE_POOL', 'parsepool pars pool');
  checkTokens('$parse-pool', 'pars pool');
  checkTokens('HTTPServer2Go', 'httpserver2go http server 2 go');
  checkTokens('utf8', 'utf8 utf 8');
  checkTokens('x', 'x');
  checkTokens('__init__', 'init');
  checkTokens('_ $ __ -', '');
});

test('words that belong together meet in one stem', () => {
  for (const words of [
    'cache caches cached caching',
    'query queries queried',
    'index indexes indexed indexing',
    'run runs running',
    'match matches matching',
    'class classes',
    'box boxes',
  ])
    expect([...new Set(words.split(' ').map(stem))], words).toHaveLength(1);
});

test('words that do not belong together stay apart', () => {
  for (const words of [
    'string str',
    'status stat',
    'need ne',
    'this thi',
    'bus bu',
    'ring r',
    'used us',
    'thing th',
    'class clas',
    'analysis analysi',
  ])
    expect([...new Set(words.split(' ').map(stem))], words).toHaveLength(2);
});

test('Chinese, Japanese and Korean runs give pairs of characters', () => {
  checkTokens('清空缓存', '清空 空缓 缓存');
  checkTokens('库', '库');
  checkTokens('load配置File', 'load 配置 file');
  checkTokens('カタカナとひらがな', 'カタ タカ カナ ナと とひ ひら らが がな');
  checkTokens('한국어', '한국 국어');
});

test('other scripts keep their words', () => {
  checkTokens('ÜberGröße', 'übergröße über größe');
  checkTokens('привет МИР', 'привет мир');
  checkTokens('naïve café', 'naïve café');
});

test('data that nobody types is no word', () => checkTokens(`a ${'f'.repeat(65)} b`, 'a b'));

const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...'aB9_$ -漢かカ한éÉ\u0301\ud800ǅ'), fc.string({ unit: 'binary', maxLength: 1 })),
  maxLength: 60,
});

test('tokens hold letters, marks and digits only, in lower case, whatever the text', () =>
  fc.assert(
    fc.property(anyText, (text) => {
      for (const token of tokensOf(text)) expect(token).toMatch(/^[\p{L}\p{M}\p{N}]+$/u);
    }),
  ));

test('a text has the tokens of its words, so that a query finds what was indexed', () =>
  fc.assert(
    fc.property(anyText, (text) => {
      const words = text.match(/[\p{L}\p{M}\p{N}_$]+/gu) ?? [];
      expect(tokensOf(text)).toEqual(words.flatMap(wordTokens));
    }),
  ));

test('letter case and separators make no difference to the key of a name', () =>
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 4 }), (parts) => {
      const camel = parts.map((part, i) => (i === 0 ? part : part[0]!.toUpperCase() + part.slice(1))).join('');
      expect(identifierKey(parts.join('_'))).toBe(identifierKey(camel));
      expect(identifierKey(parts.join('-'))).toBe(identifierKey(camel.toUpperCase()));
    }),
  ));

test('a whole word is found as it stands and not inside another', () => {
  for (const name of ['a', '$x', 'x$', '_y', 'größe', '漢'])
    fc.assert(
      fc.property(fc.constantFrom(' ', '.', '(', '-', '"', '\t'), (edge) => {
        expect(wholeWord(name).test(`${edge}${name}${edge}`)).toBe(true);
        expect(wholeWord(name).test(`z${name}`)).toBe(false);
        expect(wholeWord(name).test(`${name}1`)).toBe(false);
      }),
    );
});
