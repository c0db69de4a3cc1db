/** The protocol, from the outside: what any client sees. Few tests; the engine's own are elsewhere. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource, PublishDiagnosticsNotification } from 'vscode-languageserver-protocol/node';
import type { Status } from '../../server/src/base/status.js';
import {
  ApprovalsNotification,
  type AskProgress,
  AskProgressType,
  AskRequest,
  DeleteDataRequest,
  DiagnosticsRequest,
  ExplainFileRequest,
  ModelKeyNotification,
  PauseRequest,
  ReindexRequest,
  SearchRequest,
  StatusRequest,
  TeamEmbeddersRequest,
  TextRequest,
  VerifyRequest,
} from '../../server/src/protocol/messages.js';
import { pdfOf } from '../support/documents.js';
import { scratchFolder } from '../support/engine.js';
import { program } from '../support/repository.js';
import { endless, says, startScriptedModel } from '../support/scriptedModel.js';
import { clientOn } from './client.js';

const CART = `/** Adds up what a customer will pay, in cents. */
export function totalPrice(items: Item[]): number {
  return items.reduce((sum, item) => sum + item.cents, 0);
}
`;
const SHOP = `import { totalPrice } from './cart';
export const pay = (items) => charge(totalPrice(items));
`;
const files = { 'src/cart.ts': CART, 'src/shop.ts': SHOP };

async function scripted(script: Parameters<typeof startScriptedModel>[0]) {
  const model = await startScriptedModel(script);
  onTestFinished(() => model.close());
  return model;
}

test('the server indexes the folder by itself and says what it holds', async () => {
  const client = await clientOn(files);
  const status = await client.until((now) => now.state === 'ready');
  expect(status).toMatchObject({ files: 3, failed: [], lines: { total: 7, covered: 7 } });
  expect(await client.connection.sendRequest(StatusRequest)).toHaveLength(1);
});

test('a hover shows the definition, its comment and its uses, each with a link to its line', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  const hover = await client.connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
    textDocument: { uri: client.uri('src/shop.ts') },
    position: { line: 1, character: 42 },
  });
  expect(hover.contents.value).toContain('function totalPrice(items: Item[]): number');
  expect(hover.contents.value).toContain('Adds up what a customer will pay, in cents.');
  expect(hover.contents.value).toContain(`(${client.uri('src/cart.ts')}#L2)`);
  expect(hover.contents.value).toContain(`(${client.uri('src/shop.ts')}#L2)`);
});

test('a document is given as the text whose lines are cited, anything else is refused with a sentence', async () => {
  const client = await clientOn({ ...files, 'tides.pdf': pdfOf([['Moor before the ebb.'], ['Pay the pilot.']]) });
  await client.until((now) => now.state === 'ready');
  const text = (path: string) => client.connection.sendRequest(TextRequest, { uri: client.uri(path) });
  expect(await text('tides.pdf')).toEqual({ text: 'Moor before the ebb.\n\nPay the pilot.\n', language: 'plaintext' });
  await expect(text('src/cart.ts')).rejects.toThrow('There is no document src/cart.ts in the index');
});

test('a hover on nothing known is nothing', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  const at = { textDocument: { uri: client.uri('src/shop.ts') }, position: { line: 0, character: 8 } };
  expect(await client.connection.sendRequest('textDocument/hover', at)).toBeNull();
});

test('an answer without a model is an extract that quotes the file byte for byte', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  const answer = await client.connection.sendRequest(AskRequest, {
    question: 'what adds up the cents that a customer will pay?',
  });
  expect(answer.refused).toBe(false);
  expect(answer.trace.sent).toEqual([]);
  const [citation] = answer.citations;
  expect(citation).toMatchObject({ uri: client.uri('src/cart.ts'), verified: true });
  const lines = (await readFile(join(client.folder, 'src/cart.ts'), 'utf8')).split('\n');
  expect(citation!.quote).toBe(lines.slice(citation!.startLine - 1, citation!.endLine).join('\n'));
});

test('unsaved text is searched, hovered and cited before it is saved', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  await client.open('src/cart.ts', `${CART}\n/** The zebra discount. */\nexport function zebra() {}\n`);
  const hits = await client.connection.sendRequest(SearchRequest, { query: 'zebra discount' });
  expect(hits[0]).toMatchObject({ path: 'src/cart.ts' });
  const answer = await client.connection.sendRequest(AskRequest, { question: 'where is the zebra discount?' });
  expect(answer.citations[0]?.quote).toContain('zebra discount');
});

test('a saved file is found at once, without a scan', async () => {
  const client = await clientOn(files);
  const { generation } = await client.until((now) => now.state === 'ready');
  await writeFile(join(client.folder, 'src/giraffe.ts'), 'export const giraffeNeck = 1;\n');
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: client.uri('src/giraffe.ts'), type: 1 }],
  });
  await client.until((now) => now.generation > generation && now.state === 'ready');
  const hits = await client.connection.sendRequest(SearchRequest, { query: 'giraffeNeck' });
  expect(hits[0]?.path).toBe('src/giraffe.ts');
});

test('a model writes the answer piece by piece, and only citations that hold remain', async () => {
  const model = await scripted(() => says(['The total is ', 'summed up [1]. ', 'Magic [7].']));
  const client = await clientOn(files, { settings: { model: { baseUrl: model.baseUrl, name: 'tiny' } } });
  await client.until((now) => now.state === 'ready');
  const seen: AskProgress[] = [];
  client.connection.onProgress(AskProgressType, 'token-1', (progress) => void seen.push(progress));
  const answer = await client.connection.sendRequest(AskRequest, {
    question: 'how is the total price made?',
    progressToken: 'token-1',
  });
  expect(
    seen
      .filter((progress) => progress.kind === 'text')
      .map((progress) => progress.delta)
      .join(''),
  ).toBe('The total is summed up [1]. Magic [7].');
  expect(seen.find((progress) => progress.kind === 'sources')).toBeDefined();
  expect(answer.answer).toBe('The total is summed up [1]. Magic.');
  expect(answer.reason).toContain('[7]');
  expect(answer.trace.model).toEqual({ name: 'tiny', destination: model.origin });
});

test('what the trace says was sent is what was sent', async () => {
  const model = await scripted(() => says('Yes [1].'));
  const client = await clientOn(files, { settings: { model: { baseUrl: model.baseUrl, name: 'tiny' } } });
  await client.until((now) => now.state === 'ready');
  const answer = await client.connection.sendRequest(AskRequest, { question: 'how is the total price made?' });
  expect(model.requests).toHaveLength(1);
  expect((model.requests[0]!.body as { messages: unknown }).messages).toEqual(answer.trace.sent);
});

test('an endless answer stops when it is cancelled, and its request is dropped', async () => {
  const model = await scripted(() => endless('tick ', 5));
  const client = await clientOn(files, { settings: { model: { baseUrl: model.baseUrl, name: 'tiny' } } });
  await client.until((now) => now.state === 'ready');
  const cancellation = new CancellationTokenSource();
  client.connection.onProgress(AskProgressType, 'token-2', (progress) => {
    if (progress.kind === 'text') cancellation.cancel();
  });
  const asked = client.connection.sendRequest(
    AskRequest,
    { question: 'how is the total price made?', progressToken: 'token-2' },
    cancellation.token,
  );
  await expect(asked).rejects.toMatchObject({ code: -32800 });
  await expect.poll(() => model.requests[0]?.ended).toBe('dropped');
});

test('a model that is down costs the prose and not the answer', async () => {
  const client = await clientOn(files, { settings: { model: { baseUrl: 'http://127.0.0.1:9/v1', name: 'tiny' } } });
  await client.until((now) => now.state === 'ready');
  const answer = await client.connection.sendRequest(AskRequest, { question: 'how is the total price made?' });
  expect(answer.reason).toContain('127.0.0.1:9');
  expect(answer.citations.length).toBeGreaterThan(0);
});

test('in a workspace that is not trusted no model is asked', async () => {
  const model = await scripted(() => says('never'));
  const settings = { model: { baseUrl: model.baseUrl, name: 'tiny' } };
  const client = await clientOn(files, { settings, trusted: false });
  await client.until((now) => now.state === 'ready');
  await client.connection.sendRequest(AskRequest, { question: 'how is the total price made?' });
  expect(model.requests).toEqual([]);
});

test('git is run where the workspace is trusted and nowhere else', async () => {
  const bin = scratchFolder();
  program(join(bin, 'git'), `: > ${bin}/ran; exit 1`);
  const repository = { ...files, '.git/HEAD': 'ref: refs/heads/main\n' };
  for (const trusted of [false, true]) {
    const client = await clientOn(repository, { trusted, env: { PATH: bin } });
    await client.until((now) => now.state === 'ready');
    expect(existsSync(join(bin, 'ran'))).toBe(trusted);
  }
});

test('a key goes to the origin it was entered for and to no other', async () => {
  const mine = await scripted(() => says('Yes [1].'));
  const settings = { model: { baseUrl: mine.baseUrl, name: 'tiny' } };
  const client = await clientOn(files, { settings, env: { OPENAI_API_KEY: 'sk-ambient' } });
  await client.until((now) => now.state === 'ready');
  await client.connection.sendNotification(ModelKeyNotification, {
    origin: 'https://elsewhere.example',
    key: 'sk-other',
  });
  await client.connection.sendRequest(AskRequest, { question: 'how is the total price made?' });
  await client.connection.sendNotification(ModelKeyNotification, { origin: mine.origin, key: 'sk-mine' });
  await client.connection.sendRequest(AskRequest, { question: 'how is the total price made?' });
  const sent = mine.requests.map((request) => request.headers['authorization'] ?? '');
  expect(sent[0]).not.toMatch(/sk-(other|ambient)/);
  expect(sent[1]).toBe('Bearer sk-mine');
});

test('re-indexing reads every file again, and says how many', async () => {
  const client = await clientOn(files);
  const { generation } = await client.until((now) => now.state === 'ready');
  const report = await client.connection.sendRequest(ReindexRequest);
  expect(report).toMatchObject({ files: 3, failed: 0 });
  const [status] = await client.connection.sendRequest(StatusRequest);
  expect(status!.generation).toBeGreaterThan(generation);
});

test('a citation is read again on request: held, moved, or no longer so', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  const { citations } = await client.connection.sendRequest(AskRequest, {
    question: 'what adds up the cents that a customer will pay?',
  });
  await client.open('src/cart.ts', `// one line more\n${CART}`);
  const [moved] = await client.connection.sendRequest(VerifyRequest, { citations: [citations[0]!] });
  expect(moved).toMatchObject({ startLine: citations[0]!.startLine + 1, verified: true });
  await client.connection.sendNotification('textDocument/didChange', {
    textDocument: { uri: client.uri('src/cart.ts'), version: 2 },
    contentChanges: [{ text: 'nothing left' }],
  });
  const [gone] = await client.connection.sendRequest(VerifyRequest, { citations: [citations[0]!] });
  expect(gone).toMatchObject({ verified: false });
});

test('without a folder a question gets a sentence that says what to do', async () => {
  const client = await clientOn({}, { noFolder: true });
  await expect(client.connection.sendRequest(AskRequest, { question: 'anything' })).rejects.toThrow(
    /No folder is open/,
  );
  expect(await client.connection.sendRequest(StatusRequest)).toEqual([]);
});

test('a question that comes before the first index waits for it', async () => {
  const client = await clientOn(files);
  const answer = await client.connection.sendRequest(AskRequest, {
    question: 'what adds up the cents that a customer will pay?',
  });
  expect(answer.citations[0]).toMatchObject({ path: 'src/cart.ts' });
});

test('mistakes in scholia.json are marked at their lines, and unmarked when they are gone', async () => {
  const client = await clientOn({ ...files, 'scholia.json': '{\n  "ranking": {\n    "colour": 1\n  }\n}\n' });
  const published: unknown[] = [];
  client.connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
    published.push([uri, diagnostics.map(({ range, message }) => [range.start, range.end, message])]);
  });
  const uri = client.uri('scholia.json');
  const message = 'There is no key "ranking.colour"; it does not count';
  await client.until((now) => now.state === 'ready');
  await expect
    .poll(() => published)
    .toEqual([[uri, [[{ line: 2, character: 4 }, { line: 2, character: 12 }, message]]]]);
  await writeFile(join(client.folder, 'scholia.json'), '{}\n');
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
  await expect.poll(() => published.at(-1), { timeout: 10_000 }).toEqual([uri, []]);
});

test('in a workspace that is not trusted nothing of scholia.json counts', async () => {
  const client = await clientOn(
    { ...files, 'scholia.json': '{"index": {"exclude": ["src/"]}, "x": 1}' },
    { trusted: false },
  );
  const status = await client.until((now) => now.state === 'ready');
  expect(status.files).toBe(4);
  expect(status.degraded).toContain('scholia.json is not read, because the workspace is not trusted');
});

test('in a folder that is not trusted no server is sent anything, whoever named it', async () => {
  const server = await scripted(() => says('never'));
  const settings = Object.fromEntries(
    ['model', 'embedder', 'reranker'].flatMap((what) => [
      [`${what}.baseUrl`, server.baseUrl],
      [`${what}.name`, 'scripted'],
      [`${what}.kind`, 'server'],
    ]),
  );
  const client = await clientOn(files, { settings, trusted: false });
  const status = await client.until((now) => now.state === 'ready');
  expect(status).toMatchObject({ embedder: { device: 'cpu' }, nextEmbedder: null, reranker: null });
  expect(status.degraded).toContainEqual(expect.stringMatching(/^No embedder on a server is used until you trust/));
  const answer = await client.connection.sendRequest(AskRequest, { question: 'How is the total price made?' });
  expect(answer.trace.searchModels.map(({ device }) => device)).toEqual(['cpu']);
  expect([server.requests, server.otherRequests]).toEqual([[], []]);
});

test('an embedder that the team suggests waits until its file is approved', async () => {
  const suggestion = '{"embedder": {"kind": "server", "name": "nomic"}}';
  const settings = { 'embedder.baseUrl': 'https://vectors.example/v1' };
  const client = await clientOn({ ...files, 'scholia.json': suggestion }, { settings });
  const waits = ({ degraded }: Status) => degraded.some((note) => note.includes('nomic on a server'));
  await client.until((status) => status.state === 'ready' && waits(status));
  const [waiting] = await client.connection.sendRequest(TeamEmbeddersRequest);
  expect(waiting).toMatchObject({ name: 'nomic', destination: 'https://vectors.example' });
  const { uri, digest } = waiting!;
  expect(pathToFileURL(client.folder).href).toBe(uri);
  await client.connection.sendNotification(ApprovalsNotification, { approvals: [{ uri, digest: 'f'.repeat(64) }] });
  expect(await client.connection.sendRequest(TeamEmbeddersRequest)).toHaveLength(1);
  await client.connection.sendNotification(ApprovalsNotification, { approvals: [{ uri, digest }] });
  await client.until((status) => status.state === 'ready' && !waits(status));
  expect(await client.connection.sendRequest(TeamEmbeddersRequest)).toEqual([]);
});

test('what the editor hides is left out as soon as it is, with a reason', async () => {
  const options = { filesExclude: { '**/cart.ts': true } as Record<string, unknown> };
  const client = await clientOn(files, options);
  await client.until((now) => now.state === 'ready' && now.files === 2);
  const cart = { uri: client.uri('src/cart.ts') };
  expect(await client.connection.sendRequest(ExplainFileRequest, cart)).toEqual({
    path: 'src/cart.ts',
    indexed: false,
    reason: 'src/cart.ts is left out: a pattern leaves it out: The setting files.exclude: `**/cart.ts`',
  });
  options.filesExclude = {};
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await client.until((now) => now.state === 'ready' && now.files === 3);
  expect(await client.connection.sendRequest(ExplainFileRequest, cart)).toMatchObject({ indexed: true, reason: null });
  const elsewhere = await client.connection.sendRequest(ExplainFileRequest, { uri: 'file:///elsewhere/a.ts' });
  expect(elsewhere).toMatchObject({ indexed: false, reason: 'It lies in no folder of the workspace' });
});

test('two folders are asked as one, and each file has its own address', async () => {
  const client = await clientOn(
    { 'shop/cart.ts': CART, 'bank/pay.ts': "import { totalPrice } from 'shop';\nexport const due = totalPrice([]);\n" },
    { foldersApart: true },
  );
  await client.until((now) => now.state === 'ready');
  const asked = { question: 'What does totalPrice add up?' };
  const answer = await client.connection.sendRequest(AskRequest, asked);
  expect(answer.citations[0]).toMatchObject({ path: 'shop/cart.ts', uri: client.uri('shop/cart.ts') });
  const hits = await client.connection.sendRequest(SearchRequest, { query: 'totalPrice' });
  expect(new Set(hits.map(({ uri }) => uri))).toEqual(new Set([client.uri('shop/cart.ts'), client.uri('bank/pay.ts')]));
  const [held] = await client.connection.sendRequest(VerifyRequest, { citations: answer.citations.slice(0, 1) });
  expect(held).toMatchObject({ path: 'shop/cart.ts', verified: true });
  const scopeUri = client.uri('bank/pay.ts');
  const alone = await client.connection.sendRequest(SearchRequest, { query: 'totalPrice', scopeUri });
  expect(alone.map(({ path }) => path)).toEqual(['pay.ts']);
});

test('indexing is paused and goes on, and all data is deleted', async () => {
  const client = await clientOn(files);
  await client.until((now) => now.state === 'ready');
  await client.connection.sendRequest(PauseRequest, { on: true });
  await client.until((now) => now.state === 'paused');
  await client.connection.sendRequest(PauseRequest, { on: false });
  expect(await client.connection.sendRequest(DiagnosticsRequest)).toMatchObject({ node: process.versions.node });
  expect(await client.connection.sendRequest(DeleteDataRequest)).toMatchObject({ stores: 1, inUse: 0 });
  const [status] = await client.connection.sendRequest(StatusRequest);
  expect(status).toMatchObject({ state: 'empty', files: 0 });
});
