/** Which sentences ask about the graph, for what, and which only look as if they did. */
import { expect, test } from 'vitest';
import { graphQuestion } from '../../server/src/rag/graphQuestion.js';

function read(question: string): string | null {
  const found = graphQuestion(question);
  if (!found) return null;
  const { direction, callsOnly, container, name } = found;
  return `${direction} of ${container ? `${container}.` : ''}${name}${callsOnly ? ', calls' : ''}`;
}

test('who calls it', () => {
  for (const question of [
    'Who calls parsePool?',
    'what calls parsePool',
    'Which functions call `parsePool`?',
    'callers of parsePool',
    'Find all callers of the function parsePool.',
    'show me the callers of parsePool()',
    'Where is parsePool called?',
    'where is `parsePool` called?',
    'where is the parsePool function called from?',
    'where do we call parsePool',
    'who invokes parsePool',
    'What is parsePool called by?',
    'parsePool is called by whom?',
    '谁调用了 parsePool？',
    '哪些函数调用了parsePool',
    '哪里调用 parsePool',
    'parsePool 在哪里被调用？',
    'parsePool被谁调用',
    'parsePool 的调用者有哪些',
  ])
    expect([question, read(question)]).toEqual([question, 'callers of parsePool, calls']);
});

test('where it is used', () => {
  for (const question of [
    'Where is parsePool used?',
    'who uses parsePool',
    'what depends on parsePool?',
    'usages of parsePool',
    'references to parsePool',
    'which files use parsePool?',
    '哪里用到了 parsePool',
    'parsePool 在哪里使用',
  ])
    expect([question, read(question)]).toEqual([question, 'callers of parsePool']);
});

test('what it calls', () => {
  for (const question of [
    'What does parsePool call?',
    'which functions does parsePool call',
    'What functions are called by parsePool?',
    'functions called by parsePool',
    'callees of parsePool',
    'what is called in parsePool?',
    'what parsePool calls',
    'parsePool 调用了什么？',
    'parsePool 函数调用了哪些函数',
  ])
    expect([question, read(question)]).toEqual([question, 'callees of parsePool, calls']);
  for (const question of ['What does parsePool use?', 'what does parsePool depend on', 'parsePool 依赖什么'])
    expect([question, read(question)]).toEqual([question, 'callees of parsePool']);
});

test('a name may be qualified or spelled as words', () => {
  expect(read('who calls Cart.total?')).toBe('callers of Cart.total, calls');
  expect(read('who calls Cart::total()')).toBe('callers of Cart.total, calls');
  expect(read('who calls the parse pool?')).toBe('callers of parsepool, calls');
});

test('other questions stay what they are', () => {
  for (const question of [
    'How does the parse pool work?',
    'What is called a snapshot here and why is it not a view of the store?',
    'fix what uses the wrong path when the workspace has more than one root',
    'Why does ask call the model twice?',
    'What calls for a rebuild of the index when the format changes between versions?',
    '',
  ])
    expect([question, read(question)]).toEqual([question, null]);
});
