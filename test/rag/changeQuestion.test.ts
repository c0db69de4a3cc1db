/** Which sentences ask about the history of some code, of which, and which only look as if they did. */
import { expect, test } from 'vitest';
import { changeQuestion } from '../../server/src/rag/changeQuestion.js';

function read(question: string): string | null {
  const found = changeQuestion(question);
  if (!found) return null;
  const { named, file, asksWho } = found;
  const name = named && `${named.container ? `${named.container}.` : ''}${named.name}`;
  const range = file?.range ? `:${file.range.startLine}-${file.range.endLine}` : '';
  return [name, file && `${file.path}${range}`, asksWho && 'by whom'].filter(Boolean).join(', ');
}

test('when, why and in which commit', () => {
  for (const question of [
    'When was parsePool changed?',
    'when was `parsePool` last changed',
    'When was the function parsePool last modified?',
    'when did parsePool last change?',
    'When did parsePool change',
    'when did we last change parsePool?',
    'when has parsePool been changed last',
    'Why was parsePool changed?',
    'why did parsePool change',
    'Why did someone rewrite parsePool?',
    'why was parsePool added?',
    'Which commit last changed parsePool?',
    'what commit introduced parsePool',
    'which commits touched parsePool?',
    'in which commit was parsePool introduced?',
    'history of parsePool',
    'Show me the git history of parsePool',
    'show the change history for the parsePool function',
    'git blame parsePool',
    'last change to parsePool',
    'What was the last commit to parsePool?',
    'recent changes in parsePool',
    'what changed in parsePool recently?',
    'how has parsePool changed over time?',
    'parsePool 是什么时候修改的？',
    'parsePool什么时候被修改过',
    'parsePool 最后一次修改是什么时候',
    '什么时候修改了 parsePool',
    '为什么修改 parsePool？',
    'parsePool 为什么被修改',
    '哪个提交引入了 parsePool',
    'parsePool 是在哪个提交中引入的？',
    'parsePool 的修改历史',
    '查看 parsePool 的历史记录',
  ])
    expect([question, read(question)]).toEqual([question, 'parsePool']);
});

test('by whom', () => {
  for (const question of [
    'Who last changed parsePool?',
    'who changed parsePool last',
    'who wrote parsePool',
    'who introduced `parsePool`?',
    'Who was the last person to change parsePool?',
    'who is the author of parsePool',
    'by whom was parsePool changed?',
    '谁最后修改了 parsePool？',
    'parsePool 是谁写的',
  ])
    expect([question, read(question)]).toEqual([question, 'parsePool, by whom']);
});

test('lines and files', () => {
  for (const [question, lines] of [
    ['when was src/pool.ts:42 last changed?', 'src/pool.ts:42-42'],
    ['history of src/pool.ts:10-20', 'src/pool.ts:10-20'],
    ['who last changed line 42 of src/pool.ts?', 'src/pool.ts:42-42, by whom'],
    ['why were lines 10 to 20 in `pool.ts` changed', 'pool.ts:10-20'],
    ['when was src/pool.ts lines 3-4 changed', 'src/pool.ts:3-4'],
    ['git blame src/pool.ts#L7-L9', 'src/pool.ts:7-9'],
    ['src/pool.ts 第 10 行是谁改的', 'src/pool.ts:10-10, by whom'],
    ['src/pool.ts第10到12行什么时候修改的', 'src/pool.ts:10-12'],
    ['when was ./src/pool.ts last changed', 'src/pool.ts'],
    ['when was the file src/pool.ts changed?', 'src/pool.ts'],
  ] as const)
    expect([question, read(question)]).toEqual([question, lines]);
  // A name or a file: the index knows.
  expect(read('when was Cart.total changed?')).toBe('Cart.total, Cart.total');
  expect(read('history of Cart::total()')).toBe('Cart.total');
});

test('other questions stay what they are', () => {
  for (const question of [
    'When is the cache updated?',
    'How is parsePool changed while it runs?',
    'Who calls parsePool?',
    'Why does ask call the model twice?',
    'why was the way in which the index of the workspace is kept on the disk changed so often',
    'How does the history of commits get into the store and what is kept of it there?',
    'when did it rain',
    'What changed?',
    '怎么修改 parsePool',
    '',
  ])
    expect([question, read(question)]).toEqual([question, null]);
});

test('no question takes long to be read', () => {
  for (const part of ['when was ', 'a ', '修改', 'changed last ', '1-', './', 'who '])
    expect(changeQuestion(part.repeat(10_000))).toBeNull();
  const long = `when was ${'last changed '.repeat(14)}`;
  for (let i = 0; i < 200; i++) changeQuestion(long);
});
