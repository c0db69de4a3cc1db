/** Code in an answer is found where the page's own parser finds it. */
import fc from 'fast-check';
import createMarkdown from 'markdown-it';
import { expect, test } from 'vitest';
import { type Fence, fencesOf } from '../../client/src/chat/fences.js';

const parser = createMarkdown();

function parsed(markdown: string): Fence[] {
  return parser
    .parse(markdown, {})
    .filter(({ type }) => type === 'fence')
    .map(({ map, info, content }) => ({
      line: map![0],
      language: info.trim().split(/\s+/, 1)[0]!,
      code: content.replace(/\n$/, ''),
    }));
}

test('each fence with a language is found, with the line that opens it', () => {
  const markdown = 'So [1]:\r\n\r\n```ts\r\nconst a = 1;\r\n\r\nconst b = 2;\r\n```\n\n```\nplain\n```\n~~~ py x\npass';
  expect(fencesOf(markdown)).toEqual([
    { line: 2, language: 'ts', code: 'const a = 1;\n\nconst b = 2;' },
    { line: 11, language: 'py', code: 'pass' },
  ]);
  const inList = '1. First\n\n   ```go\n   func a() {\n     b()\n   }\n   ```\n2. Then\n';
  expect(fencesOf(inList)).toEqual(parsed(inList));
});

const marks = ['```', '````', '~~~', '  ```', '   ~~~~'];
const simple = [...marks, ...marks.map((mark) => `${mark}ts`), '```c++ x', '``` go`', 'a', '  b', '', ' ', 'x `y` z'];
const nested = [...simple, '- a', '  - b', '> a', '> ```ts', '1. a', '    ```py', '\tb', '    c', '---', '# d'];
const textOf = (lines: readonly string[]) => fc.array(fc.constantFrom(...lines), { maxLength: 14 });

test('the page’s parser agrees where nothing is nested', () => {
  fc.assert(
    fc.property(textOf(simple), fc.constantFrom('\n', '\r\n', '\r'), (lines, end) => {
      // Of a fence that never closes the parser leaves out blanks at the end.
      const markdown = [...lines, 'end'].join(end);
      expect(fencesOf(markdown)).toEqual(parsed(markdown).filter(({ language }) => language));
    }),
    { numRuns: 500 },
  );
});

test('what is nested has the right colours or those of the page', () => {
  fc.assert(
    fc.property(textOf(nested), (lines) => {
      const markdown = lines.join('\n');
      const found = new Map(fencesOf(markdown).map((fence) => [`${fence.line} ${fence.code.length}`, fence]));
      for (const fence of parsed(markdown)) {
        const same = found.get(`${fence.line} ${fence.code.length}`);
        if (same) expect(same).toEqual(fence);
      }
    }),
    { numRuns: 500 },
  );
});

test('an answer of nothing but fences costs no more than is shown of it', () => {
  expect(fencesOf('```ts\n'.repeat(200_000)).length).toBeLessThanOrEqual(50);
  expect(fencesOf('`'.repeat(3_000_000))).toEqual([]);
  expect(fencesOf(`${' '.repeat(3_000_000)}\`\`\`ts`)).toEqual([]);
});
