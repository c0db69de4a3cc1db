/**
 * From text to the numbers that a model takes. The library splits and numbers; it neither cuts nor pads, whatever the
 * file says, so cutting is done here: the text loses its end, the special tokens around it stay.
 */

import { Tokenizer } from '@huggingface/tokenizers';
import { EngineError, messageOf } from '../base/errors.js';
import { t } from '../base/l10n.js';
import { type ModelFolder, type ModelUse, unusable } from './modelFolder.js';

export interface Tokens {
  ids: number[];
  /** 0 for the first text of a pair and what is around it, 1 for the second. */
  types: number[];
}

export interface TextTokenizer {
  text(text: string): Tokens;
  pair(query: string, passage: string): Tokens;
}

/** Special tokens before, between and after texts. */
type Frame = Tokens[];

/** No word that matters is longer; what lies beyond is not looked at, so that a huge text costs no more than a long one. */
const CHARACTERS_PER_TOKEN = 40;
/** In every vocabulary. */
const PROBE = 'a';

/** Throws an `EngineError` of the use's `…-unavailable` kind for a tokenizer that cannot be used. */
export function createTokenizer(folder: ModelFolder, use: ModelUse): TextTokenizer {
  const { maxTokens, vocabulary, name } = folder;
  const tokenizer = load(folder, use);

  function numbersOf(text: string): number[] {
    const cut = text.slice(0, maxTokens * CHARACTERS_PER_TOKEN);
    const numbers: (number | undefined)[] = tokenizer.encode(cut, { add_special_tokens: false }).ids;
    // What a vocabulary without a word for the unknown does not have.
    const ids = numbers.filter((id) => id !== undefined);
    const strange = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (strange < 0) return ids;
    throw new EngineError(
      `${use}-failed`,
      t('The tokenizer of {0} gives a token the number {1}, which its model does not know', name, ids[strange] ?? ''),
    );
  }

  const [single, double] = frames(tokenizer, folder, use);
  return {
    text(text) {
      // A model without special tokens would be left with nothing for an empty text.
      const ids = join(single, [numbersOf(text).slice(0, maxTokens - lengthOf(single))]);
      return ids.ids.length > 0 ? ids : { ids: [folder.padId], types: [0] };
    },
    pair(query, passage) {
      const room = maxTokens - lengthOf(double);
      const first = numbersOf(query);
      const second = numbersOf(passage);
      // The longer one is cut; both to half where both are long, as such models were trained.
      const half = (first.length > second.length ? Math.ceil : Math.floor)(room / 2);
      const kept = Math.min(first.length, Math.max(half, room - second.length));
      return join(double, [first.slice(0, kept), second.slice(0, room - kept)]);
    },
  };
}

function load({ name, tokenizer, tokenizerConfig, vocabulary }: ModelFolder, use: ModelUse): Tokenizer {
  let loaded: Tokenizer;
  let numbers: number[];
  try {
    loaded = new Tokenizer(tokenizer, tokenizerConfig);
    numbers = [...loaded.get_vocab().values()];
  } catch (error) {
    return unusable(use, t('The tokenizer.json of {0} cannot be used: {1}', name, messageOf(error)));
  }
  const highest = numbers.reduce((most, id) => Math.max(most, id), 0);
  if (highest >= vocabulary)
    unusable(
      use,
      t(
        'The tokenizer of {0} numbers tokens up to {1}, its model up to {2}: they do not belong together',
        name,
        highest,
        vocabulary - 1,
      ),
    );
  return loaded;
}

/** What stands around one text and around a pair, seen from what the tokenizer makes of a short word. */
function frames(tokenizer: Tokenizer, { name, maxTokens }: ModelFolder, use: ModelUse): [single: Frame, pair: Frame] {
  try {
    const inner = tokenizer.encode(PROBE, { add_special_tokens: false }).ids;
    const options = { return_token_type_ids: true } as const;
    const one = tokenizer.encode(PROBE, options);
    const two = tokenizer.encode(PROBE, { ...options, text_pair: PROBE });
    const single = around(one.ids, one.token_type_ids, inner, 1);
    const double = around(two.ids, two.token_type_ids, inner, 2);
    if (inner.length > 0 && single && double && lengthOf(double) + 2 <= maxTokens) return [single, double];
  } catch (error) {
    return unusable(use, t('The tokenizer.json of {0} cannot be used: {1}', name, messageOf(error)));
  }
  return unusable(use, t('The tokenizer of {0} puts its special tokens in a way that is not known', name));
}

/** What is left when `inner` is taken out so many times, in pieces. */
function around(ids: number[], types: number[] | undefined, inner: number[], times: number): Frame | null {
  const frame: Frame = [];
  const piece = (start: number, end: number): Tokens => ({
    ids: ids.slice(start, end),
    types: types?.slice(start, end) ?? new Array(end - start).fill(0),
  });
  let start = 0;
  for (let i = 0; frame.length < times; i++) {
    if (i > ids.length) return null;
    if (!inner.every((id, j) => ids[i + j] === id)) continue;
    frame.push(piece(start, i));
    start = i + inner.length;
    i = start - 1;
  }
  return [...frame, piece(start, ids.length)];
}

function lengthOf(frame: Frame): number {
  return frame.reduce((sum, { ids }) => sum + ids.length, 0);
}

function join(frame: Frame, texts: readonly number[][]): Tokens {
  const tokens: Tokens = { ids: [], types: [] };
  frame.forEach((piece, i) => {
    tokens.ids.push(...piece.ids, ...(texts[i] ?? []));
    tokens.types.push(...piece.types, ...new Array(texts[i]?.length ?? 0).fill(i));
  });
  return tokens;
}
