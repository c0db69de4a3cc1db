/**
 * The embedder that comes with the package: read once, its weights shared by all threads, and run as plain TypeScript.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../base/embedding.js';
import { openStaticModel, type StaticModel } from './staticModel.js';

/** As it travels to a thread: the weights are shared, not copied. */
export interface BundledModel {
  header: string;
  weights: SharedArrayBuffer;
}

/** Throws when the files are missing. `assets` is the build's output folder. */
export function readBundledModel(assets: string): BundledModel {
  const folder = join(assets, 'models/static');
  const bytes = readFileSync(join(folder, 'model.bin'));
  const weights = new SharedArrayBuffer(bytes.length);
  new Uint8Array(weights).set(bytes);
  return { header: readFileSync(join(folder, 'model.json'), 'utf8'), weights };
}

/** Throws an error that names what is wrong with a damaged model. */
export function openBundledModel({ header, weights }: BundledModel): StaticModel {
  return openStaticModel(header, new Uint8Array(weights));
}

export function bundledEmbedder(model: StaticModel): Embedder {
  return {
    identity: model.identity,
    device: 'cpu',
    notes: [],
    embedPassages: async (passages) => passages.map((passage) => model.embedPassage(passage)),
    embedQuery: async (query) => model.embedQuery(query),
    close: async () => {},
  };
}
