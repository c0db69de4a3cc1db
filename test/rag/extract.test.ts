/** Answers without a model: only what stands in the sources, in order, cited. */
import { expect, test } from 'vitest';
import type { Source } from '../../server/src/base/answer.js';
import { maskSecrets } from '../../server/src/index/secrets.js';
import { cite } from '../../server/src/rag/cite.js';
import { extract, narrow } from '../../server/src/rag/extract.js';
import { many } from '../support/fixture.js';
import { sourceOf } from './passages.js';

const WEIGHTS = new Map([
  ['lantern', 3],
  ['brass', 4],
]);

test('a function is shown by its name, the sentence that matters and its declaration', () =>
  expect(
    extract(
      [
        sourceOf(
          1,
          'src/a.ts',
          '/**\n * Opens. Lights the brass lantern.\n */\nexport function light(): void {\n  burn();\n}',
          {
            symbol: 'light',
            kind: 'function',
            signature: 'function light(): void',
          },
        ),
      ],
      WEIGHTS,
    ),
  ).toMatchInlineSnapshot(`
    "**\`light\`** · function in \`src/a.ts\` [1]
    > Lights the brass lantern.
    \`\`\`typescript
    function light(): void
    \`\`\`"
  `));

test('prose is shown by its best sentence', () =>
  expect(
    extract(
      [
        sourceOf(1, 'README.md', '# Harbour\n\nThe quay is long. A brass lantern hangs there.\n', {
          symbol: 'Harbour',
          kind: 'section',
          language: 'markdown',
        }),
      ],
      WEIGHTS,
    ),
  ).toMatchInlineSnapshot(`
    "**Harbour** · \`README.md\` [1]
    > A brass lantern hangs there."
  `));

test('what prose has in backticks is code, unless it could be taken for a citation', () =>
  expect(
    extract(
      [sourceOf(1, 'a.ts', '// The brass `lantern<T>` of `all[1]` is *lit* ``twice`` by a ` alone.\nburn();')],
      WEIGHTS,
    ),
  ).toContain('> The brass `lantern<T>` of \\`all\\[1\\]\\` is \\*lit\\* \\`\\`twice\\`\\` by a \\` alone.'));

test('code without a comment is shown by the lines that hold the question', () =>
  expect(
    extract([sourceOf(1, 'a.py', 'x = 1\nbrass = lantern(2)\ny = 3', { language: 'python' })], WEIGHTS),
  ).toMatchInlineSnapshot(`
    "\`a.py\` [1]
    \`\`\`python
    brass = lantern(2)
    \`\`\`"
  `));

test('weak passages are not shown, and no more than five', () => {
  const source = (n: number, score: number): Source => sourceOf(n, `f${n}.ts`, `lantern ${n}`, { score });
  expect(extract([source(1, 10), source(2, 1)], WEIGHTS)).not.toContain('[2]');
  expect(
    extract(
      Array.from({ length: 9 }, (_, i) => source(i + 1, 10)),
      WEIGHTS,
    ),
  ).not.toContain('[6:');
  expect(extract([], WEIGHTS)).toBe('');
});

test('fences, markers and markup inside a source stay inside its extract', async () => {
  const hostile = '/** Brass lantern ``` [2] [9] ![x](http://evil.test) */\nconst lantern = brass[7]; // ```\n';
  const sources = [sourceOf(1, 'a.ts', hostile), sourceOf(2, 'b.ts', 'lantern')];
  const answer = extract(sources, WEIGHTS);
  const cited = await cite(answer, sources, async (path) =>
    maskSecrets(sources.find((source) => source.path === path)!.text),
  );
  expect(cited.dropped).toEqual([]);
  expect(cited.text).toContain('brass[7]');
  expect(answer.match(/^`{3,}/gm)!.length % 2).toBe(0);
});

test('a line of code that looks like the end of a fence does not end it', () => {
  const answer = extract([sourceOf(1, 'a.ts', 'const page = `\n```lantern brass\n`;')], WEIGHTS);
  const [opening] = answer.match(/^`{3,}/m)!;
  expect(answer.split('\n').filter((line) => line.startsWith(opening))).toHaveLength(2);
});

test('a source of any shape gives some text and never throws', () => {
  for (const text of [
    '',
    ' ',
    '\n\n',
    '}',
    '/*',
    '"""',
    "'''",
    '```',
    many(300, '# x'),
    'x'.repeat(40_000),
    '\u202e',
    `a${' '.repeat(3000)}b`,
  ])
    for (const language of ['typescript', 'python', 'markdown', 'plaintext'])
      expect(extract([sourceOf(1, 'a', text, { language })], WEIGHTS)).toContain('[1]');
});

test('a passage in which one definition holds the question is narrowed to it', () => {
  const text =
    'const a = 1;\n\n/** Lights the brass lantern. */\nfunction light() {\n  burn(lantern);\n}\n\nfunction other() {}';
  const definition = (name: string, startLine: number, endLine: number) => ({
    ...{ name, qualified: name, signature: `function ${name}()`, startLine, endLine, nameLine: startLine },
    ...{ kind: 'function', path: 'a.ts', role: 'source' as const, language: 'typescript', rank: 1 },
  });
  const whole = sourceOf(1, 'a.ts', text, { startLine: 11 });
  expect(narrow(whole, [definition('light', 14, 16), definition('other', 18, 18)], WEIGHTS)).toMatchObject({
    n: 1,
    symbol: 'light',
    startLine: 13,
    endLine: 16,
    text: '/** Lights the brass lantern. */\nfunction light() {\n  burn(lantern);\n}',
  });
  expect(narrow(whole, [definition('other', 18, 18)], WEIGHTS)).toBe(whole);
});
