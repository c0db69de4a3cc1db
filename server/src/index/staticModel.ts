// TEMPORARY stand-in until the trained model is here.
import { createHash } from 'node:crypto';
import type { EmbeddablePassage, EmbedderIdentity } from '../base/embedding.js';
import { tokensOf } from './tokens.js';

export interface StaticModel {
  readonly identity: EmbedderIdentity;
  embedPassage(passage: EmbeddablePassage): Float32Array;
  embedQuery(query: string): Float32Array;
}
const known = new Map<string, Float32Array>();
function of(token: string): Float32Array {
  let v = known.get(token);
  if (!v) {
    const bytes = createHash('sha512').update(token).digest();
    known.set(token, (v = Float32Array.from({ length: 256 }, (_, i) => ((bytes[i >> 3]! >> (i & 7)) & 1 ? 1 : -1))));
  }
  return v;
}
function embed(text: string): Float32Array {
  const sum = new Float32Array(256);
  for (const token of new Set(tokensOf(text))) of(token).forEach((x, i) => (sum[i]! += x));
  const length = Math.hypot(...sum) || 1;
  return sum.map((x) => x / length);
}
export function openStaticModel(_header: string, _weights: Uint8Array): StaticModel {
  return {
    identity: { name: 'scholia-static-0', dimensions: 256, digest: 'f'.repeat(64) },
    embedPassage: ({ path, name, text }) => embed(`${path} ${name} ${text}`),
    embedQuery: embed,
  };
}
