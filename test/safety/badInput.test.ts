/**
 * Models and circumstances that go wrong while somebody waits: each costs at most the prose, is said in a sentence, and
 * leaves everything else working. Faults of the wire one by one are in test/llm/faults.test.ts.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import {
  CancellationTokenSource,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { maxAnswerLength, renderAnswer } from '../../client/src/chat/page/render.js';
import type { Answer } from '../../server/src/base/answer.js';
import { type OpenaiOptions, openaiModel } from '../../server/src/llm/openai.js';
import { AskRequest, StatusRequest } from '../../server/src/protocol/messages.js';
import { clientOn } from '../lsp/client.js';
import { dist, engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { htmlFindings } from '../support/rendered.js';
import {
  endless,
  event,
  hangsAfter,
  inTurn,
  type Reply,
  type Script,
  type ScriptedModel,
  says,
  startScriptedModel,
  streams,
} from '../support/scriptedModel.js';

const SHOP: Files = {
  'src/lantern.ts': '/** Lights the brass lantern until the harbour sleeps. */\nexport function lightLantern() {}\n',
  'src/rope.ts': '/** Ties the rope to the bollard. */\nexport function tieRope() {}\n',
};
const QUESTION = 'What does lightLantern do?';
const CONFIG = { contextTokens: 6000, maxAnswerTokens: 500 };

async function started(script: Script): Promise<ScriptedModel> {
  const model = await startScriptedModel(script);
  onTestFinished(() => model.close());
  return model;
}

/** One question to an engine whose model is at the other end of this wire, with what was streamed of it. */
async function asked(reply: Reply, options: Partial<OpenaiOptions> = {}): Promise<Answer & { streamed: number }> {
  const { baseUrl } = await started(() => reply);
  const engine = await engineOn(SHOP, {
    model: () => openaiModel({ baseUrl, name: 'odd', timeoutMs: 5000, ...options }),
  });
  await using snapshot = await engine.snapshot();
  let streamed = 0;
  const answer = await snapshot.ask({ question: QUESTION, history: [] }, CONFIG, {
    onProgress: (progress) => {
      if (progress.kind === 'text') streamed += progress.delta.length;
    },
  });
  return { ...answer, streamed };
}

const EXTRACTS: { name: string; reply: Reply; options?: Partial<OpenaiOptions>; says: string }[] = [
  { name: 'streams forever', reply: endless('tick tock '.repeat(1000)), says: 'past all bounds' },
  {
    name: 'streams nothing forever',
    reply: endless('', 5),
    options: { totalTimeoutMs: 150 },
    says: 'had not finished after',
  },
  {
    name: 'sends one token, then none for a minute',
    reply: endless('tick ', 60_000),
    options: { timeoutMs: 80 },
    says: 'sent nothing for',
  },
  {
    name: 'sends a token now and then, for ever',
    reply: endless('tick ', 20),
    options: { totalTimeoutMs: 250 },
    says: 'had not finished after',
  },
  { name: 'says nothing at all', reply: hangsAfter(), options: { timeoutMs: 80 }, says: 'sent nothing for' },
  { name: 'sends 5 MB in one piece', reply: says('x'.repeat(5_000_000)), says: 'past all bounds' },
  {
    name: 'sends 9 MB in one line',
    reply: streams(`data: "${'x'.repeat(9 * 1024 * 1024)}`),
    says: 'far more than was asked for',
  },
  {
    name: 'sends bytes of chance',
    reply: streams(Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)),
    says: 'broke off',
  },
];

test.each(EXTRACTS)('a model that $name costs the prose, not the answer', async ({ reply, options, says: part }) => {
  const answer = await asked(reply, options);
  expect(answer.reason).toContain(part);
  expect(answer.reason).toContain('These are extracts instead');
  expect(answer.citations[0]).toMatchObject({ path: 'src/lantern.ts', verified: true });
  expect(answer.streamed).toBeLessThanOrEqual(1_000_000);
});

test('invalid UTF-8 is shown as what it is, and cited all the same', async () => {
  const bytes = Buffer.from(event({ content: 'Gr\u00fc\u00dfe \u00ff [1].' }, 'stop'), 'latin1');
  const answer = await asked(streams(bytes, 'data: [DONE]\n\n'));
  expect(answer.answer).toContain('\ufffd');
  expect(answer.citations).toHaveLength(1);
});

test('an answer of citations alone keeps those that hold', async () => {
  const answer = await asked(says('[1]'.repeat(20_000)));
  expect(answer.citations.map(({ n }) => n)).toEqual([1]);
  expect(htmlFindings(renderAnswer(answer.answer, { sourceLabel: () => 'Source 1' }))).toEqual([]);
});

test('citations to nowhere are taken out and told, however many', async () => {
  const nowhere = Array.from({ length: 900 }, (_, i) => `[${i + 50}]`).join(' ');
  const answer = await asked(says(`It is lit ${nowhere} [1:500-900] [0].`));
  expect(answer.answer).toBe('It is lit.');
  expect(answer.citations).toEqual([]);
  expect(answer.reason).toMatch(/^Dropped citations that do not hold: \[50\] .*Nothing in this answer is cited/);
  expect(answer.reason.length).toBeLessThan(1000);
});

const BOMBS: Record<string, string> = {
  quotes: '> '.repeat(200_000),
  lists: Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}- x`)
    .join('\n')
    .slice(0, 900_000),
  brackets: '['.repeat(400_000),
  links: '[a]('.repeat(150_000),
  stars: '*a _b **c '.repeat(60_000),
  table: `|${'a|'.repeat(20_000)}\n|${'-|'.repeat(20_000)}\n${'|b'.repeat(100_000)}`,
  entities: '&lt;img src=x&gt;'.repeat(40_000),
  fences: '```\n'.repeat(150_000),
  spaces: `a${' '.repeat(800_000)}b`,
  backticks: Array.from({ length: 900 }, (_, i) => '`'.repeat(i + 1)).join(' '),
};

test('a bomb of markup is an answer like any other, bounded where it is drawn', async () => {
  const { baseUrl } = await started(inTurn(...Object.values(BOMBS).map((bomb) => says(`${bomb} [1]`))));
  const engine = await engineOn(SHOP, { model: () => openaiModel({ baseUrl, name: 'odd', timeoutMs: 20_000 }) });
  for (const name of Object.keys(BOMBS)) {
    await using snapshot = await engine.snapshot();
    const answer = await snapshot.ask({ question: QUESTION, history: [] }, CONFIG);
    expect(answer.trace.model.name, name).toBe('odd');
    const html = renderAnswer(answer.answer, { sourceLabel: () => 'Source 1' });
    expect(htmlFindings(html), name).toEqual([]);
    expect(html.length, name).toBeLessThan(40 * maxAnswerLength);
  }
}, 60_000);

test('fifty quick questions are answered, each with its own answer, and half of them can be stopped', async () => {
  const model = await started(() => says(['It ', 'is so [1].'], { delayMs: 1 }));
  const client = await clientOn(SHOP, { settings: { model: { baseUrl: model.baseUrl, name: 'tiny' } } });
  await client.until((now) => now.state === 'ready');
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, i) => {
      const question = i % 2 ? QUESTION : 'What does tieRope do?';
      const stop = new CancellationTokenSource();
      const answer = client.connection.sendRequest(AskRequest, { question }, stop.token);
      if (i % 4 === 0) stop.cancel();
      return answer.then(
        ({ citations }) => citations[0]?.path ?? 'none',
        (error) => error.code as number,
      );
    }),
  );
  const path = (i: number) => (i % 2 ? 'src/lantern.ts' : 'src/rope.ts');
  for (const [i, outcome] of outcomes.entries()) expect(i % 4 === 0 ? [-32800, path(i)] : [path(i)]).toContain(outcome);
  expect(await client.connection.sendRequest(StatusRequest)).toMatchObject([{ state: 'ready' }]);
}, 60_000);

/** A reply that waits until it is let go. */
function held(text: string): { reply: Reply; letGo(): void; begun: Promise<void> } {
  const { promise: free, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  return {
    begun,
    letGo,
    async reply(response, gone) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event({ content: 'So ' }));
      begin();
      await Promise.race([free, new Promise((resolve) => gone.addEventListener('abort', resolve))]);
      if (!gone.aborted) response.end(`${event({ content: text }, 'stop')}data: [DONE]\n\n`);
    },
  };
}

test('a folder that is deleted from the disk while it is asked about takes its citations along', async () => {
  const { reply, letGo, begun } = held('it is lit [1].');
  const { baseUrl } = await started(() => reply);
  const engine = await engineOn(SHOP, { model: () => openaiModel({ baseUrl, name: 'slow', timeoutMs: 20_000 }) });
  await using snapshot = await engine.snapshot();
  const answer = snapshot.ask({ question: QUESTION, history: [] }, CONFIG);
  await begun;
  await rm(engine.folder, { recursive: true });
  letGo();
  expect(await answer).toMatchObject({ answer: 'So it is lit.', citations: [], refused: false });
  expect((await answer).reason).toContain('src/lantern.ts is gone');
});

test('a folder that leaves the workspace while it is asked about ends that question, and no other', async () => {
  const { reply, letGo, begun } = held('it is lit [1].');
  const { baseUrl } = await started(() => reply);
  const client = await clientOn(
    {
      'shop/lantern.ts': SHOP['src/lantern.ts']!,
      'bank/pay.ts': '/** Pays the pilot. */\nexport function payPilot() {}\n',
    },
    { foldersApart: true, settings: { model: { baseUrl, name: 'slow' } } },
  );
  const { connection } = client;
  await client.until((now) => now.state === 'ready');
  const scopeUri = client.uri('shop');
  const asking = connection.sendRequest(AskRequest, { question: QUESTION, scopeUri }).catch((error) => error as Error);
  await begun;
  await connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [], removed: [{ uri: scopeUri, name: 'shop' }] },
  });
  await expect.poll(async () => (await connection.sendRequest(StatusRequest)).length).toBe(1);
  letGo();
  const outcome = await asking;
  if (outcome instanceof Error) expect(outcome.message).toMatch(/\w+ \w+/);
  else expect(outcome.answer).toContain('it is lit');
  const other = await connection.sendRequest(AskRequest, { question: 'What does payPilot do?' });
  expect(other.citations[0]?.path).toBe('pay.ts');
}, 60_000);

interface Window {
  connection: ProtocolConnection;
  kill(): Promise<void>;
}

/** A server process of its own, as a window starts one. */
async function windowOn(folder: string, store: string, baseUrl: string): Promise<Window> {
  const child = spawn(process.execPath, [join(dist, 'server/cli.cjs'), 'lsp', '--stdio', '--store', store], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  child.stdin.on('error', () => {});
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) =>
    items.map(({ section }) => (section === 'scholia' ? { model: { baseUrl, name: 'tiny' } } : {})),
  );
  connection.onError(() => {});
  // As the editor's client does: whatever is waited for fails.
  connection.onClose(() => connection.dispose());
  connection.listen();
  const uri = pathToFileURL(folder).href;
  await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: 'shop' }],
    initializationOptions: { trusted: true },
    capabilities: { workspace: { configuration: true } },
  });
  await connection.sendNotification('initialized', {});
  return { connection, kill };
}

test('a server that is killed in the middle of an answer leaves an index that the next one answers from', async () => {
  const hanging = held('never');
  let isFirst = true;
  const { baseUrl } = await started(() => {
    const reply = isFirst ? hanging.reply : says('It is lit [1].');
    isFirst = false;
    return reply;
  });
  const folder = join(scratchFolder(), 'shop');
  const store = scratchFolder();
  await writeFiles(folder, SHOP);
  const first = await windowOn(folder, store, baseUrl);
  const asking = first.connection.sendRequest(AskRequest, { question: QUESTION }).catch((error) => error as Error);
  await hanging.begun;
  await first.kill();
  // The question fails with what the editor's client makes a sentence of; it is not left hanging.
  expect(await asking).toBeInstanceOf(Error);
  const second = await windowOn(folder, store, baseUrl);
  const answer = await second.connection.sendRequest(AskRequest, { question: QUESTION });
  expect(answer).toMatchObject({ answer: 'It is lit [1].', citations: [{ path: 'src/lantern.ts', verified: true }] });
}, 60_000);

test('two windows on one folder answer at the same time', async () => {
  const { baseUrl } = await started(() => says('It is lit [1].'));
  const folder = join(scratchFolder(), 'shop');
  const store = scratchFolder();
  await writeFiles(folder, SHOP);
  const windows = await Promise.all([windowOn(folder, store, baseUrl), windowOn(folder, store, baseUrl)]);
  const answers = await Promise.all(
    windows.flatMap(({ connection }) =>
      Array.from({ length: 5 }, () => connection.sendRequest(AskRequest, { question: QUESTION })),
    ),
  );
  for (const { citations } of answers) expect(citations[0]).toMatchObject({ path: 'src/lantern.ts', verified: true });
}, 60_000);
