/** Where the command line's settings and keys come from. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { userHub, userKey, userSettings } from '../server/src/cliSettings.js';
import { resolveConfig } from '../server/src/engine/config.js';
import { scratchFolder, writeFiles } from './support/engine.js';

let config: string;
beforeEach(() => {
  config = scratchFolder();
  vi.stubEnv('XDG_CONFIG_HOME', config);
  vi.stubEnv('APPDATA', config);
  for (const name of Object.keys(process.env)) if (name.startsWith('SCHOLIA_')) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

const settings = () => resolveConfig(userSettings()).settings;
const keysAt = (baseUrl: string) => (['model', 'embedder', 'reranker'] as const).map((what) => userKey(what, baseUrl));

test('without a word the bundled embedder counts, no server and no key', () => {
  expect(settings()).toMatchObject({ 'embedder.kind': 'bundled', 'embedder.baseUrl': '', 'reranker.kind': 'off' });
  expect(keysAt('https://a.example')).toEqual([undefined, undefined, undefined]);
  expect(userHub()).toEqual({ url: 'https://huggingface.co', token: undefined });
});

test('an address or a folder means that it is used, unless the kind says otherwise', () => {
  vi.stubEnv('SCHOLIA_EMBEDDER_BASE_URL', 'http://127.0.0.1:1/v1');
  vi.stubEnv('SCHOLIA_EMBEDDER_MODEL', 'nomic');
  vi.stubEnv('SCHOLIA_RERANKER_FOLDER', 'owner/reranker');
  expect(settings()).toMatchObject({
    'embedder.kind': 'server',
    'embedder.baseUrl': 'http://127.0.0.1:1/v1',
    'embedder.name': 'nomic',
    'reranker.kind': 'folder',
    'reranker.folder': 'owner/reranker',
  });
  vi.stubEnv('SCHOLIA_EMBEDDER', 'off');
  expect(settings()['embedder.kind']).toBe('off');
});

test('the environment goes before the user’s file, and each key is for its own server', async () => {
  const file = {
    ...{ embedderBaseUrl: 'https://a.example', embedderModel: 'm', embedderApiKey: 'k1' },
    ...{ baseUrl: 'https://a.example/v1', apiKey: 'k2' },
  };
  await writeFiles(config, { [join('scholia', 'config.json')]: JSON.stringify(file) });
  vi.stubEnv('SCHOLIA_EMBEDDER_MODEL', 'other');
  vi.stubEnv('OPENAI_API_KEY', 'ambient');
  expect(settings()).toMatchObject({ 'embedder.baseUrl': 'https://a.example', 'embedder.name': 'other' });
  expect(keysAt('https://a.example')).toEqual(['k2', 'k1', undefined]);
});
