/** Hovers on imports: a name under its own name whatever the import calls it, and the way there as the file it leads to. */
import { expect, test } from 'vitest';
import { hoverMarkdown } from '../../server/src/base/hoverCard.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { engineOn, type Files } from '../support/engine.js';
import { parseFixture } from '../support/fixture.js';

const SHOP: Files = {
  'src/cart.ts': `/**
 * Carts and what is in them.
 */
import { TAX } from './tax.js';

export function total(items: number[]): number {
  return items.length * TAX;
}
export class Cart {
  add() {}
}
function hidden() {}
`,
  'src/tax.ts': 'export const TAX = 0.2;\n',
  'src/fees/index.ts': '// What a bank takes.\nexport default (x: number) => x;\nexport function fee() {}\n',
  'src/pay.ts': "import { total as sum } from './cart.js';\nexport const pay = () => sum([1]);\n",
  'src/deep/bill.ts': "import { Cart } from '../cart.js';\nexport const bill = new Cart();\n",
  'test/cart.test.ts': "import { total } from '../src/cart.js';\ntotal([]);\n",
  'shop/__init__.py': '',
  'shop/cart.py': '"""Carts of a shop."""\n\n\ndef total(items):\n    return 0\n\n\ndef _hidden():\n    pass\n',
  'shop/order.py': 'from shop.cart import total\n',
  'go.mod': 'module example.com/shop\n',
  'pkg/store/doc.go': '// Package store keeps orders.\npackage store\n',
  'pkg/store/store.go': 'package store\n\nfunc Open() {\n}\n\nfunc hidden() {\n}\n',
  'rust/src/lib.rs': 'mod store;\nmod user;\n',
  'rust/src/store.rs': '//! Keeps orders.\n\npub struct Store {}\n\npub fn open() {}\n',
  'jvm/shop/store/Store.java':
    'package shop.store;\n\n/** Keeps orders. */\npublic class Store {\n  void open() {}\n}\n',
  'c/include/store.h': '/* Copyright 2020. */\n\n/* Keeps orders. */\nint store_open(void);\n',
  'php/src/Shop/Store.php': '<?php\nnamespace Shop;\n\nclass Store {\n}\n',
  'lib/store.rb': '# Keeps orders.\nclass Store\nend\n',
};

/** What the card at `$0` is of, as `kind qualified path:line`; the file is open, and not saved. */
async function meantAt(engine: Engine, marked: string): Promise<string> {
  const { files, cursor } = parseFixture(marked);
  for (const [path, text] of Object.entries(files)) engine.openBuffer(path, text);
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover(cursor!);
  for (const path of Object.keys(files)) engine.closeBuffer(path);
  if (!card) return 'nothing';
  const { kind, qualified, n } = card.definitions[0]!;
  const { path, startLine } = card.citations[n - 1]!;
  return `${kind} ${qualified} ${path}:${startLine}`;
}

const MEANINGS: [marked: string, meant: string][] = [
  // Other names lead to the own one, in the import and where they are used.
  ["//- /src/use.ts\nimport { total as s$0um } from './cart.js';\n", 'function total src/cart.ts:6'],
  ["//- /src/use.ts\nimport { to$0tal as sum } from './cart.js';\n", 'function total src/cart.ts:6'],
  [
    "//- /src/use.ts\nimport { total as sum } from './cart.js';\nconst x = s$0um([]);\n",
    'function total src/cart.ts:6',
  ],
  ["//- /src/use.ts\nimport { Cart as Bag } from './cart.js';\nlet x: B$0ag;\n", 'class Cart src/cart.ts:9'],
  ["//- /src/use.js\nconst { total: sum } = require('./cart');\ns$0um([]);\n", 'function total src/cart.ts:6'],
  ['//- /shop/use.py\nfrom shop.cart import total as s$0um\n', 'function total shop/cart.py:4'],
  ['//- /shop/use.py\nfrom .cart import total as sum_of\nprint(sum_$0of([]))\n', 'function total shop/cart.py:4'],
  ['//- /rust/src/user.rs\nuse crate::store::{open, Store as Sto$0ck};\n', 'class Store rust/src/store.rs:3'],
  [
    '//- /rust/src/user.rs\nuse crate::store::open as unlock;\nfn f() { un$0lock(); }\n',
    'function open rust/src/store.rs:5',
  ],
  ['//- /jvm/App.java\nimport shop.store.St$0ore;\n', 'class Store jvm/shop/store/Store.java:4'],
  ['//- /php/src/use.php\n<?php\nuse Shop\\Store as Stock;\nnew St$0ock();\n', 'class Store php/src/Shop/Store.php:4'],
  // A parameter of that name is none, nor is a member.
  ["//- /src/use.ts\nimport { total as sum } from './cart.js';\nconst f = (sum) => s$0um;\n", 'nothing'],
  ["//- /src/use.ts\nimport { total as sum } from './cart.js';\nx.s$0um();\n", 'nothing'],
  // What a library calls so is not its namesake here.
  ["//- /src/use.ts\nimport { total as sum } from 'lodash';\ns$0um();\n", 'nothing'],
  // Modules: the way there, and their names.
  ["//- /src/use.ts\nimport { total } from './ca$0rt.js';\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.ts\nimport './ca$0rt';\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.ts\nexport * from './fe$0es';\n", 'file src/fees/index.ts src/fees/index.ts:1'],
  ["//- /src/use.ts\nconst x = await import('./ca$0rt');\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.js\nconst cart = require('./ca$0rt');\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.ts\nimport * as ca$0rt from './cart.js';\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.ts\nimport * as bag from './cart.js';\nb$0ag.total([]);\n", 'file src/cart.ts src/cart.ts:1'],
  ["//- /src/use.ts\nimport * as bag from './cart.js';\nbag.to$0tal([]);\n", 'function total src/cart.ts:6'],
  ["//- /src/use.ts\nimport charge from './fees';\nchar$0ge(1);\n", 'file src/fees/index.ts src/fees/index.ts:1'],
  ["//- /src/use.ts\nimport ca$0rt from 'cart';\n", 'nothing'],
  ["//- /src/use.ts\nconst x = './ca$0rt';\n", 'nothing'],
  ['//- /shop/use.py\nfrom shop.ca$0rt import total\n', 'file shop/cart.py shop/cart.py:1'],
  ['//- /shop/use.py\nfrom sh$0op.cart import total\n', 'file shop/__init__.py shop/__init__.py:1'],
  ['//- /shop/use.py\nfrom . import ca$0rt\n', 'file shop/cart.py shop/cart.py:1'],
  ['//- /shop/use.py\nimport shop.cart as bag\nprint(b$0ag.total([]))\n', 'file shop/cart.py shop/cart.py:1'],
  ['//- /shop/use.py\nfrom shop.cart import total\ncart = 1\nprint(ca$0rt)\n', 'constant cart shop/use.py:2'],
  ['//- /a/a.go\npackage a\n\nimport "example.com/shop/pkg/sto$0re"\n', 'file pkg/store pkg/store/doc.go:1'],
  [
    '//- /a/a.go\npackage a\n\nimport db "example.com/shop/pkg/store"\n\nfunc f() { d$0b.Open() }\n',
    'file pkg/store pkg/store/doc.go:1',
  ],
  [
    '//- /a/a.go\npackage a\n\nimport "example.com/shop/pkg/store"\n\nfunc f() { sto$0re.Open() }\n',
    'file pkg/store pkg/store/doc.go:1',
  ],
  ['//- /a/a.go\npackage a\n\nimport "net/ht$0tp"\n', 'nothing'],
  ['//- /rust/src/user.rs\nuse crate::sto$0re::Store;\n', 'file rust/src/store.rs rust/src/store.rs:1'],
  [
    '//- /rust/src/user.rs\nuse crate::store as st;\nfn f() { s$0t::open(); }\n',
    'file rust/src/store.rs rust/src/store.rs:1',
  ],
  ['//- /rust/src/lib.rs\nmod sto$0re;\n', 'file rust/src/store.rs rust/src/store.rs:1'],
  ['//- /jvm/App.java\nimport shop.sto$0re.Store;\n', 'file jvm/shop/store/Store.java jvm/shop/store/Store.java:3'],
  ['//- /c/main.c\n#include "sto$0re.h"\n', 'file c/include/store.h c/include/store.h:3'],
  ['//- /c/main.c\n#include <std$0io.h>\n', 'nothing'],
  ["//- /app.rb\nrequire 'sto$0re'\n", 'file lib/store.rb lib/store.rb:1'],
];

test('imports lead where they lead', async () => {
  const engine = await engineOn(SHOP);
  for (const [marked, meant] of MEANINGS) expect.soft(await meantAt(engine, marked), marked).toBe(meant);
});

test('the card of a file says what it is for, what it defines and who imports it, each cited', async () => {
  const engine = await engineOn(SHOP);
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover({ path: 'src/pay.ts', line: 1, column: 34 });
  expect(card!.citations.every(({ verified }) => verified)).toBe(true);
  expect(hoverMarkdown(card!)).toMatchInlineSnapshot(`
    "Carts and what is in them.

    file · src/cart.ts:1 [1]  
    **Defines** src/cart.ts:6 [2] \`function total(items: number[]): number\`  
    src/cart.ts:9 [3] \`class Cart\`  
    **Imported by** src/deep/bill.ts:1 [4], test/cart.test.ts:1 [5] · 3 files"
  `);
});

test('who imports a file is told from open buffers too, and the nearest of many are shown', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, i) => [`far${i}/use.ts`, "import { total } from '../src/cart.js';\ntotal([]);\n"]),
  );
  const engine = await engineOn({ ...SHOP, ...many });
  engine.openBuffer('src/tax.ts', "import { Cart } from './cart.js';\nexport const TAX = 0.2;\n");
  engine.openBuffer('src/pay.ts', 'export const pay = 1;\n');
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover({ path: 'test/cart.test.ts', line: 1, column: 33 });
  expect(card!.uses.map(({ path, line }) => `${path}:${line}`).slice(0, 2)).toEqual([
    'src/tax.ts:1',
    'src/deep/bill.ts:1',
  ]);
  expect(card!.usage).toMatchObject({ more: true });
});

test('where the grammar is late the way to a module has no card rather than a namesake’s', async () => {
  const engine = await engineOn(
    { ...SHOP, 'src/use.ts': "import { total } from './cart.js';\nexport const cart = total([]);\n" },
    { pointedMs: 0 },
  );
  await using snapshot = await engine.snapshot();
  expect(await snapshot.hover({ path: 'src/use.ts', line: 1, column: 27 })).toBeNull();
  expect((await snapshot.hover({ path: 'src/use.ts', line: 1, column: 11 }))?.name).toBe('total');
});
