/** The page's messages: what is exactly right comes through with exactly its fields, and nothing else does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FromPage, maxQuestionLength, readFromPage, readToPage } from '../../client/src/chat/messages.js';

const right: FromPage[] = [
  { kind: 'ready' },
  { kind: 'stop' },
  { kind: 'chooseModel' },
  { kind: 'showStatus' },
  { kind: 'reindex' },
  { kind: 'openFolder' },
  { kind: 'ask', question: 'Where is it?' },
  { kind: 'retry', id: 3 },
  { kind: 'askEverywhere', id: 3 },
  { kind: 'copy', id: 0 },
  { kind: 'pickScope' },
  { kind: 'showChats' },
  { kind: 'edit', id: 2, question: 'Or there?' },
  { kind: 'show', id: 2 },
  { kind: 'dropScope', id: 2 },
  { kind: 'open', id: 1, list: 'citations', at: 0, how: 'here' },
  { kind: 'open', id: 1, list: 'sources', at: 7, how: 'peek' },
  { kind: 'copyCode', code: 'x' },
];

test.each(right)('$kind comes through', (message) => expect(readFromPage(message)).toEqual(message));

test('fields that a message does not have are left behind', () => {
  expect(
    readFromPage({ kind: 'open', id: 1, list: 'sources', at: 2, how: 'beside', uri: 'file:///etc/passwd' }),
  ).toEqual({
    kind: 'open',
    id: 1,
    list: 'sources',
    at: 2,
    how: 'beside',
  });
});

const wrong: unknown[] = [
  null,
  undefined,
  'ready',
  7,
  [],
  [{ kind: 'ready' }],
  {},
  { kind: 'READY' },
  { kind: ['ready'] },
  { kind: 'ask' },
  { kind: 'ask', question: '  ' },
  { kind: 'ask', question: ['x'] },
  { kind: 'ask', question: 'x'.repeat(maxQuestionLength + 1) },
  { kind: 'retry', id: '3' },
  { kind: 'retry', id: -1 },
  { kind: 'retry', id: 1.5 },
  { kind: 'copy', id: Number.NaN },
  { kind: 'open', id: 1, list: '__proto__', at: 0 },
  { kind: 'open', id: 1, list: 'sources', at: Number.POSITIVE_INFINITY, how: 'here' },
  { kind: 'open', id: 1, list: 'sources', at: 1, how: 'vscode.diff' },
  { kind: 'open', id: 1, list: 'sources', at: 1 },
  { kind: 'edit', question: 'x' },
  { kind: 'edit', id: 1, question: ' ' },
  { kind: 'copyCode', code: '' },
  { kind: 'executeCommand', command: 'workbench.action.quit' },
  { kind: 'constructor' },
  { kind: '__proto__' },
];

test.each(wrong.map((value) => [value]))('%j does not', (value) => expect(readFromPage(value)).toBeNull());

test('whatever is posted, what comes through is one of the known forms', () => {
  const kinds = right.map(({ kind }) => kind);
  const field = fc.oneof(fc.anything(), fc.nat(), fc.string(), fc.constantFrom('sources', 'citations', 'here', 'peek'));
  const message = fc.record({
    kind: fc.constantFrom(...kinds),
    question: field,
    id: field,
    list: field,
    at: field,
    code: field,
    how: field,
  });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), message), (value) => {
      const read = readFromPage(value);
      if (!read) return;
      expect(kinds).toContain(read.kind);
      expect(readFromPage(read)).toEqual(read);
      for (const [key, part] of Object.entries(read)) {
        if (key === 'id' || key === 'at') expect(Number.isSafeInteger(part)).toBe(true);
        else expect(typeof part).toBe('string');
      }
    }),
  );
});

test('the page listens to its owner only in known kinds', () => {
  expect(readToPage({ kind: 'focus' })).toEqual({ kind: 'focus' });
  for (const value of [null, 'focus', {}, { kind: 'vscode' }, [1]]) expect(readToPage(value)).toBeNull();
});
