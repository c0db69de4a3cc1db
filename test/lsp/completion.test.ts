/** Inline completion over the protocol: what a client gets while somebody types, and what a model is asked meanwhile. */
import { expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource, InlineCompletionRequest } from 'vscode-languageserver-protocol/node';
import { CompleteRequest } from '../../server/src/protocol/messages.js';
import { hangsAfter, json, type Script, startScriptedModel } from '../support/scriptedModel.js';
import { type ClientOptions, clientOn } from './client.js';

const CART = 'export function totalPrice(items: Item[]): number {\n  return items.length;\n}\n';
const SHOP = "import { totalPrice } from './cart';\nexport const pay = ";
const files = { 'src/cart.ts': CART, 'src/shop.ts': SHOP };
const fills =
  (content: string): Script =>
  ({ path }) =>
    path === '/infill' ? json(200, { content }) : json(404, {});

async function typing(
  script: Script,
  more: Record<string, unknown> = {},
  trusted = true,
  settingFor?: ClientOptions['settingFor'],
) {
  const server = await startScriptedModel(script);
  onTestFinished(() => server.close());
  const settings = {
    'completion.baseUrl': server.baseUrl,
    'completion.name': 'scripted',
    'completion.debounceMilliseconds': 0,
    ...more,
  };
  const client = await clientOn(files, { settings, trusted, ...(settingFor && { settingFor }) });
  await client.until((now) => now.state === 'ready');
  await client.open('src/shop.ts', SHOP);
  const textDocument = { uri: client.uri('src/shop.ts') };
  let version = 1;
  return {
    server,
    client,
    async write(text: string) {
      version++;
      await client.connection.sendNotification('textDocument/didChange', {
        textDocument: { ...textDocument, version },
        contentChanges: [{ text }],
      });
    },
    suggest(character: number, context: object = { triggerKind: 2 }, token = new CancellationTokenSource().token) {
      const params = { textDocument, position: { line: 1, character }, context };
      return client.connection.sendRequest(InlineCompletionRequest.method, params, token);
    },
  };
}

test('a suggestion is text alone, and typing along it asks nobody', async () => {
  const { server, client, write, suggest } = await typing(fills('totalPrice(cart);'));
  expect(client.initialized.capabilities.inlineCompletionProvider).toBe(true);
  const at = (character: number) => ({ line: 1, character });
  expect(await suggest(19)).toEqual([{ insertText: 'totalPrice(cart);', range: { start: at(19), end: at(19) } }]);
  expect(server.requests[0]!.body['input_extra']).toMatchObject([
    { filename: 'src/cart.ts', text: 'function totalPrice(items: Item[]): number' },
  ]);
  await write(`${SHOP}total`);
  expect(await suggest(24)).toEqual([{ insertText: 'Price(cart);', range: { start: at(24), end: at(24) } }]);
  expect(server.requests).toHaveLength(1);
  // Another way is another question.
  await write(`${SHOP}x`);
  await suggest(20);
  expect(server.requests).toHaveLength(2);
});

test('what is picked in the list of names is completed as though it were typed, and then is', async () => {
  const { server, write, suggest } = await typing(fills('(cart);'));
  await write(`${SHOP}to;`);
  const at = (character: number) => ({ line: 1, character });
  const picked = (text: string) => ({
    triggerKind: 2,
    selectedCompletionInfo: { range: { start: at(19), end: at(21) }, text },
  });
  const range = { start: at(19), end: at(21) };
  expect(await suggest(21, picked('totalPrice'))).toEqual([{ insertText: 'totalPrice(cart)', range }]);
  expect(server.requests[0]!.body).toMatchObject({
    input_prefix: `${SHOP}totalPrice`,
    input_suffix: ';',
    input_extra: [{ filename: 'src/cart.ts' }],
  });
  // Another one picked is another question; the same one taken over is known.
  expect(await suggest(21, picked('toString'))).toEqual([{ insertText: 'toString(cart)', range }]);
  expect(server.requests).toHaveLength(2);
  await write(`${SHOP}totalPrice;`);
  expect(await suggest(29)).toEqual([{ insertText: '(cart)', range: { start: at(29), end: at(29) } }]);
  expect(server.requests).toHaveLength(2);
});

test('what is picked may reach past the cursor, and where nothing follows it nothing is shown', async () => {
  const { server, write, suggest } = await typing(({ body }) =>
    json(200, { content: String(body['input_prefix']).endsWith('totalPrice') ? '(cart)' : '' }),
  );
  await write(`${SHOP}tota\n`);
  const at = (character: number) => ({ line: 1, character });
  const range = { start: at(19), end: at(23) };
  const picked = (text: string) => ({ triggerKind: 2, selectedCompletionInfo: { range, text } });
  expect(await suggest(21, picked('totalPrice'))).toEqual([{ insertText: 'totalPrice(cart)', range }]);
  expect(await suggest(21, picked('toString'))).toBeNull();
  expect(server.requests.map(({ body }) => body['input_suffix'])).toEqual(['\n', '\n']);
});

test('comments are completed in those files alone that ask for it', async () => {
  const asks = (uri: string, section: string) =>
    section === 'scholia.completion.inText' ? uri.endsWith('/shop.ts') : undefined;
  for (const [settingFor, inText, said] of [
    [asks, false, 'is the total'],
    [(uri: string, section: string) => (asks(uri, section) === undefined ? undefined : false), true, null],
    [undefined, true, 'is the total'],
    [undefined, false, null],
  ] as const) {
    const { write, suggest } = await typing(fills('is the total'), { 'completion.inText': inText }, true, settingFor);
    await write(`${SHOP.split('\n')[0]}\n// This `);
    expect(await suggest(8)).toEqual(said && [expect.objectContaining({ insertText: said })]);
  }
});

test('the next key ends the request before it, and so does a cancellation', async () => {
  const { server, suggest } = await typing(() => hangsAfter());
  const first = suggest(19);
  await expect.poll(() => server.requests.length).toBe(1);
  const cancel = new CancellationTokenSource();
  const second = suggest(19, { triggerKind: 2 }, cancel.token);
  expect(await first).toBeNull();
  expect(await server.requests[0]!.ended).toBe('dropped');
  await expect.poll(() => server.requests.length).toBe(2);
  cancel.cancel();
  await expect(second).rejects.toMatchObject({ code: -32800 });
  expect(await server.requests[1]!.ended).toBe('dropped');
});

test.each([
  ['switched off', { 'completion.enabled': false }, true],
  ['without an address', { 'completion.baseUrl': '' }, true],
  ['in a folder that is not trusted', {}, false],
])('%s nothing is sent, and what would be is still told', async (_name, more, trusted) => {
  const { server, client, suggest } = await typing(fills('x'), more, trusted);
  expect(await suggest(19)).toBeNull();
  const place = { textDocument: { uri: client.uri('src/shop.ts') }, position: { line: 1, character: 19 } };
  const { context, insert, sent } = await client.connection.sendRequest(CompleteRequest, place);
  expect([insert, sent]).toEqual(['', null]);
  expect(context[0]).toMatchObject({ path: 'src/cart.ts', uri: client.uri('src/cart.ts') });
  expect([server.requests, server.otherRequests]).toEqual([[], []]);
});
