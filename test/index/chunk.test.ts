/**
 * How files are cut: in examples by language, and as a property of any text whatever. The property is the first promise
 * of the index: each line that is not blank lies in exactly one chunk.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LineRange } from '../../server/src/base/answer.js';
import { tellKept } from '../../server/src/base/l10n.js';
import { linesOf, sliceLines } from '../../server/src/base/text.js';
import { MAX_CHUNK_CHARACTERS, parentOf } from '../../server/src/index/chunk.js';
import { LANGUAGES } from '../../server/src/index/languages.js';
import { parseFile } from '../../server/src/index/parse.js';
import { many, parseFixture } from '../support/fixture.js';
import { checkCoverage, outliner, parse, symbolsOf } from '../support/parsing.js';
import { arbitraryText } from '../support/sources.js';

/** A file of each grammar and query, and of each other way to cut. */
const PATHS = [
  ...new Map(LANGUAGES.map(({ cut, extensions: [ending] }) => [JSON.stringify(cut), `a.${ending}`])).values(),
  'a.txt',
];

/** The marked ranges are the chunks; `kind` and `name` are the words of the tag. */
async function checkChunks(marked: string): Promise<void> {
  const { files, marks } = parseFixture(marked);
  for (const [path, text] of Object.entries(files)) {
    const { chunks } = await parse(path, text);
    const expected = marks
      .filter((mark) => mark.path === path)
      .map(({ startLine, endLine, words: [kind, ...name] }) =>
        `${startLine}-${endLine} ${kind} ${name.join(' ')}`.trim(),
      );
    expect(
      chunks.map(({ startLine, endLine, kind, symbol }) => `${startLine}-${endLine} ${kind} ${symbol}`.trim()),
    ).toEqual(expected);
  }
}

for (const path of PATHS)
  test(`every line of any ${path} that is not blank lies in exactly one chunk`, () =>
    fc.assert(
      // Short enough for the scanners of Scala and Svelte, which take the square of a text that never closes.
      fc.asyncProperty(arbitraryText, async (text) => {
        const result = await parseFile(path, text.slice(0, 6000), outliner, 2000);
        if (result.kind === 'indexed') checkCoverage(result);
        else expect(result.reason).toBe('generated');
      }),
      { numRuns: 40 },
    ));

test('bytes of any kind are cut or skipped with a reason, never thrown', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom(...PATHS), async (bytes, path) => {
      const result = await parseFile(path, bytes, outliner, 20_000);
      if (result.kind === 'indexed') checkCoverage(result);
      else expect(result.reason).not.toBe('');
    }),
    { numRuns: 100 },
  ));

test('an expression nested thousands deep is cut all the same', async () => {
  for (const [path, text] of [
    ['deep.ts', `const x = ${'(\n'.repeat(4000)}1${'\n)'.repeat(4000)};\n`],
    ['deep.ts', `const x =\n${many(4000, '  "piece #" +')}\n  "";\n`],
    ['deep.ts', `${'{\n'.repeat(3000)}${'}\n'.repeat(3000)}`],
    ['deep.ts', `${'if (a) {\n'.repeat(1500)}${'}\n'.repeat(1500)}`],
    ['deep.json', `${'[\n'.repeat(4000)}${']\n'.repeat(4000)}`],
    ['deep.html', `${'<div>\n'.repeat(3000)}${'</div>\n'.repeat(3000)}`],
    ['deep.yaml', many(500, 'a:').replace(/^a:$/gm, (_line, at) => `${' '.repeat(at / 3)}a:`)],
    ['deep.cpp', `${'namespace a {\n'.repeat(1500)}${'}\n'.repeat(1500)}`],
    ['deep.lua', `${'do\n'.repeat(1500)}${'end\n'.repeat(1500)}`],
    ['deep.hs', `x = ${'(\n '.repeat(1500)}1${'\n )'.repeat(1500)}\n`],
  ] as const)
    checkCoverage(await parse(path, text));
});

test('a file of one kind of statement many thousand times over is cut within its limit', async () => {
  const { chunks, ...file } = await parse('long.js', many(20_000, 'call(#);'));
  checkCoverage({ ...file, chunks });
  const lines = linesOf(file.text);
  for (const { startLine, endLine } of chunks)
    expect((lines.starts[endLine] ?? file.text.length) - lines.starts[startLine - 1]!).toBeLessThanOrEqual(
      MAX_CHUNK_CHARACTERS + 200,
    );
});

test('the deadline holds for the query as it does for the parse', async () => {
  // Nested signs are quick to parse and slow to query: a second for each 30 kB, and four times that for twice as much.
  const { notes, ...file } = await parse('signs.ts', `${'+ '.repeat(30_000).replace(/(.{2000})/g, '$1\n')}\n`, 100);
  checkCoverage({ notes, ...file });
  expect(notes.map(tellKept)).toEqual(['signs.ts was cut by lines: parsing took longer than 100 ms']);
});

test('a heading followed by a long run of spaces does not stop the parser', async () => {
  const { chunks } = await parse('spaces.md', `# a${' '.repeat(2500)}b\n\ntext\n`);
  expect(chunks[0]!.symbol).toMatch(/^a +b$/);
}, 1000);

test('a small file is one chunk named for its largest part', () =>
  checkChunks(`
//- /cart.ts
<chunk class Cart>import { Money } from './money.js';

/** Sum in cents. */
export class Cart {
  total(): Money { return this.sum; }
}
export const EMPTY = new Cart();</chunk>
`));

test('two functions too long for one chunk are two, and each keeps the comment above it', () =>
  checkChunks(`
//- /two.ts
<chunk function first>/** Adds up. */
export function first(a: number): number {
${many(20, '  a += # * 1000; // nothing to see on this line')}
  return a;
}</chunk>

<chunk function second>// Takes away,
// one by one.
function second(b: number) {
${many(20, '  b -= # * 1000; // nothing to see on this line')}
}</chunk>
`));

test('a class too long for one chunk is cut between its methods, and decorators stay with theirs', () =>
  checkChunks(`
//- /shop.py
<chunk class Shop>class Shop:
    """Sells things."""

    @property
    def open(self):
${many(20, "        self.log('line # of the method open')")}
        return True</chunk>

<chunk method Shop.close>    @staticmethod
    @cached
    def close():
${many(20, "        print('line # of the method close')")}</chunk>
`));

test('small siblings share a chunk', () =>
  checkChunks(`
//- /small.go
<chunk function a>package small

func a() int { return 1 }

func b() int { return 2 }

${many(6, '// c gives back three, and this is line # of why.')}
func c() int { return 3 }</chunk>

<chunk function big>func big() {
${many(35, '\tprintln("line # of a long function")')}
}</chunk>
`));

test('a method too long for one chunk is cut inside, and each part is named for it', async () => {
  const { chunks } = await parse(
    'long.java',
    `class Shop {\n  void stock(int n) {\n${many(90, '    shelf.put(#, "some thing to sell");')}\n  }\n}\n`,
  );
  expect(chunks.length).toBeGreaterThan(2);
  expect(chunks.map(({ kind, symbol }) => `${kind} ${symbol}`)).toEqual(
    chunks.map((_, i) => (i === 0 ? 'class Shop' : 'method Shop.stock')),
  );
  expect(chunks[1]!.enclosing).toBe('class Shop');
  expect(chunks[1]!.signature).toBe('void stock(int n)');
});

test('text of no known grammar is cut before what begins at the margin, not before what closes there', async () => {
  const part = (name: string) => `sub ${name} {\n${many(6, '    my $x = # * 1000; # a line that says little')}

${many(6, '    $x += # * 1000; # a line that says little')}\n}\n`;
  const { chunks } = await parse('a.pl', ['one', 'two', 'three', 'four'].map(part).join('\n'));
  expect(chunks.map(({ startLine, endLine }) => `${startLine}-${endLine}`)).toEqual(['1-31', '33-63']);
});

test('a Markdown file is cut at its headings, each under the headings around it', async () => {
  const { chunks } = await parse(
    'guide.md',
    `# Guide\n\n${many(8, 'Words about the guide, number #.')}\n\n## Install\n\n${many(8, 'Words about installing, number #.')}\n\n\`\`\`sh\n# not a heading\n\`\`\`\n\nFaster\n------\n\n${many(8, 'Words about speed, number #.')}\n`,
  );
  expect(chunks.map(({ kind, enclosing, symbol }) => `${kind}: ${enclosing} > ${symbol}`)).toEqual([
    'section:  > Guide',
    'section: Guide > Install',
    'section: Guide > Faster',
  ]);
});

test('tiny sections share a chunk named for the longest, and a bare heading goes with what stands under it', async () => {
  const words = (about: string) => many(8, `Words about ${about}, number #.`);
  const { chunks } = await parse(
    'guide.md',
    `# Guide\n\n## Install\n\n### From source\n\n${words('building')}\n\n## Speed\n\n${words('speed')}\n\n### Limits\n\nNone.\n\n### Known bugs\n\nNone.\n`,
  );
  expect(chunks.map(({ startLine, endLine, enclosing, symbol }) => [startLine, endLine, enclosing, symbol])).toEqual([
    [1, 14, 'Guide › Install', 'From source'],
    [16, 33, 'Guide', 'Speed'],
  ]);
});

test('no chunk of a changelog of tiny sections is a crumb', async () => {
  const { chunks, text } = await parse('CHANGELOG.md', many(300, '## 1.#\n\n- Mends it.\n'));
  const lines = linesOf(text);
  expect(chunks.filter((chunk) => sliceLines(lines, chunk).length < 100)).toEqual([]);
});

test('a chunk knows the lines of what it is a part of', async () => {
  const method = (name: string) => `  ${name}() {\n${many(30, `    this.log('line # of the method ${name}');`)}\n  }`;
  const { chunks } = await parse(
    'shop.ts',
    `class Shop {\n${method('open')}\n${method('close')}\n}\n\nfunction sweep() {\n${many(90, "  floor('line # of many');")}\n}\n\nfunction lone() {\n${many(30, "  alone('with nothing around # of it');")}\n}\n`,
  );
  expect(chunks.map(({ symbol, parentStart, parentEnd }) => [symbol, parentStart, parentEnd])).toEqual([
    ['Shop', 1, 66],
    ['Shop.close', 1, 66],
    ['sweep', 68, 159],
    ['sweep', 68, 159],
    ['lone', 0, 0],
  ]);
});

/** The definition of a parent, said slowly: line by line. */
function slowParent(i: number, chunks: readonly LineRange[], ranges: readonly LineRange[]): LineRange | null {
  const own = new Set(linesIn(chunks[i]!));
  const others = new Set(chunks.filter((_, j) => j !== i).flatMap(linesIn));
  const holders = ranges.filter((range) => {
    const held = linesIn(range);
    return held.some((line) => others.has(line)) && 2 * held.filter((line) => own.has(line)).length > own.size;
  });
  return holders.toSorted((a, b) => linesIn(a).length - linesIn(b).length)[0] ?? null;
}

function linesIn({ startLine, endLine }: LineRange): number[] {
  return Array.from({ length: endLine - startLine + 1 }, (_, i) => startLine + i);
}

test('a parent is the smallest range that holds most of a chunk and some of another', () => {
  const range = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 20 }))
    .map(([startLine, more]) => ({ startLine, endLine: startLine + more }));
  const disjoint = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 8 })), { minLength: 1, maxLength: 8 })
    .map((steps) => {
      let line = 0;
      return steps.map(([gap, more]) => ({ startLine: (line += gap), endLine: (line += more) }));
    });
  fc.assert(
    fc.property(disjoint, fc.array(range, { maxLength: 12 }), (chunks, ranges) =>
      chunks.forEach((_, i) => void expect(parentOf(i, chunks, ranges)).toEqual(slowParent(i, chunks, ranges))),
    ),
  );
});

test('a section under others lies in the innermost that holds more than itself', async () => {
  const words = (about: string) => many(12, `Words about ${about}, number #.`);
  const { chunks } = await parse(
    'guide.md',
    `# Guide\n\n## Install\n\n${words('it')}\n\n### Old\n\n${words('old')}\n\n## Speed\n\n${words('speed')}\n`,
  );
  expect(chunks.map(({ symbol, parentStart, parentEnd }) => [symbol, parentStart, parentEnd])).toEqual([
    ['Install', 3, 32],
    ['Old', 3, 32],
    ['Speed', 1, 47],
  ]);
});

test('symbols of TypeScript', async () => {
  expect(
    await symbolsOf(
      'a.ts',
      `
export interface Money { readonly cents: number; plus(other: Money): Money }
type Id = string;
enum Size { Small, Large }
namespace Deep { export function inner() {} }
abstract class Cart<T> extends Base {
  private items = 1;
  handler = () => {};
  constructor() { super(); }
  abstract load(): void;
  async total(this: Cart<T>): Promise<number> { return 1; }
  get size() { return 2; }
}
export const LIMIT = 3, OTHER = 4;
export const run = async (a: number) => {
  const inside = 1;
};
export default function main() {}
`,
    ),
  ).toMatchInlineSnapshot(`
    "interface Money 1-1: interface Money
    field Money.cents 1-1: readonly cents: number
    method Money.plus 1-1: plus(other: Money): Money
    type Id 2-2: type Id = string;
    enum Size 3-3: enum Size
    module Deep 4-4: namespace Deep
    function Deep.inner 4-4: function inner()
    class Cart 5-12: abstract class Cart<T> extends Base
    field Cart.items 6-6: private items = 1
    method Cart.handler 7-7: handler = () =>
    method Cart.constructor 8-8: constructor()
    method Cart.load 9-9: abstract load(): void
    method Cart.total 10-10: async total(this: Cart<T>): Promise<number>
    method Cart.size 11-11: get size()
    constant LIMIT 13-13: const LIMIT = 3, OTHER = 4;
    constant OTHER 13-13: const LIMIT = 3, OTHER = 4;
    function run 14-16: const run = async (a: number) =>
    function main 17-17: function main()"
  `);
});

test('symbols of TSX', async () => {
  expect(
    await symbolsOf(
      'a.tsx',
      `\nexport const Button = ({ label }: Props) => <button>{label}</button>;\nfunction Page() { return <Button label="x" />; }\n`,
    ),
  ).toMatchInlineSnapshot(`
    "function Button 1-1: const Button = ({ label }: Props) =>
    function Page 2-2: function Page()"
  `);
});

test('symbols of JavaScript', async () => {
  expect(
    await symbolsOf(
      'a.js',
      `\nclass Cart { #sum = 0; static of() {} total() {} }\nfunction* walk() {}\nvar old = function () {};\nexports.api = () => {};\n`,
    ),
  ).toMatchInlineSnapshot(`
    "class Cart 1-1: class Cart
    method Cart.of 1-1: static of()
    method Cart.total 1-1: total()
    function walk 2-2: function* walk()
    function old 3-3: var old = function ()
    function api 4-4: exports.api = () => {}"
  `);
});

test('symbols of Python', async () => {
  expect(
    await symbolsOf(
      'a.py',
      `
LIMIT = 3
class Shop(Base):
    name: str = "x"
    size = 1
    def open(self, a, *, b=1) -> bool:
        """Opens."""
        def inner(): pass
    @staticmethod
    async def close(): pass
@cached
def main(
    argv,
):
    pass
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant LIMIT 1-1: LIMIT = 3
    class Shop 2-9: class Shop(Base)
    field Shop.name 3-3: name: str = "x"
    field Shop.size 4-4: size = 1
    method Shop.open 5-7: def open(self, a, *, b=1) -> bool
    function Shop.inner 7-7: def inner()
    method Shop.close 8-9: @staticmethod async def close()
    function main 11-14: def main( argv, )"
  `);
});

test('symbols of Go', async () => {
  expect(
    await symbolsOf(
      'a.go',
      `
package shop
const Limit = 3
var (
	a = 1
)
type Cart struct { Sum int }
type Money interface { Cents() int }
type Id = string
type Size int
func (c *Cart) Total(a int, b ...string) (int, error) { return 1, nil }
func New() *Cart { return nil }
`,
    ),
  ).toMatchInlineSnapshot(`
    "constant Limit 2-2: Limit = 3
    constant a 4-4: a = 1
    class Cart 6-6: type Cart struct { Sum int }
    field Cart.Sum 6-6: Sum int
    interface Money 7-7: type Money interface { Cents() int }
    method Money.Cents 7-7: Cents() int
    type Id 8-8: type Id = string
    type Size 9-9: type Size int
    method Cart.Total 10-10: func (c *Cart) Total(a int, b ...string) (int, error)
    function New 11-11: func New() *Cart"
  `);
});

test('symbols of Rust', async () => {
  expect(
    await symbolsOf(
      'a.rs',
      `
pub struct Cart<T> { sum: T }
enum Size { Small, Large(u8) }
trait Money { fn cents(&self) -> u64; fn euros(&self) -> u64 { 1 } }
impl<T> Money for Cart<T> { fn cents(&self) -> u64 { 2 } }
impl Cart<u8> { pub const MAX: u8 = 1; fn new() -> Self { todo!() } }
mod deep { pub fn inner() {} }
macro_rules! say { () => {} }
static NAME: &str = "x";
type Id = u64;
`,
    ),
  ).toMatchInlineSnapshot(`
    "class Cart 1-1: pub struct Cart<T>
    field Cart.sum 1-1: sum: T
    enum Size 2-2: enum Size
    field Size.Small 2-2: Small
    field Size.Large 2-2: Large
    interface Money 3-3: trait Money
    method Money.cents 3-3: fn cents(&self) -> u64;
    method Money.euros 3-3: fn euros(&self) -> u64
    module Cart 4-4: impl<T> Money for Cart<T>
    method Cart.cents 4-4: fn cents(&self) -> u64
    module Cart 5-5: impl Cart<u8>
    constant Cart.MAX 5-5: pub const MAX: u8 = 1;
    method Cart.new 5-5: fn new() -> Self
    module deep 6-6: mod deep
    function deep.inner 6-6: pub fn inner()
    function say 7-7: macro_rules! say { () => {} }
    constant NAME 8-8: static NAME: &str = "x";
    type Id 9-9: type Id = u64;"
  `);
});

test('symbols of Java', async () => {
  expect(
    await symbolsOf(
      'A.java',
      `
package a;
public class Cart extends Base implements Money {
  private final int sum = 1;
  Cart() { super(); }
  @Override public <T> int total(List<T> items) throws Oops { return 1; }
  enum Size { SMALL, LARGE; int n() { return 1; } }
  record Point(int x, int y) {}
}
interface Money { int cents(); }
@interface Mark {}
`,
    ),
  ).toMatchInlineSnapshot(`
    "class Cart 2-8: public class Cart extends Base implements Money
    field Cart.sum 3-3: private final int sum = 1;
    method Cart.Cart 4-4: Cart()
    method Cart.total 5-5: @Override public <T> int total(List<T> items) throws Oops
    enum Cart.Size 6-6: enum Size
    field Cart.Size.SMALL 6-6: SMALL
    field Cart.Size.LARGE 6-6: LARGE
    method Cart.Size.n 6-6: int n()
    class Cart.Point 7-7: record Point(int x, int y)
    interface Money 9-9: interface Money
    method Money.cents 9-9: int cents();
    interface Mark 10-10: @interface Mark"
  `);
});

test('the words of a comment are told apart from the words of code', async () => {
  const { chunks } = await parse(
    'a.py',
    'def area(r):\n    """Surface of a disc."""\n    return compute(r)  # roundly\n',
  );
  expect(chunks[0]!.fields).toMatchObject({ path: 'a py', symbol: 'area', comment: 'surfac of a disc roundly' });
  expect(chunks[0]!.fields.body).toBe('def area r return comput r');
});

test('a file without a name ending is plain text, whatever it is called', async () => {
  for (const name of ['bin/go', 'py', 'README', 'c', 'java'])
    expect((await parse(name, 'hello there\n')).language, name).toBe('plaintext');
});

test('each language has its own id and name endings', () => {
  const endings = LANGUAGES.flatMap(({ extensions, fileNames = [] }) => [...extensions, ...fileNames]);
  expect(new Set(endings).size).toBe(endings.length);
  expect(new Set(LANGUAGES.map(({ id }) => id)).size).toBe(LANGUAGES.length);
});

test('files that say they are generated, binary files and files of one endless line are skipped with that reason', async () => {
  const reasonOf = async (content: string | Uint8Array) => {
    const result = await parseFile('a.go', content, outliner, 1000);
    return result.kind === 'skipped' ? result.reason : 'indexed';
  };
  expect(await reasonOf('// Code generated by protoc. DO NOT EDIT.\npackage a\n')).toBe('generated');
  expect(await reasonOf(new Uint8Array([1, 2, 0, 3]))).toBe('binary');
  expect(await reasonOf(`x = "${'a'.repeat(60_000)}"\n`)).toBe('minified or data');
});
