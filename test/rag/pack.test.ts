/** Passages into a budget: what fits, in order, and a reason for everything else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pack } from '../../server/src/rag/pack.js';
import { buildPrompt, tokenEstimate } from '../../server/src/rag/prompt.js';
import { MAX_SOURCES } from '../../server/src/rag/weights.js';
import { many } from '../support/fixture.js';
import { passageOf } from './passages.js';

const text = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 400 }),
  fc.integer({ min: 1, max: 200 }).map((lines) => many(lines, '}')),
  fc.integer({ min: 1, max: 60 }).map((lines) => many(lines, 'const lantern# = makeLantern(#, oil);')),
);

test('sources are never over the budget, keep their order, and nothing goes without a reason', () =>
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 0, max: 4000 }), (texts, maxTokens) => {
      const passages = texts.map((_, i) => passageOf(`f${i}.ts`, 1, 20 - i));
      const { sources, tokens, dropped } = pack(passages, texts, { maxTokens });
      expect(tokens).toBeLessThanOrEqual(maxTokens);
      expect(sources.length).toBeLessThanOrEqual(MAX_SOURCES);
      expect(sources.length + dropped.length).toBe(texts.length);
      expect(sources.map((source) => source.n)).toEqual(sources.map((_, i) => i + 1));
      expect(sources.map((source) => source.score)).toEqual(
        sources.map((source) => source.score).toSorted((a, b) => b - a),
      );
      expect(new Set(sources.map((source) => source.text)).size).toBe(sources.length);
    }),
  ));

test('what is sent for the sources stays within the budget, line numbers and all', () =>
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 15 }),
      fc.integer({ min: 500, max: 4000 }),
      (texts, maxTokens) => {
        const passages = texts.map((_, i) => passageOf(`packages/some/where/deep/f${i}.ts`, 1200));
        const { sources } = pack(passages, texts, { maxTokens });
        const [, user] = buildPrompt('', sources, []);
        expect(tokenEstimate(user!.content)).toBeLessThanOrEqual(maxTokens + tokenEstimate('\n\nQuestion: '));
      },
    ),
  ));

test('a character of Chinese is not a third of a token', () =>
  expect(tokenEstimate('清空缓存并重新加载配置文件')).toBeGreaterThanOrEqual(9));

test('a passage that does not fit makes room for a smaller one', () => {
  const { sources, dropped } = pack(
    [passageOf('a.ts'), passageOf('b.ts'), passageOf('c.ts')],
    [many(100, 'word word word #'), 'small', 'small'],
    { maxTokens: 200 },
  );
  expect(sources.map((source) => source.path)).toEqual(['b.ts']);
  expect(dropped).toEqual([
    { what: 'a.ts:1-5', reason: 'over the token budget' },
    { what: 'c.ts:1-5', reason: 'the same text as another passage' },
  ]);
});
