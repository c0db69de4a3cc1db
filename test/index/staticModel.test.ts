/**
 * The bundled embedder: equal to what the trainer computed, whole or refused, and unmoved by any text.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EmbeddablePassage } from '../../server/src/base/embedding.js';
import { openStaticModel, type StaticModel } from '../../server/src/index/staticModel.js';

const project = join(import.meta.dirname, '../..');
const header = readFileSync(join(project, 'models/static/model.json'), 'utf8');
const weights = readFileSync(join(project, 'models/static/model.bin'));
const bundled = openStaticModel(header, weights);

interface Golden extends Partial<EmbeddablePassage> {
  query?: string;
  vector: number[];
}
const goldens: Golden[] = JSON.parse(readFileSync(join(project, 'test/fixtures/static-model.json'), 'utf8'));

/** A model of these pieces with three dimensions, small enough to reckon by hand. */
function smallModel(vocabulary: string[], bytes?: Uint8Array): { header: string; weights: Uint8Array } {
  const rows = vocabulary.length;
  const table = Int8Array.from({ length: rows * 3 }, (_, at) => ((at * 37) % 255) - 127);
  const scales = Float32Array.from({ length: rows * 2 }, (_, at) => 0.01 + 0.001 * at);
  const made = bytes ?? new Uint8Array([...new Uint8Array(table.buffer), ...new Uint8Array(scales.buffer)]);
  const text = JSON.stringify({
    format: 1,
    name: 'small',
    version: '1',
    dimensions: 3,
    vocabulary,
    fields: { name: 2, path: 1, body: 0.5 },
    weights: { file: 'model.bin', sha256: createHash('sha256').update(made).digest('hex') },
  });
  return { header: text, weights: made };
}

function openSmall(vocabulary: string[]): StaticModel {
  const small = smallModel(vocabulary);
  return openStaticModel(small.header, small.weights);
}

function lengthOf(vector: Float32Array): number {
  return Math.hypot(...vector);
}

function checkSound(model: StaticModel, vector: Float32Array): void {
  expect(vector.length).toBe(model.identity.dimensions);
  const length = lengthOf(vector);
  expect(length === 0 || Math.abs(length - 1) < 1e-5).toBe(true);
}

const words = ['^parse', '^config', '^file', 'r', 's', '^s', '读', '配置', '文件', '置', '^h', 't', 'p', '^http'];
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom(...words, 'parseConfigFile', 'HTTPServer', '读取配置文件', ' ', '_', '\n'), {
      maxLength: 60,
    })
    .map((parts) => parts.join('')),
);
const anyPassage = fc.record({ path: anyText, name: anyText, text: anyText });

test('vectors are those that the trainer computed', () => {
  for (const { query, path, name, text, vector } of goldens) {
    const found =
      query === undefined ? bundled.embedPassage({ path: path!, name: name!, text: text! }) : bundled.embedQuery(query);
    const furthest = Math.max(...vector.map((value, d) => Math.abs(value - found[d]!)));
    expect(furthest, query ?? text!.slice(0, 40)).toBeLessThan(1e-6);
  }
  expect(goldens.filter(({ vector }) => vector.some((value) => value !== 0)).length).toBeGreaterThan(8);
});

test('a question is nearer to what answers it than to something else', () => {
  const parse = {
    path: 'src/config.ts',
    name: 'loadConfig',
    text: 'const text = await readFile(path); return JSON.parse(text);',
  };
  const draw = {
    path: 'src/canvas.ts',
    name: 'drawCircle',
    text: 'context.beginPath(); context.arc(x, y, radius, 0, 7); context.fill();',
  };
  for (const query of ['where is the configuration file read', '在哪里读取配置文件']) {
    const asked = bundled.embedQuery(query);
    expect(dot(asked, bundled.embedPassage(parse))).toBeGreaterThan(dot(asked, bundled.embedPassage(draw)) + 0.1);
  }
});

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}

test('every text gives a unit vector or zeros, and the same one again', () =>
  fc.assert(
    fc.property(anyText, anyPassage, (query, passage) => {
      for (const embed of [() => bundled.embedQuery(query), () => bundled.embedPassage(passage)]) {
        const vector = embed();
        checkSound(bundled, vector);
        bundled.embedQuery('something else in between');
        expect(embed()).toEqual(vector);
      }
    }),
  ));

test('vectors are what a plain reading of the rules gives', () => {
  const small = smallModel(words);
  const model = openStaticModel(small.header, small.weights);
  const scales = new Float32Array(small.weights.slice(words.length * 3).buffer);
  fc.assert(
    fc.property(anyText, anyPassage, (query, { path, name, text }) => {
      const expected = slowVector([countedBy(query, 1)], scales.subarray(0, words.length));
      checkClose(model.embedQuery(query), expected);
      const body = piecesOf(text).length === 0 ? 0 : 0.5 * Math.sqrt(64 / Math.max(8, new Set(piecesOf(text)).size));
      const parts = [countedBy(name, 2), countedBy(path, 1), countedBy(text, body)];
      checkClose(model.embedPassage({ path, name, text }), slowVector(parts, scales.subarray(words.length)));
    }),
    { numRuns: 500 },
  );
});

function checkClose(found: Float32Array, expected: number[]): void {
  for (const [d, value] of expected.entries()) expect(found[d]).toBeCloseTo(value, 5);
}

/** What each piece of a field counts for: the field's weight times one plus the logarithm of how often it is there. */
function countedBy(text: string, weight: number): Map<string, number> {
  const pieces = piecesOf(text);
  const times = (piece: string) => pieces.filter((other) => other === piece).length;
  return new Map(pieces.map((piece) => [piece, weight * (1 + Math.log(times(piece)))]));
}

function slowVector(parts: Map<string, number>[], scales: Float32Array): number[] {
  const sum = [0, 0, 0];
  for (const [piece, share] of parts.flatMap((part) => [...part])) {
    const id = words.indexOf(piece);
    for (const d of sum.keys()) sum[d]! += share * scales[id]! * ((((id * 3 + d) * 37) % 255) - 127);
  }
  const length = Math.hypot(...sum);
  return sum.map((value) => (length > 0 ? value / length : 0));
}

function piecesOf(text: string): string[] {
  const found = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d{1,4}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+/g) ?? [];
  return found.flatMap((word) =>
    word.charCodeAt(0) >= 0x3040
      ? [...word].flatMap((_, at) => prefixOf(word.slice(at, at + 4)).slice(0, 1))
      : latinPieces(`^${word.toLowerCase()}`),
  );
}

/** The longest piece that a text begins with, if any. */
function prefixOf(text: string): string[] {
  return words.filter((piece) => text.startsWith(piece)).sort((a, b) => b.length - a.length);
}

function latinPieces(marked: string): string[] {
  const found: string[] = [];
  let rest = marked;
  while (rest !== '' && found.length < 8) {
    const [piece] = prefixOf(rest);
    if (piece) found.push(piece);
    rest = rest.slice(piece?.length ?? 1);
  }
  return found;
}

test('nothing known is all zeros', () => {
  const model = openSmall(['^known']);
  expect(lengthOf(model.embedQuery('qqq !!! …'))).toBe(0);
  expect(lengthOf(model.embedPassage({ path: '', name: '', text: '' }))).toBe(0);
  expect(lengthOf(model.embedQuery('known'))).toBeCloseTo(1, 6);
});

test('ten megabytes are no more than their beginning', () => {
  for (const piece of ['parse the config file ', 'x', '配置文件', '\n', 'aB', '1'.repeat(50), '\u{1F600}']) {
    const text = piece.repeat(10_000_000 / piece.length);
    checkSound(bundled, bundled.embedQuery(text));
    checkSound(bundled, bundled.embedPassage({ path: text, name: text, text }));
  }
});

test('a hundred thousand different words leave the rest as it was', () => {
  const before = bundled.embedQuery('parse the config file');
  for (let at = 0; at < 100_000; at += 1000)
    bundled.embedQuery(
      Array.from({ length: 1000 }, (_, i) => `w${(at + i).toString(36).replace(/\d/g, 'z')}q`).join(' '),
    );
  expect(bundled.embedQuery('parse the config file')).toEqual(before);
});

test('weights may lie in shared memory, anywhere in it', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(weights.length + 3), 3);
  shared.set(weights);
  const model = openStaticModel(header, shared);
  expect(model.identity).toEqual(bundled.identity);
  expect(model.embedQuery('parse the config file')).toEqual(bundled.embedQuery('parse the config file'));
});

test('another model is another identity', () => {
  const other = openSmall(['^a']).identity;
  expect(other.digest).not.toBe(openSmall(['^b']).identity.digest);
  expect(bundled.identity.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(bundled.identity).toMatchObject({ name: expect.stringContaining('scholia-static-1') });
});

test('altered weights are refused, wherever they are altered', () => {
  for (let region = 0; region < 24; region++) {
    const damaged = Uint8Array.from(weights);
    damaged[Math.floor(((region + 0.5) * damaged.length) / 24)]! ^= 1 << (region % 8);
    expect(() => openStaticModel(header, damaged)).toThrow('checksum');
  }
  for (const length of [0, 1, weights.length - 1, weights.length + 1])
    expect(() => openStaticModel(header, new Uint8Array(length))).toThrow(/bytes instead of/);
});

test('an altered header is refused or makes a working model', () =>
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 40 }), fc.string({ maxLength: 6 }), (at, removed, inserted) => {
      const small = smallModel(words);
      const start = at % small.header.length;
      checkRefusedOrWorking(
        small.header.slice(0, start) + inserted + small.header.slice(start + removed),
        small.weights,
      );
    }),
    { numRuns: 2000 },
  ));

test('a header of any shape is refused or makes a working model', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('format', 'name', 'version', 'dimensions', 'vocabulary', 'fields', 'weights'),
      fc.jsonValue(),
      (key, value) => {
        const small = smallModel(words);
        checkRefusedOrWorking(JSON.stringify({ ...JSON.parse(small.header), [key]: value }), small.weights);
      },
    ),
    { numRuns: 1000 },
  ));

function checkRefusedOrWorking(text: string, bytes: Uint8Array): void {
  let model: StaticModel;
  try {
    model = openStaticModel(text, bytes);
  } catch (error) {
    expect(String(error)).toMatch(/^Error: The bundled embedding model cannot be used: \S/);
    return;
  }
  checkSound(model, model.embedQuery('parse configFiles over HTTP 读取配置文件'));
  checkSound(model, model.embedPassage({ path: 'a/config.ts', name: 'parse', text: 'files' }));
}

test('weights that are no numbers are refused even with the right checksum', () => {
  const bytes = smallModel(['^a', '^b']).weights;
  new DataView(bytes.buffer).setFloat32(6, Number.NaN, true);
  const small = smallModel(['^a', '^b'], bytes);
  expect(() => openStaticModel(small.header, small.weights)).toThrow('not a number');
});
