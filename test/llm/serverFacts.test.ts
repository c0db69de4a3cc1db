/** What servers say of themselves, over a real wire: which models, and how much each takes. Never at their usual ports. */
import { expect, test } from 'vitest';
import { findLocalServers, USUAL_PLACES } from '../../server/src/llm/localServers.js';
import { readServerFacts } from '../../server/src/llm/serverFacts.js';
import { listOf, llamaCpp, serverOf } from '../support/modelServers.js';

async function factsOf(routes: Parameters<typeof serverOf>[0]) {
  const { baseUrl } = await serverOf(routes);
  return readServerFacts({ baseUrl });
}

test('llama.cpp tells what one conversation has, which is less than the model could take', async () =>
  expect(await factsOf(llamaCpp(4096))).toEqual({
    product: 'llama.cpp',
    models: [{ name: 'qwen.gguf', contextTokens: 4096 }],
  }));

test('vLLM tells it in its list', async () =>
  expect(await factsOf({ 'GET /v1/models': listOf('vllm', { id: 'a/b', max_model_len: 32768 }) })).toEqual({
    product: 'vLLM',
    models: [{ name: 'a/b', contextTokens: 32768 }],
  }));

test('LM Studio tells how much of a model is loaded', async () =>
  expect(
    await factsOf({
      'GET /v1/models': listOf('organization_owner', { id: 'loaded' }, { id: 'not' }, { id: 'unknown' }),
      'GET /api/v0/models': {
        data: [
          { id: 'loaded', max_context_length: 131072, loaded_context_length: 8192 },
          { id: 'not', max_context_length: 65536 },
        ],
      },
    }),
  ).toEqual({
    product: 'LM Studio',
    models: [
      { name: 'loaded', contextTokens: 8192 },
      { name: 'not', contextTokens: 65536 },
      { name: 'unknown', contextTokens: null },
    ],
  }));

test('of Ollama’s models that counts which runs, then what was set, then what it gives every model', async () => {
  const shown: Record<string, object> = {
    set: { parameters: 'stop "<|im_end|>"\nnum_ctx 16384', model_info: { 'qwen2.context_length': 32768 } },
    large: { parameters: 'temperature 1', model_info: { 'llama.context_length': 131072 } },
    small: { model_info: { 'bert.context_length': 512 } },
    strange: { model_info: 'none' },
  };
  const { models, product } = await factsOf({
    'GET /v1/models': listOf('library', ...['running', 'set', 'large', 'small', 'strange'].map((id) => ({ id }))),
    'GET /api/ps': { models: [{ name: 'running', context_length: 40960 }] },
    'POST /api/show': (body, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(shown[JSON.parse(body).model] ?? {}));
    },
  });
  expect(product).toBe('Ollama');
  expect(models.map(({ name, contextTokens }) => [name, contextTokens])).toEqual([
    ['running', 40960],
    ['set', 16384],
    ['large', 4096],
    ['small', 512],
    ['strange', null],
  ]);
});

test('what no server that is known says is not known', async () => {
  const models = listOf(
    'somebody',
    { id: 'a' },
    { id: 'b', context_window: 1000 },
    { id: 'c', context_length: -1 },
    { no: 1 },
  );
  expect(await factsOf({ 'GET /v1/models': models })).toEqual({
    product: '',
    models: [
      { name: 'a', contextTokens: null },
      { name: 'b', contextTokens: 1000 },
      { name: 'c', contextTokens: null },
    ],
  });
});

test('a server that says nonsense of itself is asked all the same', async () => {
  expect(await factsOf({ ...llamaCpp(1), 'GET /props': [1, 2, 3] })).toMatchObject({
    models: [{ contextTokens: null }],
  });
  expect(await factsOf({ 'GET /v1/models': { data: 'none' } })).toEqual({ product: '', models: [] });
  await expect(factsOf({})).rejects.toThrow('There is no OpenAI-compatible language model');
});

test('the key goes to its server, and only names of models are sent', async () => {
  const { baseUrl, heard } = await serverOf({
    'GET /v1/models': listOf('library', { id: 'only' }),
    'GET /api/ps': {},
    'POST /api/show': {},
  });
  await readServerFacts({ baseUrl, apiKey: 'sk-canary' });
  expect(heard.map(({ headers }) => headers.authorization)).toEqual(heard.map(() => 'Bearer sk-canary'));
  expect(heard.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
    'GET /v1/models ',
    'GET /api/ps ',
    'POST /api/show {"model":"only"}',
  ]);
});

test('of many places those are found that answer as model servers do', async () => {
  const real = await serverOf(llamaCpp(2048));
  const page = await serverOf({
    'GET /v1/models': (_body, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html>');
    },
  });
  const empty = await serverOf({ 'GET /v1/models': listOf('x') });
  const silent = await serverOf({ 'GET /v1/models': () => {} });
  const places = [page.baseUrl, 'http://127.0.0.1:1/v1', real.baseUrl, empty.baseUrl, silent.baseUrl];
  expect(await findLocalServers(places)).toEqual([
    { baseUrl: real.baseUrl, product: 'llama.cpp', models: [{ name: 'qwen.gguf', contextTokens: 2048 }] },
  ]);
  expect([...real.heard, ...page.heard, ...empty.heard].every(({ headers }) => !headers.authorization)).toBe(true);
});

test('only this machine is searched', async () => {
  for (const place of [
    'http://192.168.0.7:11434/v1',
    'https://api.test/v1',
    'nonsense',
    'http://127.0.0.1.evil.test/v1',
  ])
    await expect(findLocalServers([place])).rejects.toThrow('Only this machine');
  expect(USUAL_PLACES.every(({ baseUrl }) => new URL(baseUrl).hostname === '127.0.0.1')).toBe(true);
});
