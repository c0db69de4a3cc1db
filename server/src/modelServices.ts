/**
 * What a process opens once for all of its folders: the embedder and the reranker that the settings name, and the
 * process that runs native code. Nothing is opened before it is asked for.
 */
import { join } from 'node:path';
import type { Embedder, Reranker, VectorGraph } from './base/embedding.js';
import { EngineError } from './base/errors.js';
import { t } from './base/l10n.js';
import type { Log } from './base/ports.js';
import type { EmbedderDecision } from './engine/embedderChoice.js';
import { openVectorGraph } from './gpu/graph.js';
import { type ComputeHost, createComputeHost } from './gpu/host.js';
import { openOnnxEmbedder } from './gpu/onnxEmbedder.js';
import { openOnnxReranker } from './gpu/onnxReranker.js';
import { listModels } from './llm/modelFolders.js';
import type { Settings } from './protocol/settings.generated.js';
import type { Reranking } from './rag/rerank.js';

/** What an engine asks for. */
export interface EngineServices {
  /** Null where the decision is for none or the bundled one. Rejects with a sentence for the status. */
  embedder(decision: EmbedderDecision, settings: Settings): Promise<Embedder | null>;
  /** Whether a server may be sent so many characters, if that costs something; asked once for each embedder. */
  mayEmbed(embedder: Embedder, characters: number, settings: Settings): Promise<boolean>;
  /** Null where none is set. Rejects with a sentence for the status. */
  reranking(settings: Settings): Promise<Reranking | null>;
  /** For the store in this folder. Rejects with a sentence for the status where there can be none. */
  graph(storePath: string): Promise<VectorGraph>;
}

/** Whoever made them closes them, after the engines. */
export interface ModelServices extends EngineServices {
  close(): Promise<void>;
}

export interface ModelServicesOptions {
  /** The build's output folder. */
  dist: string;
  /** Where downloaded models lie. */
  models: string;
  /** The key that was entered for the origin of an address. */
  keyFor(what: 'embedder' | 'reranker', baseUrl: string): string | undefined;
  /** Asks the person whether what the sentence says may be done. */
  confirm(sentence: string): Promise<boolean>;
  log: Log;
}

export function createModelServices({ dist, models, keyFor, confirm, log }: ModelServicesOptions): ModelServices {
  const hosts = new Map<string, ComputeHost>();
  const embedders = createShelf<Embedder>();
  const rerankers = createShelf<Reranker>();
  const answers = new Map<string, Promise<boolean>>();

  /** One process for each: a model computes for a tenth of a second or more, and a question to a graph must not wait. */
  function hostFor(what: 'models' | 'graphs'): ComputeHost {
    const host =
      hosts.get(what) ??
      createComputeHost({ entry: join(dist, 'server/computeHost.cjs'), native: join(dist, 'native'), log });
    hosts.set(what, host);
    return host;
  }

  /** A path, or the name of a model that was downloaded. */
  async function folderOf(nameOrPath: string): Promise<string> {
    if (nameOrPath === '') throw new EngineError('usage', t('Set scholia.embedder.folder to a model’s folder or name'));
    const found = (await listModels(models)).find(({ name }) => name === nameOrPath);
    return found?.path ?? nameOrPath;
  }

  async function openEmbedder({ kind, name }: EmbedderDecision, settings: Settings): Promise<Embedder> {
    const queryPrefix = settings['embedder.queryPrefix'];
    const passagePrefix = settings['embedder.passagePrefix'];
    if (kind === 'folder') {
      const device = settings['embedder.device'];
      const prefixes = { query: queryPrefix, passage: passagePrefix };
      return openOnnxEmbedder({ host: hostFor('models'), folder: await folderOf(name), device, prefixes });
    }
    const baseUrl = settings['embedder.baseUrl'];
    // Loaded only when a server is named.
    const { openRemoteEmbedder } = await import('./llm/embeddings.js');
    const apiKey = keyFor('embedder', baseUrl);
    return openRemoteEmbedder({ baseUrl, name, apiKey, log, queryPrefix, passagePrefix });
  }

  async function openReranker(settings: Settings): Promise<Reranker> {
    if (settings['reranker.kind'] === 'folder') {
      const folder = await folderOf(settings['reranker.folder']);
      return openOnnxReranker({ host: hostFor('models'), folder, device: settings['embedder.device'] });
    }
    const baseUrl = settings['reranker.baseUrl'];
    const { remoteReranker } = await import('./llm/rerank.js');
    return remoteReranker({ baseUrl, name: settings['reranker.name'], apiKey: keyFor('reranker', baseUrl), log });
  }

  return {
    async embedder(decision, settings) {
      if (decision.kind === 'bundled' || decision.kind === 'off') return null;
      const parts = Object.entries(settings).filter(([name]) => name.startsWith('embedder.'));
      return embedders.take(JSON.stringify([decision.kind, decision.name, parts]), () =>
        openEmbedder(decision, settings),
      );
    },
    async mayEmbed({ identity, device }, characters, settings) {
      const price = settings['embedder.pricePerMillionTokens'];
      if (price === 0 || settings['embedder.kind'] !== 'server') return true;
      const { costOf } = await import('./llm/embeddings.js');
      const { tokens, cost } = costOf(characters, price);
      const sentence = t(
        'Embedding this index with {0} at {1} sends about {2} tokens, at a cost of about {3}',
        ...[identity.name, device, tokens.toLocaleString('en'), cost.toFixed(2)],
      );
      const answer = answers.get(identity.digest) ?? confirm(sentence);
      answers.set(identity.digest, answer);
      return answer;
    },
    async reranking(settings) {
      if (settings['reranker.kind'] === 'off') return null;
      const parts = Object.entries(settings).filter(([name]) => name.startsWith('reranker.'));
      const key = JSON.stringify([parts, settings['embedder.device']]);
      const reranker = await rerankers.take(key, () => openReranker(settings));
      return { reranker, budget: settings['reranker.budgetMilliseconds'] };
    },
    graph: (storePath) => openVectorGraph(hostFor('graphs'), storePath),
    async close() {
      await Promise.all([embedders.close(), rerankers.close()]);
      await Promise.all([...hosts.values()].map((host) => host.close()));
    },
  };
}

interface Shelf<Model> {
  /** The one that was opened for this key, or a new one; what failed to open is tried again at the next call. */
  take(key: string, open: () => Promise<Model>): Promise<Model>;
  close(): Promise<void>;
}

function createShelf<Model extends { close(): Promise<void> }>(): Shelf<Model> {
  const opened = new Map<string, Promise<Model>>();
  return {
    take(key, open) {
      const known = opened.get(key);
      if (known) return known;
      const opening = open();
      opened.set(key, opening);
      opening.catch(() => opened.delete(key));
      return opening;
    },
    async close() {
      const all = await Promise.allSettled(opened.values());
      opened.clear();
      await Promise.all(all.map((one) => (one.status === 'fulfilled' ? one.value.close() : null)));
    },
  };
}
