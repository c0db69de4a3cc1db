/** Models that fill gaps, over a real wire: which way each kind of server is asked, and what bad ones cost. */
import { expect, test } from 'vitest';
import type { Gap } from '../../server/src/base/ports.js';
import { FILL_FORMATS } from '../../server/src/llm/fillFormats.js';
import { type InfillOptions, remoteInfill } from '../../server/src/llm/infill.js';
import { tidied } from '../../server/src/rag/completionText.js';
import * as scripted from '../support/scriptedModel.js';
import { json, type Reply, type Script } from '../support/scriptedModel.js';
import { KEY, start } from './ask.js';

const GAP: Gap = {
  path: 'src/shop.ts',
  prefix: 'const total = ',
  suffix: ';\n',
  context: [{ path: 'src/cart.ts', text: 'export function totalPrice(items: Item[]): number' }],
  maxTokens: 32,
  stops: ['\n'],
};
const NONE = json(404, { error: { message: 'File Not Found' } });
const NOT_SUPPORTED = json(501, { error: { message: 'This server does not support infill' } });
const text = (words: string) => json(200, { choices: [{ text: words }] });

/** What a server has, by path; all else is not there. */
const having =
  (paths: Record<string, Reply>): Script =>
  ({ path }) =>
    paths[path] ?? NONE;

function model(baseUrl: string, options: Partial<InfillOptions> = {}) {
  return remoteInfill({ baseUrl, name: 'some-model', format: 'auto', apiKey: KEY, sleep: async () => {}, ...options });
}

test('llama.cpp is asked by its own path, with the files beside', async () => {
  const server = await start(having({ '/infill': json(200, { content: 'totalPrice(items)' }) }));
  const asked = model(server.baseUrl);
  expect(asked.destination).toBe(server.origin);
  expect(await asked.infill(GAP)).toBe('totalPrice(items)');
  expect(await asked.infill(GAP)).toBe('totalPrice(items)');
  expect(server.requests.map(({ path }) => path)).toEqual(['/infill', '/infill']);
  expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(server.requests[0]!.body).toMatchObject({
    input_prefix: GAP.prefix,
    input_suffix: GAP.suffix,
    input_extra: [{ filename: 'src/cart.ts', text: GAP.context[0]!.text }],
    n_predict: 32,
    stop: ['\n'],
  });
});

test('the way that works is found once', async () => {
  const server = await start(having({ '/v1/completions': text('totalPrice(items)') }));
  const asked = model(server.baseUrl);
  for (let i = 0; i < 3; i++) expect(await asked.infill(GAP)).toBe('totalPrice(items)');
  expect(server.requests.map(({ path }) => path)).toEqual(['/infill', '/props', ...Array(3).fill('/v1/completions')]);
  expect(server.requests.at(-1)!.body).toMatchObject({ suffix: GAP.suffix, max_tokens: 32 });
});

test('a server of a known family gets its form where it has no way of its own; Ollama has one', async () => {
  const plain = await start(having({ '/v1/completions': text('a') }));
  await model(plain.baseUrl, { name: 'Qwen/Qwen2.5-Coder-1.5B' }).infill(GAP);
  const { body } = plain.requests.at(-1)!;
  expect(body['suffix']).toBeUndefined();
  expect(body['prompt']).toBe(
    `<|repo_name|>workspace\n<|file_sep|>src/cart.ts\n${GAP.context[0]!.text}\n<|file_sep|>src/shop.ts\n<|fim_prefix|>const total = <|fim_suffix|>;\n<|fim_middle|>`,
  );
  expect(body['stop']).toContain('<|file_sep|>');
  const ollama = await start(having({ '/api/show': json(200, { details: {} }), '/v1/completions': text('a') }));
  await model(ollama.baseUrl, { name: 'qwen2.5-coder:1.5b' }).infill(GAP);
  expect(ollama.requests.at(-1)!.body['suffix']).toBe(GAP.suffix);
});

test('vLLM refuses a suffix and is given the form', async () => {
  const refusal = json(400, { error: { message: 'suffix is not currently supported' } });
  const server = await start(({ path, body }) =>
    path === '/v1/completions' ? (body['suffix'] === undefined ? text('a') : refusal) : NONE,
  );
  expect(await model(server.baseUrl, { name: 'starcoder2-3b' }).infill(GAP)).toBe('a');
});

test('a stream is one text, and an error in it is an error', async () => {
  const pieces = ['total', 'Price()'].map((content) => `data: ${JSON.stringify({ content, stop: false })}\n\n`);
  const server = await start(() => scripted.streams(...pieces, 'data: {"content":"","stop":true}\n\n'));
  expect(await model(server.baseUrl, { format: 'infill' }).infill(GAP)).toBe('totalPrice()');
  const choices = ['a', 'b'].map((words) => `data: ${JSON.stringify({ choices: [{ text: words }] })}\n\n`);
  const other = await start(() => scripted.streams(...choices, 'data: [DONE]\n\n'));
  expect(await model(other.baseUrl, { format: 'suffix' }).infill(GAP)).toBe('ab');
  const failing = await start(() => scripted.streams(pieces[0]!, 'data: {"error":{"message":"oh","code":500}}\n\n'));
  await expect(model(failing.baseUrl, { format: 'infill' }).infill(GAP)).rejects.toMatchObject({
    kind: 'model-unreachable',
  });
});

test('what the settings say is not guessed at', async () => {
  const server = await start(
    having({ '/v1/fim/completions': json(200, { choices: [{ message: { content: 'a' } }] }) }),
  );
  expect(await model(server.baseUrl, { format: 'fim' }).infill(GAP)).toBe('a');
  expect(server.requests).toHaveLength(1);
});

test('a server without any way is left alone for a while', async () => {
  let now = 0;
  const server = await start(having({ '/infill': NOT_SUPPORTED }));
  const asked = model(server.baseUrl, { clock: { now: () => now } });
  await expect(asked.infill(GAP)).rejects.toMatchObject({ kind: 'model-not-found' });
  const before = server.requests.length;
  await expect(asked.infill(GAP)).rejects.toMatchObject({ kind: 'model-not-found' });
  expect(server.requests).toHaveLength(before);
  now = 600_000;
  await expect(asked.infill(GAP)).rejects.toBeDefined();
  expect(server.requests.length).toBeGreaterThan(before);
});

test('tokens of a format that stand in a file do nothing, and those that a model leaks are cut', async () => {
  for (const format of Object.keys(FILL_FORMATS)) {
    const { stops } = FILL_FORMATS[format]!;
    const token = stops[1]!;
    const server = await start(having({ '/v1/completions': text(`good${token}bad`) }));
    const hostile = { ...GAP, prefix: stops.join(' '), context: [{ path: 'a', text: stops.join(' ') }] };
    expect(await model(server.baseUrl, { format }).infill(hostile)).toBe('good');
    const clean = { ...GAP, prefix: '', context: [{ path: 'a', text: '' }] };
    const count = (prompt: string) => prompt.split(token).length - 1;
    const sent = String(server.requests[0]!.body['prompt']);
    await model(server.baseUrl, { format }).infill(clean);
    expect(count(sent), format).toBe(count(String(server.requests[1]!.body['prompt'])));
  }
});

test.each([
  ['a web page', scripted.page(), 'model-rejected'],
  ['a redirect', scripted.redirects('http://127.0.0.1:9/'), 'model-rejected'],
  ['no text', json(200, { choices: [{ text: 7 }] }), 'model-cut'],
  ['no key', json(401, { error: { message: 'who?' } }), 'model-unauthorised'],
  ['too busy', json(429, { error: { message: 'later' } }), 'model-rate-limited'],
  [
    'too long',
    json(400, { error: { type: 'exceed_context_size_error', n_prompt_tokens: 9, n_ctx: 8 } }),
    'model-context',
  ],
  ['broken', json(500, { error: { message: 'oh' } }), 'model-unreachable'],
] as const)('%s is told by its kind, once, without the key or the code', async (_name, reply, kind) => {
  const server = await start(() => reply);
  const failure = await model(server.baseUrl, { format: 'suffix' })
    .infill(GAP)
    .catch((error) => error);
  expect(failure).toMatchObject({ kind });
  expect(failure.message).not.toContain(KEY);
  expect(failure.message).not.toContain('totalPrice');
  expect(server.requests).toHaveLength(1);
});

test('an abort closes the connection', async () => {
  const server = await start(() => scripted.hangsAfter());
  const leaving = new AbortController();
  const asked = model(server.baseUrl).infill(GAP, leaving.signal);
  await expect.poll(() => server.requests.length).toBe(1);
  leaving.abort(new Error('typed on'));
  await expect(asked).rejects.toThrow('typed on');
  expect(await server.requests[0]!.ended).toBe('dropped');
  expect(server.requests).toHaveLength(1);
});

const chats =
  (reply: string): Script =>
  ({ path }) =>
    path === '/v1/chat/completions' ? scripted.says(reply) : NONE;

/** What is shown of a reply, at the end of `prefix`. */
async function shownOf(reply: string, { prefix = GAP.prefix, suffix = GAP.suffix, multiline = false } = {}) {
  const server = await start(chats(reply));
  const raw = await model(server.baseUrl).infill({ ...GAP, prefix, suffix, stops: multiline ? ['\n\n\n'] : ['\n'] });
  return tidied(raw, { prefix, suffix, multiline });
}

test('a model that only chats is asked last, by a question, and that is remembered and told', async () => {
  const server = await start(chats('totalPrice(items)'));
  const logged: string[] = [];
  const asked = model(server.baseUrl, { log: (_level, message) => logged.push(message) });
  expect(asked.way).toBeNull();
  for (let i = 0; i < 2; i++) expect(await asked.infill(GAP)).toBe('totalPrice(items)');
  const chat = '/v1/chat/completions';
  expect(server.requests.map(({ path }) => path)).toEqual(['/infill', '/props', '/v1/completions', chat, chat]);
  expect(asked.way).toBe('chat');
  expect(logged.at(-1)).toMatch(/fills gaps by chat$/);
  const { body, prompt } = server.requests.at(-1)!;
  expect(body).toMatchObject({ model: 'some-model', stream: true, temperature: 0 });
  expect(prompt).toContain(GAP.context[0]!.text);
  expect(prompt).toMatch(/const total = <hole-[0-9a-f]{12}\/>;\n/);
  // Another request, another tag: nothing in a file can stand for it.
  expect(new Set(server.requests.slice(3).map((request) => /hole-\w+/.exec(request.prompt)![0])).size).toBe(2);
});

test('llama.cpp, which looks at no suffix, is asked by chat where it has no path of its own', async () => {
  const server = await start(({ path }) =>
    path === '/infill'
      ? NOT_SUPPORTED
      : path === '/props'
        ? json(200, {})
        : path.endsWith('/chat/completions')
          ? scripted.says('a()')
          : text('no'),
  );
  const asked = model(server.baseUrl);
  expect(await asked.infill(GAP)).toBe('a()');
  expect(asked.way).toBe('chat');
});

test('a service that names the limit otherwise is asked again', async () => {
  const server = await start(({ path, body }) =>
    !path.endsWith('/chat/completions')
      ? NONE
      : body['max_tokens'] === undefined
        ? scripted.says('a()')
        : json(400, { error: { message: "Unsupported parameter: 'max_tokens'", param: 'max_tokens' } }),
  );
  expect(await model(server.baseUrl).infill(GAP)).toBe('a()');
  expect(server.requests.at(-1)!.body).toMatchObject({ max_completion_tokens: expect.any(Number) });
});

test('of what a chat model answers only code is shown', async () => {
  for (const [reply, shown] of [
    ['totalPrice(items)', 'totalPrice(items)'],
    ['`totalPrice(items)`', 'totalPrice(items)'],
    ['```ts\ntotalPrice(items)\n```', 'totalPrice(items)'],
    ['Sure! Here is the code:\n\n```ts\ntotalPrice(items)\n```\n\nIt adds all prices up.', 'totalPrice(items)'],
    ['Here is the missing part:\n\ntotalPrice(items)', 'totalPrice(items)'],
    ['totalPrice(items)\n\nThis code adds all prices up.', 'totalPrice(items)'],
    // The line said again, with what follows and without.
    ['const total = totalPrice(items);', 'totalPrice(items)'],
    ['const total = totalPrice(items)', 'totalPrice(items)'],
    ['```\nconst total = totalPrice(items);\n```', 'totalPrice(items)'],
    ['totalPrice(items);', 'totalPrice(items)'],
    ['<think>The user wants a total.</think>\ntotalPrice(items)', 'totalPrice(items)'],
    ['<hole-0123456789ab/>totalPrice(items)', 'totalPrice(items)'],
    // Nothing that speaks.
    ["I'm sorry, but I can't assist with that.", ''],
    ['I cannot complete this code.', ''],
    ['As an AI language model, I do not know the rest.', ''],
    ['The code in the hole should compute the total of all items.', ''],
    ['Nothing belongs in the place of this hole.', ''],
    ['There is nothing to add.', ''],
    ['Could you please give me more of the file?', ''],
    ['抱歉，我无法补全这段代码。', ''],
    ['<think>It never ends', ''],
    ['', ''],
    [' \n ', ''],
  ] as const)
    expect.soft(await shownOf(reply), reply).toBe(shown);
});

test('lines before the gap that are said again are cut, and indentation is not doubled', async () => {
  const prefix = 'def pay(cart):\n    total = cart.total()\n    ';
  const said = 'return total * 2';
  for (const reply of [
    said,
    `    ${said}`,
    `def pay(cart):\n    total = cart.total()\n    ${said}`,
    `\`\`\`python\n    total = cart.total()\n    ${said}\n\`\`\``,
  ])
    expect.soft(await shownOf(reply, { prefix, suffix: '\n', multiline: true }), reply).toBe(said);
  // What only begins alike is no repetition; in a comment sentences belong.
  expect(await shownOf('foobar()', { prefix: 'foo', suffix: '\n' })).toBe('foobar()');
  expect(await shownOf('The total of all items is paid here.', { prefix: '// ', suffix: '\n' })).toBe(
    'The total of all items is paid here.',
  );
});
