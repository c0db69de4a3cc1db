/** What a card says of the name under the pointer. */
import { expect, test } from 'vitest';
import { hoverMarkdown } from '../../server/src/base/hoverCard.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { engineOn } from '../support/engine.js';
import { parseFixture } from '../support/fixture.js';

/** The card at `$0` as markdown; null where there is none. */
async function hoverOn(marked: string): Promise<string | null> {
  const { files, cursor } = parseFixture(marked);
  const engine = await engineOn(files);
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover(cursor!);
  if (!card) return null;
  expect(card.citations.every((citation) => citation.verified)).toBe(true);
  expect(card.citations.map((citation) => citation.n)).toEqual(card.citations.map((_, i) => i + 1));
  return hoverMarkdown(card);
}

test('a use shows the definition, its comment and its uses', async () =>
  expect(
    await hoverOn(`
//- /src/lantern.ts
/** Lights the *brass* lantern. */
export function lightLantern(oil: number): string {
  return 'flame';
}
//- /src/use.ts
import { lightLantern } from './lantern.js';
light$0Lantern(3);
//- /test/lantern.test.ts
lightLantern(4);
`),
  ).toMatchInlineSnapshot(`
    "\`\`\`typescript
    function lightLantern(oil: number): string
    \`\`\`

    Lights the \\*brass\\* lantern.

    function · src/lantern.ts:2 [1]  
    **Used by** src/use.ts:2 [2] \`lightLantern(3);\` · 2 lines in 2 files  
    **Example** test/lantern.test.ts:1 [3] \`lightLantern(4);\`"
  `));

test('the nearest of several definitions is shown, and the others are named', async () =>
  expect(
    await hoverOn(`
//- /a/open.py
def open_it():
    """Opens a."""
//- /b/open.py
def open_it():
    """Opens b."""
//- /b/use.py
open_it$0()
`),
  ).toMatchInlineSnapshot(`
    "\`\`\`python
    def open_it()
    \`\`\`

    Opens b.

    function · b/open.py:1 [1] · also defined at a/open.py:1 [2]  
    **Used by** b/use.py:1 [3] \`open_it()\` · 1 line in 1 file"
  `));

test('under a call stands what it means, with who calls it, and without the calls of its namesakes', async () =>
  expect(
    await hoverOn(`
//- /a/open.ts
export function openIt() {}
//- /b/open.ts
export function openIt() {}
//- /b/use.ts
import { openIt } from '../a/open.js';
export function useIt() {
  open$0It();
}
//- /b/other.ts
import { openIt } from './open.js';
class Other {
  run() { openIt(); }
}
`),
  ).toMatchInlineSnapshot(`
    "\`\`\`typescript
    function openIt()
    \`\`\`

    function · a/open.ts:1 [1] · also defined at b/open.ts:1 [2]  
    **Used by** \`useIt\` b/use.ts:3 [3] · 1 line in 1 file"
  `));

test('where nothing is known there is no card', async () => {
  expect(await hoverOn('\n//- /a.ts\nunknown$0();\n')).toBeNull();
  expect(await hoverOn('\n//- /a.ts\nfunction known() {} $0 ;\n')).toBeNull();
  expect(await hoverOn('\n//- /a.txt\nplain$0 words\n')).toBeNull();
});

test('letter case counts: another name is another thing', async () =>
  expect(await hoverOn('\n//- /a.ts\nexport class Oil {}\nconst x = o$0il;\n')).toBeNull());

test('markup in a comment is shown as words', async () => {
  const card = await hoverOn(`
//- /a.ts
/** ![x](https://evil.test/?q) <img src=x> [run](command:quit) www.evil.test \`\`\` */
export function known$0() {}
`);
  const words = card!.replaceAll(/ \[\d+\]/g, '');
  expect(words).toContain('evil');
  expect(words).not.toMatch(/(?<!\\)[<[!]|https?:\/\/|www\./);
});

test('a definition in an open buffer is shown as it is typed', async () => {
  const engine = await engineOn({ 'a.ts': 'export function known() {}\n', 'b.ts': 'known();\n' });
  engine.openBuffer('a.ts', '// Typed just now.\nexport function known(more: number) {}\n');
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover({ path: 'b.ts', line: 1, column: 2 });
  expect(card!.definitions[0]).toMatchObject({
    documentation: 'Typed just now.',
    signatures: ['function known(more: number)'],
  });
  expect(card!.citations[0]).toMatchObject({ path: 'a.ts', startLine: 2 });
});

const CART = {
  'cart.ts': `/** What is to be paid. */
export function total(items: number[]): number {
  return items.length;
}
export const TAX_RATE = 0.2;
export class Cart {
  total() { return TAX_RATE; }
}
`,
  'other.ts': `export class Ledger {
  total() { return 1; }
}
`,
};

/** The definitions that the card at `$0` is of, as `kind qualified path:line`; the files are open, and not saved. */
async function meantAt(engine: Engine, marked: string): Promise<string[]> {
  const { files, cursor } = parseFixture(marked);
  for (const [path, text] of Object.entries(files)) engine.openBuffer(path, text);
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover(cursor!);
  for (const path of Object.keys(files)) engine.closeBuffer(path);
  return (card?.definitions ?? []).map(({ kind, qualified, n }) => {
    const { path, startLine } = card!.citations[n - 1]!;
    return `${kind} ${qualified} ${path}:${startLine}`;
  });
}

/** What a name is, where it stands, and what it then means. */
const MEANINGS: [what: string, marked: string, meant: string[]][] = [
  [
    'a parameter is no function of its name',
    '//- /use.ts\nfunction pay(total: number) {\n  return to$0tal + 1;\n}\n',
    [],
  ],
  ['nor is a variable', '//- /use.ts\nfunction pay() {\n  const [total] = [1];\n  return to$0tal;\n}\n', []],
  ['nor a parameter of an arrow function', '//- /use.ts\nexport const pay = (total) => to$0tal;\n', []],
  [
    'nor a loop’s variable in Python',
    '//- /use.py\ndef total(): pass\ndef pay(xs):\n    for total in xs:\n        print(to$0tal)\n',
    [],
  ],
  [
    'nor one in Go',
    '//- /a.go\npackage a\nfunc total() int { return 1 }\nfunc pay() int {\n\ttotal := 2\n\treturn to$0tal\n}\n',
    [],
  ],
  ['nor one in Rust', '//- /a.rs\nfn total() {}\nfn pay() {\n    let total = 2;\n    print(to$0tal);\n}\n', []],
  [
    'nor one in Java',
    '//- /A.java\nclass A { int total() { return 1; }\n int pay(int total) { return to$0tal; } }\n',
    [],
  ],
  [
    'a property of that name is the member',
    '//- /use.ts\nimport { Cart } from "./cart.js";\nfunction pay(total: Cart) {\n  return total.to$0tal();\n}\n',
    ['method Cart.total cart.ts:7', 'function total cart.ts:2'],
  ],
  ['a keyword is no name', '//- /use.ts\nclass Bin { delete() {} }\nde$0lete x.y;\n', []],
  [
    'a member may be called as a keyword is',
    '//- /use.ts\nclass Bin { delete() {} }\nbin.de$0lete();\n',
    ['method Bin.delete use.ts:1'],
  ],
  ['a word in a string is a word', "//- /use.ts\nimport './cart.js';\nconst x = 'the to$0tal of it';\n", []],
  ['a word in a comment is a word', "//- /use.ts\nimport './cart.js';\n// The to$0tal of it.\n", []],
  [
    'a name in a comment is a name',
    "//- /use.ts\nimport './cart.js';\n// See TAX_$0RATE.\n",
    ['constant TAX_RATE cart.ts:5'],
  ],
  ['so is what stands between backticks', '//- /use.ts\n// See `Ca$0rt`.\n', ['class Cart cart.ts:6']],
  [
    'code in a string is code',
    "//- /use.ts\nimport { total } from './cart.js';\nconst x = `$" + '{to$0tal([])}`;\n',
    ['function total cart.ts:2'],
  ],
  ['an import is what it brings', "//- /use.ts\nimport { to$0tal } from './cart.js';\n", ['function total cart.ts:2']],
  [
    'the way to an import is nothing',
    '//- /use.py\nfrom total.to$0tal import x\n//- /total.py\ndef total(): pass\n',
    [],
  ],
  [
    'what comes from a library is not its namesake here',
    "//- /use.ts\nimport { total } from 'lodash';\nto$0tal([1]);\n",
    [],
  ],
  [
    'a value that is read is found by its import',
    "//- /use.ts\nimport { TAX_RATE } from './cart.js';\nconst x = TAX_$0RATE;\n",
    ['constant TAX_RATE cart.ts:5'],
  ],
  [
    'a member is that of what stands before it',
    '//- /use.ts\nexport const x = ledger.to$0tal();\n',
    ['method Ledger.total other.ts:2'],
  ],
  [
    '`this` is the class around',
    '//- /use.ts\nclass Bill {\n  total() {}\n  pay() { this.to$0tal(); }\n}\nclass Tip { total() {} }\n',
    ['method Bill.total use.ts:2'],
  ],
  [
    'in a document a marked name is one',
    '//- /README.md\nCall `to$0tal(items)` first.\n',
    ['function total cart.ts:2', 'method Cart.total cart.ts:7', 'method Ledger.total other.ts:2'],
  ],
  ['in a document a word is a word', '//- /README.md\nThe to$0tal is paid.\n', []],
  [
    'between Chinese characters a name is one',
    '//- /docs/cart.md\n先读取TAX_$0RATE再计算。\n',
    ['constant TAX_RATE cart.ts:5'],
  ],
];

test('a name means what it means where it stands', async () => {
  const engine = await engineOn(CART);
  for (const [what, marked, meant] of MEANINGS) expect(await meantAt(engine, marked), what).toEqual(meant);
});

test('overloads are one definition with all their signatures', async () =>
  expect(
    await hoverOn(`
//- /a.ts
/** Finds by number or name. */
export function find(id: number): string;
export function find(name: string): string;
export function find(what: unknown): string {
  return '';
}
//- /b.ts
import { find } from './a.js';
const x = fi$0nd(1);
`),
  ).toMatchInlineSnapshot(`
    "\`\`\`typescript
    function find(id: number): string;
    function find(name: string): string;
    function find(what: unknown): string
    \`\`\`

    Finds by number or name.

    function · a.ts:2 [1]  
    **Used by** \`x\` b.ts:2 [2] · 1 line in 1 file"
  `));

test('a card tells the prose that explains a name, and a test as an example', async () =>
  expect(
    await hoverOn(`
//- /src/cart.ts
/** 计算总价。含税。 */
export function totalPrice(items: number[]): number {
  return 1;
}
//- /src/pay.ts
import { totalPrice } from './cart.js';
export function pay() {
  return total$0Price([1]);
}
//- /README.md
# Shop

A shop. The price is made by **totalPrice**, which [rounds](https://x.test) once. More.
//- /docs/guide.md
# Guide

Nothing of it.

## totalPrice

Pass the items to totalPrice in cents.
//- /CHANGELOG.md
- totalPrice is new.
//- /test/cart.test.ts
import { totalPrice } from '../src/cart.js';
const x = totalPrice([]);
expect(totalPrice([1])).toBe(1);
`),
  ).toMatchInlineSnapshot(`
    "\`\`\`typescript
    function totalPrice(items: number[]): number
    \`\`\`

    计算总价。含税。

    function · src/cart.ts:2 [1]  
    **Used by** \`pay\` src/pay.ts:3 [2] · 3 lines in 2 files  
    **Explained in** README.md:3 [3] — The price is made by totalPrice, which rounds once.  
    docs/guide.md:7 [4] — Pass the items to totalPrice in cents.  
    **Example** test/cart.test.ts:3 [5] \`expect(totalPrice([1])).toBe(1);\`"
  `));

test('a name that very many things bear, none of them nearer, has no card', async () => {
  const files = Array.from({ length: 25 }, (_, i) => `//- /many/m${i}.ts\nexport class M${i} { get() {} }\n`).join('');
  expect(await hoverOn(`\n${files}//- /use.ts\nthing().ge$0t();\n`)).toBeNull();
  expect(await hoverOn(`\n${files}//- /use.ts\nm7.ge$0t();\n`)).toContain('many/m7.ts:1');
});

test('a card is no longer than a screen, whatever is in the files', async () => {
  const long = (line: string) => Array.from({ length: 200 }, () => line).join('\n');
  const uses = Array.from({ length: 60 }, (_, i) => `export function user${i}() { veryLongOne(); }`).join('\n');
  const card = await hoverOn(`
//- /a.ts
/**
${long(' * Says a lot of things about itself.')}
 */
export function veryLongOne(${Array.from({ length: 80 }, (_, i) => `parameter${i}: number`).join(', ')}) {}
//- /b.ts
import { veryLongOne } from './a.js';
${uses}
very$0LongOne();
//- /README.md
${long('veryLongOne is explained at great length and without an end to its sentence')}
`);
  expect(card!.split('\n').length).toBeLessThan(40);
  expect(card!.length).toBeLessThan(3000);
});

test('the pointer may rest on a name of an open buffer that is not saved', async () => {
  const engine = await engineOn({ 'a.ts': 'export function known() {}\n', 'b.ts': '\n' });
  engine.openBuffer(
    'b.ts',
    "import { known } from './a.js';\nfunction f(known: number) {\n  return known;\n}\nknown();\n",
  );
  await using snapshot = await engine.snapshot();
  expect(await snapshot.hover({ path: 'b.ts', line: 3, column: 12 })).toBeNull();
  expect((await snapshot.hover({ path: 'b.ts', line: 5, column: 2 }))?.usage).toMatchObject({ calls: 1, files: 1 });
});
