/** Lines that were changed last: where they stand after more changes, against marks carried in the text itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRecentEdits } from '../../server/src/engine/recentEdits.js';
import '../support/properties.js';

test('what was written last stands in the newest lines, and each earlier place where it is now', () => {
  const edit = fc.record({ at: fc.nat(60), remove: fc.nat(3), add: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (changes) => {
      const edits = createRecentEdits();
      let lines = Array.from({ length: 40 }, (_, i) => `old ${i}`);
      for (const [n, { at, remove, add }] of changes.entries()) {
        const from = Math.min(at, lines.length);
        const written = Array.from({ length: add }, (_, i) => `new ${n}.${i}`);
        const after = lines.toSpliced(from, remove, ...written);
        edits.note('a', lines.map((line) => `${line}\n`).join(''), after.map((line) => `${line}\n`).join(''));
        lines = after;
      }
      const ranges = edits.list();
      const written = [...lines.entries()].filter(([, line]) => line.startsWith('new'));
      for (const [i] of written)
        expect(ranges.some(({ startLine, endLine }) => startLine <= i + 1 && i + 1 <= endLine)).toBe(true);
    }),
  );
});

test('a change of very many lines is nobody’s typing, and a closed file is forgotten', () => {
  const edits = createRecentEdits();
  edits.note('a', '', 'x\n'.repeat(200));
  expect(edits.list()).toEqual([]);
  edits.note('a', 'one\n', 'one\ntwo\n');
  edits.note('b', 'one\n', 'two\n');
  expect(edits.list().map(({ path }) => path)).toEqual(['b', 'a']);
  edits.forget('b');
  expect(edits.list().map(({ path }) => path)).toEqual(['a']);
});
