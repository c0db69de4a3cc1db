/** What completion is given at a cursor: definitions through imports, types and calls, unsaved text, broken text. */
import { expect, test } from 'vitest';
import type { InfillModel } from '../../server/src/base/ports.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { engineOn, type Files } from '../support/engine.js';

const CONFIG = { contextTokens: 2048, maxTokens: 64, inText: false };

/** Noise, so that a place must be found. */
const others = (ending: string, text: (i: number) => string): Files =>
  Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`other/m${i}/noise${i}.${ending}`, text(i)]));

const GO: Files = {
  'go.mod': 'module example.com/shop\n',
  'pkg/iostreams/iostreams.go':
    'package iostreams\n\ntype IOStreams struct {\n\tOut string\n}\n\nfunc (s *IOStreams) StartSpinner() {\n}\n\nfunc (s *IOStreams) CanPrompt() bool {\n\treturn true\n}\n',
  'pkg/order/order.go':
    'package order\n\nimport "example.com/shop/pkg/iostreams"\n\ntype Options struct {\n\tIO *iostreams.IOStreams\n}\n\nfunc run(opts *Options) error {\n\tif opts.IO.\n\treturn nil\n}\n',
  ...others('go', (i) => `package m${i}\n\nfunc Noise${i}(x int) int {\n\treturn x + ${i}\n}\n`),
};

const PYTHON: Files = {
  'shop/cart.py':
    'class Cart:\n    def add(self, item):\n        pass\n\n    def total_price(self):\n        return 0\n',
  'shop/order.py':
    'from shop.cart import Cart\n\n\ndef order(items):\n    cart = Cart()\n    for item in items:\n        \n',
  'shop/__init__.py': '',
  ...others('py', (i) => `def noise_${i}(x):\n    return x + ${i}\n`),
};

async function contextAt(engine: Engine, path: string, line: number, column: number) {
  await using snapshot = await engine.snapshot();
  return (await snapshot.complete({ path, line, column }, CONFIG, { model: null })).context;
}

function writes(words: string): InfillModel & { gaps: unknown[] } {
  const gaps: unknown[] = [];
  return {
    name: 'scripted',
    destination: 'here',
    gaps,
    async infill(gap) {
      gaps.push(gap);
      return words;
    },
  };
}

test('behind a field stand the methods of its type, first, though the code is broken', async () => {
  const engine = await engineOn(GO);
  const [first] = await contextAt(engine, 'pkg/order/order.go', 10, 13);
  expect(first).toMatchObject({ path: 'pkg/iostreams/iostreams.go', startLine: expect.any(Number) });
  expect(first!.text).toContain('CanPrompt() bool');
  expect(first!.shown).toContainEqual({ startLine: 10, endLine: 10 });
  expect(first!.why).not.toBe('');
});

test('what is imported by name and not used yet is likely', async () => {
  const engine = await engineOn(PYTHON);
  const [first] = await contextAt(engine, 'shop/order.py', 7, 9);
  expect(first!.path).toBe('shop/cart.py');
  expect(first!.text).toContain('def add(self, item)');
});

test('unsaved text counts, and nothing of the cursor’s own file is given twice', async () => {
  const engine = await engineOn(PYTHON);
  engine.openBuffer('shop/order.py', 'from other.m7.noise7 import noise_7\n\n\ndef order(items):\n    return \n');
  const context = await contextAt(engine, 'shop/order.py', 5, 12);
  expect(context[0]!.path).toBe('other/m7/noise7.py');
  expect(context.map(({ path }) => path)).not.toContain('shop/order.py');
});

test('the budget holds', async () => {
  const engine = await engineOn(GO);
  const at = { path: 'pkg/order/order.go', line: 10, column: 13 };
  for (const contextTokens of [0, 20, 200]) {
    await using snapshot = await engine.snapshot();
    const { context } = await snapshot.complete(at, { ...CONFIG, contextTokens }, { model: null });
    expect(context.reduce((sum, { text }) => sum + text.length / 4, 0)).toBeLessThanOrEqual(contextTokens);
  }
});

test('a place that is not there, an empty file and a file of no known language are no errors', async () => {
  const engine = await engineOn({ ...PYTHON, 'empty.py': '', 'notes.txt': 'total price of the cart\n' });
  for (const [path, line, column] of [
    ['shop/order.py', 999, 999],
    ['empty.py', 1, 1],
    ['notes.txt', 1, 5],
    ['nowhere.py', 1, 1],
  ] as const)
    expect(Array.isArray(await contextAt(engine, path, line, column))).toBe(true);
});

test('a model fills the gap, and what it was sent is told; a secret is not among it', async () => {
  const key = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
  const engine = await engineOn(PYTHON);
  engine.openBuffer('shop/order.py', `TOKEN = "${key}"\nfrom shop.cart import Cart\ncart = Cart()\nprice = \n`);
  await using snapshot = await engine.snapshot();
  const model = writes('cart.total_price()\nprint(1)');
  const done = await snapshot.complete({ path: 'shop/order.py', line: 4, column: 9 }, CONFIG, { model });
  expect(done.insert).toBe('cart.total_price()');
  expect(done.steps.map(({ step }) => step)).toEqual(['context', 'fill']);
  expect(done.sent).toMatchObject({ name: 'scripted', destination: 'here', path: 'shop/order.py' });
  expect(JSON.stringify([model.gaps, done])).not.toContain(key);
});

test('inside a comment, and in a file that the index leaves out, no model is asked', async () => {
  const engine = await engineOn({ ...PYTHON, '.scholiaignore': 'private/\n', 'private/a.py': 'x = \n' });
  engine.openBuffer('shop/order.py', '# a comment \nx = 1\n');
  const model = writes('secret');
  for (const at of [
    { path: 'shop/order.py', line: 1, column: 13 },
    { path: 'private/a.py', line: 1, column: 5 },
  ]) {
    await using snapshot = await engine.snapshot();
    expect((await snapshot.complete(at, CONFIG, { model })).insert).toBe('');
  }
  expect(model.gaps).toEqual([]);
});
