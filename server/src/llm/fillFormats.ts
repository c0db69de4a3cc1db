/**
 * How families of code models are told of a gap, as a table: each was trained on one form and knows no other. Pure.
 *
 * What a format's tokens would do in the text of a file, they must not do in a prompt: they are broken apart there.
 */
import type { Gap } from '../base/ports.js';

export interface FillFormat {
  /** Names of the models that know it, as servers list them. */
  names: RegExp;
  prompt(gap: Gap): string;
  stops: readonly string[];
}

const PIPED = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>'];
const QWEN = [...PIPED, '<|repo_name|>', '<|file_sep|>', '<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const STARCODER = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<file_sep>', '<repo_name>', '<|endoftext|>'];
const CODELLAMA = ['<PRE>', '<SUF>', '<MID>', '<EOT>'];
const DEEPSEEK = ['<｜fim▁begin｜>', '<｜fim▁hole｜>', '<｜fim▁end｜>', '<｜end▁of▁sentence｜>'];
const CODESTRAL = ['[PREFIX]', '[SUFFIX]', '[MIDDLE]', '\n+++++ '];
const SEED = ['<[fim-prefix]>', '<[fim-suffix]>', '<[fim-middle]>', '<[end▁of▁sentence]>'];
const GEMMA = [...PIPED, '<|file_separator|>', '<end_of_turn>', '<eos>'];

/** Special before general: the first whose names fit is taken. */
export const FILL_FORMATS: Readonly<Record<string, FillFormat>> = {
  qwen: {
    names: /qwen/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `<|repo_name|>workspace\n${files(context, '<|file_sep|>')}<|file_sep|>${path}\n<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
    stops: QWEN,
  },
  starcoder: {
    names: /star-?coder|stable-?code|smol-?coder|refact/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `${files(context, '<file_sep>')}${context.length > 0 ? `<file_sep>${path}\n` : ''}<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`,
    stops: STARCODER,
  },
  codellama: {
    names: /code-?llama/i,
    prompt: ({ path, prefix, suffix, context }) => `<PRE> ${asComments(path, context)}${prefix} <SUF>${suffix} <MID>`,
    stops: CODELLAMA,
  },
  deepseek: {
    names: /deepseek/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `<｜fim▁begin｜>${asComments(path, context)}${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`,
    stops: DEEPSEEK,
  },
  codestral: {
    names: /codestral|mistral/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `[SUFFIX]${suffix}[PREFIX]${files(context, '+++++ ')}${context.length > 0 ? `+++++ ${path}\n` : ''}${prefix}`,
    stops: CODESTRAL,
  },
  codegemma: {
    names: /gemma/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `${files(context, '<|file_separator|>')}${context.length > 0 ? `<|file_separator|>${path}\n` : ''}<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
    stops: GEMMA,
  },
  granite: {
    names: /granite/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `<|fim_prefix|>${asComments(path, context)}${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`,
    stops: [...PIPED, '<|endoftext|>', '<|end_of_text|>'],
  },
  seed: {
    names: /seed-?coder/i,
    prompt: ({ path, prefix, suffix, context }) =>
      `<[fim-suffix]>${suffix}<[fim-prefix]>${asComments(path, context)}${prefix}<[fim-middle]>`,
    stops: SEED,
  },
};

const TOKENS = [...new Set(Object.values(FILL_FORMATS).flatMap(({ stops }) => stops))].sort(
  (a, b) => b.length - a.length,
);

/** Null for a name of no known family. */
export function formatFor(name: string): FillFormat | null {
  return Object.values(FILL_FORMATS).find(({ names }) => names.test(name)) ?? null;
}

/** The gap with every token of a format in its texts broken apart. */
export function disarmed(gap: Gap): Gap {
  const context = gap.context.map(({ path, text }) => ({ path: disarm(path), text: disarm(text) }));
  return { ...gap, path: disarm(gap.path), prefix: disarm(gap.prefix), suffix: disarm(gap.suffix), context };
}

function disarm(text: string): string {
  return TOKENS.reduce((left, token) => {
    const at = token.search(/\S/) + 1;
    return left.replaceAll(token, `${token.slice(0, at)} ${token.slice(at)}`);
  }, text);
}

/** What the model wrote before the first token of any format. */
export function untilToken(text: string): string {
  return TOKENS.reduce((left, token) => left.split(token, 1)[0]!, text);
}

/** The most telling one last, next to the gap. */
function files(context: Gap['context'], separator: string): string {
  return context
    .map(({ path, text }) => `${separator}${path}\n${text}\n`)
    .toReversed()
    .join('');
}

/** For formats without files: what comes first is read as the beginning of the file. */
function asComments(path: string, context: Gap['context']): string {
  const mark = /\.(py|rb|sh|ex|exs|yaml|yml|toml|r|jl|ps1|pl)$/i.test(path) ? '#' : '//';
  return context
    .map(({ path: from, text }) => [`Path: ${from}`, ...text.split('\n')].map((line) => `${mark} ${line}\n`).join(''))
    .toReversed()
    .join('');
}
