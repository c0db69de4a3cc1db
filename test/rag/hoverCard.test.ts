/** A card on one screen: whatever it holds, its lines as an editor breaks them are counted apart from what makes them. */
import fc from 'fast-check';
import createMarkdown from 'markdown-it';
import { expect, test } from 'vitest';
import { CARD_COLUMNS, CARD_LINES, type HoverCard, hoverMarkdown } from '../../server/src/base/hoverCard.js';
import '../support/properties.js';

const markdown = createMarkdown({ html: false });
markdown.validateLink = () => true;

/** Lines of the text that an editor would show: each broken where it is full. */
function linesShown(source: string): string[] {
  const html = markdown.render(source).replace(/<br>\n?/g, '\n');
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(amp|lt|gt|quot);/g, '?')
    .split('\n')
    .filter((line) => line.trim() !== '');
}

/** Letters of Chinese are twice as wide. */
function height(source: string): number {
  const columns = (line: string) =>
    [...line].reduce((sum, letter) => sum + (/\p{Script=Han}/u.test(letter) ? 2 : 1), 0);
  return linesShown(source).reduce((sum, line) => sum + Math.max(1, Math.ceil(columns(line) / CARD_COLUMNS)), 0);
}

const word = fc.constantFrom('lantern', 'oil', 'a', '计算总价', 'veryLongNameOfAThing', '`x`', '*');
const words = (most: number) => fc.array(word, { minLength: 1, maxLength: most }).map((list) => list.join(' '));
const path = fc
  .array(fc.constantFrom('src', 'packages', 'deeply', 'nested'), { maxLength: 9 })
  .map((parts) => [...parts, 'lantern.ts'].join('/'));
const N = { n: 1 };
const few = <Item>(item: fc.Arbitrary<Item>, most: number) => fc.array(item, { maxLength: most });
const cards: fc.Arbitrary<HoverCard> = fc
  .record({
    path,
    signatures: few(words(60), 5),
    documentation: few(words(20), 14).map((lines) => lines.join('\n')),
    alternatives: fc.nat(2),
    others: fc.nat(2),
    defines: few(words(20), 5),
    uses: few(words(20), 4),
    explanations: few(words(60), 2),
    example: fc.option(words(40)),
    subject: fc.option(words(40)),
  })
  .map((made) => {
    const { signatures, documentation } = made;
    const definition = { kind: 'function', qualified: 'f', language: 'typescript', signatures, documentation, ...N };
    const citation = { ...N, path: made.path, startLine: 1234, endLine: 1240, quote: '', verified: true };
    return {
      name: 'f',
      definitions: [definition, ...Array.from({ length: made.alternatives }, () => definition)],
      candidates: 3,
      others: Array.from({ length: made.others }, () => N),
      defines: made.defines.map((signature) => ({ signature, ...N })),
      definesMore: 3,
      uses: made.uses.map((text, i) => ({ path: made.path, line: 1, text, within: i % 2 ? text : '', ...N })),
      usage: { calls: 40, files: 20, more: true },
      explanations: made.explanations.map((sentence) => ({ sentence, ...N })),
      example: made.example === null ? null : { text: made.example, ...N },
      lastChange:
        made.subject === null
          ? null
          : { of: 'lines', hash: '0123456789', subject: made.subject, at: 0, uncommitted: true },
      citations: [citation],
    };
  });

test('no card is higher than a screen, and one that is cut says so in its last line', () =>
  fc.assert(
    fc.property(cards, (card) => {
      const shown = hoverMarkdown(card, ({ path }) => `file:///shop/${path}`);
      expect(height(shown), shown).toBeLessThanOrEqual(CARD_LINES);
      const told = card.uses.length + card.explanations.length + card.others.length + card.definitions.length;
      const links = (shown.match(/\]\(file:/g) ?? []).length;
      const all = told + card.defines.length + (card.example ? 1 : 0);
      if (links < all) expect(shown).toMatch(/\*Left out here: [^\n]*\*$/);
    }),
  ));

/** A card of `f` in a.ts, with little else. */
const SMALL: HoverCard = {
  name: 'f',
  definitions: [
    {
      kind: 'function',
      qualified: 'f',
      signatures: ['function f(): void'],
      language: 'typescript',
      documentation: 'Lights it.',
      n: 1,
    },
  ],
  candidates: 1,
  others: [],
  defines: [],
  definesMore: 0,
  uses: [1, 2, 3, 4].map((line) => ({ path: 'a.ts', line, text: 'f()', within: `user${line}`, n: 1 })),
  usage: { calls: 4, files: 1, more: false },
  explanations: [{ sentence: 'It is.', n: 1 }],
  example: null,
  lastChange: null,
  citations: [{ n: 1, path: 'a.ts', startLine: 1, endLine: 1, quote: '', verified: true }],
};

test('what is short is told in full, and says nothing of being cut', () => {
  expect(hoverMarkdown(SMALL)).toContain('Lights it.');
  expect(hoverMarkdown(SMALL)).not.toContain('Left out');
});

test('lines are given in order of use: a long comment does not cost the callers theirs', () => {
  const definition = { ...SMALL.definitions[0]!, documentation: 'Says a lot of itself. '.repeat(100) };
  const shown = hoverMarkdown({ ...SMALL, definitions: [definition] });
  for (const part of ['user1', 'user4', 'It is.']) expect(shown).toContain(part);
  expect(shown).toMatch(/\*Left out here: comment\*$/);
});
