/**
 * The language that people are spoken to in. A sentence stands in the code in English and is its own key, as with VS
 * Code's `l10n.t`; what it is in another language stands in `l10n/`. The extension, its page and the server each say
 * once which sentences they speak; until then it is English.
 */

/** What English sentences are in another language; empty for English itself. A missing one is told in English. */
export type Sentences = Readonly<Record<string, string>>;

/** Tells an English sentence, with values in the places `{0}`, `{1}` …, in some language. */
export type Tell = (english: string, ...values: readonly (string | number)[]) => string;

let spoken: Sentences = {};

export function speak(sentences: Sentences): void {
  spoken = sentences;
}

/** In the language that this process speaks. Give it literals: `npm run gen` reads them from the source. */
export const t: Tell = (english, ...values) => filled(spoken[english] ?? english, values);

export function tellIn(sentences: Sentences): Tell {
  return (english, ...values) => filled(sentences[english] ?? english, values);
}

/** Marks a literal that `t` is given later, so that `npm run gen` finds it. */
export function phrase<const English extends string>(english: English): English {
  return english;
}

/**
 * A sentence for the store, which someone of another language may read: its English, with its values where it has any. A
 * value may be such a sentence with values itself.
 */
export function kept(english: string, ...values: readonly (string | number)[]): string {
  return values.length === 0 ? english : JSON.stringify([english, ...values]);
}

export function tellKept(sentence: string): string {
  return sentence.startsWith('["') ? toldWithValues(sentence) : t(sentence);
}

/** What only looks as if it was kept, such as a file's strange name, stays as it is. */
function toldWithValues(sentence: string): string {
  try {
    const [english, ...values] = JSON.parse(sentence) as [string, ...(string | number)[]];
    if (!english.includes('{0}')) return sentence;
    return t(
      english,
      ...values.map((value) => (String(value).startsWith('["') ? toldWithValues(String(value)) : value)),
    );
  } catch {
    return sentence;
  }
}

/** Sentences after each other, which not every language parts by a blank; what is empty is left out. */
export function paragraph(sentences: readonly (string | false | null | undefined)[]): string {
  return sentences.filter(Boolean).join(t(' '));
}

/** Whatever stands in a value stays as it is, braces too. */
function filled(sentence: string, values: readonly (string | number)[]): string {
  return sentence.replace(/\{(\d)\}/g, (place, n: string) => String(values[Number(n)] ?? place));
}

const COUNTS = {
  byte: [phrase('{0} byte'), phrase('{0} bytes')],
  character: [phrase('{0} character'), phrase('{0} characters')],
  commit: [phrase('{0} commit'), phrase('{0} commits')],
  dimension: [phrase('{0} dimension'), phrase('{0} dimensions')],
  file: [phrase('{0} file'), phrase('{0} files')],
  folder: [phrase('{0} folder'), phrase('{0} folders')],
  index: [phrase('{0} index'), phrase('{0} indexes')],
  line: [phrase('{0} line'), phrase('{0} lines')],
  message: [phrase('{0} message'), phrase('{0} messages')],
  passage: [phrase('{0} passage'), phrase('{0} passages')],
  question: [phrase('{0} question'), phrase('{0} questions')],
  token: [phrase('{0} token'), phrase('{0} tokens')],
} as const;

/** A number of things; languages without plurals say both alike. */
export function countOf(count: number, thing: keyof typeof COUNTS, tell: Tell = t): string {
  return tell(COUNTS[thing][count === 1 ? 0 : 1], count.toLocaleString('en'));
}

const KINDS: Readonly<Record<string, string>> = {
  class: phrase('class'),
  constant: phrase('constant'),
  constructor: phrase('constructor'),
  enum: phrase('enum'),
  field: phrase('field'),
  file: phrase('file'),
  function: phrase('function'),
  heading: phrase('heading'),
  interface: phrase('interface'),
  key: phrase('key'),
  method: phrase('method'),
  module: phrase('module'),
  rule: phrase('rule'),
  section: phrase('section'),
  text: phrase('text'),
  type: phrase('type'),
};

/** What the grammars' queries call a definition, for people. */
export function kindName(kind: string, tell: Tell = t): string {
  return tell(KINDS[kind] ?? kind);
}
