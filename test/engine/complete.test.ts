/** What completion is given at a cursor: definitions through imports, types and calls, unsaved text, broken text. */
import { expect, onTestFinished, test } from 'vitest';
import type { InfillModel } from '../../server/src/base/ports.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { complete } from '../../server/src/rag/complete.js';
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
    way: 'infill',
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

test('what was just edited in other open files is given, once, with no secret and nothing of a closed file', async () => {
  const key = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
  const engine = await engineOn({
    ...PYTHON,
    '.scholiaignore': 'private/\n',
    'private/a.py': 'x = 1\n',
    'b.py': 'y = 1\n',
  });
  const cart = PYTHON['shop/cart.py'] as string;
  for (const [path, before, after] of [
    ['shop/order.py', PYTHON['shop/order.py'] as string, `${PYTHON['shop/order.py']}        \n`],
    ['shop/cart.py', cart, cart.replace('return 0', `token = "${key}"\n        return sum(self.prices)`)],
    ['private/a.py', 'x = 1\n', 'hidden = 2\n'],
    ['b.py', 'y = 1\n', 'closed = 2\n'],
  ] as const) {
    engine.openBuffer(path, before);
    engine.openBuffer(path, after);
  }
  engine.closeBuffer('b.py');
  const context = await contextAt(engine, 'shop/order.py', 7, 9);
  const edited = context.filter(({ why }) => why === 'edited just before');
  expect(edited).toHaveLength(1);
  expect(edited[0]).toMatchObject({ path: 'shop/cart.py', startLine: 3, endLine: 7 });
  expect(edited[0]!.text).toContain('return sum(self.prices)');
  expect(JSON.stringify(context)).not.toMatch(new RegExp(`${key}|hidden|closed`));
  // Its body is not given a second time as code like the lines above.
  expect(context.filter(({ text }) => text.includes('sum(self.prices)'))).toHaveLength(1);
});

test('a definition of an open file comes before an equal one of a closed file', async () => {
  const helper = (name: string) => `def ${name}(order):\n    return order\n`;
  const files = { 'app/a.py': helper('apply_a'), 'app/b.py': helper('apply_b'), 'app/main.py': 'def main():\n    \n' };
  const engine = await engineOn(files);
  for (const path of ['app/b.py', 'app/a.py'] as const) {
    engine.openBuffer(path, files[path]);
    const [first] = await contextAt(engine, 'app/main.py', 2, 5);
    expect(first).toMatchObject({ path, why: expect.stringContaining('its file is open') });
    engine.closeBuffer(path);
  }
});

test('without time there is what is at hand, what is left out is named, and the model is asked all the same', async () => {
  const engine = await engineOn(PYTHON);
  engine.openBuffer('shop/order.py', 'from shop.cart import Cart\ncart = Cart()\nprice = \n');
  engine.openBuffer('shop/cart.py', 'class Cart:\n    pass\n');
  engine.openBuffer('shop/cart.py', 'class Cart:\n    def total(self):\n        pass\n');
  const context = await engine.context();
  onTestFinished(() => context.view.end());
  // An index that is busy for ever, but for what is open.
  const never = () => new Promise<never>(() => {});
  const busy = { imports: never, filesBeside: never, lexical: never, definitionsNear: never, definitionsIn: never };
  const model = writes('cart.total()');
  const at = { path: 'shop/order.py', line: 3, column: 9 };
  const ctx = { ...context, view: { ...context.view, ...busy } };
  const done = await complete(ctx, at, CONFIG, { model, contextMs: 30 });
  expect(done.insert).toBe('cart.total()');
  expect(done.context.map(({ path, why }) => `${path} ${why}`)).toEqual(['shop/cart.py edited just before']);
  expect(done.steps[0]!.note).toMatch(
    /^1 places in 1 files; left out, there was no time: imports, names around, .*files$/,
  );
  // Whoever goes on typing waits for none of it.
  const ending = AbortSignal.abort(new Error('the next key'));
  await expect(complete(ctx, at, CONFIG, { model, contextMs: 30, signal: ending })).rejects.toThrow('the next key');
});

test('a name that very many things bear means the nearest of them', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 70 }, (_, i) => [
      `lib/m${i}/store.py`,
      `class Store${i}:\n    def save_all(self):\n        pass\n`,
    ]),
  );
  const engine = await engineOn({
    ...many,
    'app/main.py':
      'from lib.m7.store import Store7\nfrom lib.m7 import store\n\n\ndef main(s):\n    s.save_all()\n    \n',
  });
  const [first] = await contextAt(engine, 'app/main.py', 7, 5);
  expect(first).toMatchObject({ path: 'lib/m7/store.py', text: expect.stringContaining('save_all') });
});
