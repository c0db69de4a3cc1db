/**
 * The index as retrieval sees it: one snapshot with open buffers laid over it.
 *
 * The engine provides it; nothing here knows of stores, threads or editors. Every list is in a fixed order, so that an
 * answer never depends on the order in which files were indexed.
 */
import type { LineRange, SearchModel } from '../base/answer.js';
import type { Anchor } from '../base/document.js';
import type { ChunkFilter } from '../index/filter.js';
import type { CommitHit } from '../index/history.js';
import type { From, ResolvedImport } from '../index/imports.js';
import type { Import } from '../index/references.js';
import type { Masked } from '../index/secrets.js';
import type { ChunkRow } from '../index/store/chunkRows.js';
import type { NameBounds } from '../index/store/definitionQueries.js';
import type { LexicalQuery } from '../index/store/lexicalSearch.js';
import type { Importers, ReferenceBounds, SiteRow } from '../index/store/linkQueries.js';
import type { DefinitionRow, LexicalResult, UseRow } from '../index/store/reader.js';
import type { DenseCandidate } from '../index/store/vectorQueries.js';

export interface IndexView {
  lexical(query: Omit<LexicalQuery, 'hidden'>): Promise<LexicalResult>;
  /** The chunks nearest in meaning, best first; null where there is nothing to tell meaning by. */
  dense(question: string, limit: number, filter: ChunkFilter | null): Promise<DenseCandidate[] | null>;
  /**
   * Cosines by the bundled embedder, 0 at least: of the question and what is nearest to it, and of each of these chunks.
   * Null without its vectors.
   */
  nearness(question: string, filter: ChunkFilter | null, chunks: readonly number[]): Promise<Nearness | null>;
  /** How near these chunks are in meaning, a cosine each; null for one without a vector. */
  similarities(question: string, chunks: readonly number[]): Promise<(number | null)[]>;
  /** Which embedders were given a question so far. */
  embeddersAsked(): SearchModel[];
  definitions(names: readonly string[]): Promise<DefinitionRow[]>;
  /** Definitions of these exact names; of a name that very many things bear only those in near files. */
  definitionsNear(names: readonly string[], bounds: NameBounds): Promise<DefinitionRow[]>;
  definitionsIn(ranges: readonly (LineRange & { path: string })[]): Promise<DefinitionRow[][]>;
  chunksAt(places: readonly { path: string; line: number }[]): Promise<ChunkRow[]>;
  /** A file's chunks in order. */
  chunksOf(path: string, limit: number): Promise<ChunkRow[]>;
  /** Paths of the files with one of these names, letter case included. */
  filesNamed(names: readonly string[]): Promise<string[]>;
  /** Paths of the other files of its folder, in order. */
  filesBeside(path: string): Promise<string[]>;
  /** Paths of the files that are open in an editor. */
  openFiles(): readonly string[];
  /** Lines of open files that somebody changed, the newest first. */
  edits(): readonly (LineRange & { path: string })[];
  texts(ranges: readonly (LineRange & { path: string })[]): Promise<string[]>;
  /** Chunks of documentation that hold this name, the most telling first. */
  mentions(name: string, limit: number): Promise<ChunkRow[]>;
  uses(name: string, limit: number): Promise<UseRow[]>;
  /** Commits whose subjects hold these terms, best first. */
  commits(terms: readonly string[], limit: number): Promise<CommitHit[]>;
  /** The newest commits that changed a file. */
  commitsOf(path: string, limit: number): Promise<CommitHit[]>;
  /** Where code calls or names as a type what has one of these exact names. */
  references(names: readonly string[], bounds: ReferenceBounds): Promise<SiteRow[]>;
  /** The same for all names within line ranges, one list for each range. */
  referencesIn(ranges: readonly (LineRange & { path: string })[]): Promise<SiteRow[][]>;
  /** What each file imports, resolved to files. */
  imports(paths: readonly string[]): Promise<ResolvedImport[][]>;
  /** What one import of a file means, whether it stands there or not. */
  resolved(from: From, imported: Import): Promise<ResolvedImport[]>;
  /** Which other files import one of these, all of one module; at most `limit` files that may are looked at. */
  importers(files: readonly string[], limit: number): Promise<Importers>;
  /** Nothing more will be asked. A read held open while a model streams would keep the store from folding its log back. */
  end(): Promise<void>;
}

export interface Nearness {
  nearest: number;
  /** 0 for a chunk without a vector. */
  chunks: number[];
}

/** A file's text, masked as in the index. */
export interface CurrentFile extends Masked {
  /** Of a document. */
  anchors?: readonly Anchor[];
}

/** What a file holds now, the open buffer before the disk; null when it is gone, or a document without text. */
export type CurrentText = (path: string) => Promise<CurrentFile | null>;
