/**
 * BM25, told twice: by SQLite for what is stored and by us for what is open in an editor. The two must agree, and
 * neither may depend on the order in which files were written.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scoreChunk } from '../../server/src/index/lexical.js';
import { parseFile } from '../../server/src/index/parse.js';
import { createReader, type LexicalQuery, type LexicalResult } from '../../server/src/index/store/reader.js';
import { openForWriting } from '../../server/src/index/store/schema.js';
import { createWriter, type FileChange } from '../../server/src/index/store/writer.js';
import { tokensOf } from '../../server/src/index/tokens.js';
import { scratchFolder } from '../support/engine.js';
import { many } from '../support/fixture.js';

const WEIGHTS = [1, 3, 1.5, 1, 1] as const;

async function changeOf(path: string, text: string): Promise<Extract<FileChange, { kind: 'indexed' }>> {
  // Cut by lines: the fields are filled by hand below, so that each of them counts.
  const parsed = await parseFile(path, text, async () => ({ failed: 'not wanted' }), 1000);
  if (parsed.kind !== 'indexed') throw new Error(parsed.reason);
  const { kind, ...file } = parsed;
  const chunks = file.chunks.map((chunk, i) => {
    const words = chunk.fields.body.split(' ');
    const fields = {
      ...chunk.fields,
      symbol: words.slice(0, 1).join(' '),
      signature: words.slice(0, 3).join(' '),
      comment: words.slice(2, 4 + i).join(' '),
    };
    return { ...chunk, fields };
  });
  return { kind, mark: { path, stamp: text, settled: true }, file: { ...file, chunks } };
}

/** A store into which these commits were written one after another. */
function storeOf(commits: readonly (readonly FileChange[])[]): {
  search(query: Partial<LexicalQuery>): LexicalResult;
  end(): void;
} {
  const folder = join(scratchFolder(), 'store');
  const { database } = openForWriting(folder, '/root');
  const writer = createWriter(database);
  for (const changes of commits) writer.commit(changes);
  const reader = createReader(folder);
  const { snapshot } = reader.begin();
  return {
    search: (query) =>
      reader.lexical(snapshot, { terms: [], weights: WEIGHTS, maxTerms: 32, limit: 1000, hidden: [], ...query }),
    end() {
      reader.end(snapshot);
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a person would see of a result: no numbers of rows. */
function shownOf({ candidates, statistics }: LexicalResult): unknown {
  return { statistics, candidates: candidates.map(({ id: _id, ...row }) => row) };
}

const WORDS = ['lantern', 'oil', 'rope', 'harbour', 'parsePool', 'quay', '缓存', 'über', 'x1'];
const line = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
const text = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.boolean())
  .map(([lines, long]) => (long ? many(60, `${lines.join(' ')} filler words #`) : lines.join('\n')));
const corpus = fc.dictionary(
  fc.constantFrom('a.txt', 'b.txt', 'src/c.txt', 'src/lantern.txt', 'oil/oil.txt', 'z.txt'),
  text,
  { minKeys: 1, maxKeys: 6 },
);
const terms = fc.uniqueArray(fc.constantFrom(...WORDS.flatMap(tokensOf), 'missing'), { minLength: 1, maxLength: 6 });
const weights = fc.constantFrom<LexicalQuery['weights']>(
  WEIGHTS,
  [1, 1, 1, 1, 1],
  [0, 0, 0, 0, 1],
  [2.5, 0.5, 1, 4, 0.25],
);

test('an open buffer scores as it will when it is saved', () =>
  fc.assert(
    fc.asyncProperty(corpus, terms, weights, async (files, asked, weighted) => {
      const changes = await Promise.all(Object.entries(files).map(([path, content]) => changeOf(path, content)));
      const store = storeOf([changes]);
      const { candidates, statistics } = store.search({ terms: asked, weights: weighted });
      const stored = new Map(candidates.map((row) => [`${row.path}:${row.startLine}`, row.lexical]));
      for (const { file } of changes)
        for (const { fields, startLine } of file.chunks) {
          const ours = scoreChunk(fields, weighted, statistics);
          const theirs = stored.get(`${file.path}:${startLine}`) ?? 0;
          expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-9 * Math.max(1, theirs));
        }
      store.end();
    }),
    { numRuns: 40 },
  ));

test('results do not depend on the order of writing, nor on what was there before', () =>
  fc.assert(
    fc.asyncProperty(corpus, corpus, terms, fc.nat(), async (before, files, asked, seed) => {
      const changes = await Promise.all(Object.entries(files).map(([path, content]) => changeOf(path, content)));
      const earlier = await Promise.all(Object.entries(before).map(([path, content]) => changeOf(path, content)));
      const gone = Object.keys(before)
        .filter((path) => !(path in files))
        .map((path): FileChange => ({ kind: 'removed', path }));
      const turned = [...changes]
        .sort((a, b) => ((a.mark.path.length * seed) % 7) - ((b.mark.path.length * seed) % 7))
        .reverse();
      const clean = storeOf([changes]);
      const lived = storeOf([earlier, gone, ...turned.map((change) => [change])]);
      const query = { terms: asked };
      expect(shownOf(lived.search(query))).toEqual(shownOf(clean.search(query)));
      clean.end();
      lived.end();
    }),
    { numRuns: 40 },
  ));

test('of many passages with the same score the first by path are kept, whatever the order of writing', async () => {
  const changes = await Promise.all(
    Array.from({ length: 60 }, (_, i) => changeOf(`f${String(i).padStart(2, '0')}.txt`, 'lantern oil')),
  );
  const forwards = storeOf([changes]);
  const backwards = storeOf([changes.toReversed()]);
  const query = { terms: ['lantern'], limit: 10 };
  const expected = changes.slice(0, 10).map(({ file }) => file.path);
  expect(forwards.search(query).candidates.map((row) => row.path)).toEqual(expected);
  expect(backwards.search(query).candidates.map((row) => row.path)).toEqual(expected);
});

test('terms are searched for rarest first, and no more of them than asked for', async () => {
  const store = storeOf([
    [
      await changeOf('a.txt', 'lantern oil'),
      await changeOf('b.txt', 'lantern rope'),
      await changeOf('c.txt', 'lantern quay'),
    ],
  ]);
  const { statistics, candidates } = store.search({ terms: ['lantern', 'oil', 'missing', 'oil'], maxTerms: 1 });
  expect(statistics.terms).toEqual([
    { term: 'oil', documents: 1 },
    { term: 'missing', documents: 0 },
  ]);
  expect(candidates.map((row) => row.path)).toEqual(['a.txt']);
});

test('a hidden file leaves room for others', async () => {
  const long = await changeOf('a.txt', many(3000, 'lantern filler filler filler filler filler #'));
  expect(long.file.chunks.length).toBeGreaterThan(60);
  const store = storeOf([[long, await changeOf('b.txt', `lantern ${'other '.repeat(200)}`)]]);
  expect(store.search({ terms: ['lantern'], limit: 5, hidden: ['a.txt'] }).candidates.map((row) => row.path)).toEqual([
    'b.txt',
  ]);
});

test('no term can break the query', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom('"', '""', "'", '*', 'AND', 'NEAR(', 'body:', '-', '^', '\u0000'),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      async (asked) => {
        const store = storeOf([[await changeOf('a.txt', 'lantern AND oil')]]);
        expect(store.search({ terms: [...asked, 'lantern'] }).candidates).toHaveLength(1);
        store.end();
      },
    ),
    { numRuns: 40 },
  ));
