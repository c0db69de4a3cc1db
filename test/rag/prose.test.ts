/** The words that people wrote for people, found among the code. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../server/src/base/text.js';
import { documentationOf, sentencesOf, withoutMarkers } from '../../server/src/rag/prose.js';
import { arbitraryText } from '../support/sources.js';

function checkSentences(language: string, text: string, sentences: string[]): void {
  expect(
    sentencesOf(linesOf(text), language).map(
      ({ text: sentence, startLine, endLine }) => `${startLine}-${endLine} ${sentence}`,
    ),
  ).toEqual(sentences);
}

/** The documentation of the definition that begins on the line of `def`. */
function checkDocumentation(text: string, documentation: string): void {
  const lines = text.replace(/^\n/, '');
  const startLine = lines.split('\n').findIndex((line) => line.includes('def')) + 1;
  expect(documentationOf(linesOf(lines), { startLine, endLine: lines.split('\n').length })).toBe(documentation);
}

test('markers of comments go, words stay', () => {
  for (const line of [
    '// Lit.',
    '/// Lit.',
    '//! Lit.',
    '/** Lit. */',
    ' * Lit.',
    '# Lit.',
    '-- Lit.',
    '; Lit.',
    '<!-- Lit. -->',
    '"""Lit."""',
    "r'''Lit.'''",
  ])
    expect(withoutMarkers(line), line).toBe('Lit.');
});

test('a heading over an adornment is no sentence', () =>
  checkSentences('restructuredtext', '=====\nMasts\n=====\n\nStep it.\n\nSpars\n-----\nRig it.\n', [
    '5-5 Step it.',
    '9-9 Rig it.',
  ]));

test('sentences run over lines, and end where they end', () =>
  checkSentences(
    'typescript',
    '/**\n * Lights the\n * lantern. Keeps it\n * burning.\n */\nconst x = 1; // no\n// After.',
    ['2-3 Lights the lantern.', '3-4 Keeps it burning.', '7-7 After.'],
  ));

test('code is not prose', () =>
  checkSentences('typescript', 'const a = "A sentence. In a string.";\nx * y;\n*p = 1;', []));

test('a documentation string is prose', () =>
  checkSentences('python', 'def f():\n    """Lights it.\n\n    Twice over.\n    """\n    return "no"', [
    '2-2 Lights it.',
    '4-4 Twice over.',
  ]));

test('in prose everything but code fences is prose', () =>
  checkSentences('markdown', 'One two.\n\n```sh\nnot this.\n```\n\n- Three four.\n- Five six.', [
    '1-1 One two.',
    '7-7 - Three four.',
    '8-8 - Five six.',
  ]));

test('Chinese sentences end at their own full stop', () =>
  checkSentences('markdown', '清空缓存。重新加载配置文件。', ['1-1 清空缓存。', '1-1 重新加载配置文件。']));

test('documentation stands above a definition, past its decorations', () => {
  checkDocumentation('\n// Not this.\n\n/** Lights\n * it. */\n@fast\n#[inline]\ndef f() {}', 'Lights\nit.');
  checkDocumentation('\nx = 1\ndef f() {}', '');
});

test('documentation stands below a Python definition', () => {
  checkDocumentation(
    '\ndef f(\n    a,\n    b,\n):\n    """Lights it.\n\n    Twice.\n    """\n    pass',
    'Lights it.\n\nTwice.',
  );
  checkDocumentation('\ndef f():\n    x = """no"""', '');
});

test('any text gives sentences within its lines', () =>
  fc.assert(
    fc.property(arbitraryText, fc.constantFrom('typescript', 'python', 'markdown'), (text, language) => {
      const lines = linesOf(text);
      for (const { startLine, endLine } of sentencesOf(lines, language)) {
        expect(startLine).toBeGreaterThanOrEqual(1);
        expect(endLine).toBeGreaterThanOrEqual(startLine);
        expect(endLine).toBeLessThanOrEqual(lines.starts.length);
      }
    }),
  ));
