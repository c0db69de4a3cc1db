/**
 * The one place where text becomes tokens, for the index and for queries alike.
 *
 * An identifier gives itself whole (lower-cased, without separators, so that `parsePool`, `parse_pool` and
 * `ParsePool` meet) and its parts, lightly stemmed. Chinese, Japanese and Korean runs give overlapping pairs of
 * characters, which need no dictionary and find any word of two characters or more. Tokens hold letters and digits
 * only, so that a space-joined list of them is unambiguous.
 */

const WORD = /[\p{L}\p{M}\p{N}_$]+/gu;
const CJK_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu;
const HAS_CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
// A part: an acronym before a capitalised word, a capitalised or lower-case word, an acronym, or digits.
const PART = /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{Lu}+|\p{N}+/gu;

/** Longer runs are data (a hash, base64), which nobody types; they would only swell the index. */
const MAX_IDENTIFIER_LENGTH = 64;

/** All tokens of a text, in order, repeats included. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [word] of text.matchAll(WORD)) pushWord(word, tokens);
  return tokens;
}

/** The tokens of one word: whole first if it has several parts, then the parts. */
export function wordTokens(word: string): string[] {
  const tokens: string[] = [];
  pushWord(word, tokens);
  return tokens;
}

/** The form in which a whole identifier is compared: lower case, no separators. */
export function identifierKey(name: string): string {
  return name.replace(/[^\p{L}\p{M}\p{N}]+/gu, '').toLowerCase();
}

function pushWord(word: string, tokens: string[]): void {
  if (word.length > MAX_IDENTIFIER_LENGTH) return;
  if (HAS_CJK.test(word)) {
    pushCjk(word, tokens);
    return;
  }
  const parts = word.match(PART);
  if (!parts) return;
  if (parts.length > 1) tokens.push(identifierKey(word));
  for (const part of parts) tokens.push(stem(part.toLowerCase()));
}

function pushCjk(word: string, tokens: string[]): void {
  let last = 0;
  for (const run of word.matchAll(CJK_RUN)) {
    if (run.index > last) pushWord(word.slice(last, run.index), tokens);
    const characters = [...run[0]];
    if (characters.length === 1) tokens.push(characters[0]!);
    for (let i = 0; i + 1 < characters.length; i++) tokens.push(characters[i]! + characters[i + 1]!);
    last = run.index + run[0].length;
  }
  if (last < word.length) pushWord(word.slice(last), tokens);
}

const VOWEL = /[aeiouy]/;
const DOUBLED = /([bdfgmnprt])\1$/;

/**
 * Light English stemming: plural, `-ing`, `-ed` and a last `e`, so that caches, cached, caching and cache meet.
 * Deliberately far weaker than Porter's: code words such as `string` or `status` must not fall together with others.
 */
export function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  let root = word;
  if (/ie[sd]$/.test(root) && root.length > 4) root = `${root.slice(0, -3)}y`;
  else if (/(ss|x|ch|sh|z)es$/.test(root)) root = root.slice(0, -2);
  else if (root.endsWith('s') && !/(ss|us|is)$/.test(root)) root = root.slice(0, -1);
  for (const ending of ['ing', 'ed']) {
    const cut = root.slice(0, -ending.length);
    if (root.endsWith(ending) && cut.length >= 3 && VOWEL.test(cut)) {
      root = cut.replace(DOUBLED, '$1');
      break;
    }
  }
  return root.length > 4 && root.endsWith('e') ? root.slice(0, -1) : root;
}

/** Matches an identifier as a whole, by letter case. */
export function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped(name)}(?![\\p{L}\\p{N}_$])`, 'u');
}

/** As a regular expression has it literally. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
