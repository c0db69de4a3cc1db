/** The one status object: what is indexed, what failed and why, which model, what is degraded. */

export interface FileFailure {
  path: string;
  reason: string;
}

export interface IndexCounts {
  files: number;
  chunks: number;
  lines: { total: number; covered: number };
  /** Bytes of indexed text. */
  bytes: number;
}

export interface EmbedderStatus {
  name: string;
  dimensions: number;
  /** Where it runs: `cpu`, `webgpu`, an origin. */
  device: string;
}

export interface Status extends IndexCounts {
  /** Canonical folder that is indexed. */
  root: string;
  state: 'empty' | 'indexing' | 'paused' | 'ready' | 'failed';
  /** Present while indexing: files done of files found, and what is being done. */
  progress: { done: number; total: number; step: string } | null;
  /** When the last scan ended, ISO 8601; null before the first. */
  scannedAt: string | null;
  /** Rises by one with every committed change. */
  generation: number;
  store: { path: string; bytes: number; role: 'owner' | 'reader' };
  /** The one that answers; null: search is by words and names alone. */
  embedder: EmbedderStatus | null;
  /** The chosen one while it lacks vectors: it is given passages, and answers when it has seen all. */
  nextEmbedder: EmbedderStatus | null;
  reranker: { name: string; device: string } | null;
  model: {
    name: string;
    /** Empty where nothing is sent. */
    destination: string;
    /** Tokens that it takes at once; null or absent where that is not known. */
    contextTokens?: number | null;
    /** Why it could not be used the last time, a sentence; empty or absent while nothing is amiss. */
    failure?: string;
  };
  /** Files that could not be indexed, each with a sentence. */
  failed: FileFailure[];
  /** Files left out on purpose, counted by reason. */
  skipped: Record<string, number>;
  /** What works less well than it could, one sentence each. */
  degraded: string[];
  version: string;
}
