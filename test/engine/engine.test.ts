/** Questions from end to end, answered with extracts: real threads, a real store, real files and open buffers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineOn, scratchFolder, writeFiles } from '../support/engine.js';
import { modelThatSays } from '../support/model.js';
import { ask, checkQuotes, pathsFound, SHOP } from './shop.js';

test('a question is answered with extracts, cited to the byte', async () => {
  const engine = await engineOn(SHOP);
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer).toMatchObject({ refused: false, reason: '' });
  expect(answer.citations[0]!.path).toBe('src/lantern.ts');
  expect(answer.answer).toContain('keeps it burning until the harbour sleeps');
  expect(answer.trace.model).toEqual({ name: 'extractive', destination: '' });
  expect(answer.trace.sent).toEqual([]);
  expect(answer.trace.terms.toSorted()).toEqual(['brass', 'lantern', 'lit']);
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

test('brackets and numbers of the source in an extract are no markers', async () => {
  const engine = await engineOn({
    'lamp.ts': `/** The lantern table, as in [7] and [2], has lantern slots. */\nexport function lanternSlots(rows: number[]) {\n  return rows[3] + lantern[1];\n}\n`,
  });
  const answer = await ask(engine, 'lantern slots');
  expect(answer.answer).toContain('as in \\[7\\] and \\[2\\]');
  expect(answer.reason).toBe('');
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
