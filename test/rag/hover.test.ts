/** What a card says of the name under the pointer. */
import { expect, test } from 'vitest';
import { hoverMarkdown } from '../../server/src/base/hoverCard.js';
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

    **Used in**

    - src/use.ts:1 [2] — \`import { lightLantern } from './lantern.js';\`
    - src/use.ts:2 [3] — \`lightLantern(3);\`
    - test/lantern.test.ts:1 [4] — \`lightLantern(4);\`"
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

    function · b/open.py:1 [1]

    Also defined at a/open.py:1 [2]

    **Used in**

    - b/use.py:1 [3] — \`open_it()\`"
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

    function · a/open.ts:1 [1]

    Also defined at b/open.ts:1 [2]

    Called by \`useIt\`

    **Used in**

    - b/other.ts:1 [3] — \`import { openIt } from './open.js';\`
    - b/use.ts:1 [4] — \`import { openIt } from '../a/open.js';\`
    - b/use.ts:3 [5] — \`openIt();\`"
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
    signature: 'function known(more: number)',
  });
  expect(card!.citations[0]).toMatchObject({ path: 'a.ts', startLine: 2 });
});
