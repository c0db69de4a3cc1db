/**
 * Fielded BM25, told three times: over posting lists for what is stored, over tokens for what is open in an editor, and
 * slowly from the texts. They must agree, and none may depend on the order in which files were written.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexedFileOf } from '../../server/src/index/indexedFile.js';
import { type LexicalParameters, scoreFile } from '../../server/src/index/lexical.js';
import { type Chunk, parseFile } from '../../server/src/index/parse.js';
import { FIELD_NAMES } from '../../server/src/index/postings.js';
import type { LexicalQuery } from '../../server/src/index/store/lexicalSearch.js';
import { createReader, type LexicalResult } from '../../server/src/index/store/reader.js';
import { openForWriting } from '../../server/src/index/store/schema.js';
import { createWriter, type FileChange } from '../../server/src/index/store/writer.js';
import { tokensOf } from '../../server/src/index/tokens.js';
import { LEXICAL } from '../../server/src/rag/weights.js';
import { scratchFolder } from '../support/engine.js';
import { many } from '../support/fixture.js';

const PARAMETERS = LEXICAL;

/** A change with the chunks that it was made from, for the slow truth. */
type Change = Extract<FileChange, { kind: 'indexed' }> & { chunks: Chunk[] };

async function changeOf(path: string, text: string): Promise<Change> {
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
  return { kind, mark: { path, stamp: text, settled: true }, file: indexedFileOf({ ...file, chunks }), chunks };
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
      reader.lexical(snapshot, { terms: [], parameters: PARAMETERS, maxTerms: 32, limit: 1000, hidden: [], ...query }),
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
const field = fc.record({ weight: fc.constantFrom(0, 0.25, 1, 3), b: fc.constantFrom(0, 0.3, 0.75, 1) });
const parameters = fc.record({
  k1: fc.constantFrom(0.5, 1.2, 2),
  fields: fc.array(field, { minLength: 5, maxLength: 5 }),
});

/** The formula as the paper has it, from the texts alone: no postings, no arrays, no order. */
function slowScores(
  files: readonly Change[],
  asked: readonly string[],
  { k1, fields }: LexicalParameters,
): Map<string, number> {
  const chunks = files.flatMap(({ file, chunks: own }) =>
    own.map((chunk) => ({
      place: `${file.path}:${chunk.startLine}`,
      fields: FIELD_NAMES.map((name) => chunk.fields[name].split(' ').filter(Boolean)),
    })),
  );
  const mean = FIELD_NAMES.map((_, f) => {
    const filled = chunks.map((chunk) => chunk.fields[f]!.length).filter((length) => length > 0);
    return filled.reduce((sum, length) => sum + length, 0) / Math.max(1, filled.length);
  });
  return new Map(
    chunks.map((chunk) => {
      const score = asked.reduce((sum, term) => {
        const documents = chunks.filter((other) => other.fields.some((tokens) => tokens.includes(term))).length;
        const weighted = chunk.fields.reduce((total, tokens, f) => {
          const { weight, b } = fields[f]!;
          const frequency = tokens.filter((token) => token === term).length;
          // An empty field divides nothing by nothing where b is 1.
          if (frequency === 0) return total;
          return total + (weight * frequency) / (1 - b + (b * tokens.length) / Math.max(1, mean[f]!));
        }, 0);
        const idf = Math.log(1 + (chunks.length - documents + 0.5) / (documents + 0.5));
        return sum + (idf * weighted * (k1 + 1)) / (k1 + weighted);
      }, 0);
      return [chunk.place, score];
    }),
  );
}

test('the store scores every chunk as the formula does', () =>
  fc.assert(
    fc.asyncProperty(corpus, terms, parameters, async (files, asked, given) => {
      const changes = await Promise.all(Object.entries(files).map(([path, content]) => changeOf(path, content)));
      const store = storeOf([changes]);
      const { candidates } = store.search({ terms: asked, parameters: given });
      const stored = new Map(candidates.map((row) => [`${row.path}:${row.startLine}`, row.lexical]));
      for (const [place, score] of slowScores(changes, asked, given))
        expect(Math.abs((stored.get(place) ?? 0) - score)).toBeLessThanOrEqual(1e-9 * Math.max(1, score));
      store.end();
    }),
    { numRuns: 40 },
  ));

test('an open buffer scores as it will when it is saved', () =>
  fc.assert(
    fc.asyncProperty(corpus, terms, parameters, async (files, asked, given) => {
      const changes = await Promise.all(Object.entries(files).map(([path, content]) => changeOf(path, content)));
      const store = storeOf([changes]);
      const { candidates, statistics } = store.search({ terms: asked, parameters: given });
      const stored = new Map(candidates.map((row) => [`${row.path}:${row.startLine}`, row.lexical]));
      for (const { file } of changes)
        for (const [i, ours] of scoreFile(file.terms, given, statistics).entries()) {
          const { startLine } = file.chunks[i]!;
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
        .map((path): FileChange => ({ kind: 'removed', path, isLeftOut: false }));
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

test('posting lists that are mostly dead are written anew, and nothing else changes', async () => {
  const folder = join(scratchFolder(), 'store');
  const { database } = openForWriting(folder, '/root');
  const writer = createWriter(database);
  const changes = await Promise.all(
    Array.from({ length: 120 }, (_, i) => changeOf(`f${i}.txt`, many(12, `lantern oil word${i} #`))),
  );
  for (let round = 0; round < 12; round++) writer.commit(changes);
  const bytes = () => (database.prepare('SELECT sum(length(data)) AS n FROM postings').get() as { n: number }).n;
  const search = () => {
    const reader = createReader(folder);
    const { snapshot } = reader.begin();
    const query = { terms: ['lantern', 'word7'], parameters: PARAMETERS, maxTerms: 32, limit: 50, hidden: [] };
    const result = shownOf(reader.lexical(snapshot, query));
    reader.end(snapshot);
    return result;
  };
  const before = { bytes: bytes(), found: search() };
  writer.finishScan({ at: '2026-01-01T00:00:00.000Z', skipped: {} });
  expect(bytes()).toBeLessThan(before.bytes / 4);
  expect(search()).toEqual(before.found);
  database.close();
});

test('the best few are the first few of all', () =>
  fc.assert(
    fc.asyncProperty(corpus, terms, fc.integer({ min: 1, max: 8 }), async (files, asked, limit) => {
      const changes = await Promise.all(Object.entries(files).map(([path, content]) => changeOf(path, content)));
      const store = storeOf([changes]);
      const all = store.search({ terms: asked }).candidates;
      expect(store.search({ terms: asked, limit }).candidates).toEqual(all.slice(0, limit));
      store.end();
    }),
    { numRuns: 40 },
  ));
