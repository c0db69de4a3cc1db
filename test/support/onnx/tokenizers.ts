/**
 * Two small tokenizers as their files hold them, WordPiece as of BERT and bytes as of ModernBERT, and each once more as
 * a few plain lines: the truth for the library that reads the files.
 */

export interface TinyTokenizer {
  /** Contents of tokenizer.json and tokenizer_config.json. */
  files: { 'tokenizer.json': object; 'tokenizer_config.json': object };
  size: number;
  /** Without special tokens. */
  numbers(text: string): number[];
  /** What stands around texts. */
  special: { first: number; between: number };
}

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const UNKNOWN = 1;
const FIRST = 2;
const BETWEEN = 3;

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const SIGNS = [...'.,:;!?(){}[]<>=+-*/_#@&|"\'$%~^\\`'];
const WORDS =
  'the of to in is and for a an not with from by return function class const value error file path name text line total cart tax price'.split(
    ' ',
  );
const ENDINGS = ['##s', '##er', '##ing', '##ed', '##tion', '##al', '##le', '##ar', '##ice'];

const special = { first: FIRST, between: BETWEEN };

export function wordPieces(size?: number): TinyTokenizer {
  const known = [
    ...new Set([...SPECIAL, ...LETTERS, ...LETTERS.map((one) => `##${one}`), ...SIGNS, ...WORDS, ...ENDINGS]),
  ];
  const unused = Array.from({ length: Math.max(0, (size ?? 0) - known.length) }, (_one, i) => `[unused${i}]`);
  const vocabulary = new Map([...known, ...unused].map((token, id) => [token, id]));
  return {
    size: vocabulary.size,
    special,
    files: {
      'tokenizer.json': {
        ...head(),
        normalizer: {
          type: 'BertNormalizer',
          clean_text: true,
          handle_chinese_chars: true,
          strip_accents: null,
          lowercase: true,
        },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
        model: {
          type: 'WordPiece',
          unk_token: '[UNK]',
          continuing_subword_prefix: '##',
          max_input_chars_per_word: 100,
          vocab: Object.fromEntries(vocabulary),
        },
      },
      'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', pad_token: '[PAD]', model_max_length: 1e30 },
    },
    numbers: (text) =>
      // ASCII only; what the normaliser does to the rest is the library's business.
      (text.toLowerCase().match(/[a-z0-9]+|[!-/:-@[-`{-~]/g) ?? []).flatMap((word) => pieces(word, vocabulary)),
  };
}

/** The longest known piece first, then on behind it; a word that cannot be covered is unknown. */
function pieces(word: string, vocabulary: ReadonlyMap<string, number>): number[] {
  const found: number[] = [];
  for (let start = 0; start < word.length; ) {
    let end = word.length;
    const token = () => (start > 0 ? '##' : '') + word.slice(start, end);
    while (end > start && !vocabulary.has(token())) end--;
    if (end === start || word.length > 100) return [UNKNOWN];
    found.push(vocabulary.get(token())!);
    start = end;
  }
  return found;
}

/** Bytes as GPT-2 writes them, and pairs that are put together, the first in the list first. */
const MERGES = [
  't h',
  'th e',
  'i n',
  'e r',
  'o n',
  'r e',
  'Ġ t',
  'a l',
  't o',
  'to t',
  'tot al',
  'Ġ c',
  'c a',
  'ca r',
  'r n',
  'Ġ the',
  'Ġ {',
  'Ċ Ġ',
];

export function bytePairs(): TinyTokenizer {
  const letters = byteLetters();
  const tokens = [...SPECIAL, ...[...letters].sort(), ...MERGES.map((merge) => merge.replace(' ', ''))];
  const vocabulary = new Map(tokens.map((token, id) => [token, id]));
  return {
    size: vocabulary.size,
    special,
    files: {
      'tokenizer.json': {
        ...head(),
        normalizer: { type: 'NFC' },
        pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
        decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
        model: {
          type: 'BPE',
          dropout: null,
          unk_token: null,
          fuse_unk: false,
          vocab: Object.fromEntries(vocabulary),
          merges: MERGES,
        },
      },
      'tokenizer_config.json': {
        tokenizer_class: 'PreTrainedTokenizerFast',
        pad_token: '[PAD]',
        model_max_length: 1e30,
      },
    },
    numbers(text) {
      const words = text.match(/'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu) ?? [];
      return words.flatMap((word) => {
        let parts = [...new TextEncoder().encode(word)].map((byte) => letters[byte]!);
        for (const merge of MERGES) {
          const [left, right] = merge.split(' ');
          const next: string[] = [];
          for (const part of parts)
            if (part === right && next.at(-1) === left) next.push(next.pop()! + part);
            else next.push(part);
          parts = next;
        }
        return parts.map((part) => vocabulary.get(part)!);
      });
    },
  };
}

/** A printable letter for each byte. */
function byteLetters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_one, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(isPrintable ? byte : next++);
  });
}

function head(): object {
  const template = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const sequence = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const single = [template('[CLS]', 0), sequence('A', 0), template('[SEP]', 0)];
  return {
    version: '1.0',
    // As many published files have it; the library ignores it, and so do we.
    truncation: { direction: 'Right', max_length: 16, strategy: 'LongestFirst', stride: 0 },
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [...single, sequence('B', 1), template('[SEP]', 1)],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [SPECIAL.indexOf(id)], tokens: [id] }]),
      ),
    },
  };
}
