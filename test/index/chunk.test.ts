/**
 * How files are cut: in examples, and as a property of any text whatever. The property is the first promise
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
import { checkCoverage, outliner, parse } from '../support/parsing.js';
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
