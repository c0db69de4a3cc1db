/**
 * As it comes, nothing of this reaches for the network: the real programs, with a trap at every way out, in all of their
 * threads and processes. Where the system can take the network away altogether, the command line runs without one too.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { AskRequest, ReindexRequest, SearchRequest, TextRequest } from '../../server/src/protocol/messages.js';
import { clientOn } from '../lsp/client.js';
import { docxOf, notebookOf, pdfOf } from '../support/documents.js';
import { dist, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { networkTrap } from '../support/networkTrap.js';
import { program, repositoryIn } from '../support/repository.js';
import { json, says, startScriptedModel } from '../support/scriptedModel.js';

const run = promisify(execFile);
/** A dozen programs start here. */
const PATIENT = { timeout: 120_000 };

const FILES: Files = {
  'src/lantern.ts': '/** Lights the brass lantern until the harbour sleeps. */\nexport function lightLantern() {}\n',
  'src/use.ts': "import { lightLantern } from './lantern.js';\nlightLantern();\n",
  'README.md': '# Harbour\n\n![badge](https://evil.example/badge.svg) Lanterns and ropes.\n',
  'tides.pdf': pdfOf([['A brig must be moored before the ebb tide turns.']]),
  'book.docx': docxOf(['# Lighthouse', 'The keeper trims the wick at dusk.']),
  'depth.ipynb': notebookOf(['# Soundings', 'def depth(fathoms):\n    return fathoms\n']),
  'package.json': '{"dependencies": {"left-pad": "https://evil.example/left-pad.tgz"}}\n',
};

/** What a repository may hold in order to be asked for something. */
const HOSTILE: Files = {
  'scholia.json':
    '{"embedder": {"kind": "server", "name": "https"}, "index": {"exclude": ["legacy/"]}, "model": {"baseUrl": "https://evil.example"}}',
  '.vscode/settings.json': '{"scholia.model.baseUrl": "https://evil.example", "scholia.embedder.kind": "server"}',
  '.env': 'SCHOLIA_BASE_URL=https://evil.example\nSCHOLIA_API_KEY=sk-workspace\n',
  '.npmrc': 'registry=https://evil.example\n',
  '.scholia/config.json': '{"baseUrl": "https://evil.example"}',
  'config.json': '{"baseUrl": "https://evil.example"}',
};

function bare(): Record<string, string> {
  return { PATH: process.env['PATH']!, HOME: scratchFolder(), XDG_CONFIG_HOME: scratchFolder() };
}

test('S3 the trap catches each way out, in a thread and in a forked process too', PATIENT, async () => {
  const tries: Record<string, string> = {
    'Socket.connect': "new (require('node:net').Socket)().connect(9, '127.0.0.1')",
    'net.connect': "require('node:net').connect(9)",
    'tls.connect': "require('node:tls').connect(9)",
    'dns.lookup': "require('node:dns').lookup('evil.example', () => {})",
    'dns.promises.resolve4': "require('node:dns').promises.resolve4('evil.example')",
    'https.get': "require('node:https').get('https://evil.example')",
    'http.request': "require('node:http').request('http://evil.example')",
    'dgram.createSocket': "require('node:dgram').createSocket('udp4')",
    fetch: "fetch('https://evil.example')",
    WebSocket: "new WebSocket('wss://evil.example')",
  };
  const trap = networkTrap();
  const guarded = Object.values(tries).map((code) => `try { ${code} } catch {}`);
  const inThread = `new (require('node:worker_threads').Worker)(${JSON.stringify(guarded[0])}, { eval: true });`;
  await run(process.execPath, ['-e', `${guarded.join(';')}; ${inThread}`], { env: { ...bare(), ...trap.env } });
  for (const name of Object.keys(tries))
    expect(
      trap.attempts().some((line) => line.startsWith(name)),
      name,
    ).toBe(true);
  expect(trap.attempts().filter((line) => line.startsWith('Socket.connect'))).toHaveLength(2);
  const before = trap.attempts().length;
  const folder = scratchFolder();
  const child = join(folder, 'child.cjs');
  const parent = `require('node:child_process').fork(${JSON.stringify(child)}, [], { env: {} })`;
  await writeFiles(folder, {
    'child.cjs': "try { fetch('https://evil.example/child') } catch {}",
    'parent.cjs': parent,
  });
  await run(process.execPath, [join(folder, 'parent.cjs')], { env: { ...bare(), ...trap.env } });
  expect(trap.attempts().slice(before)).toEqual([expect.stringContaining('fetch https://evil.example/child')]);
});

/** An argument list that takes the network away; empty where the system does not let it be taken. */
function withoutNetwork(): string[] {
  try {
    execFileSync('unshare', ['-rn', 'true'], { stdio: 'ignore' });
    return ['unshare', '-rn'];
  } catch {
    return [];
  }
}

describe('S17 as it comes', () => {
  test('S17 the command line attempts nothing, and does not miss it', PATIENT, async () => {
    const trap = networkTrap();
    const folder = join(scratchFolder(), 'root');
    const repository = repositoryIn(folder);
    await writeFiles(folder, { ...FILES, ...HOSTILE });
    repository.commit('Light the lantern', {});
    const store = scratchFolder();
    const env = { ...bare(), ...trap.env };
    const [program = process.execPath, ...before] = [...withoutNetwork(), process.execPath];
    const scholia = async (...args: string[]) =>
      (
        await run(program, [...before, join(dist, 'server/cli.cjs'), ...args, '--root', folder, '--store', store], {
          env,
        })
      ).stdout;
    expect(await scholia('ask', 'When was lightLantern last changed?')).toContain('Light the lantern');
    expect(await scholia('ask', 'What must be moored before the ebb tide turns?')).toContain('tides.pdf');
    expect(await scholia('hover', 'src/use.ts:2:3')).toContain('lightLantern');
    expect(await scholia('status')).toContain('nothing leaves this machine');
    expect(trap.attempts()).toEqual([]);
  });

  test('S17 nor with a model in a folder, which a process of its own computes', PATIENT, async () => {
    const trap = networkTrap();
    const folder = scratchFolder();
    await writeFiles(folder, FILES);
    const embedder = join(import.meta.dirname, '../fixtures/models/bert');
    const env = { ...bare(), ...trap.env, SCHOLIA_EMBEDDER_FOLDER: embedder };
    const args = [join(dist, 'server/cli.cjs'), 'index', '--json', '--root', folder, '--store', scratchFolder()];
    const { stdout } = await run(process.execPath, args, { env });
    expect(JSON.parse(stdout).embedder.name).not.toMatch(/^scholia-static/);
    expect(trap.attempts()).toEqual([]);
  });

  test('S17 the language server attempts nothing', PATIENT, async () => {
    const trap = networkTrap();
    const client = await clientOn({ ...FILES, ...HOSTILE, 'scholia.json': '{}' }, { env: trap.env });
    await client.until((now) => now.state === 'ready');
    await client.open('src/lantern.ts', '/** See https://evil.example/ */\nexport function lightLantern() {}\n');
    const { citations } = await client.connection.sendRequest(AskRequest, { question: 'What does lightLantern do?' });
    expect(citations.length).toBeGreaterThan(0);
    await client.connection.sendRequest(SearchRequest, { query: 'https://evil.example' });
    await client.connection.sendRequest(TextRequest, { uri: client.uri('tides.pdf') });
    const at = { textDocument: { uri: client.uri('src/use.ts') }, position: { line: 1, character: 3 } };
    expect(await client.connection.sendRequest('textDocument/hover', at)).not.toBeNull();
    await client.connection.sendRequest(ReindexRequest);
    expect(trap.attempts()).toEqual([]);
  });
});

test(
  'S3 in Restricted Mode there is no network, no git, no team file and no setting that matters',
  PATIENT,
  async () => {
    const server = await startScriptedModel(() => says('never'));
    const trap = networkTrap();
    const bin = scratchFolder();
    program(join(bin, 'git'), `: > ${bin}/ran; exit 1`);
    const settings = Object.fromEntries(
      ['model', 'embedder', 'reranker'].flatMap((what) => [
        [`${what}.baseUrl`, server.baseUrl],
        [`${what}.name`, 'scripted'],
        [`${what}.kind`, 'server'],
      ]),
    );
    const files = { ...FILES, ...HOSTILE, '.git/HEAD': 'ref: refs/heads/main\n' };
    const env = { ...trap.env, PATH: bin };
    const client = await clientOn(files, { settings, trusted: false, env });
    const status = await client.until((now) => now.state === 'ready');
    const answer = await client.connection.sendRequest(AskRequest, { question: 'What does lightLantern do?' });
    await server.close();
    expect(answer.citations[0]).toMatchObject({ path: 'src/lantern.ts' });
    expect(answer.trace).toMatchObject({ sent: [], model: { destination: '' } });
    expect(status.degraded).toContain('scholia.json is not read, because the workspace is not trusted');
    expect(existsSync(join(bin, 'ran'))).toBe(false);
    expect(trap.attempts()).toEqual([]);
    expect([...server.requests, ...server.otherRequests]).toEqual([]);
  },
);

test('S17 what is sent is told word for word, and where', PATIENT, async () => {
  const server = await startScriptedModel(() => says('It is lit [1].'));
  const client = await clientOn(FILES, { settings: { model: { baseUrl: server.baseUrl, name: 'tiny' } } });
  const { model } = await client.until((now) => now.state === 'ready');
  const answer = await client.connection.sendRequest(AskRequest, { question: 'What does lightLantern do?' });
  await server.close();
  expect(model.destination).toBe(server.origin);
  expect(answer.trace.model).toEqual({ name: 'tiny', destination: server.origin });
  const { messages, ...rest } = server.requests[0]!.body;
  expect(messages).toEqual(answer.trace.sent);
  expect(rest).toEqual({ model: 'tiny', stream: true, max_tokens: 1024 });
});

test(
  'S17 all that goes to servers for an answer is kept byte for byte: questions, passages, prompts',
  PATIENT,
  async () => {
    const server = await startScriptedModel(({ path, body }) => {
      const rows = <Row>(texts: string[] | undefined, row: (i: number) => Row) => (texts ?? []).map((_, i) => row(i));
      if (path === '/v1/embeddings')
        return json(200, { data: rows(body.input, (index) => ({ index, embedding: [1, index + 1, 2] })) });
      if (path === '/v1/rerank')
        return json(200, { results: rows(body.documents, (index) => ({ index, relevance_score: -index })) });
      return says('It is lit [1].');
    });
    const { baseUrl } = server;
    const chosen = { kind: 'server', baseUrl, name: 'tiny' };
    const settings = { model: { baseUrl, name: 'tiny' }, embedder: chosen, reranker: chosen };
    const client = await clientOn(FILES, { settings });
    await client.until((now) => now.embedder?.device === server.origin);
    const before = server.requests.length;
    const question = 'What does lightLantern do in the harbour, 灯?';
    const { trace } = await client.connection.sendRequest(AskRequest, { question });
    await server.close();
    const came = server.requests.slice(before);
    expect(came.map(({ path }) => path)).toEqual(['/v1/embeddings', '/v1/rerank', '/v1/chat/completions']);
    expect(trace.requests).toEqual(
      came.map(({ method, path, bytes }) => ({
        method,
        url: server.origin + path,
        body: bytes.toString('utf8'),
        bytes: bytes.length,
      })),
    );
  },
);
