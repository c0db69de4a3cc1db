/** `scholia.json`: what it changes, what it cannot do, and where its mistakes are said to be. */
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../../server/src/engine/engine.js';
import { TEAM_RULES } from '../../server/src/engine/teamRules.js';
import { NO_TEAM, readTeamSettings, type TeamSettings } from '../../server/src/engine/teamSettings.js';
import { engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';

const HARBOUR: Files = {
  'src/lantern.ts': '/** Lights the lantern. */\nexport function light(): void {}\n',
  'src/rope.ts': '/** Ties a rope. */\nexport function tie(): void {}\n',
  'legacy/lamp.ts': '/** Lights the lantern of old. */\nexport function oldLight(): void {}\n',
  'test/lantern.test.ts': '// lantern lantern lantern\nlight();\n',
};

async function saved(engine: Engine & { folder: string }, settings: unknown): Promise<void> {
  const text = typeof settings === 'string' ? settings : JSON.stringify(settings);
  await writeFiles(engine.folder, { 'scholia.json': text });
  await engine.filesChanged(['scholia.json']);
}

async function found(engine: Engine, query: string): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  const hits = await snapshot.search(query, 20, { arm: 'lexical' });
  for (const { score, why } of hits)
    expect(Object.values(why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 9);
  return hits.map(({ path }) => path);
}

/** Sentences of the status about the file. */
async function notes(engine: Engine): Promise<string[]> {
  return (await engine.status()).degraded.filter((sentence) => sentence.startsWith('scholia.json'));
}

test('what the team excludes goes with a save, and comes back with the next', async () => {
  const engine = await engineOn(HARBOUR);
  expect(await found(engine, 'lantern of old')).toContain('legacy/lamp.ts');
  await saved(engine, { index: { exclude: ['legacy/'] } });
  expect(await found(engine, 'lantern of old')).not.toContain('legacy/lamp.ts');
  expect((await engine.explain('legacy/lamp.ts')).reason).toContain('`index.exclude` in scholia.json: `legacy/`');
  await saved(engine, { index: { include: ['legacy/'] } });
  expect((await engine.status()).files).toBe(1);
  expect((await engine.explain('src/rope.ts')).reason).toContain('index.include');
  await rm(join(engine.folder, 'scholia.json'));
  await engine.filesChanged(['scholia.json']);
  expect((await engine.status()).files).toBe(4);
});

test('the file counts from the first scan on', async () => {
  const engine = await engineOn({ ...HARBOUR, 'scholia.json': '{"index": {"exclude": ["legacy/", "scholia.json"]}}' });
  expect((await engine.status()).files).toBe(3);
  expect(await notes(engine)).toEqual([]);
});

test('the user’s word comes after the team’s, and the smaller limit counts', async () => {
  const big = { 'big.ts': `// ${'x'.repeat(20_000)}\n`, 'bigger.ts': `// ${'x'.repeat(40_000)}\n` };
  const settings = { 'index.exclude': ['rope.ts', '!legacy/'], 'index.maxFileKilobytes': 30 };
  const team = { index: { exclude: ['legacy/', '!rope.ts'], maxFileKilobytes: 4096 } };
  const engine = await engineOn({ ...HARBOUR, ...big, 'scholia.json': JSON.stringify(team) }, { settings });
  const indexed = async (path: string) => (await engine.explain(path)).indexed;
  expect(await Promise.all(['src/rope.ts', 'legacy/lamp.ts', 'big.ts', 'bigger.ts'].map(indexed))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  await saved(engine, { index: { maxFileKilobytes: 16 } });
  expect(await indexed('big.ts')).toBe(false);
});

test('weights change the order, and the parts of each score still add up to it', async () => {
  const engine = await engineOn(HARBOUR);
  expect((await found(engine, 'lantern'))[0]).not.toBe('test/lantern.test.ts');
  await saved(engine, { ranking: { roles: { test: 1, source: 0.1 }, fields: { path: 0, body: 5 } } });
  expect((await found(engine, 'lantern'))[0]).toBe('test/lantern.test.ts');
  await saved(engine, {});
  expect((await found(engine, 'lantern'))[0]).not.toBe('test/lantern.test.ts');
});

test('passages are as long as the team wants them, and every line stays in one', async () => {
  const lines = Array.from({ length: 120 }, (_, i) => `export const lantern${i} = ${i};`).join('\n');
  const engine = await engineOn({ 'a.ts': `${lines}\n` });
  const { chunks, lines: covered } = await engine.status();
  await saved(engine, { index: { chunkCharacters: 400 } });
  const shorter = await engine.status();
  expect(shorter.chunks).toBeGreaterThan(2 * chunks);
  expect(shorter.lines.covered).toBe(shorter.lines.total);
  await saved(engine, { index: { exclude: ['scholia.json'] } });
  expect(await engine.status()).toMatchObject({ chunks, lines: covered });
});

test('a broken file leaves the last one in force, and is named with its line', async () => {
  const engine = await engineOn(HARBOUR);
  await saved(engine, { index: { exclude: ['legacy/'] } });
  await saved(engine, '{\n  "index": {\n    "exclude": [],,\n  }\n}\n');
  expect((await engine.explain('legacy/lamp.ts')).indexed).toBe(false);
  expect(engine.teamProblems()[0]).toMatchObject({ severity: 'error', line: 3, column: 19 });
  expect((await notes(engine))[0]).toMatch(/^scholia\.json, line 3: /);
});

test('a file that is too large, no text, or a link to elsewhere is named and not read', async () => {
  const engine = await engineOn(HARBOUR);
  await saved(engine, JSON.stringify({ index: { exclude: ['legacy/'] }, pad: 'x'.repeat(70_000) }));
  expect(await notes(engine)).toEqual(['scholia.json is not read: it has more than 64 kilobytes']);
  await writeFiles(engine.folder, { 'scholia.json': new Uint8Array([0x7b, 0, 0x7d]) });
  await engine.filesChanged(['scholia.json']);
  expect(await notes(engine)).toEqual(['scholia.json is not read: it is not text']);
  const elsewhere = scratchFolder();
  await writeFiles(elsewhere, { 'scholia.json': '{"index": {"exclude": ["legacy/"]}}' });
  await rm(join(engine.folder, 'scholia.json'));
  await symlink(join(elsewhere, 'scholia.json'), join(engine.folder, 'scholia.json'));
  await engine.filesChanged(['scholia.json']);
  expect((await notes(engine))[0]).toMatch(/^scholia\.json cannot be read/);
  expect((await engine.explain('legacy/lamp.ts')).indexed).toBe(true);
});

test('in a workspace that is not trusted the file is not read, and the status says so', async () => {
  const files = { ...HARBOUR, 'scholia.json': '{"index": {"exclude": ["legacy/"]}, "nonsense": 1}' };
  const engine = await engineOn(files, { trusted: false });
  expect((await engine.explain('legacy/lamp.ts')).indexed).toBe(true);
  expect(await notes(engine)).toEqual(['scholia.json is not read, because the workspace is not trusted']);
  expect(engine.teamProblems()).toEqual([]);
});

test('a suggested model that is not installed is a note, and nothing more', async () => {
  const engine = await engineOn({ ...HARBOUR, 'scholia.json': suggestion('folder', 'owner/minilm-l6') });
  expect(await notes(engine)).toEqual([
    'scholia.json suggests the embedder owner/minilm-l6, which is not installed: get it with scholia model download owner/minilm-l6',
  ]);
  expect((await engine.status()).embedder!.name).not.toContain('minilm');
  expect(await engine.awaitingEmbedder()).toBeNull();
});

test('a suggested server waits for approval of the file as it is', async () => {
  const settings = { 'embedder.baseUrl': 'https://vectors.example/v1?key=hidden' };
  let approved: string | null = null;
  const files = { ...HARBOUR, 'scholia.json': suggestion('server', 'text-embedder:2') };
  const engine = await engineOn(files, { settings, approvedTeamFile: () => approved });
  const [note] = await notes(engine);
  expect(note).toMatch(/text-embedder:2 on a server; your code would be sent to https:\/\/vectors\.example: approve/);
  expect(note).not.toContain('hidden');
  const awaiting = await engine.awaitingEmbedder();
  const { digest } = awaiting!;
  expect(awaiting).toEqual({ name: 'text-embedder:2', destination: 'https://vectors.example', digest });

  approved = digest;
  expect(await notes(engine)).toEqual([]);
  expect(await engine.awaitingEmbedder()).toBeNull();

  // A broken file leaves the old one in force, and its approval.
  await saved(engine, '{');
  expect(await engine.awaitingEmbedder()).toBeNull();

  await saved(engine, suggestion('server', 'text-embedder:3'));
  expect((await engine.awaitingEmbedder())!.name).toBe('text-embedder:3');
  expect((await engine.awaitingEmbedder())!.digest).not.toBe(digest);

  await rm(join(engine.folder, 'scholia.json'));
  await engine.filesChanged(['scholia.json']);
  expect([await notes(engine), await engine.awaitingEmbedder()]).toEqual([[], null]);
});

const suggestion = (kind: string, name: string) => JSON.stringify({ embedder: { kind, name } });

test('each mistake is marked where it stands', () => {
  const text = [
    '{',
    '  "index": { "exclude": "legacy/", "maxFileKilobytes": 4 },',
    '  "ranking": {',
    '    "fields": { "path": 99, "symbol": "much", "colour": 1 },',
    '    "roles": 3',
    '  },',
    '  "model": { "baseUrl": "https://attacker.invalid" },',
    '  "embedder": { "kind": "server", "name": "https://attacker.invalid/x", "baseUrl": "https://attacker.invalid" }',
    '}',
  ].join('\r\n');
  const { settings, problems } = readTeamSettings(text);
  expect(problems.map(({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`)).toEqual([
    '2:25 error index.exclude is a list of patterns; it does not count',
    '2:56 warning index.maxFileKilobytes is 16 to 65536, not 4; 16 counts',
    '4:25 warning ranking.fields.path is 0 to 10, not 99; 10 counts',
    '4:39 error ranking.fields.symbol is a number; its default counts',
    '4:47 warning There is no key "ranking.fields.colour"; it does not count',
    '5:14 error ranking.roles is an object; its keys keep their defaults',
    '7:3 warning There is no key "model"; it does not count',
    '8:43 error embedder.name is a name, never an address or a path; it does not count',
    '8:73 warning There is no key "embedder.baseUrl"; it does not count',
  ]);
  expect(settings).toMatchObject({ maxFileKilobytes: 16, exclude: [], embedder: { kind: 'server', name: null } });
  expect(settings!.weights.lexical.fields[0]!.weight).toBe(10);
});

test.each([
  ['comments', '{\n// no\n}', 2],
  ['nothing', '', 1],
  ['a list', '[1]', 1],
  ['two objects', '{}\n{}', 2],
  ['an open string', '{\n"flow": "nai', 2],
  ['a very deep list', `{"index": ${'['.repeat(30_000)}`, 1],
])('%s: no object, an error, no settings', (_name, text, line) => {
  const { settings, problems } = readTeamSettings(text);
  expect(settings).toBeNull();
  expect(problems[0]).toMatchObject({ severity: 'error', line });
});

test('no key takes an address, a credential or a program', () => {
  for (const hostile of [
    'https://x.invalid',
    'file:///etc/passwd',
    '../x',
    '/bin/sh',
    'a b',
    '$(id)',
    '',
    'x'.repeat(65),
  ])
    for (const name of Object.keys(TEAM_RULES)) {
      if (TEAM_RULES[name]!.type === 'patterns') continue;
      const text = JSON.stringify(name.split('.').reduceRight<unknown>((value, key) => ({ [key]: value }), hostile));
      expect([name, hostile, readTeamSettings(text).settings]).toEqual([name, hostile, NO_TEAM]);
    }
});

function checkBounds({ include, exclude, maxFileKilobytes, chunkCharacters, weights, flow, embedder }: TeamSettings) {
  for (const patterns of [include, exclude]) {
    expect(patterns.length).toBeLessThanOrEqual(200);
    for (const pattern of patterns) expect(pattern).toMatch(/^[^\r\n\0]{0,200}$/);
  }
  const within = (value: number, low: number, high: number) => expect(value >= low && value <= high).toBe(true);
  if (maxFileKilobytes !== null) within(maxFileKilobytes, 16, 65_536);
  within(chunkCharacters, 400, 4000);
  for (const { weight } of weights.lexical.fields) within(weight, 0, 10);
  for (const role of Object.values(weights.roles)) within(role, 0, 1);
  expect(flow).toBe('naive');
  expect(['folder', 'server', undefined]).toContain(embedder?.kind);
  if (embedder?.name) expect(embedder.name).toMatch(/^[\w.-]{1,64}(\/[\w.-]{1,64})?(:[\w.-]{1,31})?$/);
}

/** Objects with the file's own keys, and values of any kind. */
const anySettings = fc.dictionary(
  fc.oneof(fc.constantFrom('index', 'ranking', 'flow', 'embedder', '__proto__', 'constructor'), fc.string()),
  fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        include: fc.jsonValue(),
        exclude: fc.array(fc.jsonValue()),
        maxFileKilobytes: fc.double(),
        chunkCharacters: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        fields: fc.dictionary(fc.constantFrom('path', 'symbol', 'body', 'x'), fc.oneof(fc.double(), fc.jsonValue())),
        roles: fc.dictionary(fc.constantFrom('test', 'docs', 'toString'), fc.oneof(fc.double(), fc.jsonValue())),
      },
      { requiredKeys: [] },
    ),
  ),
);

test('whatever the file holds, settings stay in their bounds and places in the file', () =>
  fc.assert(
    fc.property(
      fc.oneof(
        anySettings.map((value) => JSON.stringify(value, null, 1)),
        fc.json(),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const { settings, problems } = readTeamSettings(text);
        if (settings) checkBounds(settings);
        const lines = text.split(/\r\n|\n|\r/);
        for (const { line, column, endLine, endColumn } of problems) {
          expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
          expect(endColumn).toBeLessThanOrEqual(lines[endLine - 1]!.length + 1);
        }
      },
    ),
    { numRuns: 500 },
  ));
