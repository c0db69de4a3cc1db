/**
 * Secret strings in a text, masked so that nothing after this ever holds them.
 *
 * Pure. Every UTF-16 unit of a secret becomes one `•` and line breaks stay, so that offsets, lines and columns are those
 * of the file. Masking a masked text changes nothing. Time is linear in the text: a pattern has one unbounded run, which
 * ends where its class ends, and what precedes it is bounded or keeps a second match from beginning inside the run. A run
 * takes all letters and digits there are, so that no mask uncovers the beginning of another secret.
 *
 * A published shape (`ghp_…`) is masked wherever it stands, examples in documentation too. A value that only its name
 * calls secret (`password = "…"`) must look random: a mask over a name or a sentence costs an answer its meaning.
 */

export interface Masked {
  text: string;
  /** What was masked, ordered and disjoint. */
  spans: readonly Span[];
}

/** Offsets in UTF-16 units; `end` is the first one after it. */
export interface Span {
  start: number;
  end: number;
}

interface Shape {
  name: string;
  /** The text is searched only if it holds one of these: far cheaper than the pattern. */
  hints: readonly string[];
  /** Group 1 is the secret, or all of it where there is no group; with `d` then. */
  pattern: RegExp;
}

const MASK = '•';

/** What the vendors publish, or secret scanners (gitleaks, GitHub's own) agree on; each is unmistakable by itself. */
const SHAPES: readonly Shape[] = [
  // Four letters tell the kind of AWS id (IAM user guide, “Unique identifiers”).
  {
    name: 'aws-access-key-id',
    hints: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  },
  // 40 characters of base64 without a prefix: only the name beside them tells.
  {
    name: 'aws-secret-key',
    hints: ['aws', 'AWS', 'Aws', 'ecretAccess', 'ecret_access', 'ECRET_ACCESS'],
    pattern:
      /(?:aws|secret_?access)[\w.-]{0,40}["'`\]\\]{0,3}[ \t]{0,8}(?:=>|:=|[:=,(>])[ \t]{0,8}\\?["'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=•])/dgi,
  },
  // github.blog/2021-04-05-behind-githubs-new-authentication-token-formats
  {
    name: 'github',
    hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{36,})/g,
  },
  // docs.gitlab.com, “Token prefixes”; newer ones end in two parts behind dots.
  {
    name: 'gitlab',
    hints: ['glpat-', 'glptt-', 'gldt-', 'glrt-', 'glcbt-', 'gloas-', 'glsoat-'],
    pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|dt|rt|cbt|oas|soat)-[\w-]{20,}(?:\.[A-Za-z0-9]{2}\.[A-Za-z0-9]{7,})?/g,
  },
  // api.slack.com/concepts/token-types
  {
    name: 'slack',
    hints: ['xox', 'xapp-', 'hooks.slack.com/services/'],
    pattern:
      /(?<![A-Za-z0-9])(?:xox[abceoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,}|(?<=hooks\.slack\.com\/services\/)T\w{7,}\/B\w{7,}\/\w{16,})/g,
  },
  // docs.stripe.com/keys; whsec_ signs web hooks.
  {
    name: 'stripe',
    hints: ['k_live_', 'k_test_', 'whsec_'],
    pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}={0,2})/g,
  },
  // Google Cloud API keys, OAuth client secrets and access tokens.
  {
    name: 'google',
    hints: ['AIza', 'GOCSPX-', 'ya29.'],
    pattern: /(?<![A-Za-z0-9])(?:AIza[\w-]{35,}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,})/g,
  },
  // OpenAI's first form has neither hyphens nor a part that says so: a digit sets it apart from a name.
  {
    name: 'openai-anthropic',
    hints: ['sk-'],
    pattern:
      /(?<![A-Za-z0-9])sk-(?:(?:proj|svcacct|admin|None|ant|or-v1|lf)-[\w-]{20,}|(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{20,})/g,
  },
  // github.blog, “npm has a new access token format”; PyPI tokens are macaroons, and begin with their location.
  {
    name: 'registries',
    hints: ['npm_', 'pypi-', 'dckr_pat_', 'rubygems_'],
    pattern:
      /(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{36,}|pypi-(?=Ag)[\w-]{50,}|dckr_pat_[\w-]{20,}|rubygems_[A-Za-z0-9]{48,})/g,
  },
  {
    name: 'azure',
    hints: ['Q~'],
    pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.•-])/g,
  },
  {
    name: 'telegram',
    hints: [':AA'],
    pattern: /(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w•-])/g,
  },
  {
    name: 'sendgrid',
    hints: ['SG.'],
    pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,64}\.[\w-]{16,}/g,
  },
  // API keys; account ids (AC…) are not secret.
  {
    name: 'twilio',
    hints: ['SK'],
    pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g,
  },
  // Other services with a prefix of their own.
  {
    name: 'services',
    hints: ['hf_', 'dop_v1_', 'doo_v1_', 'dapi', 'shp', 'lin_api_', 'hvs.', 'gsk_', 'xai-', 'r8_', 'AGE-SECRET-KEY-1'],
    pattern:
      /(?<![A-Za-z0-9])(?:hf_[A-Za-z0-9]{34,}|do[op]_v1_[A-Za-z0-9]{64,}|dapi(?=[a-f0-9]{32})[A-Za-z0-9]{32,}|shp(?:at|ca|pa|ss)_[A-Za-z0-9]{32,}|lin_api_[A-Za-z0-9]{40,}|hvs\.[\w-]{24,}|gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{37,}|AGE-SECRET-KEY-1[A-Za-z0-9]{58,})/g,
  },
  // RFC 7519. The header is base64 of ASCII JSON and so without `-` and `_`, which keeps the search linear.
  {
    name: 'jwt',
    hints: ['eyJ'],
    pattern: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9]{8,}={0,2}\.eyJ[\w-]{8,}={0,2}\.[\w-]*/g,
  },
];

/** RFC 3986, user information: after the first colon. Ends at the last `@` of the authority. */
const URL_PASSWORD = /:\/\/[^\s:/?#@"'`<>]{0,200}:([^\s/?#"'`<>]{4,300})@/dg;
/** The scheme of RFC 7617 and 6750 before its credentials. */
const AUTHORIZATION = /\b(?:Basic|Bearer)[ \t]{1,4}([\w.~+/-]{16,}={0,2})/dgi;

const PEM_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
/** Escapes are taken first, so that `\nMII…` does not lose its `n`. */
const PEM_RUN = /\\[nrt]|[A-Za-z0-9+/=]{3,}/g;
/** A line of a key that is cut off, with what may stand between two lines in source. */
const PEM_LINE = /(?:\\[nrt]|[+/]{1,3}(?![A-Za-z0-9+/=])|[^A-Za-z0-9+/=•\\-]){0,40}([A-Za-z0-9+/=]{40,})/dy;
/** A region that is a key, and not code that speaks of keys, is nearly all runs of this length. */
const LONG_RUN = /[A-Za-z0-9+/=]{16,}/g;
const PEM_SHARE = 0.5;

/** A name that calls its value secret, and the `=`, `:`, `=>`, `(` or type between the two. */
const NAMED =
  /(?:passwo?r?d|passwd|pwd|passphrase|secret|token|credential|(?:api|access|account|auth|client|cookie|encryption|hmac|jwt|license|master|private|secret|service|session|shared|signing|storage|webhook)[_. -]?key|authkey)s?(?:[_-]?(?:prod(?:uction)?|dev|stag(?:e|ing)|live|value|base64|\d{1,2}))?["'`\]\\]{0,3}[ \t]{0,12}(?::[ \t]{0,4}[A-Za-z][\w.<>[\]?|]{0,40}[ \t]{0,4}=|=>|[!=]?={1,2}|:=|\|\|=|\?\?=|\?=|[:>(,])[ \t]{0,12}/gi;
const LINE_BREAK = /(?:\r\n|\n|\r)[ \t]{0,40}/y;
const OPENING = /[bfru@$]{0,2}\\?(["'`])(?:\1\1)?/iy;
const QUOTED: Record<string, RegExp> = { '"': /[^"\s]*/y, "'": /[^'\s]*/y, '`': /[^`\s]*/y };
const UNQUOTED = /[^\s"'`,;:=<>(){}[\]&|\\•]+={0,2}/y;
const AFTER_UNQUOTED = /[\s"'`,;<)}\]&]|$/y;

const MIN_LENGTH = 16;
/** Bits for each character. Sixteen random hexadecimal digits have about 3.2, words of a language under 3. */
const MIN_ENTROPY = 3;
/** Characters that passwords have and names have not. */
const STRONG = /[!#$%^&*~@]/;
/** No vowel, or letters beside each other that hardly any word has. */
const NO_WORD =
  /^[^aeiouy]+$|[^aeiouy]{5}|q[^u]|[jz][bcdfghjkmnpqrstvwx]|[bcdfghkmpqtvwx][jz]|v[bcdfghjklmnpqstvwxz]|w[bcdfgjmpqtvxz]|[bcdfgjkmpqvwxz]{3}/i;
const PLACEHOLDER =
  /example|placeholder|change.?me|change.?this|your[_-]|redacted|dummy|insert|replace|sample|xxxx|0123456789|123456789|abcdefgh|process\.env|getenv|environ|secrets\.|vault:|todo|a-z|0-9|\(\?:|\{\{|[$#%]\{|%\(|\{\w*\}|•/i;
/** A reference, a date, a path, a digest that says so, an inline file, a UUID. */
const NO_SECRET =
  /^(?:[$%@{<]|data:|sha\d|md5|https?:|urn:|\.{1,2}\/|\/[a-z]{2,}\d?\/|[A-Za-z]:\\|\d{4}-\d\d-\d\d|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f]))/i;
/** Of a password in a URL: nobody's secret, and what documentation writes. */
const URL_PLACEHOLDER =
  /•|^[{<$*]|[$%{]\{|^%\w?$|^%\(|^(?:pass(?:word|wd)?|pw|pwd|secret|token|x+|\.{2,}|port|\d{2,5})$|example|change.?me|your/i;

export function maskSecrets(text: string): Masked {
  const spans = [...shapes(text), ...urlPasswords(text), ...authorizations(text), ...privateKeys(text), ...named(text)];
  return spans.length > 0 ? masked(text, spans) : { text, spans };
}

/** Whether a part of the text was masked. */
export function holdsMask({ spans }: Masked, { start, end }: Span): boolean {
  return spans.some((span) => span.start < end && span.end > start);
}

function* shapes(text: string): Generator<Span> {
  for (const { hints, pattern } of SHAPES) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    for (const match of text.matchAll(pattern)) {
      const span = secretOf(match);
      // Nobody's key: `ghp_xxxxxxxx…`.
      if (new Set(text.slice(span.start, span.end).slice(-16)).size > 3) yield span;
    }
  }
}

function* urlPasswords(text: string): Generator<Span> {
  if (!text.includes('://')) return;
  for (const match of text.matchAll(URL_PASSWORD)) if (!URL_PLACEHOLDER.test(match[1]!)) yield secretOf(match);
}

function* authorizations(text: string): Generator<Span> {
  for (const match of text.matchAll(AUTHORIZATION)) if (looksRandom(match[1]!, true)) yield secretOf(match);
}

/** A key reaches to the next dashes; where those do not end it, it is cut off and ends with its last full line. */
function* privateKeys(text: string): Generator<Span> {
  for (const { index, 0: begin } of text.matchAll(PEM_BEGIN)) {
    const start = index + begin.length;
    const dashes = text.indexOf('-----', start);
    const region = text.slice(start, dashes < 0 ? text.length : dashes);
    if (dashes >= 0 && text.startsWith('-----END', dashes) && isKey(region)) {
      for (const run of region.matchAll(PEM_RUN))
        if (!run[0].startsWith('\\')) yield { start: start + run.index, end: start + run.index + run[0].length };
    } else {
      PEM_LINE.lastIndex = start;
      for (let line = PEM_LINE.exec(text); line; line = PEM_LINE.exec(text)) yield secretOf(line);
    }
  }
}

function isKey(region: string): boolean {
  const inRuns = region.match(LONG_RUN)?.reduce((sum, run) => sum + run.length, 0) ?? 0;
  return inRuns >= PEM_SHARE * region.replace(/\s+/g, '').length && inRuns > 0;
}

function* named(text: string): Generator<Span> {
  NAMED.lastIndex = 0;
  for (let match = NAMED.exec(text); match; match = NAMED.exec(text)) {
    const value = valueAt(text, NAMED.lastIndex);
    if (!value || !looksRandom(text.slice(value.start, value.end), value.quoted)) continue;
    yield value;
    NAMED.lastIndex = value.end;
  }
}

function valueAt(text: string, at: number): (Span & { quoted: boolean }) | null {
  const next = endOf(LINE_BREAK, text, at) ?? at;
  const opened = endOf(OPENING, text, next);
  if (opened !== null) {
    const quote = text[opened - 1]!;
    let end = endOf(QUOTED[quote]!, text, opened)!;
    if (text[end] !== quote) return null;
    if (text[end - 1] === '\\') end--;
    return { start: opened, end, quoted: true };
  }
  // A call or a list: what stands in it without quotes is a name.
  if (next !== at || /[(,]\s*$/.test(text.slice(Math.max(0, at - 16), at))) return null;
  const end = endOf(UNQUOTED, text, at);
  return end !== null && endOf(AFTER_UNQUOTED, text, end) !== null ? { start: at, end, quoted: false } : null;
}

/** What the sticky pattern matches from here ends there. */
function endOf(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : null;
}

/** Not a name, a reference, a placeholder or words. Without quotes it may be code, and must be surer. */
function looksRandom(value: string, quoted: boolean): boolean {
  if (value.length < MIN_LENGTH || NO_SECRET.test(value) || PLACEHOLDER.test(value)) return false;
  const letters = value.match(/[A-Za-z]/g)?.length ?? 0;
  const digits = value.match(/\d/g)?.length ?? 0;
  const cases = Number(/[a-z]/.test(value)) + Number(/[A-Z]/.test(value));
  const isStrong = STRONG.test(value) && cases + Number(digits > 0) >= 2;
  if (letters < 3 || (digits === 0 && !isStrong && cases < 2) || entropyOf(value) < MIN_ENTROPY) return false;
  if (!quoted && (digits < 2 || value.includes('.'))) return false;
  return wordShare(value) <= mostWords(value, digits, isStrong, quoted);
}

/** The share of words up to which a value is no name: names have few digits, and those in one or two places. */
function mostWords(value: string, digits: number, isStrong: boolean, quoted: boolean): number {
  if (isStrong || (value.match(/\d+/g)?.length ?? 0) >= 4) return 0.7;
  if (quoted) return digits >= 3 ? 0.65 : digits > 0 ? 0.5 : 0.2;
  return digits / value.length >= 0.15 ? 0.5 : 0.3;
}

/** How much of a text is in runs of letters that could be words of a language. */
function wordShare(value: string): number {
  const runs = value.match(/[A-Z]?[a-z]{3,}|[A-Z]{4,}/g) ?? [];
  const words = runs.filter((run) => run.length >= 4 && !NO_WORD.test(run));
  return words.reduce((sum, word) => sum + word.length, 0) / value.length;
}

function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / value.length) * Math.log2(count / value.length);
  return entropy;
}

function secretOf(match: RegExpExecArray): Span {
  const [start, end] = match.indices?.[1] ?? [match.index, match.index + match[0].length];
  return { start, end };
}

function masked(text: string, found: Span[]): Masked {
  const spans: Span[] = [];
  for (const { start, end } of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = spans.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else spans.push({ start, end });
  }
  const parts: string[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    parts.push(text.slice(at, start), MASK.repeat(end - start));
    at = end;
  }
  return { text: parts.join('') + text.slice(at), spans };
}
