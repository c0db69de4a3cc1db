/** How a question that leans on the one before it is read. */
import { expect, test } from 'vitest';
import { readAs } from '../../server/src/rag/followUp.js';

const answered = (question: string, answer = '') => ({ question, answer });
const ABOUT = [answered('How does `totalPrice` work?')];

test.each([
  ['and who calls it?', 'who calls `totalPrice`?'],
  ['Who calls it?', 'Who calls `totalPrice`?'],
  ['ok, and where is that used?', 'where is `totalPrice` used?'],
  ['what are its callers?', 'what are the callers of `totalPrice`?'],
  ['where is this function called?', 'where is `totalPrice` called?'],
  ['谁调用它？', '谁调用`totalPrice`？'],
  ['那么谁调用了这个函数', '谁调用了`totalPrice`'],
])('%s', (question, read) => expect(readAs(question, ABOUT)).toBe(read));

test('a question that names something itself is taken as it is', () => {
  for (const question of ['Who calls checkOut?', 'where does `Cart` use it?'])
    expect(readAs(question, ABOUT)).toBe(question);
});

test('without a question before it, or with words of its own, nothing is put in', () => {
  expect(readAs('and who calls it?', [])).toBe('and who calls it?');
  const own = 'Which module reads the configuration file and validates the retry limits that it holds?';
  expect(readAs(own, ABOUT).split('\n')[0]).toBe(own);
});

test('where the question has no name, the answer has', () => {
  const history = [answered('How is the price made?', '**`totalPrice`** · function in `src/cart.ts` [1]')];
  expect(readAs('who calls it?', history)).toBe('who calls `totalPrice`?');
});

test('what is spoken of stays the same through several questions', () => {
  const history = [...ABOUT, answered('and who calls it?', '`checkOut` calls it [1]')];
  expect(readAs('and where is it tested?', history)).toBe('where is `totalPrice` tested?');
});

test('the question before can be asked of another name', () => {
  const history = [...ABOUT, answered('and who calls it?', '`checkOut` calls it [1]')];
  expect(readAs('and applyDiscount?', history)).toBe('who calls `applyDiscount`?');
  expect(readAs('what about taxOn?', [answered('Who calls totalPrice?')])).toBe('Who calls `taxOn`?');
});

test('a plain word is no other name', () =>
  expect(readAs('and why?', ABOUT)).toBe('and why?\nHow does `totalPrice` work?'));

test('where nothing can be put in, the question before goes along', () =>
  expect(readAs('and why?', [answered('How are prices rounded?')])).toBe('and why?\nHow are prices rounded?'));
