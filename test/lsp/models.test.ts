/** Language models over the protocol: found on this machine, lent by the editor, and how they do. */
import { expect, test } from 'vitest';
import { CancellationTokenSource } from 'vscode-languageserver-protocol/node';
import {
  AskRequest,
  EditorAskProgressType,
  EditorAskRequest,
  type EditorAskResult,
  EditorModelsNotification,
  FindModelsRequest,
  StatusRequest,
} from '../../server/src/protocol/messages.js';
import { listOf, llamaCpp, serverOf } from '../support/modelServers.js';
import { clientOn, type TestClient } from './client.js';

const files = {
  'src/cart.ts': `/** Adds up what a customer will pay, in cents. */
export function totalPrice(items: Item[]): number {
  return items.reduce((sum, item) => sum + item.cents, 0);
}
`,
};
const QUESTION = { question: 'what adds up the cents that a customer will pay?' };
const LENT = [
  { id: 'copilot/a', name: 'Model A', vendor: 'copilot', family: 'a', maxInputTokens: 8000 },
  { id: 'copilot/b', name: 'Model B', vendor: 'copilot', family: 'b', maxInputTokens: 2000 },
];

type Lender = (
  asked: { id: string; messages: { role: string; content: string }[] },
  say: (piece: string) => Promise<void>,
  stopped: Promise<void>,
) => Promise<EditorAskResult>;

/** A client whose editor lends these models and answers as `lender` does; what is asked is kept. */
async function lending(lender: Lender, settings: object = { kind: 'editor' }, trusted = true) {
  const client = await clientOn(files, { settings: { model: settings }, trusted });
  const asked: Parameters<Lender>[0][] = [];
  client.connection.onRequest(EditorAskRequest, (params, token) => {
    asked.push(params);
    const stopped = new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()));
    const say = (piece: string) => client.connection.sendProgress(EditorAskProgressType, params.progressToken, piece);
    return lender(params, say, stopped);
  });
  await client.connection.sendNotification(EditorModelsNotification, { models: LENT });
  await client.until((now) => now.state === 'ready');
  return { client, asked };
}

const answerOf = (client: TestClient) => client.connection.sendRequest(AskRequest, QUESTION);

test('model servers on this machine are found when a person asks, and their contexts are told', async () => {
  const server = await serverOf(llamaCpp(4096));
  const client = await clientOn(files);
  expect(await client.connection.sendRequest(FindModelsRequest, { places: [server.baseUrl] })).toEqual([
    { baseUrl: server.baseUrl, product: 'llama.cpp', models: [{ name: 'qwen.gguf', contextTokens: 4096 }] },
  ]);
  const elsewhere = { places: ['http://192.168.0.7/v1'] };
  await expect(client.connection.sendRequest(FindModelsRequest, elsewhere)).rejects.toThrow('Only this machine');
});

test('in a workspace that is not trusted none is looked for', async () => {
  const server = await serverOf(llamaCpp(4096));
  const client = await clientOn(files, { trusted: false });
  const places = { places: [server.baseUrl] };
  await expect(client.connection.sendRequest(FindModelsRequest, places)).rejects.toThrow('Restricted Mode');
  expect(server.heard).toEqual([]);
});

test('the status tells how much the model takes, and no more than that is sent', async () => {
  const server = await serverOf({
    ...llamaCpp(1000),
    'POST /v1/chat/completions': (_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end(
        'data: {"choices":[{"delta":{"content":"It adds [1]."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
      );
    },
  });
  const long = Array.from({ length: 200 }, (_, i) => `export function pay${i}() { return cents(customer); }`).join(
    '\n',
  );
  const client = await clientOn({ ...files, 'src/pay.ts': long }, { settings: { model: { baseUrl: server.baseUrl } } });
  const status = await client.until((now) => now.state === 'ready' && now.model.contextTokens === 1000);
  expect(status.model).toMatchObject({ name: 'qwen.gguf', failure: '' });
  const answer = await answerOf(client);
  expect(answer.answer).toContain('It adds [1]');
  const { body } = server.heard.find(({ path }) => path === '/v1/chat/completions')!;
  const { messages, max_tokens } = JSON.parse(body) as { messages: { content: string }[]; max_tokens: number };
  expect(max_tokens).toBe(250);
  // Three characters for a token is what the budget counts with.
  expect(messages.map(({ content }) => content).join('').length).toBeLessThan(750 * 4);
});

test('a server that is not there is told in the status, and so is that it came back', async () => {
  let isUp = false;
  const { baseUrl } = await serverOf({
    'GET /v1/models': (_body, response) => {
      response.writeHead(isUp ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify(listOf('x', { id: 'tiny' })));
    },
    'POST /v1/chat/completions': (_body, response) => {
      response.setHeader('content-type', 'text/event-stream');
      response.end('data: {"choices":[{"delta":{"content":"Yes [1]."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    },
  });
  const client = await clientOn(files, { settings: { model: { baseUrl, name: 'tiny' } } });
  const { model } = await client.until((now) => now.state === 'ready' && Boolean(now.model.failure));
  expect(model.failure).toContain('fails just now (503)');
  isUp = true;
  expect((await answerOf(client)).answer).toContain('Yes [1]');
  const [now] = await client.connection.sendRequest(StatusRequest);
  expect(now!.model.failure).toBe('');
});

test('a model that the editor lends answers piece by piece, under its own name', async () => {
  const { client, asked } = await lending(async (_asked, say) => {
    for (const piece of ['The total ', 'is summed [1]. ', 'Magic [7].']) await say(piece);
    return { failure: null };
  });
  const status = await client.until((now) => now.model.name === 'Model A');
  expect(status.model).toMatchObject({ destination: 'the editor (copilot)', contextTokens: 8000 });
  const answer = await answerOf(client);
  expect(answer.answer).toBe('The total is summed [1]. Magic.');
  expect(answer.trace.model).toEqual({ name: 'Model A', destination: 'the editor (copilot)' });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ id: 'copilot/a', messages: answer.trace.sent });
});

test('the setting names one of the editor’s models by id, family or name', async () => {
  for (const name of ['copilot/b', 'b', 'Model B']) {
    const { client } = await lending(async () => ({ failure: null }), { kind: 'editor', name });
    expect((await client.until((now) => now.model.name !== 'extractive')).model.name).toBe('Model B');
  }
});

test('a question that is stopped stops the editor’s model', async () => {
  const stop = new CancellationTokenSource();
  let ended = false;
  const { client } = await lending(async (_asked, say, stopped) => {
    await say('The ');
    stop.cancel();
    await stopped;
    ended = true;
    return { failure: { kind: 'cut', message: 'stopped' } };
  });
  await expect(client.connection.sendRequest(AskRequest, QUESTION, stop.token)).rejects.toMatchObject({ code: -32800 });
  await expect.poll(() => ended).toBe(true);
});

test.each([
  ['unauthorised', 'The editor does not let Scholia use “Model A”'],
  ['rate-limited', '“Model A” takes no more requests just now'],
  ['not-found', 'The editor has no model “Model A” any more'],
  ['cut', 'it says “quota ⟨U+202E⟩ gone”'],
] as const)('what goes wrong with it (%s) costs the prose and is said', async (kind, sentence) => {
  const { client } = await lending(async () => ({ failure: { kind, message: 'quota \u202e gone' } }));
  const answer = await answerOf(client);
  expect(answer.reason).toContain(sentence);
  expect(answer.citations.length).toBeGreaterThan(0);
});

test('one that says nothing, or whose client breaks, is told as such', async () => {
  const { client } = await lending(async () => ({ failure: null }));
  expect((await answerOf(client)).reason).toContain('“Model A” answered nothing');
  const broken = await lending(async () => {
    throw new Error('no such extension');
  });
  expect((await answerOf(broken.client)).reason).toContain('The editor’s model “Model A” failed');
});

test('in a workspace that is not trusted the editor’s models are not asked', async () => {
  const { client, asked } = await lending(async () => ({ failure: null }), { kind: 'editor' }, false);
  expect((await answerOf(client)).trace.sent).toEqual([]);
  expect(asked).toEqual([]);
});
