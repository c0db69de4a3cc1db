/** Cutting and framing of tokens, against plain lines of code; numbers come from the library. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ModelFolder } from '../../server/src/gpu/modelFolder.js';
import { createTokenizer } from '../../server/src/gpu/tokenizer.js';
import { bytePairs, wordPieces } from '../support/onnx/tokenizers.js';

const folderOf = (tiny: ReturnType<typeof wordPieces>, other: Partial<ModelFolder> = {}) =>
  ({
    name: 'tiny',
    tokenizer: tiny.files['tokenizer.json'],
    tokenizerConfig: tiny.files['tokenizer_config.json'],
    vocabulary: tiny.size,
    maxTokens: 24,
    padId: 0,
    ...other,
  }) as ModelFolder;

const code = fc.string({ unit: fc.constantFrom(...'abcthetotal019 ._(){}\n\t=;ABC'), maxLength: 120 });

test.each([
  ['word pieces', wordPieces()],
  ['byte pairs', bytePairs()],
])('%s: the numbers of the text, cut, between the special ones', (_name, tiny) => {
  const tokenizer = createTokenizer(folderOf(tiny), 'embedder');
  const { first, between } = tiny.special;
  fc.assert(
    fc.property(code, code, (text, other) => {
      expect(tokenizer.text(text).ids).toEqual([first, ...tiny.numbers(text).slice(0, 22), between]);
      const { ids, types } = tokenizer.pair(text, other);
      const middle = ids.indexOf(between);
      expect([ids[0], ids.at(-1), types.indexOf(1)]).toEqual([first, between, middle + 1]);
      const [a, b] = [ids.slice(1, middle), ids.slice(middle + 1, -1)];
      const whole = [tiny.numbers(text), tiny.numbers(other)] as const;
      expect([a, b]).toEqual([whole[0].slice(0, a.length), whole[1].slice(0, b.length)]);
      expect(ids.length).toBe(Math.min(24, whole[0].length + whole[1].length + 3));
      // What was cut is no shorter than what was not.
      if (a.length < whole[0].length) expect(a.length).toBeGreaterThanOrEqual(Math.min(10, b.length));
      if (b.length < whole[1].length) expect(b.length).toBeGreaterThanOrEqual(Math.min(10, a.length));
    }),
  );
});

test('no special tokens at all, and two between the texts', () => {
  const tiny = wordPieces();
  const { post_processor, ...bare } = tiny.files['tokenizer.json'] as Record<string, object>;
  const unframed = { ...bare, post_processor: null };
  const none = createTokenizer(folderOf(tiny, { tokenizer: unframed, padId: 3 }), 'embedder');
  expect(none.text('tax').ids).toEqual(tiny.numbers('tax'));
  // A model takes at least one.
  expect(none.text('')).toEqual({ ids: [3], types: [0] });

  const template = post_processor as { pair: object[] };
  const separator = { SpecialToken: { id: '[SEP]', type_id: 0 } };
  const pair = template.pair.toSpliced(3, 0, separator);
  const double = { ...bare, post_processor: { ...template, pair } };
  const two = createTokenizer(folderOf(tiny, { tokenizer: double }), 'reranker').pair('tax', 'cart '.repeat(50));
  const inner = tiny.numbers('cart '.repeat(50));
  expect(two.ids).toEqual([2, ...tiny.numbers('tax'), 3, 3, ...inner.slice(0, 19), 3]);
});

test('what is in no vocabulary is left out where there is no word for it', () => {
  const tiny = wordPieces();
  const file = structuredClone(tiny.files['tokenizer.json']) as { model: { unk_token?: string } };
  delete file.model.unk_token;
  const tokenizer = createTokenizer(folderOf(tiny, { tokenizer: file }), 'embedder');
  expect(tokenizer.text('tax 漢 cart').ids).toEqual(createTokenizer(folderOf(tiny), 'embedder').text('tax cart').ids);
});

test('a number that the model cannot know is a failure with a kind', () => {
  const tiny = wordPieces();
  const file = structuredClone(tiny.files['tokenizer.json']) as { model: { vocab: Record<string, number> } };
  file.model.vocab['tax'] = -4;
  const tokenizer = createTokenizer(folderOf(tiny, { tokenizer: file }), 'embedder');
  expect(() => tokenizer.text('tax')).toThrow(
    expect.objectContaining({
      kind: 'embedder-failed',
      message: 'The tokenizer of tiny gives a token the number -4, which its model does not know',
    }),
  );
});
