/** A scripted server of embeddings, and what is expected of an embedder on it. */
import { expect } from 'vitest';
import type { EmbeddablePassage } from '../../server/src/base/embedding.js';
import { openRemoteEmbedder, type RemoteEmbedderOptions } from '../../server/src/llm/embeddings.js';
import { json, type Reply, type Script, type ScriptedRequest } from '../support/scriptedModel.js';
import { KEY } from './ask.js';

export const PASSAGES = ['lamp', 'boat', 'rope'].map((text) => ({ path: `src/${text}.ts`, name: '', text }));

/** Direction from the text alone, so that a test can tell whose vector came back. */
function vectorOf(text: string): number[] {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + letter.codePointAt(0)!) % 9973;
  return [hash + 1, (hash % 97) + 1, 5, -3];
}

export const answers = (request: ScriptedRequest, change: (rows: object[]) => unknown = (rows) => rows): Reply =>
  json(200, { data: change(request.body.input!.map((text, index) => ({ index, embedding: vectorOf(text) }))) });

/** The first request is the opening one, which every embedder sends. */
export function afterOpening(script: Script): Script {
  let opened = false;
  return (request) => {
    if (opened) return script(request);
    opened = true;
    return answers(request);
  };
}

export function open(baseUrl: string, options: Partial<RemoteEmbedderOptions> = {}, pausesMs: number[] = []) {
  return openRemoteEmbedder({
    baseUrl,
    name: 'scripted',
    apiKey: KEY,
    timeoutMs: 2000,
    sleep: async (milliseconds) => void pausesMs.push(milliseconds),
    ...options,
  });
}

export const unit = (vector: readonly number[]) => vector.map((value) => value / Math.hypot(...vector));

export function expectVectors(vectors: readonly Float32Array[], texts: readonly string[]): void {
  expect(vectors).toHaveLength(texts.length);
  for (const [i, text] of texts.entries())
    for (const [k, value] of unit(vectorOf(text)).entries()) expect(vectors[i]![k]).toBeCloseTo(value, 5);
}

export const textsOf = (passages: readonly EmbeddablePassage[]) => passages.map(({ path, text }) => `${path}\n${text}`);

export const body =
  (text: string, type = 'application/json'): Reply =>
  (response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);
