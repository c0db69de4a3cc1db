/** The grep agent: its terms, its matches, its windows, with ripgrep and without. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openGrep, termsOf, testOf } from '../../server/src/evaluate/grep.js';
import { openLineSearch, readEach } from '../../server/src/evaluate/lineSearch.js';
import { engineOn, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';

test('terms are identifiers as they are spelled, parts, and neighbours as one identifier', () => {
  expect(termsOf('Where does `parse_pool` close its threads?')).toEqual(
    expect.arrayContaining(['parse_pool', 'pars', 'pool', 'clos', 'thread']),
  );
  expect(termsOf('the parse pool')).toContain('parsepool');
  expect(termsOf('how is it done in go')).not.toContain('go');
  expect(termsOf('怎样计算水位？')).toEqual(expect.arrayContaining(['计算', '水位']));
  expect(termsOf(many(500, 'word# other#')).length).toBeLessThanOrEqual(120);
});

test('short terms match whole words and parts of identifiers only', () => {
  const matches = (term: string, text: string) => testOf(term)(text, text.toLowerCase());
  for (const text of ['api', 'an API', 'getApi()', 'apiKey', 'ApiKey', 'api_key', 'my_api'])
    expect(matches('api', text), text).toBe(true);
  for (const text of ['rapid', 'capital', 'CAPITAL', 'Apiary']) expect(matches('api', text), text).toBe(false);
  expect(matches('pool', 'whirlpools')).toBe(true);
});

const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B', ' ', '\n', 'é', '水', '.', '$'), maxLength: 40 });

test('ripgrep and plain reading find the same lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(letters, { minLength: 1, maxLength: 3 }),
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '水', '$'), minLength: 1, maxLength: 3 }), { minLength: 1 }),
      async (texts, terms) => {
        const root = scratchFolder();
        const paths = texts.map((_, i) => `folder/f${i}.txt`);
        // A file that is not asked for, and one that an ignore file names.
        await writeFiles(root, {
          ...Object.fromEntries(texts.map((text, i) => [paths[i]!, text])),
          'other.txt': 'a b',
        });
        await writeFiles(root, { '.gitignore': 'f0.txt\n' });
        const sorted = async (search: ReturnType<typeof readEach>) =>
          (await search(terms)).sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
        expect(await sorted(openLineSearch(root, paths))).toEqual(await sorted(readEach(root, paths)));
      },
    ),
    { numRuns: 25 },
  );
});

test('files come by the rarity of what they hold, and show their densest lines', async () => {
  const filler = (n: number) => many(n, 'const filler# = common(#);');
  const engine = await engineOn({
    'src/common.ts': `${filler(200)}\n`,
    'src/harbour.ts': `${filler(100)}\nfunction moorTheBoat(rope) {\n  return rope.knot('bowline');\n}\n${filler(100)}\n`,
    'src/knot.ts': `${filler(60)}\n// a bowline\n`,
    'test/harbour.test.ts': `${filler(10)}\nmoorTheBoat(rope.knot('bowline'));\n`,
  });
  const searcher = await openGrep(engine);
  const found = await searcher.search({ query: 'rope bowline' }, 10);
  expect(found.map(({ path }) => path).slice(0, 2)).toEqual(['src/harbour.ts', 'src/knot.ts']);
  const [first] = found;
  expect(first!.startLine).toBeLessThanOrEqual(101);
  expect(first!.endLine).toBeGreaterThanOrEqual(103);
  expect(first!.endLine - first!.startLine).toBe(39);
  // A file that is only called so is found by its name.
  expect((await searcher.search({ query: 'harbour' }, 10)).map(({ path }) => path)).toContain('src/harbour.ts');
  expect(await searcher.search({ query: 'nothing like it' }, 10)).toEqual([]);
  expect(await searcher.search({ query: '' }, 10)).toEqual([]);
});
