/**
 * Settings and keys of the command line: the environment, then the user's own file, never one from the folder that is
 * indexed. No ambient variable of another program has a say.
 *
 * A folder can set variables too, by the settings of a terminal or a tool that reads `.envrc`. A key of the user's own
 * file therefore goes only to the address that stands in that file.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EngineError, messageOf } from './base/errors.js';
import { DEFAULT_HUB, type Hub } from './llm/hub.js';

/** Setting by its environment variable and its key in `config.json`. */
const SOURCES = {
  'model.baseUrl': ['SCHOLIA_BASE_URL', 'baseUrl'],
  'model.name': ['SCHOLIA_MODEL', 'model'],
  'completion.baseUrl': ['SCHOLIA_COMPLETION_BASE_URL', 'completionBaseUrl'],
  'completion.name': ['SCHOLIA_COMPLETION_MODEL', 'completionModel'],
  'completion.format': ['SCHOLIA_COMPLETION_FORMAT', 'completionFormat'],
  'embedder.kind': ['SCHOLIA_EMBEDDER', 'embedder'],
  'embedder.folder': ['SCHOLIA_EMBEDDER_FOLDER', 'embedderFolder'],
  'embedder.baseUrl': ['SCHOLIA_EMBEDDER_BASE_URL', 'embedderBaseUrl'],
  'embedder.name': ['SCHOLIA_EMBEDDER_MODEL', 'embedderModel'],
  'embedder.device': ['SCHOLIA_EMBEDDER_DEVICE', 'embedderDevice'],
  'embedder.queryPrefix': ['SCHOLIA_EMBEDDER_QUERY_PREFIX', 'embedderQueryPrefix'],
  'embedder.passagePrefix': ['SCHOLIA_EMBEDDER_PASSAGE_PREFIX', 'embedderPassagePrefix'],
  'reranker.kind': ['SCHOLIA_RERANKER', 'reranker'],
  'reranker.folder': ['SCHOLIA_RERANKER_FOLDER', 'rerankerFolder'],
  'reranker.baseUrl': ['SCHOLIA_RERANKER_BASE_URL', 'rerankerBaseUrl'],
  'reranker.name': ['SCHOLIA_RERANKER_MODEL', 'rerankerModel'],
} as const;

/** Of the language model, the completion model, the embedder and the reranker; each is for the address that stands beside it. */
const KEYS = {
  model: ['SCHOLIA_API_KEY', 'apiKey'],
  completion: ['SCHOLIA_COMPLETION_API_KEY', 'completionApiKey'],
  embedder: ['SCHOLIA_EMBEDDER_API_KEY', 'embedderApiKey'],
  reranker: ['SCHOLIA_RERANKER_API_KEY', 'rerankerApiKey'],
} as const;

type UserConfig = Record<string, string | undefined>;

export function userSettings(): Record<string, string | undefined> {
  const config = userConfig();
  const settings: Record<string, string | undefined> = Object.fromEntries(
    Object.entries(SOURCES).map(([name, source]) => [name, sourceValue(source, config)]),
  );
  // Whoever names an address or a folder and nothing else means it to be used.
  for (const service of ['embedder', 'reranker'])
    settings[`${service}.kind`] ??= settings[`${service}.baseUrl`]
      ? 'server'
      : settings[`${service}.folder`]
        ? 'folder'
        : undefined;
  return settings;
}

/** The key for an address that is about to be asked. */
export function userKey(service: keyof typeof KEYS, baseUrl: string): string | undefined {
  const config = userConfig();
  return keyValue(KEYS[service], config, config[SOURCES[`${service}.baseUrl`][1]], baseUrl);
}

/** Where models are downloaded from. */
export function userHub(): Hub {
  const config = userConfig();
  const url = sourceValue(['SCHOLIA_HUB_URL', 'hubUrl'], config) || DEFAULT_HUB;
  return { url, token: keyValue(['SCHOLIA_HUB_TOKEN', 'hubToken'], config, config['hubUrl'] || DEFAULT_HUB, url) };
}

function keyValue(
  [variable, key]: readonly [string, string],
  config: UserConfig,
  writtenBeside: string | undefined,
  baseUrl: string,
): string | undefined {
  const origin = URL.parse(baseUrl)?.origin;
  const isFor = origin !== undefined && origin === URL.parse(writtenBeside ?? '')?.origin;
  return process.env[variable] ?? (isFor ? config[key] : undefined);
}

function sourceValue([variable, key]: readonly [string, string], config: UserConfig): string | undefined {
  return process.env[variable] ?? config[key];
}

function userConfig(): UserConfig {
  const base = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  const path = join(process.platform === 'win32' ? (process.env['APPDATA'] ?? base) : base, 'scholia', 'config.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EngineError('usage', `${path} is not JSON: ${messageOf(error)}`);
  }
}
