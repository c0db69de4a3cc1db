/** The command line as a program: what it prints, where, and with which exit status. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { dist, type Files, writeFiles } from './support/engine.js';
import { many } from './support/fixture.js';
import { startHub } from './support/hub.js';
import { json as reply, startScriptedModel } from './support/scriptedModel.js';

const SHOP: Files = {
  'src/lantern.ts': `/** Lights the brass lantern until the harbour sleeps. */\nexport function lightLantern(): string {\n  return 'flame';\n}\n`,
  'src/use.ts': `import { lightLantern } from './lantern.js';\nlightLantern();\n`,
  'README.md': '# Harbour\n\nLanterns and ropes.\n',
};

interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  stdin?: string;
}

/** One folder for all of this file's tests, so that most of them need not index anew. */
const base = mkdtempSync(join(tmpdir(), 'scholia-cli-'));
const root = join(base, 'shop');
const store = join(base, 'store');

beforeAll(() => writeFiles(root, SHOP));
afterAll(() => rmSync(base, { recursive: true, force: true }));

function run(args: string[], { cwd = root, env = {}, stdin }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const { INIT_CWD: _caller, ...inherited } = process.env;
    const child = spawn(process.execPath, [join(dist, 'server/cli.cjs'), ...args], {
      cwd,
      env: { ...inherited, XDG_CONFIG_HOME: join(base, 'config'), XDG_CACHE_HOME: join(base, 'cache'), ...env },
    });
    const result: Run = { status: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (result.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (result.stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ ...result, status }));
    child.stdin.on('error', () => {});
    child.stdin.end(stdin ?? '');
  });
}

/** Runs with `--json`: exit status 0, one JSON value on stdout and nothing else there. */
async function json(args: string[], options?: RunOptions) {
  const { status, stdout, stderr } = await run([...args, '--root', root, '--store', store, '--json'], options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

/** Ends with this status, a plain sentence on stderr and nothing on stdout. */
async function checkFails(args: string[], status: number, sentence: RegExp, options?: RunOptions): Promise<void> {
  const result = await run([...args, '--store', store], options);
  expect(result.stderr).toMatch(sentence);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result).toMatchObject({ status, stdout: '' });
}

const HIT = {
  path: expect.any(String),
  startLine: expect.any(Number),
  endLine: expect.any(Number),
  symbol: expect.any(String),
  kind: expect.any(String),
  score: expect.any(Number),
  text: expect.any(String),
  why: expect.any(Object),
};

const CITATION = {
  n: expect.any(Number),
  path: expect.any(String),
  startLine: expect.any(Number),
  endLine: expect.any(Number),
  quote: expect.any(String),
  verified: true,
};

test('index prints its report', async () => {
  const number = expect.any(Number);
  expect(await json(['index'])).toStrictEqual({
    files: 3,
    chunks: 3,
    lines: { total: 8, covered: 8 },
    bytes: number,
    embedder: { name: expect.stringMatching(/^scholia-static/), dimensions: number, device: 'cpu' },
    seconds: { scan: number, parse: number, embed: number, store: number, graph: number, total: number },
    degraded: [],
    failed: [],
  });
});

test('search prints passages, best first, whose parts add up', async () => {
  const hits = await json(['search', 'brass', 'lantern']);
  expect(hits[0]).toStrictEqual({
    ...HIT,
    path: 'src/lantern.ts',
    startLine: 1,
    endLine: 4,
    symbol: 'lightLantern',
    kind: 'function',
  });
  for (const hit of hits) {
    expect(hit).toStrictEqual(HIT);
    expect(Object.values<number>(hit.why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(hit.score, 9);
  }
  expect(await json(['search', 'lantern', '--limit', '1'])).toHaveLength(1);
  expect(await json(['search', 'lantern', '--arm', 'lexical'])).not.toHaveLength(0);
  for (const arm of ['dense', 'hybrid', 'full'])
    expect((await json(['search', 'where to get light', '--arm', arm]))[0].why.meaning).toBeGreaterThan(0);
  expect(await json(['search', 'zzzzqqq', '--arm', 'lexical'])).toEqual([]);
});

test('many queries are answered one line each, from a file or from stdin', async () => {
  const queries = `{"id":7,"query":"lightLantern"}\n\n{"id":"b","query":"path:nowhere ropes"}\r\n{"query":"ropes"}`;
  await writeFile(join(base, 'queries.jsonl'), queries);
  const fromFile = await run(['search', '--queries', '../queries.jsonl', '--store', store], { cwd: root });
  const fromStdin = await run(
    ['search', '--queries', '-', '--json', '--limit', '2', '--root', root, '--store', store],
    { stdin: queries },
  );
  for (const { status, stdout } of [fromFile, fromStdin]) {
    expect(status).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.id)).toEqual([7, 'b', undefined]);
    expect(rows[0].hits[0]).toStrictEqual({ ...HIT, path: 'src/lantern.ts' });
    expect(rows[1].hits).toEqual([]);
  }
});

test('a bad line of queries is wrong usage and named', async () => {
  for (const line of ['nonsense', '{"id":1}', 'null', '3', '[]'])
    await checkFails(['search', '--queries', '-', '--root', root], 2, /Line 1 of - /, { stdin: `${line}\n` });
  await checkFails(['search', '--queries', 'missing.jsonl', '--root', root], 1, /missing\.jsonl/);
});

test('ask prints an answer with its citations, sources and trace', async () => {
  const answer = await json(['ask', 'How is the brass lantern lit?']);
  expect(Object.keys(answer).sort()).toEqual(['answer', 'citations', 'reason', 'refused', 'sources', 'trace']);
  expect(answer).toMatchObject({ refused: false, reason: '' });
  expect(answer.citations[0]).toStrictEqual({ ...CITATION, n: 1, path: 'src/lantern.ts', startLine: 1, endLine: 4 });
  expect(answer.sources[0]).toMatchObject({ ...HIT, n: 1 });
  expect(answer.trace.flow).toBe('naive');
});

test('a refusal is done, not failed', async () => {
  const answer = await json(['ask', 'Which kubernetes ingress terminates websockets?']);
  expect(answer).toMatchObject({ refused: true, citations: [] });
  expect(answer.reason).not.toBe('');
});

test('hover prints a card with its citations, and an empty one where nothing is known', async () => {
  const card = await json(['hover', 'src/use.ts:2:3']);
  expect(Object.keys(card).sort()).toEqual(['citations', 'markdown']);
  expect(card.markdown).toContain('Lights the brass lantern');
  expect(card.citations[0]).toStrictEqual({ ...CITATION, path: 'src/lantern.ts' });
  for (const place of [
    'src/use.ts:1:1',
    'src/use.ts:999:1',
    'src/use.ts:2:999',
    'src/none.ts:1:1',
    '../shop/src/none.ts:1:1',
  ])
    expect(await json(['hover', place])).toEqual({ markdown: '', citations: [] });
});

test('status prints the status object', async () => {
  const status = await json(['status']);
  expect(Object.keys(status).sort()).toEqual([
    'bytes',
    'chunks',
    'degraded',
    'embedder',
    'failed',
    'files',
    'generation',
    'lines',
    'model',
    'nextEmbedder',
    'progress',
    'reranker',
    'root',
    'scannedAt',
    'skipped',
    'state',
    'store',
    'version',
  ]);
  expect(status).toMatchObject({ state: 'ready', files: 3, model: { name: 'extractive', destination: '' } });
});

test('status says of one file why it is not indexed', async () => {
  await json(['index']);
  expect(await json(['status', '--file', 'src/gone.ts'])).toEqual({
    path: 'src/gone.ts',
    indexed: false,
    reason: 'There is no file src/gone.ts',
  });
  const path = 'src/lantern.ts';
  expect(await json(['status', '--file', `./${path}`])).toEqual({ path, indexed: true, reason: null });
  expect((await run(['status', '--file', '.env', '--store', store])).stdout).toMatch(/^\.env is left out: .*secrets/);
});

test('without --json a person reads text, and an explanation adds up', async () => {
  const { status, stdout } = await run([
    'ask',
    'How',
    'is',
    'the',
    'brass',
    'lantern',
    'lit?',
    '--explain',
    '--root',
    root,
    '--store',
    store,
  ]);
  expect(status).toBe(0);
  expect(stdout).toContain('src/lantern.ts:1-4');
  expect(stdout).toMatch(/[12] citations hold, 0 dropped/);
  const search = await run(['search', 'lantern', '--explain', '--root', root, '--store', store]);
  expect(search.stdout).toMatch(/score \d+\.\d\d = lexical/);
  for (const text of [stdout, search.stdout]) expect(text).toMatch(/^ {2}meaning +is near the question in meaning/m);
  expect(stdout).toMatch(/^ {2}embedder scholia-static.*, on cpu$/m);
});

test('the terminal tells of a server that puts passages in order, also when it fails', async () => {
  let fails = false;
  const server = await startScriptedModel(({ body }) => {
    const results = body.documents!.map((_, index) => ({ index, relevance_score: -index }));
    return fails ? reply(500, {}) : reply(200, { results });
  });
  onTestFinished(() => server.close());
  const env = {
    SCHOLIA_RERANKER: 'server',
    SCHOLIA_RERANKER_BASE_URL: server.baseUrl,
    SCHOLIA_RERANKER_MODEL: 'order',
  };
  expect((await json(['status'], { env })).reranker).toEqual({ name: 'order', device: server.origin });
  const ask = ['ask', 'How is the brass lantern lit?', '--explain', '--root', root, '--store', store];
  const { stdout } = await run(ask, { env });
  expect(stdout).toContain(`  reranker order, on ${server.origin}\n`);
  expect(stdout).toMatch(/^ {2}reranker +was judged by the reranker/m);
  fails = true;
  expect((await run(ask, { env })).stdout).toMatch(/passages of 3 for \d+ terms; the reranker order failed: .+/);
});

test('wrong usage exits 2 with the usage', async () => {
  const usage = /Usage: scholia/;
  await checkFails([], 2, usage);
  await checkFails(['frobnicate'], 2, /There is no command frobnicate[\s\S]*Usage/);
  await checkFails(['search'], 2, /search needs a query/);
  await checkFails(['ask'], 2, /ask needs a question/);
  await checkFails(['hover'], 2, /hover needs FILE:LINE:COLUMN/);
  await checkFails(['hover', 'a.ts:1'], 2, /hover needs FILE:LINE:COLUMN/);
  await checkFails(['search', 'x', '--limit', '0'], 2, /--limit is a number from 1 to 1000/);
  await checkFails(['search', 'x', '--limit', '1.5'], 2, /--limit/);
  await checkFails(['search', 'x', '--arm', 'psychic'], 2, /There is no arm psychic/);
  await checkFails(['ask', 'x', '--flow', 'none'], 2, /There is no flow none/);
  await checkFails(['search', 'x', '--unknown'], 2, /unknown/i);
  await checkFails(['search', 'x', '--root'], 2, usage);
  await checkFails(['lsp'], 2, /--stdio/);
});

test('words that every object knows are no commands', async () => {
  for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    await checkFails([word], 2, /There is no command/);
});

test('eval measures a suite, writes every result, and compares two runs', async () => {
  const data = join(import.meta.dirname, 'fixtures/eval');
  const results = join(base, 'results.json');
  const places = ['--data', data, '--store', join(base, 'eval')];
  const { status, stdout, stderr } = await run(['eval', 'folders', ...places, '--only', 'almanac', '--json', results]);
  expect({ status, stderr: stderr.replace(/[\d.]+ s/, 'N s') }).toEqual({
    status: 0,
    stderr: 'folders almanac: 16 files in N s, 16 questions\n',
  });
  expect(stdout).toMatch(/^folders: 16 cases/);
  const { suites } = JSON.parse(readFileSync(results, 'utf8'));
  expect(suites[0].cases[0]).toMatchObject({
    id: 'almanac-01',
    query: expect.any(String),
    wanted: [{ path: 'almanac/newsletter.py', lines: expect.any(Object) }, { path: 'almanac/sky/sun.py' }],
    arms: { lexical: { scores: { MRR: expect.any(Number) }, milliseconds: expect.any(Number) }, grep: {} },
  });
  const compared = await run(['eval', 'diff', results, results]);
  expect(compared).toMatchObject({ status: 0, stdout: expect.stringMatching(/0 better, 0 worse/) });

  await checkFails(['eval'], 2, /eval needs one list of suites/);
  await checkFails(['eval', 'folders'], 2, /eval needs --data/);
  await checkFails(['eval', 'nothing', '--data', data], 2, /There is no suite nothing: semble/);
  await checkFails(['eval', 'folders', '--data', data, '--arms', 'psychic'], 2, /There is no arm psychic: grep/);
  await checkFails(['eval', 'folders', '--data', data, '--limit', '0'], 2, /--limit is a number/);
  await checkFails(['eval', 'diff', results], 2, /eval diff needs two files/);
  await checkFails(['eval', 'diff', results, join(base, 'none')], 2, /none cannot be read/);
});

test('complete tells what a model would be given, and asks one where it is set', async () => {
  const { insert, context } = await json(['complete', 'src/use.ts:2:3', '--context-only']);
  expect(insert).toBe('');
  expect(context[0]).toMatchObject({
    path: expect.any(String),
    startLine: expect.any(Number),
    why: expect.any(String),
  });
  await checkFails(['complete', 'src/use.ts:2:3'], 1, /No completion model is set/);
  await checkFails(['complete', 'src/use.ts'], 2, /complete needs FILE:LINE:COLUMN/);
});

test('what is not built or not there exits 1 and says so', async () => {
  for (const arm of ['dense', 'hybrid']) {
    const { status, stderr } = await run(['search', 'x', '--arm', arm], { env: { SCHOLIA_EMBEDDER: 'off' } });
    expect(status).toBe(1);
    expect(stderr).toContain(`There are no vectors for the ${arm} arm`);
  }
  await checkFails(['index', '--root', join(base, 'missing')], 1, /There is no folder/);
  await checkFails(['index', '--root', join(root, 'README.md')], 1, /There is no folder/);
});

test('help is not an error', async () => {
  for (const args of [['--help'], ['-h'], ['help'], ['search', '--help']])
    expect(await run(args)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('Usage: scholia') });
});

test('relative paths are the caller’s, whom npm names in INIT_CWD', async () => {
  const elsewhere = join(base, 'elsewhere');
  await mkdir(elsewhere, { recursive: true });
  const { status, stdout } = await run(['status', '--root', 'shop', '--store', 'store', '--json'], {
    cwd: elsewhere,
    env: { INIT_CWD: base },
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ root, files: 3 });
  expect(JSON.parse(stdout).store.path.startsWith(`${store}/`)).toBe(true);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('without --store the index lies in the user’s cache, never in the folder', async () => {
  const { stdout } = await run(['status', '--json'], { cwd: root });
  expect(JSON.parse(stdout).store.path.startsWith(join(base, 'cache', 'scholia'))).toBe(true);
  expect(readdirSync(root).sort()).toEqual(['README.md', 'src']);
});

test('no address of an environment that other programs share is honoured', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`;
  const env = {
    OPENAI_BASE_URL: url,
    OPENAI_API_KEY: 'sk-hostile',
    OPENAI_API_BASE: url,
    OPENAI_ORG_ID: 'org',
    OPENAI_PROJECT_ID: 'project',
    OPENAI_LOG: 'debug',
    HTTP_PROXY: url,
    http_proxy: url,
    HTTPS_PROXY: url,
    ANTHROPIC_BASE_URL: url,
  };
  const answer = await json(['ask', 'How is the brass lantern lit?'], { env });
  expect(answer.trace.model).toEqual({ name: 'extractive', destination: '' });
  expect(seen).toEqual([]);
});

test('an address of a model that cannot be used is said in one sentence', async () => {
  await checkFails(['ask', 'lantern', '--root', root], 2, /SCHOLIA_BASE_URL|model\.baseUrl|address/i, {
    env: { SCHOLIA_BASE_URL: 'not an address' },
  });
});

test('a model that does not answer leaves extracts and a reason', async () => {
  const answer = await json(['ask', 'How is the brass lantern lit?'], {
    env: { SCHOLIA_BASE_URL: 'http://127.0.0.1:9/v1', SCHOLIA_MODEL: 'm' },
  });
  expect(answer.refused).toBe(false);
  expect(answer.reason).toMatch(/These are extracts instead of a written answer\.$/);
  expect(answer.citations[0]).toMatchObject({ path: 'src/lantern.ts', verified: true });
});

test('a configuration in the folder that is indexed is not read', async () => {
  const folder = join(base, 'hostile');
  await writeFiles(folder, {
    'config.json': '{"baseUrl":"http://127.0.0.1:9/v1"}',
    'scholia/config.json': '{"baseUrl":"http://127.0.0.1:9/v1"}',
    '.config/scholia/config.json': '{"baseUrl":"http://127.0.0.1:9/v1"}',
    '.env': 'SCHOLIA_BASE_URL=http://127.0.0.1:9/v1',
  });
  const { stdout } = await run(['status', '--json', '--store', store], { cwd: folder });
  expect(JSON.parse(stdout).model).toEqual({ name: 'extractive', destination: '' });
});

test('the user’s own configuration names the model, and a broken one is wrong usage', async () => {
  const config = join(base, 'own');
  await writeFiles(config, { 'scholia/config.json': '{"baseUrl":"http://127.0.0.1:9/v1","model":"mine"}' });
  const { stdout } = await run(['status', '--json', '--root', root, '--store', store], {
    env: { XDG_CONFIG_HOME: config },
  });
  expect(JSON.parse(stdout).model).toEqual({
    name: 'mine',
    destination: 'http://127.0.0.1:9',
    contextTokens: null,
    failure: expect.stringContaining('the language model at http://127.0.0.1:9 failed'),
  });
  await writeFiles(config, { 'scholia/config.json': '{' });
  await checkFails(['ask', 'lantern', '--root', root], 2, /config\.json is not JSON/, {
    env: { XDG_CONFIG_HOME: config },
  });
});

test('hidden characters of files are visible on a terminal and exact in JSON', async () => {
  const folder = join(base, 'hidden');
  const line = '// bidi \u202e trick \u001b[31m red lantern';
  await writeFiles(folder, { 'a.ts': `${line}\n` });
  const text = await run(['search', 'bidi', '--root', folder, '--store', store]);
  expect(text.stdout).toContain('⟨U+202E⟩');
  expect(text.stdout).not.toContain('\u202e');
  expect(text.stdout).not.toContain('\u001b');
  const exact = await run(['search', 'bidi', '--json', '--root', folder, '--store', store]);
  expect(JSON.parse(exact.stdout)[0].text).toBe(line);
});

test('a reader that stops reading is no failure worth a stack', async () => {
  const folder = join(base, 'large');
  await writeFiles(
    folder,
    Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `f${i}.ts`,
        many(60, `export const lantern${i}x# = 'some text to print';`),
      ]),
    ),
  );
  const child = spawn(process.execPath, [
    join(dist, 'server/cli.cjs'),
    'search',
    'lantern',
    '--limit',
    '300',
    '--json',
    '--root',
    folder,
    '--store',
    store,
  ]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdout.once('data', () => child.stdout.destroy());
  await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a model is downloaded once its licence and size were agreed to, and listed', async () => {
  const files = { 'model.onnx': Buffer.from('weights'), 'tokenizer.json': Buffer.from('{}') };
  const { url, requests } = await startHub({ models: { 'owner/tiny': files } });
  const env = { SCHOLIA_HUB_URL: url };
  expect((await run(['model', 'list', '--store', store], { env })).stdout).toMatch(/No model was downloaded yet/);
  expect(requests).toEqual([]);

  const download = ['model', 'download', 'owner/tiny'];
  await checkFails(download, 2, /licence: apache-2\.0\n.*0\.0 MB[\s\S]*--yes agrees/, { env });
  expect(requests).toHaveLength(1);
  const { status, stdout, stderr } = await run([...download, '--yes', '--store', store], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('licence: apache-2.0') });
  expect(stdout).toContain('scholia.embedder.folder = owner/tiny');

  const listed = await run(['model', 'list', '--json', '--store', store], { env });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'owner/tiny', licence: 'apache-2.0', onnx: 'model.onnx' }]);
  await checkFails(['model', 'download', 'owner/none', '--yes'], 1, /does not have it/, { env });
  await checkFails(['model', 'download', '../x', '--yes'], 2, /owner\/name/, { env });
  await checkFails(['model', 'remove'], 2, /model takes list/, { env });
});
