/**
 * The only place where adapters meet the engine: the disk, the threads, the store's folder and the model are chosen
 * here and nowhere else.
 */

import { createHash } from 'node:crypto';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Embedder } from './base/embedding.js';
import { EngineError, messageOf } from './base/errors.js';
import { t } from './base/l10n.js';
import { spokenLocale } from './base/languages.js';
import type { Clock, FileSystem, InfillModel, LanguageModel, Log } from './base/ports.js';
import { type Config, resolveConfig } from './engine/config.js';
import { createEngine, type Engine } from './engine/engine.js';
import { type BundledModel, bundledEmbedder, openBundledModel, readBundledModel } from './index/bundledModel.js';
import { gitHistory } from './index/gitHistory.js';
import { createParsePool, type ParseThreadData } from './index/parsePool.js';
import type { Removed } from './index/store/collect.js';
import { openStore, type StoreThreadData } from './index/store/threads.js';
import type { FoundServer } from './llm/localServers.js';
import { listModels } from './llm/modelFolders.js';
import type { WatchedModel } from './llm/watchedModel.js';
import type { EngineServices } from './modelServices.js';
import { disk } from './workspace/disk.js';
import { editorPatterns } from './workspace/editorPatterns.js';
import { batteryWatch } from './workspace/power.js';
import { openWorkspace } from './workspace/walk.js';

export interface ComposeOptions {
  /** The folder to index. */
  root: string;
  /** Folder of all stores; each root has one of its own in it. */
  storeBase?: string;
  /** The build's output folder: workers, grammars, queries. */
  dist: string;
  /** Raw settings of the section `scholia`. */
  settings?: unknown;
  /** The model as it is set now; absent or null: answers are extracts. */
  model?: () => LanguageModel | null;
  /** Embedders, rerankers and native code, shared by all folders; none when absent. */
  services?: EngineServices;
  /** The digest of the `scholia.json` whose embedder the person approved; absent or null: none. */
  approvedTeamFile?: () => string | null;
  /** False: no git is run in the folder to read its history, and its `scholia.json` is not read. */
  trusted?: boolean;
  log?: Log;
  /** What the editor hides: its setting `files.exclude`, as it stands. */
  filesExclude?: unknown;
  /** Another disk, for tests of what disks do. */
  files?: FileSystem;
  /** Another clock, for tests of what time does. */
  clock?: Clock;
  /** How long a hover waits for the grammar to say what the pointer is on, in milliseconds; tests have time. */
  pointedMs?: number;
  /** What kind of disk to take the store's for, for tests of network disks. */
  fileSystemType?: number;
}

/** A hover is to be there within 150 ms; without the grammar it is made by names alone. */
const POINTED_MS = 60;

/**
 * A thread's own heap. Left alone, V8 lets the young generation of each grow to 48 MB before it looks, and keeps it; a
 * document that unfolds without end costs its thread, not the server.
 */
const THREAD_HEAP = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 1024 };

/** Deletes every store that no process is using. */
export async function deleteAllData(storeBase: string = defaultStoreBase()): Promise<Removed> {
  // Loaded only now: it brings SQLite into this thread, and on Node 22 a warning with it.
  const { removeAllStores } = await import('./index/store/collect.js');
  return removeAllStores(join(storeBase, 'roots'));
}

/** Searches without anything that has to be opened. */
const NO_SERVICES: EngineServices = {
  embedder: async () => null,
  mayEmbed: async () => true,
  reranking: async () => null,
  graph: async () => {
    throw new EngineError('graph-unavailable', t('Vectors are compared one by one'));
  },
};

export const VERSION = process.env['SCHOLIA_VERSION'] ?? '0.1.0';

export async function openEngine(options: ComposeOptions): Promise<Engine> {
  const { dist, log = () => {}, files = disk, trusted = false, fileSystemType } = options;
  const { clock = { now: () => Date.now() } } = options;
  const config = resolveConfig(options.settings);
  const locale = spokenLocale();
  const { settings } = config;
  const workspace = await openWorkspace(files, options.root, {
    maxFileBytes: settings['index.maxFileKilobytes'] * 1024,
    exclude: settings['index.exclude'],
    hidden: editorPatterns(options.filesExclude),
    user: { home: homedir(), configuration: process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config') },
  });
  const storePath = storeFolder(options.storeBase ?? defaultStoreBase(), workspace.root);
  const store = await openStore(storePath, (role) => {
    const workerData: StoreThreadData = { role, folder: storePath, root: workspace.root, locale, fileSystemType };
    // Node 22 would tell each user that its SQLite is experimental.
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    return new Worker(join(dist, 'server/storeWorker.cjs'), { workerData, execArgv, resourceLimits: THREAD_HEAP });
  });
  const bundled = openBundled(dist, log);
  const workerData: ParseThreadData = { assets: dist, locale, model: bundled.model };
  const parsers = createParsePool({
    threads: Math.min(4, availableParallelism()),
    spawn: () => new Worker(join(dist, 'server/parseWorker.cjs'), { workerData, resourceLimits: THREAD_HEAP }),
  });
  const model = options.model ?? (() => null);
  const services = options.services ?? NO_SERVICES;
  const installedModels = async () => (await listModels(modelsFolder(options.storeBase))).map(({ name }) => name);
  const isOnBattery = batteryWatch(files, clock.now);
  const history = trusted ? gitHistory({ root: workspace.root, files }) : null;
  return createEngine({
    workspace,
    store,
    storePath,
    parsers,
    bundled: bundled.embedder,
    openEmbedder: (decision) => services.embedder(decision, settings),
    mayEmbed: (embedder, characters) => services.mayEmbed(embedder, characters, settings),
    reranking: () => services.reranking(settings),
    openGraph: () => services.graph(storePath),
    installedModels,
    approvedTeamFile: options.approvedTeamFile ?? (() => null),
    isOnBattery,
    pointedMs: options.pointedMs ?? POINTED_MS,
    history,
    model,
    config,
    trusted,
    clock,
    log,
    version: VERSION,
  });
}

/** A bundled model that is damaged costs the meaning, not the search. */
function openBundled(dist: string, log: Log): { model: BundledModel | null; embedder: Embedder | null } {
  try {
    const model = readBundledModel(dist);
    return { model, embedder: bundledEmbedder(openBundledModel(model)) };
  } catch (error) {
    log('error', `The bundled embedder cannot be used: ${messageOf(error)}`);
    return { model: null, embedder: null };
  }
}

/**
 * The model that the settings name; null when they name none: then nothing is sent anywhere. Rejects with a `usage` error
 * when the address cannot be used. The client library is loaded only now: it takes longer than everything else.
 */
export async function openModel(
  { settings }: Config,
  apiKey: string | undefined,
  log: Log,
): Promise<WatchedModel | null> {
  const baseUrl = settings['model.baseUrl'].trim();
  if (baseUrl === '') return null;
  const [{ openaiModel }, { watchedModel }, { readServerFacts }] = await Promise.all([
    import('./llm/openai.js'),
    import('./llm/watchedModel.js'),
    import('./llm/serverFacts.js'),
  ]);
  const timeoutMs = settings['model.timeoutSeconds'] * 1000;
  const name = settings['model.name'].trim();
  const model = openaiModel({ baseUrl, name, apiKey, timeoutMs, log });
  return watchedModel(model, name, () => readServerFacts({ baseUrl, apiKey }));
}

/** The model servers on this machine, at these addresses or where such servers usually are. For a person who asked. */
export async function findModels(places: readonly string[] | undefined, signal?: AbortSignal): Promise<FoundServer[]> {
  const { findLocalServers } = await import('./llm/localServers.js');
  return findLocalServers(places, signal);
}

/** The model that fills gaps; null when the settings name none or switch it off: then nothing is sent anywhere. */
export async function openInfill(
  { settings }: Config,
  apiKey: string | undefined,
  log: Log,
): Promise<InfillModel | null> {
  const baseUrl = settings['completion.baseUrl'].trim();
  if (baseUrl === '' || !settings['completion.enabled']) return null;
  const { remoteInfill } = await import('./llm/infill.js');
  const format = settings['completion.format'];
  return remoteInfill({ baseUrl, name: settings['completion.name'], format, apiKey, log });
}

/** One folder for each canonical root, under a name that gives nothing away. */
export function storeFolder(base: string, root: string): string {
  return join(base, 'roots', createHash('sha256').update(root).digest('hex').slice(0, 24));
}

/** Where downloaded models lie, each in a folder of its own. */
export function modelsFolder(storeBase: string = defaultStoreBase()): string {
  return join(storeBase, 'models');
}

/** Per user, outside every workspace, and the same for editor, command line and agents. */
export function defaultStoreBase(): string {
  const { platform, env } = process;
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'scholia', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'scholia');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'scholia');
}

/** Whether this Node can run the store at all; a sentence with the remedy when it cannot. */
export function missingRuntime(): string | null {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 16)) return null;
  return t(
    'Scholia needs Node 22.16 or newer for its index; this is {0}. Update VS Code, or Node on the command line',
    process.versions.node,
  );
}
