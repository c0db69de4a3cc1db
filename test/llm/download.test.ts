/** Models from a hub on loopback: what is chosen, checked, resumed and refused. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DownloadOptions, downloadModel } from '../../server/src/llm/download.js';
import { type Hub, planDownload } from '../../server/src/llm/hub.js';
import { listModels } from '../../server/src/llm/modelFolders.js';
import { scratchFolder } from '../support/engine.js';
import { type HubOptions, REVISION, type ScriptedHub, startHub, type Trouble } from '../support/hub.js';

const NAME = 'owner/tiny-embedder';
const TOKEN = 'hub-canary-0123456789';
const WEIGHTS = randomBytes(300_000);
const MODEL = {
  'tokenizer.json': Buffer.from('{"model": {}}'),
  'config.json': Buffer.from('{"model_type": "bert"}'),
  '1_Pooling/config.json': Buffer.from('{"pooling_mode_mean_tokens": true}'),
  'onnx/model.onnx': WEIGHTS,
  'onnx/model_int8.onnx': randomBytes(1000),
  'model.safetensors': randomBytes(1000),
  'modeling.py': Buffer.from('import os'),
  '../../evil.onnx': Buffer.from('x'),
  'onnx/../evil.onnx': Buffer.from('x'),
};
const WANTED = ['tokenizer.json', 'config.json', '1_Pooling/config.json', 'model.onnx'];

interface Downloaded extends ScriptedHub {
  hub: Hub;
  folder: string;
  /** Plans and loads; both are done again at the next call. */
  load(options?: Partial<DownloadOptions>): Promise<{ path: string }>;
}

async function hubWith(options: Partial<HubOptions> = {}, hub: Partial<Hub> = {}): Promise<Downloaded> {
  const scripted = await startHub({ models: { [NAME]: MODEL }, ...options });
  const folder = join(scratchFolder(), 'models');
  const reached: Hub = { url: scripted.url, ...hub };
  const load: Downloaded['load'] = async (given) =>
    downloadModel(await planDownload(NAME, reached), { hub: reached, folder, sleep: async () => {}, ...given });
  return { ...scripted, hub: reached, folder, load };
}

async function expectWhole(path: string): Promise<void> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  expect(files.sort()).toEqual([...WANTED, 'scholia-model.json'].map((name) => join(path, name)).sort());
  expect(await readFile(join(path, 'model.onnx'))).toEqual(WEIGHTS);
  expect(await readFile(join(path, 'tokenizer.json'))).toEqual(MODEL['tokenizer.json']);
}

const weights =
  (trouble: Trouble): Trouble =>
  (request, response, content) =>
    content === WEIGHTS && trouble(request, response, content);

test('a plan shows the licence, the size and the choice before anything is loaded', async () => {
  const { hub, requests } = await hubWith();
  const plan = await planDownload(NAME, hub);
  expect(plan).toMatchObject({
    name: NAME,
    revision: REVISION,
    licence: 'apache-2.0',
    onnx: 'onnx/model.onnx',
    otherOnnx: ['onnx/model_int8.onnx'],
    bytes: WANTED.reduce(
      (sum, name) => sum + (name === 'model.onnx' ? WEIGHTS : MODEL[name as 'config.json']).length,
      0,
    ),
  });
  expect(plan.files.map(({ to }) => to)).toEqual(WANTED);
  expect(requests).toHaveLength(1);
  expect((await planDownload(NAME, hub, { onnx: 'onnx/model_int8.onnx' })).files.at(-1)).toMatchObject({
    from: 'onnx/model_int8.onnx',
    to: 'model.onnx',
  });
});

test('a download is whole, listed, and not made twice', async () => {
  const { load, folder, requests } = await hubWith();
  const progress: { doneBytes: number; totalBytes: number }[] = [];
  const { path } = await load({ onProgress: (step) => progress.push(step) });
  await expectWhole(path);
  expect(await listModels(folder)).toMatchObject([
    { name: NAME, revision: REVISION, licence: 'apache-2.0', onnx: 'onnx/model.onnx', path },
  ]);
  expect(await readdir(folder)).toEqual([`owner--tiny-embedder@${REVISION.slice(0, 12)}`]);
  const done = progress.map(({ doneBytes }) => doneBytes);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(progress.at(-1)).toMatchObject({ doneBytes: progress[0]!.totalBytes });
  const before = requests.length;
  expect((await load()).path).toBe(path);
  expect(requests).toHaveLength(before + 1);
});

test('weights that lie beside the model come with it, under their own name', async () => {
  const models = { [NAME]: { ...MODEL, 'onnx/model.onnx_data': Buffer.from('much') } };
  const { load } = await hubWith({ models });
  expect(await readFile(join((await load()).path, 'model.onnx_data'), 'utf8')).toBe('much');
});

test('a cut connection goes on where it broke off', async () => {
  let cuts = 0;
  const { load, requests } = await hubWith({
    trouble: weights(({ range }, response, content) => {
      if (++cuts > 4) return false;
      const from = Number(/\d+/.exec(range ?? '0')![0]);
      const headers = range ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
      response.writeHead(range ? 206 : 200, { ...headers, 'content-length': content.length - from });
      response.write(content.subarray(from, from + 50_000), () => setTimeout(() => response.destroy(), 20));
      return true;
    }),
  });
  await expectWhole((await load()).path);
  const ranges = requests.filter(({ server }) => server === 'files').map(({ range }) => range);
  expect(ranges).toEqual([undefined, 'bytes=50000-', 'bytes=100000-', 'bytes=150000-', 'bytes=200000-']);
});

test('an abort keeps what was loaded, and the next download goes on from there', async () => {
  const abort = new AbortController();
  const reason = new Error('stop');
  const { load, folder, requests } = await hubWith({
    trouble: weights(({ range }, response, content) => {
      if (range) return false;
      response.writeHead(200).write(content.subarray(0, 100_000));
      return true;
    }),
  });
  const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 100_000 && abort.abort(reason);
  await expect(load({ onProgress, signal: abort.signal })).rejects.toBe(reason);
  expect(await listModels(folder)).toEqual([]);
  await expectWhole((await load()).path);
  expect(requests.at(-1)!.range).toBe('bytes=100000-');
});

test.each<[string, Trouble]>([
  [
    'ignores ranges',
    (request, response, content) => (request.range ? Boolean(response.writeHead(200).end(content)) : false),
  ],
  ['knows no such range', ({ range }, response) => (range ? Boolean(response.writeHead(416).end()) : false)],
  [
    'sends another range',
    ({ range }, response, content) =>
      range ? Boolean(response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end(content)) : false,
  ],
])('a server that %s costs a new beginning only', async (_name, trouble) => {
  const { load, folder } = await hubWith({ trouble: weights(trouble) });
  await leaveBehind(folder, WEIGHTS.subarray(0, 1000));
  await expectWhole((await load()).path);
});

test.each([
  ['damaged', randomBytes(1000)],
  ['too long', randomBytes(WEIGHTS.length + 1)],
  ['damaged at full length', randomBytes(WEIGHTS.length)],
])('what an earlier download left %s is loaded again', async (_name, rest) => {
  const { load, folder } = await hubWith();
  await leaveBehind(folder, rest);
  await expectWhole((await load()).path);
});

async function leaveBehind(folder: string, content: Buffer): Promise<void> {
  const partial = join(folder, `.owner--tiny-embedder@${REVISION.slice(0, 12)}.partial`);
  await mkdir(partial, { recursive: true });
  await writeFile(join(partial, 'model.onnx'), content);
}

const TROUBLES: { name: string; options: Partial<HubOptions>; says: string | RegExp }[] = [
  {
    name: 'tampered',
    options: { trouble: weights((_request, response, content) => Boolean(response.end(Buffer.alloc(content.length)))) },
    says: /onnx\/model\.onnx of owner\/tiny-embedder is not what the hub says.*checksum/,
  },
  {
    name: 'a small file tampered',
    options: {
      trouble: (_request, response, content) =>
        content === MODEL['config.json'] && Boolean(response.end('{"model_type": "evil"}')),
    },
    says: 'config.json of owner/tiny-embedder is not what the hub says',
  },
  {
    name: 'always truncated',
    options: { trouble: weights((_request, response, content) => Boolean(response.end(content.subarray(0, 10)))) },
    says: 'broke off and does not go on',
  },
  {
    name: 'endless',
    options: {
      trouble: weights((_request, response, content) => {
        const more = () => !response.destroyed && response.write(content, more);
        more();
        return true;
      }),
    },
    says: 'more of onnx/model.onnx than it announced',
  },
  {
    name: 'always dead',
    options: { trouble: weights((_request, response) => Boolean(response.destroy())) },
    says: 'broke off and does not go on',
  },
  {
    name: 'failing',
    options: { trouble: weights((_request, response) => Boolean(response.writeHead(503).end())) },
    says: 'broke off and does not go on',
  },
  {
    name: 'gone',
    options: { trouble: weights((_request, response) => Boolean(response.writeHead(404).end())) },
    says: 'no such model, revision or file',
  },
  {
    name: 'in a circle',
    options: { trouble: weights(({ path }, response) => Boolean(response.writeHead(302, { location: path }).end())) },
    says: 'in a circle',
  },
  {
    name: 'sent to a file',
    options: {
      trouble: weights((_request, response) =>
        Boolean(response.writeHead(302, { location: 'file:///etc/passwd' }).end()),
      ),
    },
    says: 'an address that is not safe',
  },
  { name: 'listed without an end', options: { listed: () => 'x'.repeat(9_000_000) }, says: 'has no end' },
  { name: 'listed as something else', options: { listed: () => [1] }, says: 'has no ONNX file' },
  {
    name: 'without ONNX',
    options: { models: { [NAME]: { 'config.json': Buffer.from('{}') } } },
    says: 'has no ONNX file',
  },
  {
    name: 'without a tokenizer',
    options: { models: { [NAME]: { 'model.onnx': WEIGHTS } } },
    says: 'no tokenizer.json',
  },
  { name: 'unknown', options: { models: {} }, says: /does not give this model to everybody, or does not have it/ },
  {
    name: 'without checksums',
    options: {
      listed: (list) => ({
        ...list,
        siblings: (list['siblings'] as object[]).map((row) => ({ ...row, lfs: undefined, blobId: undefined })),
      }),
    },
    says: 'no checksum',
  },
  { name: 'without a revision', options: { listed: (list) => ({ ...list, sha: '../..' }) }, says: 'which revision' },
];

test.each(TROUBLES)('refused: $name', async ({ options, says }) => {
  const { load, folder } = await hubWith(options);
  await expect(load()).rejects.toMatchObject({ kind: 'download-failed', message: expect.stringMatching(says) });
  expect(await listModels(folder)).toEqual([]);
});

test('a server that falls silent is left, and asked again', async () => {
  let silent = true;
  const { load } = await hubWith(
    {
      trouble: weights((_request, response, content) => {
        if (!silent) return false;
        silent = false;
        response.writeHead(200).write(content.subarray(0, 1000));
        return true;
      }),
    },
    { idleMs: 100 },
  );
  await expectWhole((await load()).path);
});

test('a token goes to the hub alone, and no other credential anywhere', async () => {
  const { load, requests, filesOrigin } = await hubWith({}, { token: TOKEN });
  await load();
  expect(requests.filter(({ server }) => server === 'files')).toHaveLength(1);
  for (const { server, authorisation } of requests)
    expect(authorisation).toBe(server === 'hub' ? `Bearer ${TOKEN}` : undefined);
  expect(filesOrigin).not.toBe('');
});

test('a disk that is full or cannot be written is told before and while loading', async () => {
  const { load, folder, requests } = await hubWith();
  const small = load({ freeBytes: async () => 1_000_000 });
  await expect(small).rejects.toMatchObject({ kind: 'download-failed', message: expect.stringContaining('make room') });
  expect(requests).toHaveLength(1);
  await writeFile(join(folder, '..', 'file'), '');
  await expect(load({ folder: join(folder, '..', 'file') })).rejects.toMatchObject({ kind: 'download-failed' });
  if (process.platform !== 'linux') return;
  // A device that is always full, as Linux has one.
  const partial = join(folder, `.owner--tiny-embedder@${REVISION.slice(0, 12)}.partial`);
  await symlink('/dev/full', join(partial, 'model.onnx'));
  await expect(load()).rejects.toMatchObject({ message: expect.stringMatching(/is full: make room and try again/) });
});

test.each([
  '',
  'name',
  'owner/name/more',
  '../x/y',
  'owner/..',
  'https://x.invalid/a/b',
  'owner/name@../..',
  'owner/name@',
])('unusable name: %s', async (name) => {
  const { hub, requests } = await hubWith();
  await expect(planDownload(name, hub)).rejects.toMatchObject({ kind: 'usage' });
  expect(requests).toEqual([]);
});

test.each([
  ['an address', { url: 'file:///etc' }],
  ['a password', { url: 'https://user:pass@hub.example' }],
  ['a token', { token: 'a\nX: y' }],
])('unusable hub: %s', async (_name, changes) => {
  const { hub } = await hubWith({}, changes);
  await expect(planDownload(NAME, hub)).rejects.toMatchObject({ kind: 'usage' });
});

test('nobody listens at the hub', async () => {
  const { hub } = await hubWith({}, { url: 'http://127.0.0.1:9' });
  await expect(planDownload(NAME, hub)).rejects.toThrow('No hub answers at http://127.0.0.1:9');
});

test('what is no model is passed over in the list', async () => {
  const { load, folder } = await hubWith();
  const { path } = await load();
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'other', 'scholia-model.json'), '{"name": 3');
  expect((await listModels(folder)).map((model) => model.path)).toEqual([path]);
  expect(await listModels(join(folder, 'none'))).toEqual([]);
  expect((await stat(path)).isDirectory()).toBe(true);
});
