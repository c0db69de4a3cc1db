/** Questions from end to end: real threads, a real store, real files, and a model that says what it is told to. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Citation } from '../../server/src/base/answer.js';
import { EngineError, type ErrorKind } from '../../server/src/base/errors.js';
import type { Engine } from '../../server/src/engine/engine.js';
import type { ChatOptions } from '../../server/src/rag/chat.js';
import { failingDisk } from '../support/disk.js';
import { engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { modelThatFails, modelThatSays } from '../support/model.js';

const CONFIG = { contextTokens: 6000, maxAnswerTokens: 500 };

const SHOP: Files = {
  'src/lantern.ts': `import { Oil } from './oil.js';

/** Lights the brass lantern and keeps it burning until the harbour sleeps. */
export function lightLantern(oil: Oil): string {
  return oil.burn();
}
`,
  'src/oil.ts': `/** Whale oil, by the barrel. */
export class Oil {
  burn(): string { return 'flame'; }
}
`,
  'src/rope.ts': `/** Ties a bowline that never slips. */
export const tieBowline = (length: number) => length * 2;
`,
  'README.md': '# Harbour\n\nThe harbour has lanterns, ropes and oil.\n',
};

async function ask(engine: Engine, question: string, options: ChatOptions = {}): Promise<Answer> {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, CONFIG, options);
}

async function pathsFound(engine: Engine, query: string): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  return [...new Set((await snapshot.search(query, 20, { arm: 'lexical' })).map((hit) => hit.path))];
}

/** Whole lines of a file as bytes, told from the bytes themselves. */
function bytesOfLines(bytes: Buffer, startLine: number, endLine: number): string {
  const text = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const ends = [...text.matchAll(/\r\n|\n|\r|$/g)];
  const start = startLine === 1 ? 0 : ends[startLine - 2]!.index + ends[startLine - 2]![0].length;
  return text.slice(start, ends[endLine - 1]!.index);
}

/** Every citation is verified and holds exactly the bytes of its lines on disk. */
async function checkQuotes(folder: string, citations: readonly Citation[]): Promise<void> {
  expect(citations.length).toBeGreaterThan(0);
  for (const { path, startLine, endLine, quote, verified } of citations) {
    expect(verified).toBe(true);
    expect(Buffer.from(quote).toString('latin1')).toBe(
      bytesOfLines(await readFile(join(folder, path)), startLine, endLine),
    );
  }
}

test('a question is answered with extracts, cited to the byte', async () => {
  const engine = await engineOn(SHOP);
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer).toMatchObject({ refused: false, reason: '' });
  expect(answer.citations[0]!.path).toBe('src/lantern.ts');
  expect(answer.answer).toContain('keeps it burning until the harbour sleeps');
  expect(answer.trace.model).toEqual({ name: 'extractive', destination: '' });
  expect(answer.trace.sent).toEqual([]);
  await checkQuotes(engine.folder, answer.citations);
});

test('a question about something else is refused, with what was searched', async () => {
  const engine = await engineOn(SHOP);
  const answer = await ask(engine, 'Which kubernetes ingress terminates websocket handshakes?');
  expect(answer).toMatchObject({ refused: true, citations: [] });
  expect(answer.answer).toMatch(/^I don't know\. .* Searched \d+ passages? of \d+ files?, indexed just now\.$/);
});

test('an empty folder and an empty question are refused', async () => {
  const engine = await engineOn({});
  expect(await ask(engine, 'What is this?')).toMatchObject({ refused: true, citations: [], sources: [] });
  expect(await ask(engine, '')).toMatchObject({ refused: true });
  const shop = await engineOn(SHOP);
  for (const question of ['', '   ', '?!… ---', '"""', '[1]', 'NEAR( AND OR NOT *', '\u0000', 'x'.repeat(100)])
    expect(await ask(shop, question), question).toMatchObject({ refused: true });
});

test('quotes are byte-equal in files with any line end, byte order mark or encoding', async () => {
  const text = `/** Lights the lantern. */\nexport function lightLantern() {\n  return 'é漢😀';\n}\n`;
  const files: Record<string, Buffer> = {
    'crlf.ts': Buffer.from(text.replaceAll('\n', '\r\n')),
    'cr.ts': Buffer.from(text.replaceAll('\n', '\r')),
    'bom.ts': Buffer.from(`\ufeff${text}`),
    'mixed.ts': Buffer.from(text.replace('\n', '\r\n')),
    'endless.ts': Buffer.from(text.trimEnd()),
  };
  for (const [path, content] of Object.entries(files)) {
    const engine = await engineOn({ [path]: content, 'other.ts': 'export const nothing = 1;\n' });
    const { citations } = await ask(engine, 'lightLantern');
    expect(citations[0]?.path).toBe(path);
    await checkQuotes(engine.folder, citations);
  }
});

test('a file that is not UTF-8 is read as Latin-1 and says so', async () => {
  const engine = await engineOn({ 'latin.ts': Buffer.from('// caf\xe9 lantern\nlet lantern = 1;\n', 'latin1') });
  const { citations } = await ask(engine, 'lantern');
  expect(citations[0]!.quote).toBe('// café lantern\nlet lantern = 1;');
  expect((await engine.status()).degraded).toContain('latin.ts is not UTF-8 and was read as Latin-1');
});

test('an unsaved buffer masks the stored file and is cited', async () => {
  const engine = await engineOn(SHOP);
  engine.openBuffer(
    'src/lantern.ts',
    `\n\n/** Snuffs the lantern with a zymurgist's thumb. */\nexport function snuffLantern() {}\n`,
  );
  const answer = await ask(engine, 'Who snuffs with a zymurgist thumb?');
  expect(answer.citations[0]).toMatchObject({ path: 'src/lantern.ts', startLine: 3, endLine: 4, verified: true });
  expect(answer.answer).toContain('zymurgist');
  expect(await pathsFound(engine, 'sleeps')).toEqual([]);
  engine.closeBuffer('src/lantern.ts');
  expect((await ask(engine, 'lightLantern')).citations[0]!.path).toBe('src/lantern.ts');
});

test('a buffer of a file that is left out stays out of search, answers and prompts', async () => {
  const told = modelThatSays('Lit [1].');
  const engine = await engineOn(SHOP, { model: () => told });
  engine.openBuffer('.env', 'LANTERN_KEY=hunter2 lightLantern\n');
  engine.openBuffer('node_modules/x/lantern.js', 'hunter2 lightLantern\n');
  expect(await pathsFound(engine, 'hunter2 LANTERN_KEY')).not.toContain('.env');
  await ask(engine, 'What is LANTERN_KEY and lightLantern?');
  expect(JSON.stringify(told.asked)).not.toContain('hunter2');
});

test('a buffer of a file that is not on disk yet counts', async () => {
  const engine = await engineOn(SHOP);
  engine.openBuffer('src/fresh.ts', 'export function weighAnchor() {}\n');
  expect(await pathsFound(engine, 'weighAnchor')).toEqual(['src/fresh.ts']);
});

test('a buffer with line ends of its own is cited as the editor shows it', async () => {
  const engine = await engineOn(SHOP);
  engine.openBuffer('src/oil.ts', '/** Whale oil. */\r\nexport class Oil {\r\n  burnSlowly() {\r\n  }\r\n}\r\n');
  const { citations } = await ask(engine, 'burnSlowly');
  expect(citations[0]).toMatchObject({ path: 'src/oil.ts', verified: true });
  expect(citations[0]!.quote).toContain('  burnSlowly() {\r\n  }');
});

test('an edited, a new, a renamed and a deleted file are found as they are after an update', async () => {
  const engine = await engineOn(SHOP);
  const { generation } = await engine.status();
  await writeFiles(engine.folder, {
    'src/rope.ts': '/** Splices an eye. */\nexport function spliceEye() {}\n',
    'src/mast.ts': 'export function stepMast() {}\n',
  });
  await rename(join(engine.folder, 'src/oil.ts'), join(engine.folder, 'src/tallow.ts'));
  await rm(join(engine.folder, 'README.md'));
  await engine.update();
  expect(await pathsFound(engine, 'spliceEye')).toEqual(['src/rope.ts']);
  expect(await pathsFound(engine, 'tieBowline')).toEqual([]);
  expect(await pathsFound(engine, 'stepMast')).toEqual(['src/mast.ts']);
  expect(await pathsFound(engine, 'whale barrel')).toEqual(['src/tallow.ts']);
  expect(await pathsFound(engine, 'harbour')).toEqual(['src/lantern.ts']);
  const status = await engine.status();
  expect(status.files).toBe(4);
  expect(status.generation).toBeGreaterThan(generation);
});

test('single files that were saved, renamed or deleted are brought up to date alone', async () => {
  const engine = await engineOn(SHOP);
  await writeFiles(engine.folder, { 'src/rope.ts': 'export function spliceEye() {}\n' });
  await rm(join(engine.folder, 'src/oil.ts'));
  await engine.filesChanged(['src/rope.ts', 'src/oil.ts', 'src/never.ts']);
  expect(await pathsFound(engine, 'spliceEye')).toEqual(['src/rope.ts']);
  expect(await pathsFound(engine, 'whale barrel')).toEqual([]);
});

test('a folder that was renamed or deleted takes its files along', async () => {
  const engine = await engineOn({ ...SHOP, 'boats/dory.ts': 'export function rowDory() {}\n' });
  await rename(join(engine.folder, 'boats'), join(engine.folder, 'ships'));
  await engine.filesChanged(['boats', 'ships']);
  expect(await pathsFound(engine, 'rowDory')).toEqual(['ships/dory.ts']);
});

test('a changed ignore file counts', async () => {
  const engine = await engineOn(SHOP);
  await writeFiles(engine.folder, { '.gitignore': 'src/rope.ts\n' });
  await engine.filesChanged(['.gitignore']);
  expect(await pathsFound(engine, 'tieBowline')).toEqual([]);
});

test('an update that finds nothing new changes nothing', async () => {
  const engine = await engineOn(SHOP);
  const { generation } = await engine.status();
  const report = await engine.update();
  expect(report).toMatchObject({ files: 4, failed: [] });
  expect((await engine.status()).generation).toBe(generation);
});

test('every line of the fixture is covered, and the report and the status say the same', async () => {
  const engine = await engineOn(SHOP);
  const { seconds, degraded, embedder, ...report } = await engine.update();
  const status = await engine.status();
  expect(report).toEqual({
    files: status.files,
    chunks: status.chunks,
    lines: status.lines,
    bytes: status.bytes,
    failed: [],
  });
  expect(report.lines.covered).toBe(report.lines.total);
  expect(report.bytes).toBe(Object.values(SHOP).reduce((sum, text) => sum + Buffer.byteLength(text), 0));
});

test('a Chinese question finds Chinese comments', async () => {
  const engine = await engineOn({
    ...SHOP,
    'src/cache.py': '# 清空缓存并重新加载配置文件。\ndef reload_all():\n    pass\n',
    'src/user.py': '# 查找用户的权限。\ndef permissions():\n    pass\n',
  });
  const answer = await ask(engine, '如何重新加载配置文件？');
  expect(answer).toMatchObject({ refused: false });
  expect(answer.citations[0]!.path).toBe('src/cache.py');
  await checkQuotes(engine.folder, answer.citations);
});

test('a written answer keeps what it cites and shows what was sent', async () => {
  const told = modelThatSays('The lantern is lit by ', '`lightLantern` [1].');
  const engine = await engineOn(SHOP, { model: () => told });
  const deltas: string[] = [];
  const answer = await ask(engine, 'How is the brass lantern lit?', {
    onProgress: (progress) => progress.kind === 'text' && deltas.push(progress.delta),
  });
  expect(deltas.join('')).toBe('The lantern is lit by `lightLantern` [1].');
  expect(answer).toMatchObject({ answer: deltas.join(''), refused: false, reason: '' });
  expect(answer.trace.model).toEqual({ name: 'told', destination: 'http://model.test' });
  expect(answer.trace.sent).toEqual(told.asked[0]);
  await checkQuotes(engine.folder, answer.citations);
});

test('a model reads a long function in one piece, and a person the passages that were found', async () => {
  const sweep = `/** Sweeps the lantern room. */\nexport function sweepRoom() {\n${many(90, "  broom('sweep lantern room #');")}\n}\n`;
  const told = modelThatSays('Swept [1:40-42].');
  const options = { root: join(scratchFolder(), 'root'), storeBase: scratchFolder() };
  const engine = await engineOn({ ...SHOP, 'src/sweep.ts': sweep }, { ...options, model: () => told });
  const written = await ask(engine, 'How is the lantern room swept by the broom?');
  const own = (answer: Answer) =>
    answer.sources
      .filter(({ path }) => path === 'src/sweep.ts')
      .map(({ startLine, endLine, symbol }) => [startLine, endLine, symbol]);
  expect(own(written)).toEqual([[1, 93, 'sweepRoom']]);
  expect(written.sources.map(({ n }) => n)).toEqual(written.sources.map((_, i) => i + 1));
  expect(written.citations).toMatchObject([{ path: 'src/sweep.ts', startLine: 40, endLine: 42, verified: true }]);
  await engine.close();
  const extracts = await ask(await engineOn({}, options), 'How is the lantern room swept by the broom?');
  expect(own(extracts).length).toBeGreaterThan(1);
});

test('pieces of a function stay pieces where the whole of it does not fit', async () => {
  const sweep = `export function sweepRoom() {\n${many(120, "  broom('sweep lantern room #');")}\n}\n`;
  const engine = await engineOn({ 'src/sweep.ts': sweep }, { model: () => modelThatSays('Swept [1].') });
  await using snapshot = await engine.snapshot();
  const turn = { question: 'How is the lantern room swept by the broom?', history: [] };
  const { sources } = await snapshot.ask(turn, { ...CONFIG, contextTokens: 1000 });
  expect(sources.every(({ endLine, startLine }) => endLine - startLine < 100)).toBe(true);
});

test('a model that cites sources there are none of is corrected and told on', async () => {
  const engine = await engineOn(SHOP, { model: () => modelThatSays('By magic [9]. And by oil [1:900].') });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).toBe('By magic. And by oil.');
  expect(answer.citations).toEqual([]);
  expect(answer.reason).toContain('[9] (there is no source of this number)');
  expect(answer.reason).toContain('Nothing in this answer is cited');
});

test('lines that change while the model writes are not cited', async () => {
  const folder = join(scratchFolder(), 'root');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () => modelThatSays('Lit so [1].', () => writeFile(join(folder, 'src/lantern.ts'), 'gone\n')),
  });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer).toMatchObject({ answer: 'Lit so.', citations: [] });
  expect(answer.reason).toMatch(/src\/lantern\.ts have changed/);
});

test('lines that move while the model writes are cited where they went', async () => {
  const folder = join(scratchFolder(), 'root');
  const path = join(folder, 'src/lantern.ts');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () =>
      modelThatSays('Lit so [1].', async () => writeFile(path, `// new\n// lines\n${await readFile(path, 'utf8')}`)),
  });
  const { citations } = await ask(engine, 'How is the brass lantern lit?');
  expect(citations[0]).toMatchObject({ startLine: 3, verified: true });
  await checkQuotes(folder, citations);
});

test('a file that is deleted while the model writes is not cited', async () => {
  const folder = join(scratchFolder(), 'root');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () => modelThatSays('Lit so [1].', () => rm(join(folder, 'src/lantern.ts'))),
  });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.citations).toEqual([]);
  expect(answer.reason).toContain('src/lantern.ts is gone');
});

test('links, images and commands that a model writes stay the text that they are', async () => {
  const said =
    '![x](https://evil.test/?q=1) [run](command:workbench.action.quit) <img src=x> [1](javascript:x) done [1].';
  const engine = await engineOn(SHOP, { model: () => modelThatSays(said) });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).toBe(said);
  expect(answer.citations).toHaveLength(1);
});

const FAILURES: ErrorKind[] = [
  'model-unreachable',
  'model-unauthorised',
  'model-not-found',
  'model-rate-limited',
  'model-rejected',
  'model-context',
  'model-timeout',
  'model-cut',
  'model-empty',
];

for (const kind of FAILURES)
  test(`a model that fails with ${kind} costs the prose, not the answer`, async () => {
    const engine = await engineOn(SHOP, { model: () => modelThatFails(kind) });
    const answer = await ask(engine, 'How is the brass lantern lit?');
    expect(answer).toMatchObject({
      refused: false,
      reason: 'The model at http://model.test does not answer. These are extracts instead of a written answer.',
    });
    expect(answer.trace.model.name).toBe('extractive');
    await checkQuotes(engine.folder, answer.citations);
  });

test('a model that fails in the middle leaves no half answer, and what was sent is still told', async () => {
  const told = modelThatSays('The lantern is', new EngineError('model-cut', 'The model stopped'));
  const engine = await engineOn(SHOP, { model: () => told });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).not.toContain('The lantern is');
  expect(answer.reason).toMatch(/^The model stopped\. /);
  expect(answer.trace.sent).toEqual(told.asked[0]);
});

test('an answer can be cancelled while the model writes', async () => {
  const controller = new AbortController();
  const engine = await engineOn(SHOP, {
    model: () => modelThatSays('The lantern', () => controller.abort(new Error('Stopped by hand')), ' is lit [1].'),
  });
  await expect(ask(engine, 'How is the brass lantern lit?', { signal: controller.signal })).rejects.toThrow(
    'Stopped by hand',
  );
});

test('an answer that was cancelled before it began asks no model', async () => {
  const told = modelThatSays('Lit [1].');
  const engine = await engineOn(SHOP, { model: () => told });
  await expect(
    ask(engine, 'How is the brass lantern lit?', { signal: AbortSignal.abort(new Error('Too late')) }),
  ).rejects.toThrow('Too late');
  expect(told.asked).toEqual([]);
});

test('brackets and numbers of the source in an extract are no markers', async () => {
  const engine = await engineOn({
    'lamp.ts': `/** The lantern table, as in [7] and [2], has lantern slots. */\nexport function lanternSlots(rows: number[]) {\n  return rows[3] + lantern[1];\n}\n`,
  });
  const answer = await ask(engine, 'lantern slots');
  expect(answer.answer).toContain('as in \\[7\\] and \\[2\\]');
  expect(answer.reason).toBe('');
});

test('an update can be cancelled, and what was indexed is kept', async () => {
  const engine = await engineOn(
    Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`f${i}.ts`, `export const lantern${i} = 1;\n`])),
  );
  await writeFiles(
    engine.folder,
    Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`g${i}.ts`, `export const oil${i} = 1;\n`])),
  );
  const controller = new AbortController();
  const update = engine.update({
    signal: controller.signal,
    onProgress: ({ done }) => done === 100 && controller.abort(new Error('Stopped')),
  });
  await expect(update).rejects.toThrow('Stopped');
  const status = await engine.status();
  expect(status).toMatchObject({ state: 'ready', progress: null });
  expect(status.files).toBeGreaterThanOrEqual(150);
  await engine.update();
  expect((await engine.status()).files).toBe(300);
});

test('the status tells what is there, what was left out and why', async () => {
  const engine = await engineOn({
    ...SHOP,
    '.gitignore': '*.log\n',
    'a.log': 'x',
    '.env': 'KEY=1',
    'photo.png': new Uint8Array([137, 80, 0, 1]),
    'blob.dat': new Uint8Array([1, 0, 2]),
    'gen.go': '// Code generated by x. DO NOT EDIT.\npackage a\n',
    'data.json': `{"a":"${'x'.repeat(60_000)}"}`,
    'node_modules/a/b.js': 'x',
  });
  expect(await engine.status()).toMatchObject({
    root: engine.folder,
    state: 'ready',
    progress: null,
    files: 5,
    failed: [],
    skipped: { ignored: 1, secret: 1, binary: 2, generated: 1, 'minified or data': 1, vendored: 1 },
    store: { role: 'owner' },
    embedder: { device: 'cpu' },
    model: { name: 'extractive', destination: '' },
  });
});

test('a file that cannot be read is named in the status with its reason, and tried again', async () => {
  let locked = true;
  const files = failingDisk((method, path) =>
    locked && method === 'read' && path.endsWith('/oil.ts') ? 'EACCES' : null,
  );
  const engine = await engineOn(SHOP, { files });
  const status = await engine.status();
  expect(status.failed).toEqual([{ path: 'src/oil.ts', reason: expect.stringContaining('EACCES') }]);
  expect(status.files).toBe(3);
  locked = false;
  expect(await engine.update()).toMatchObject({ files: 4, failed: [] });
});

test('a file that fails again and again is tried ever more rarely, at once when it changes, and always named', async () => {
  let reads = 0;
  let minutes = 0;
  const started = Date.now();
  const clock = { now: () => started + minutes * 60_000 };
  const files = failingDisk((method, path) => {
    if (method !== 'read' || !path.endsWith('/oil.ts')) return null;
    reads++;
    return 'EIO';
  });
  const engine = await engineOn(SHOP, { files, clock });
  const triedAt: number[] = [];
  for (minutes = 0; minutes < 20; minutes++) {
    const before = reads;
    const { failed } = await engine.update();
    expect(failed).toEqual([{ path: 'src/oil.ts', reason: expect.stringContaining('EIO') }]);
    if (reads > before) triedAt.push(minutes);
  }
  expect(triedAt).toEqual([0, 1, 3, 7, 15]);
  const before = reads;
  await writeFiles(engine.folder, { 'src/oil.ts': 'export class Tallow {}\n' });
  await engine.update();
  expect(reads).toBe(before + 1);
  await engine.update({ everything: true });
  expect(reads).toBe(before + 2);
});

test('a folder that stays unreadable is no new generation at each scan', async () => {
  const files = failingDisk((method, path) => (method === 'list' && path.endsWith('/src') ? 'EACCES' : null));
  const engine = await engineOn(SHOP, { files });
  const { generation } = await engine.status();
  expect(await engine.update()).toMatchObject({ failed: [{ path: 'src' }] });
  expect((await engine.status()).generation).toBe(generation);
});

test('a folder that cannot be read is named in the status, and its files come back with it', async () => {
  let locked = false;
  const files = failingDisk((method, path) => (locked && method === 'list' && path.endsWith('/src') ? 'EACCES' : null));
  const engine = await engineOn(SHOP, { files });
  locked = true;
  const report = await engine.update();
  expect(report.failed).toEqual([{ path: 'src', reason: expect.stringContaining('the folder cannot be read') }]);
  locked = false;
  expect(await engine.update()).toMatchObject({ files: 4, failed: [] });
});

test('a file that is deleted between the look at its folder and the read is simply gone', async () => {
  const files = failingDisk((method, path) => (method === 'read' && path.endsWith('/oil.ts') ? 'ENOENT' : null));
  const engine = await engineOn(SHOP, { files });
  expect(await engine.status()).toMatchObject({ files: 3, failed: [] });
});

test('the status says indexing while it indexes, and tells listeners', async () => {
  const engine = await engineOn(SHOP);
  const states: Promise<string>[] = [];
  const stop = engine.onStatusChange(() => states.push(engine.status().then((status) => status.state)));
  await writeFiles(engine.folder, { 'new.ts': 'export const more = 1;\n' });
  await engine.update();
  stop();
  const seen = await Promise.all(states);
  expect(seen).toContain('indexing');
  expect(seen.at(-1)).toBe('ready');
});

test('a bad setting is replaced by its default and named', async () => {
  const engine = await engineOn(SHOP, {
    settings: { index: { maxFileKilobytes: 'big' }, 'index.exclude': ['src/rope.ts'] },
  });
  const { degraded } = await engine.status();
  expect(degraded).toContain('The setting scholia.index.maxFileKilobytes cannot be "big"; 4096 is used');
  expect(await pathsFound(engine, 'tieBowline')).toEqual([]);
});

test('what the settings exclude stays out, whatever an ignore file takes back', async () => {
  const engine = await engineOn(
    { ...SHOP, '.gitignore': '!src/rope.ts\n' },
    { settings: { 'index.exclude': ['src/rope.ts'] } },
  );
  expect(await pathsFound(engine, 'tieBowline')).toEqual([]);
});

test('citations from earlier are verified again: held, moved or no more', async () => {
  const engine = await engineOn(SHOP);
  const { citations } = await ask(engine, 'lightLantern');
  const path = join(engine.folder, 'src/lantern.ts');
  const text = await readFile(path, 'utf8');
  const check = async () => {
    await using snapshot = await engine.snapshot();
    return await snapshot.verify(citations.slice(0, 1));
  };
  expect(await check()).toEqual(citations.slice(0, 1));
  await writeFile(path, `// one line more\n${text}`);
  const [moved] = await check();
  expect(moved).toMatchObject({ startLine: citations[0]!.startLine + 1, verified: true });
  engine.openBuffer('src/lantern.ts', 'nothing\n');
  expect((await check())[0]).toMatchObject({ verified: false });
});

test('a path that leaves the folder is neither read nor indexed', async () => {
  const folder = join(scratchFolder(), 'root');
  await writeFiles(join(folder, '..'), { 'secret.ts': 'export function outsideSecret() {}\n' });
  const engine = await engineOn(SHOP, { root: folder });
  await engine.filesChanged(['../secret.ts']).catch(() => {});
  expect(await pathsFound(engine, 'outsideSecret')).toEqual([]);
  await using snapshot = await engine.snapshot();
  const [checked] = await snapshot.verify([
    {
      n: 1,
      path: '../secret.ts',
      startLine: 1,
      endLine: 1,
      quote: 'export function outsideSecret() {}',
      verified: false,
    },
  ]);
  expect(checked!.verified).toBe(false);
});

test('an engine that is closed while it indexes ends, and its index is whole', async () => {
  const base = scratchFolder();
  const folder = join(scratchFolder(), 'root');
  await mkdir(folder);
  const engine = await engineOn(SHOP, { root: folder, storeBase: base });
  await writeFiles(
    folder,
    Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`f${i}.ts`, many(20, `export const lantern${i}x# = 1;`)]),
    ),
  );
  const update = engine.update().catch(() => 'ended');
  await new Promise((resolve) => engine.onStatusChange(() => resolve(null)));
  await engine.close();
  await update;
  const again = await engineOn({}, { root: folder, storeBase: base });
  expect((await again.status()).files).toBe(204);
});

test('what the project does is answered by the page that introduces it', async () => {
  const engine = await engineOn({
    'README.md': '# Lighthouse\n\nKeeps ships off the rocks.\n',
    'docs/README.md': '# Deeper\n\nNot this one.\n',
    'src/project.ts': '/** What does this project do with a project? */\nexport function project() {}\n',
  });
  const answer = await ask(engine, 'What does this project do?');
  expect(answer.citations[0]).toMatchObject({ path: 'README.md', quote: '# Lighthouse\n\nKeeps ships off the rocks.' });
});

test('a file that a question names is where its answer begins', async () => {
  const engine = await engineOn({
    'src/lamp.ts': '/** Burns oil. */\nexport function burn() {}\n',
    'src/other.ts': '// lamp.ts lamp.ts lamp.ts does what lamp.ts does\nexport const lamp = 1;\n',
  });
  const answer = await ask(engine, 'What does lamp.ts do?');
  expect(answer.citations[0]).toMatchObject({ path: 'src/lamp.ts' });
});
