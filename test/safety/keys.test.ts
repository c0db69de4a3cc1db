/** Where text and keys go, and who has a say in it: the person alone. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { withoutKey } from '../../client/src/keyless.js';
import { userHub, userKey } from '../../server/src/cliSettings.js';
import { parseAddress } from '../../server/src/llm/address.js';
import { openaiModel } from '../../server/src/llm/openai.js';
import { LANGUAGE_MODEL } from '../../server/src/llm/service.js';
import { AskRequest, ModelKeyNotification } from '../../server/src/protocol/messages.js';
import { clientOn } from '../lsp/client.js';
import { dist, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import {
  endless,
  redirects,
  type Script,
  type ScriptedModel,
  says,
  startScriptedModel,
} from '../support/scriptedModel.js';

const run = promisify(execFile);
const project = join(import.meta.dirname, '../..');
const KEY = 'sk-mine-0123456789';
const LANTERN = { 'src/lantern.ts': '/** Lights the lantern. */\nexport function lightLantern() {}\n' };

async function server(script: Script = () => says('It is lit [1].')): Promise<ScriptedModel> {
  const started = await startScriptedModel(script);
  onTestFinished(() => started.close());
  return started;
}

const allOf = ({ requests, otherRequests }: ScriptedModel) => [...requests, ...otherRequests];

afterEach(() => void vi.unstubAllEnvs());

test('S1 every setting that says where text, keys or programs are is the person’s own, and withheld from strangers', () => {
  const { capabilities, contributes } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const restricted: string[] = capabilities.untrustedWorkspaces.restrictedConfigurations;
  const settings = Object.entries<{ scope: string }>(
    Object.assign({}, ...[contributes.configuration].flat().map(({ properties }) => properties)),
  );
  const tellsWhere =
    /(url|uri|address|endpoint|server|host|proxy|folder|path|file|key|token(?!s)|secret|kind|name|model|prefix|device|command|trace)/i;
  const found = settings.filter(([name]) => tellsWhere.test(name.slice('scholia.'.length)));
  expect(found.length).toBeGreaterThan(15);
  const isOwn = ([name, { scope }]: [string, { scope: string }]) =>
    ['machine', 'application'].includes(scope) && restricted.includes(name);
  // How large a file may be is no place.
  expect(found.filter((setting) => !isOwn(setting)).map(([name]) => name)).toEqual(['scholia.index.maxFileKilobytes']);
  expect(restricted.filter((name) => !settings.some(([known]) => known === name))).toEqual([]);
  expect(capabilities.untrustedWorkspaces.supported).toBe('limited');
});

/** Every file that some program takes settings from. */
const claims = (baseUrl: string): Files => ({
  '.vscode/settings.json': JSON.stringify({ 'scholia.model.baseUrl': baseUrl, 'scholia.embedder.baseUrl': baseUrl }),
  'shop.code-workspace': JSON.stringify({ folders: [], settings: { 'scholia.model.baseUrl': baseUrl } }),
  'scholia.json': JSON.stringify({ model: { baseUrl }, embedder: { kind: 'server', name: 'x', baseUrl } }),
  'scholia/config.json': JSON.stringify({ baseUrl }),
  '.config/scholia/config.json': JSON.stringify({ baseUrl }),
  'config.json': JSON.stringify({ baseUrl }),
  '.env': `SCHOLIA_BASE_URL=${baseUrl}\nOPENAI_BASE_URL=${baseUrl}\n`,
  '.envrc': `export SCHOLIA_BASE_URL=${baseUrl}\n`,
  '.npmrc': `scholia_base_url=${baseUrl}\n`,
});

test('S1 a folder that names its own server is not asked for it, by the editor’s server or the command line', async () => {
  const [mine, theirs] = [await server(), await server()];
  const files = { ...LANTERN, ...claims(theirs.baseUrl) };
  const client = await clientOn(files, { settings: { model: { baseUrl: mine.baseUrl, name: 'tiny' } } });
  await client.connection.sendNotification(ModelKeyNotification, { origin: mine.origin, key: KEY });
  await client.until((now) => now.state === 'ready');
  await client.connection.sendRequest(AskRequest, { question: 'What does lightLantern do?' });

  const config = scratchFolder();
  await writeFiles(config, {
    'scholia/config.json': JSON.stringify({ baseUrl: mine.baseUrl, apiKey: KEY, model: 'm' }),
  });
  const env = { PATH: process.env['PATH']!, HOME: config, XDG_CONFIG_HOME: config, APPDATA: config };
  const args = ['ask', 'What does lightLantern do?', '--root', client.folder, '--store', scratchFolder()];
  await run(process.execPath, [join(dist, 'server/cli.cjs'), ...args], { cwd: client.folder, env });

  expect(mine.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
  expect(allOf(theirs)).toEqual([]);
}, 60_000);

test('S2 a key that was entered for one address reaches no other, whatever becomes of the settings', async () => {
  const [mine, other] = [await server(), await server()];
  const options = { settings: {} as Record<string, unknown> };
  const at = ({ baseUrl }: ScriptedModel) => ({
    model: { baseUrl, name: 'tiny' },
    embedder: { kind: 'server', baseUrl, name: 'tiny' },
    reranker: { kind: 'server', baseUrl, name: 'tiny' },
  });
  options.settings = at(mine);
  const client = await clientOn(LANTERN, options);
  await client.connection.sendNotification(ModelKeyNotification, { origin: mine.origin, key: KEY });
  await client.until((now) => now.state === 'ready');
  const question = 'What does lightLantern do?';
  await client.connection.sendRequest(AskRequest, { question });
  expect(mine.requests.filter(({ headers }) => headers.authorization === `Bearer ${KEY}`).length).toBeGreaterThan(0);

  options.settings = at(other);
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await client.until((now) => now.model.destination === other.origin);
  await client.connection.sendRequest(AskRequest, { question });
  const paths = allOf(other).map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/v1/chat/completions', '/v1/embeddings']));
  expect(JSON.stringify(allOf(other).map(({ headers, body }) => [headers, body]))).not.toContain(KEY);
}, 60_000);

test('S2 a key of the user’s file goes to the address in that file, not to one that a folder put into the environment', async () => {
  const config = scratchFolder();
  const file = { baseUrl: 'https://mine.example/v1', apiKey: KEY, hubUrl: 'https://hub.example', hubToken: KEY };
  await writeFiles(config, { 'scholia/config.json': JSON.stringify(file) });
  for (const name of Object.keys(process.env)) if (name.startsWith('SCHOLIA_')) vi.stubEnv(name, undefined);
  vi.stubEnv('XDG_CONFIG_HOME', config);
  vi.stubEnv('APPDATA', config);
  expect(userKey('model', 'https://mine.example/v1')).toBe(KEY);
  expect(userHub().token).toBe(KEY);
  for (const baseUrl of ['https://evil.example/v1', 'http://mine.example/v1', 'https://mine.example:8443', 'x', ''])
    expect(userKey('model', baseUrl), baseUrl).toBeUndefined();
  expect(userKey('embedder', 'https://mine.example/v1')).toBeUndefined();
  vi.stubEnv('SCHOLIA_HUB_URL', 'https://evil.example');
  expect(userHub()).toEqual({ url: 'https://evil.example', token: undefined });
  vi.stubEnv('SCHOLIA_API_KEY', 'sk-environment');
  expect(userKey('model', 'https://evil.example/v1')).toBe('sk-environment');
});

test.each([
  ['http://127.0.0.1:11434/v1', true],
  ['http://localhost/v1', true],
  ['http://[::1]:1/v1', true],
  ['http://192.168.0.2/v1', true],
  ['http://10.1.2.3/v1', true],
  ['http://172.16.0.1/v1', true],
  ['http://100.64.0.1/v1', true],
  ['http://[fd00::1]/v1', true],
  ['http://gpu-box:8000/v1', true],
  ['http://gpu.local/v1', true],
  ['https://api.example.org/v1', true],
  ['http://api.example.org/v1', false],
  ['http://8.8.8.8/v1', false],
  ['http://172.32.0.1/v1', false],
  ['http://192.168.0.2.example.org/v1', false],
  ['http://localhost.example.org/v1', false],
  ['http://[2001:db8::1]/v1', false],
  ['http://2130706433.example/v1', false],
])('S16 what leaves one’s own network is encrypted: %s', (baseUrl, isUsable) => {
  const parse = () => parseAddress(baseUrl, LANGUAGE_MODEL).origin;
  if (isUsable) expect(parse()).toBe(new URL(baseUrl).origin);
  else expect(parse).toThrow('must begin with https://');
});

test('S16 no redirect is followed, and no reply is without end', async () => {
  const target = await server();
  const bouncing = await server(() => redirects(`${target.baseUrl}/chat/completions`));
  const gushing = await server(() => endless('tick tock '.repeat(1000)));
  const ask = async ({ baseUrl }: ScriptedModel) => {
    const model = openaiModel({ baseUrl, name: 'm', apiKey: KEY, timeoutMs: 5000 });
    for await (const _ of model.stream([{ role: 'user', content: 'Why?' }], { maxTokens: 9 }));
  };
  await expect(ask(bouncing)).rejects.toThrow('does not follow');
  await expect(ask(gushing)).rejects.toThrow('past all bounds');
  expect(allOf(target)).toEqual([]);
});

test('S19 a key is blotted out of traced messages, whatever stands around it', () => {
  for (const key of [KEY, 'a"b', 'back\\slash', ''])
    for (const indent of [0, 4]) {
      const traced = `Params: ${JSON.stringify({ origin: 'https://a.example', key, more: { key: [key] } }, null, indent)}`;
      const shown = withoutKey(traced);
      expect(shown).toContain('https://a.example');
      expect(shown).toMatch(/"key":\s*"•••"/);
      if (key === KEY) expect(withoutKey(`{"params":{"key":"${key}"}}`)).not.toContain(KEY);
    }
});
