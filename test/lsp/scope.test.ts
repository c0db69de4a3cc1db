/** What a question is asked about, over the protocol: files, folders, lines; one workspace folder or several. */
import { expect, onTestFinished, test } from 'vitest';
import { tokenClasses } from '../../server/src/base/tokenClasses.js';
import { type AskParams, AskRequest, HighlightRequest, SearchRequest } from '../../server/src/protocol/messages.js';
import { event, startScriptedModel } from '../support/scriptedModel.js';
import { clientOn, type TestClient } from './client.js';

const files = {
  'src/cart.ts': `/** Adds up what a customer will pay. */
export function totalPrice(items: number[]): number {
  return items.reduce((sum, item) => sum + item, 0);
}
`,
  'src/shop/pay.ts': `import { totalPrice } from '../cart';
/** Takes the total price off the customer's card. */
export const pay = (items: number[]) => charge(totalPrice(items));
`,
  'docs/price.md': '# Prices\n\nThe total price is what a customer will pay.\n',
};
const ASKED = 'How is the total price made that a customer will pay?';

async function ready(options: Parameters<typeof clientOn>[1] = {}): Promise<TestClient> {
  const client = await clientOn(files, options);
  await client.until(({ state }) => state === 'ready');
  return client;
}

const ask = ({ connection }: TestClient, params: AskParams) => connection.sendRequest(AskRequest, params);

async function pathsFound(client: TestClient, ...places: string[]): Promise<string[]> {
  const { sources } = await ask(client, { question: ASKED, scope: { uris: places.map(client.uri) } });
  return [...new Set(sources.map(({ path }) => path))].sort();
}

test('only the files and folders that were chosen are searched', async () => {
  const client = await ready();
  expect(await pathsFound(client, 'src')).toEqual(['src/cart.ts', 'src/shop/pay.ts']);
  expect(await pathsFound(client, 'src/shop', 'docs/price.md')).toEqual(['docs/price.md', 'src/shop/pay.ts']);
  expect(await pathsFound(client, '')).toEqual(['README.md', 'docs/price.md', 'src/cart.ts', 'src/shop/pay.ts']);
  const elsewhere = ask(client, { question: ASKED, scope: { uris: ['file:///elsewhere/cart.ts'] } });
  await expect(elsewhere).rejects.toThrow('no folder that is open');
});

test('“this” is what was chosen, whatever was spoken of before; what is not in it is refused', async () => {
  const client = await ready();
  const scope = { uris: [client.uri('src/shop/pay.ts')] };
  const history = [{ question: 'How does `totalPrice` work?', answer: 'It adds up [1].' }];
  const about = await ask(client, { question: 'What does this do?', scope, history });
  expect(about).toMatchObject({ refused: false, citations: [{ path: 'src/shop/pay.ts' }] });
  const other = await ask(client, { question: 'Which orbit does the satellite follow?', scope });
  expect(other).toMatchObject({ refused: true, refusal: { files: 4, failed: 0, waiting: 0 } });
  expect(other.refusal!.missing).toContain('satellite');
});

test('a refusal of a part says how the question is asked everywhere, and there it is answered', async () => {
  const client = await ready();
  const question = 'How is the total price made?';
  const scope = { uris: [client.uri('README.md')] };
  const within: AskParams[] = [
    { question, scope },
    { question: `${question} lang:python`, scope: undefined },
    { question: `path:elsewhere ${question} lang:go`, scope },
  ];
  for (const params of within)
    expect(await ask(client, params)).toMatchObject({ refused: true, refusal: { everywhere: question } });
  expect(await ask(client, { question })).toMatchObject({ refused: false });
  const { refusal } = await ask(client, { question: 'Which orbit does the satellite follow?' });
  expect(refusal).not.toHaveProperty('everywhere');
});

test('selected lines are the answer’s only source', async () => {
  const client = await ready();
  const uri = client.uri('src/cart.ts');
  const scope = { uris: [uri], lines: { uri, startLine: 2, endLine: 3 } };
  const { sources } = await ask(client, { question: 'What happens here?', scope });
  expect(sources.map(({ path, why }) => [path, 'scope' in why])).toEqual([['src/cart.ts', true]]);
});

test('a follow-up is read with what it leans on, and the trace says how', async () => {
  const client = await ready();
  const history = [{ question: 'How does `totalPrice` work?', answer: 'It adds up [1].' }];
  const { citations, trace } = await ask(client, { question: 'and who calls it?', history });
  expect(trace.readAs).toBe('who calls `totalPrice`?');
  expect(citations[0]).toMatchObject({ path: 'src/shop/pay.ts' });
  expect((await ask(client, { question: 'Who calls totalPrice?', history })).trace.readAs).toBeUndefined();
});

test('with several folders a chosen place is found in its own', async () => {
  const client = await ready({ foldersApart: true });
  await expect
    .poll(async () => (await ask(client, { question: ASKED })).sources.map(({ path }) => path).sort(), {
      timeout: 15_000,
    })
    .toEqual(['docs/price.md', 'src/cart.ts', 'src/shop/pay.ts']);
  expect(await pathsFound(client, 'docs')).toEqual(['docs/price.md']);
  expect(await pathsFound(client, 'docs/price.md', 'src/shop')).toEqual(['docs/price.md', 'src/shop/pay.ts']);
});

test('a folder that is removed while it is asked about costs that answer its citations, and no other anything', async () => {
  const gone = Promise.withResolvers<void>();
  const model = await startScriptedModel(() => async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event({ content: 'It is added up ' }));
    await gone.promise;
    response.write(event({ content: '[1].' }, 'stop'));
    response.end('data: [DONE]\n\n');
  });
  onTestFinished(() => model.close());
  const settings = { 'model.baseUrl': model.baseUrl, 'model.name': 'scripted' };
  const client = await ready({ foldersApart: true, settings });
  const asked = ask(client, { question: ASKED, scope: { uris: [client.uri('src')] } });
  await expect.poll(() => model.requests.length).toBe(1);
  const removed = [{ uri: client.uri('src'), name: 'src' }];
  await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed } });
  const hits = await client.connection.sendRequest(SearchRequest, { query: 'total price' });
  expect(hits.map(({ uri }) => uri)).toEqual([client.uri('docs/price.md')]);
  gone.resolve();
  expect(await asked).toMatchObject({ refused: false, answer: expect.stringContaining('It is added up') });
});

test('code is coloured by its grammar, piece by piece', async () => {
  const client = await ready();
  const pieces = [
    { text: 'const a = 1;', language: 'typescript' },
    { text: 'x', language: 'klingon' },
  ];
  const { runs } = await client.connection.sendRequest(HighlightRequest, { pieces });
  expect(runs).toEqual([[0, 5, tokenClasses.indexOf('keyword'), 10, 1, tokenClasses.indexOf('number')], null]);
});
