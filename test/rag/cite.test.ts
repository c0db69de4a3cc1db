/** Markers to citations that hold: which are kept, moved or dropped, and what happens to the text around them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Source } from '../../server/src/base/answer.js';
import { linesOf, sliceLines } from '../../server/src/base/text.js';
import { maskSecrets } from '../../server/src/index/secrets.js';
import { cite } from '../../server/src/rag/cite.js';
import type { CurrentText } from '../../server/src/rag/view.js';
import { many, parseFixture } from '../support/fixture.js';

function sourceOf(n: number, path: string, text: string, startLine = 1): Source {
  const endLine = startLine + linesOf(text).starts.length - 1;
  return {
    n,
    path,
    startLine,
    endLine,
    text,
    symbol: '',
    kind: 'text',
    score: 1,
    why: {},
    language: 'typescript',
    signature: '',
  };
}

/** Files as they are read again. */
function currently(files: Record<string, string | null>): CurrentText {
  return async (path) => {
    const text = files[path] ?? null;
    return text === null ? null : maskSecrets(text);
  };
}

interface Expected {
  /** `n path:start-end`, in order. */
  citations?: string[];
  text?: string;
  /** What was dropped, with its reason. */
  dropped?: string[];
}

/** Sources are the `<cite n>` ranges of `marked`; `now` replaces files as they are when the answer is checked. */
async function checkCite(
  reply: string,
  marked: string,
  expected: Expected,
  now: Record<string, string | null> = {},
): Promise<void> {
  const { files, marks } = parseFixture(marked);
  const sources = marks.map(({ path, startLine, endLine, words: [n] }) =>
    sourceOf(Number(n), path, sliceLines(linesOf(files[path]!), { startLine, endLine }), startLine),
  );
  const current: Record<string, string | null> = { ...files, ...now };
  const { text, citations, dropped } = await cite(reply, sources, currently(current));
  for (const { path, quote, verified, ...range } of citations) {
    expect(verified).toBe(true);
    expect(quote).toBe(sliceLines(linesOf(current[path]!), range));
  }
  expect({
    citations: citations.map(({ n, path, startLine, endLine }) => `${n} ${path}:${startLine}-${endLine}`),
    text,
    dropped: dropped.map(({ what, reason }) => `${what} ${reason}`),
  }).toEqual({ citations: [], text: reply, dropped: [], ...expected });
}

const TWO = `
//- /a.ts
one
<cite 1>two
three
four</cite>
five
//- /b.ts
<cite 2>six</cite>
`;

test('a marker cites the lines of its source', () =>
  checkCite('Counts up [1], then on [2].', TWO, { citations: ['1 a.ts:2-4', '2 b.ts:1-1'] }));

test('a marker may name some lines of its source', () =>
  checkCite('Counts [1:3] and [1:3-4].', TWO, { citations: ['1 a.ts:3-4'], text: 'Counts [1] and [1].' }));

test('one marker may name several sources', () =>
  checkCite('Counts [1, 2] and [2;1:2].', TWO, {
    citations: ['1 a.ts:2-4', '2 b.ts:1-1'],
    text: 'Counts [1][2] and [2][1].',
  }));

test('a marker that names no source is taken out and told', () =>
  checkCite('Counts up [9].', TWO, { text: 'Counts up.', dropped: ['[9] there is no source of this number'] }));

test('the good part of a marker stays when the rest goes', () =>
  checkCite('Counts [1, 7].', TWO, {
    citations: ['1 a.ts:2-4'],
    text: 'Counts [1].',
    dropped: ['[7] there is no source of this number'],
  }));

test('lines outside the source are not cited', () =>
  checkCite('Counts [1:1-3], [1:5] and [1:4-3].', TWO, {
    text: 'Counts, and.',
    dropped: [
      '[1:1-3] lines 1–3 are not in source 1',
      '[1:5] lines 5–5 are not in source 1',
      '[1:4-3] lines 4–3 are not in source 1',
    ],
  }));

test('source number zero does not exist', () =>
  checkCite('Nothing [0].', TWO, { text: 'Nothing.', dropped: ['[0] there is no source of this number'] }));

test('a link is not a marker', () => checkCite('See [1](https://example.com).', TWO, {}));

test('text that moved is cited where it stands now', () =>
  checkCite(
    'Counts [1].',
    TWO,
    { citations: ['1 a.ts:4-6'] },
    { 'a.ts': 'zero\nzero\none\ntwo\nthree\nfour\nfive\n' },
  ));

test('text that stands in two other places is not cited', () =>
  checkCite(
    'Counts [2].',
    TWO,
    { text: 'Counts.', dropped: ['[2] lines 1–1 of b.ts have changed'] },
    { 'b.ts': '\nsix\n\nsix\n' },
  ));

test('text that is found only inside longer lines is not cited', () =>
  checkCite(
    'Counts [2].',
    TWO,
    { text: 'Counts.', dropped: ['[2] lines 1–1 of b.ts have changed'] },
    { 'b.ts': 'sixteen\nsixty six\n' },
  ));

test('text that changed is not cited', () =>
  checkCite(
    'Counts [1].',
    TWO,
    { text: 'Counts.', dropped: ['[1] lines 2–4 of a.ts have changed'] },
    { 'a.ts': 'one\ntwo\n3\nfour\nfive\n' },
  ));

test('a file that is gone is not cited', () =>
  checkCite('Counts [1].', TWO, { text: 'Counts.', dropped: ['[1] a.ts is gone'] }, { 'a.ts': null }));

test('a file that became shorter is not cited', () =>
  checkCite(
    'Counts [1].',
    TWO,
    { text: 'Counts.', dropped: ['[1] lines 2–4 of a.ts have changed'] },
    { 'a.ts': 'one\ntwo' },
  ));

test('a changed line end is a changed text', () =>
  checkCite(
    'Counts [1].',
    TWO,
    { text: 'Counts.', dropped: ['[1] lines 2–4 of a.ts have changed'] },
    { 'a.ts': 'one\r\ntwo\r\nthree\r\nfour\r\n' },
  ));

test('code in an answer is left as it is: brackets there are no markers', () =>
  checkCite('It takes `items[0]` and `map[1][2]`:\n\n```ts\nconst x = items[0] + rest[7];\n```\n\nSo [1].', TWO, {
    citations: ['1 a.ts:2-4'],
  }));

test('a stray backtick hides no marker of another paragraph', () =>
  checkCite('A stray ` here [1].\n\nAnd ` there [9].', TWO, {
    citations: ['1 a.ts:2-4'],
    text: 'A stray ` here [1].\n\nAnd ` there.',
    dropped: ['[9] there is no source of this number'],
  }));

test('code that only looks like the start of a fence hides no marker', () =>
  checkCite('```lit``` is it [1].\n\nAnd so [9].', TWO, {
    citations: ['1 a.ts:2-4'],
    text: '```lit``` is it [1].\n\nAnd so.',
    dropped: ['[9] there is no source of this number'],
  }));

test('spaces before punctuation are part of code and stay', () =>
  checkCite('Written so [1]:\n\n```go\na := b\nx ? y : z\n    .then()\n```', TWO, { citations: ['1 a.ts:2-4'] }));

test('only the space before a marker that went is closed', () =>
  checkCite('Voilà : it counts [9] .', TWO, {
    text: 'Voilà : it counts .',
    dropped: ['[9] there is no source of this number'],
  }));

test('whatever a reply holds, its citations stand in the file and no other marker is left', () => {
  const text = many(12, 'line #');
  const sources = [
    sourceOf(1, 'a.ts', sliceLines(linesOf(text), { startLine: 3, endLine: 6 }), 3),
    sourceOf(2, 'gone.ts', 'x'),
  ];
  const number = fc.integer({ min: 0, max: 12 });
  const marker = fc.oneof(
    number.map((n) => `[${n}]`),
    fc.tuple(number, number, number).map(([n, a, b]) => `[${n}:${a}-${b}]`),
    fc.tuple(number, number).map(([a, b]) => `[${a}, ${b}]`),
  );
  // Brackets in code are no markers; code has tests of its own.
  const words = fc.string({ maxLength: 20 }).map((text) => text.replace(/[`~]/g, ''));
  const piece = fc.oneof(marker, words, fc.constant(' '));
  return fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const { text: shown, citations } = await cite(pieces.join(' '), sources, currently({ 'a.ts': text }));
      for (const { quote, path, verified, ...range } of citations) {
        expect(path).toBe('a.ts');
        expect(verified).toBe(true);
        expect(quote).toBe(sliceLines(linesOf(text), range));
      }
      if (citations.length === 0) expect(shown).not.toMatch(/(?<![\w\])`])\[\d{1,3}\](?!\()/);
    }),
  );
});
