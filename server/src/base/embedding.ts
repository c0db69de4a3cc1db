/**
 * What turns text into vectors, puts passages in order of relevance, and finds near vectors fast: as ports.
 *
 * Vectors of two identities never meet: not in the store, not in a graph, not in a score. All vectors have length one,
 * so that a dot product is their cosine.
 */

export interface EmbedderIdentity {
  /** For people: the model's name. */
  name: string;
  dimensions: number;
  /** SHA-256 in hex of all that decides a vector: weights, tokenizer, pooling, prefixes, dimensions, form of the text. */
  digest: string;
}

/** What is embedded of a chunk. Of what stands around it only the names; never lines of another chunk. */
export interface EmbeddablePassage {
  /** Relative to the root, with `/`. */
  path: string;
  /** Signatures or headings around it, its symbol and its signature; empty parts are left out. */
  name: string;
  text: string;
}

/** A passage as text, for models that read one. Another form gives other vectors: identities are to change with it. */
export function passageText({ path, name, text }: EmbeddablePassage): string {
  return [path, name, text].filter((part) => part !== '').join('\n');
}

/** Failures are `EngineError`s of an `embedder-…` kind; an abort rejects with the signal's reason. */
export interface Embedder {
  readonly identity: EmbedderIdentity;
  /** Where it runs, for the status: `cpu`, `webgpu`, an origin. */
  readonly device: string;
  /** What works less well than it could, such as devices that were tried in vain: sentences for the status. */
  readonly notes: readonly string[];
  /** Unit vectors, in order, one for each passage. A passage of any length; what is too long is cut. */
  embedPassages(passages: readonly EmbeddablePassage[], signal?: AbortSignal): Promise<Float32Array[]>;
  /** A unit vector; all zeros where nothing of the query is known. */
  embedQuery(query: string, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Judges query and passage together. Failures are `EngineError`s of a `reranker-…` kind. */
export interface Reranker {
  readonly name: string;
  readonly device: string;
  readonly notes: readonly string[];
  /** Relevance, higher is better, one for each passage and in their order; of no particular scale. */
  score(query: string, passages: readonly string[], signal?: AbortSignal): Promise<number[]>;
  close(): Promise<void>;
}

/** Which vectors a graph holds. */
export interface GraphMark {
  identity: EmbedderIdentity;
  /** The store that it was built from: a store that was built anew has other numbers for its chunks. */
  store: string;
  /** The number up to which every chunk of the store is in it; later ones must be scanned. */
  through: number;
  /** Entries, deleted ones included. */
  count: number;
  deleted: number;
}

export interface NearVectors {
  /** Numbers of chunks, nearest first; some may be gone from the store since. */
  ids: number[];
  /** Cosine of each. */
  similarities: number[];
  /** The number up to which every chunk was looked at; later ones must be scanned. */
  through: number;
}

/** Rows of equal length, one after the other. */
export interface VectorRows {
  ids: readonly number[];
  /** `ids.length` × dimensions, row by row. */
  rows: Float32Array;
}

/**
 * A graph over vectors that finds near ones without looking at each (HNSW). It is a cache: whatever is odd about it, it
 * is dropped and built anew from the store.
 *
 * It runs in a process that may die at any moment. Then, and after any failure but one to save, it is empty: `mark` is
 * null, `search` gives null, and whoever was filling it gets a rejection and begins again. A question is answered by
 * looking at every vector meanwhile.
 */
export interface VectorGraph {
  /** Null while it holds nothing that can be searched. */
  mark(): GraphMark | null;
  /** What works less well than it could: sentences for the status. */
  readonly notes: readonly string[];
  /** Loads a saved graph if it is whole and of this identity and store; null otherwise. */
  load(expected: Pick<GraphMark, 'identity' | 'store'>): Promise<GraphMark | null>;
  /** Begins an empty graph in place of what there is; searched from `finish` on. */
  begin(expected: Pick<GraphMark, 'identity' | 'store'>, capacity: number): Promise<void>;
  /** Numbers are never used twice. */
  add(vectors: VectorRows): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
  /** Every chunk of the store up to this number is in it. Saves it: a second or two for each 100,000 vectors. */
  finish(through: number): Promise<void>;
  /** As `finish` for a graph that is searched already, but not saved: for small changes. A saved one may well lag. */
  reach(through: number): void;
  /** Never rejects; null where there is nothing to search or no answer in time: scan instead. */
  search(query: Float32Array, limit: number): Promise<NearVectors | null>;
  /** Lets go of it in memory; what was saved stays. */
  close(): Promise<void>;
}
