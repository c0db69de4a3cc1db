/**
 * Made-up secrets in files, and a real key in use, looked for in all that leaves the programs: the whole output of the
 * command line, every message of the language server, its log among them, what a server is sent, and the store.
 * test/engine/secrets.test.ts looks closer at each.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { chatFolderAt } from '../../client/src/chat/chatFolder.js';
import { Chats } from '../../client/src/chat/chats.js';
import { Conversation } from '../../client/src/chat/conversation.js';
import {
  AskProgressType,
  AskRequest,
  DiagnosticsRequest,
  ModelKeyNotification,
  SearchRequest,
  StatusRequest,
  TextRequest,
} from '../../server/src/protocol/messages.js';
import { clientOn } from '../lsp/client.js';
import { keyLines, pem, SHAPED, UNSHAPED } from '../support/canaries.js';
import { docxOf, notebookOf } from '../support/documents.js';
import { dist, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { hangsAfter, json, says, startScriptedModel } from '../support/scriptedModel.js';
import { contentOf, openCopy } from '../support/store.js';

const KEY = 'sk-in-use-0123456789abcdef';
const LINES = keyLines(300);
const PLANTED = [...Object.values(SHAPED), UNSHAPED.password, UNSHAPED.token, ...LINES];

const FILES: Files = {
  'src/tokens.ts': `/** Tokens of the fleet. */\nexport const fleetTokens = {\n${Object.entries(SHAPED)
    .map(([name, secret]) => `  '${name}': '${secret}',`)
    .join('\n')}\n};\n`,
  'config/app.yaml': `fleet:\n  password: "${UNSHAPED.password}"\n  token: ${UNSHAPED.token}\n`,
  'docs/fleet.md': `# Keys of the fleet\n\nThe key of the fleet:\n\n${pem(LINES)}\n`,
  'fleet.docx': docxOf(['# Fleet runbook', `The deploy token of the crane is ${SHAPED['npm']}.`]),
  'fleet.ipynb': notebookOf(['# Fleet notes', `crane_token = "${SHAPED['GitLab']}"\n`]),
  '.env': `FLEET_KEY=${SHAPED['Stripe']}\n`,
  id_rsa: pem(LINES),
};
const QUESTIONS = [
  'What are the tokens of the fleet?',
  'What is the deploy token of the crane?',
  'What is the password of the fleet?',
];

function canariesIn(text: string): string[] {
  return [...PLANTED, KEY].filter((secret) => {
    for (let i = 0; i + 12 <= secret.length; i++) if (text.includes(secret.slice(i, i + 12))) return true;
    return false;
  });
}

function checkStore(store: string): void {
  const bytes = readdirSync(store, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
  expect(canariesIn(bytes.join('\n'))).toEqual([]);
  const database = openCopy(store);
  const texts = database.prepare('SELECT data AS text FROM texts').all();
  database.close();
  const unpacked = texts.map((row) => inflateSync(row['text'] as Uint8Array).toString('utf8')).join('\n');
  expect(unpacked).toContain('•••');
  expect(canariesIn(unpacked)).toEqual([]);
  expect(canariesIn(JSON.stringify(contentOf(store)))).toEqual([]);
}

/** All that it writes, stdout and stderr. */
function output(args: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(dist, 'server/cli.cjs'), ...args], { env });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece) => (text += piece));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

test('S9 S19 no secret is in the output of any command, nor in the store, nor in what a model is sent', async () => {
  // A server that says the key back in its complaint, and then answers with all that it was sent.
  let refusals = 0;
  const model = await startScriptedModel(({ headers, prompt }) =>
    refusals++ === 0
      ? json(401, { error: { message: `Incorrect key: ${headers.authorization}` } })
      : says(`${prompt} [1]`),
  );
  onTestFinished(() => model.close());
  const folder = join(scratchFolder(), 'root');
  const store = scratchFolder();
  await writeFiles(folder, FILES);
  const home = scratchFolder();
  const env = {
    ...{ PATH: process.env['PATH']!, HOME: home, XDG_CONFIG_HOME: home },
    ...{ SCHOLIA_BASE_URL: model.baseUrl, SCHOLIA_MODEL: 'm', SCHOLIA_API_KEY: KEY },
  };
  const where = ['--root', folder, '--store', store];
  const said = [
    await output(['ask', QUESTIONS[0]!, '--json', ...where], env),
    await output(['ask', QUESTIONS[1]!, '--explain', ...where], env),
    await output(['search', 'token password key of the fleet', '--explain', '--limit', '50', ...where], env),
    await output(['hover', 'src/tokens.ts:2:16', ...where], env),
    await output(['status', ...where], env),
  ];
  expect(said[0]).toContain('refused the API key');
  expect(said.join('')).toContain('•••');
  expect(canariesIn(said.join('\n'))).toEqual([]);
  expect(model.requests).toHaveLength(2);
  expect(canariesIn(JSON.stringify(model.requests.map(({ body }) => body)))).toEqual([]);
  expect(model.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  checkStore(store);
}, 120_000);

test('S9 a secret in a question from the command line is neither sent nor told', async () => {
  const typed = SHAPED['GitHub personal']!;
  const model = await startScriptedModel(({ prompt }) => says(`${prompt} [1]`));
  onTestFinished(() => model.close());
  const folder = join(scratchFolder(), 'root');
  await writeFiles(folder, { 'src/crane.ts': '/** The token of the crane. */\nexport const craneToken = read();\n' });
  const home = scratchFolder();
  const env = {
    ...{ PATH: process.env['PATH']!, HOME: home, XDG_CONFIG_HOME: home },
    ...{ SCHOLIA_BASE_URL: model.baseUrl, SCHOLIA_MODEL: 'm' },
  };
  const where = ['--root', folder, '--store', scratchFolder()];
  const asked = `Who reads the token of the crane, ${typed}, and what is it?`;
  const said = [
    await output(['ask', asked, '--json', ...where], env),
    await output(['search', asked, '--explain', '--json', ...where], env),
  ].join('\n');
  expect(said).toContain('src/crane.ts');
  expect(said).toContain('•••');
  expect(model.requests.length).toBeGreaterThan(0);
  for (const text of [said, JSON.stringify(model.requests.map(({ body }) => body))])
    for (const one of [typed, typed.toLowerCase()]) expect(text).not.toContain(one.slice(4, 16));
}, 60_000);

test('S9 S19 no secret is in any message of the language server, its log and its errors among them', async () => {
  let refusals = 0;
  const model = await startScriptedModel(({ headers, prompt }) =>
    refusals++ === 0
      ? json(500, { error: { message: `No: ${headers.authorization} ${prompt}` } })
      : says(`${prompt} [1]`),
  );
  onTestFinished(() => model.close());
  const client = await clientOn(FILES, { settings: { model: { baseUrl: model.baseUrl, name: 'm' } } });
  const { connection } = client;
  const said: unknown[] = [];
  const told = new Set<string>();
  connection.onUnhandledNotification((message) => said.push(message));
  for (const method of ['window/logMessage', 'window/showMessage', 'textDocument/publishDiagnostics'])
    connection.onNotification(method, (params: unknown) => {
      told.add(method);
      said.push(params);
    });
  await connection.sendNotification(ModelKeyNotification, { origin: model.origin, key: KEY });
  said.push(await client.until((now) => now.state === 'ready'));
  for (const question of QUESTIONS) said.push(await connection.sendRequest(AskRequest, { question }));
  said.push(await connection.sendRequest(SearchRequest, { query: 'token of the fleet', limit: 50 }));
  said.push(await connection.sendRequest(TextRequest, { uri: client.uri('fleet.docx') }));
  const at = { textDocument: { uri: client.uri('src/tokens.ts') }, position: { line: 1, character: 15 } };
  said.push(await connection.sendRequest('textDocument/hover', at));
  said.push(await connection.sendRequest(StatusRequest), await connection.sendRequest(DiagnosticsRequest));
  said.push(await connection.sendRequest('scholia/none').catch((error) => String(error)));
  const text = JSON.stringify(said);
  expect(text).toContain('•••');
  expect(told).toContain('window/logMessage');
  expect(canariesIn(text)).toEqual([]);
  expect(canariesIn(JSON.stringify(model.requests.map(({ body }) => body)))).toEqual([]);
  expect(model.requests.length).toBeGreaterThanOrEqual(QUESTIONS.length);
}, 60_000);

test('S9 no secret that is typed in a question, or that a model writes, is in what is kept of a chat', async () => {
  const [typed, written, cutOff] = [SHAPED['GitHub personal']!, SHAPED['Anthropic']!, SHAPED['Stripe']!];
  const inPieces = (text: string) => text.match(/[\s\S]{1,7}/g)!;
  const model = await startScriptedModel(({ prompt }) =>
    prompt.includes('wait for')
      ? hangsAfter(...inPieces(`Its key is ${cutOff} and so on [1]`))
      : says(
          inPieces(
            `Use ${written}, not what you asked: ${prompt} [1].\n\n\`\`\`py\npassword = "${UNSHAPED.password}"\n\`\`\``,
          ),
        ),
  );
  onTestFinished(() => model.close());
  const client = await clientOn(
    { 'src/crane.ts': '/** The token of the crane. */\nexport const craneToken = readToken();\n' },
    { settings: { model: { baseUrl: model.baseUrl, name: 'm' } } },
  );
  await client.until((now) => now.state === 'ready');
  const root = scratchFolder();
  const chats = new Chats(chatFolderAt(root));
  const chat = chats.begin();
  const streamed: string[] = [];
  const conversation = new Conversation({
    async ask(params, onProgress) {
      const progressToken = `ask-${params.question}`;
      client.connection.onProgress(AskProgressType, progressToken, (progress) => {
        onProgress(progress);
        if (progress.kind === 'text') streamed.push(progress.delta);
      });
      return client.connection.sendRequest(AskRequest, { ...params, progressToken });
    },
    back: () => Promise.reject(new Error(`The server is gone, and so is ${typed}`)),
    verify: async (citations) => citations,
    highlight: async (pieces) => pieces.map(() => null),
    post: () => {},
    keep: (turn) => chat.keep(turn),
    forget: (ids) => void chat.forget(ids),
  });
  await conversation.ask(`What is craneToken? Mine is ${typed}, and password = "${UNSHAPED.password}".`);
  // What goes along with it is the turn before.
  await conversation.ask('And who calls it?');
  const waiting = conversation.ask(`What does craneToken wait for, ${typed}?`);
  await expect.poll(() => streamed.join('')).toContain('so on');
  const { id, title } = (await chats.list())[0]!;
  conversation.stop();
  await waiting;
  const { turns } = await chats.open(id);
  expect(turns.map(({ state }) => state)).toEqual(['done', 'done', 'stopped']);
  expect(title).toContain('Mine is ••••');
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = names.map(({ parentPath, name }) => name + readFileSync(join(parentPath, name), 'utf8')).join('\n');
  // Terms that were searched for are in small letters.
  const canaries = [typed, written, cutOff, UNSHAPED.password].flatMap((one) => [one, one.toLowerCase()]);
  expect(streamed.join('')).toContain(written);
  expect(canaries.filter((one) => texts.includes(one.slice(4, 16)))).toEqual([]);
  expect(canariesIn(texts)).toEqual([]);
  expect(canariesIn(JSON.stringify(model.requests.map(({ body }) => body)))).toEqual([]);
  expect(texts).toContain('craneToken');
}, 60_000);
