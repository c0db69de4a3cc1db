/**
 * The outside world, as the engine sees it: a handful of interfaces.
 *
 * Real ones are built in `compose`, fakes live in tests. Nothing here knows how a disk, a model or a clock works,
 * and nothing below `compose` reaches the outside any other way.
 */
import type { LineHistory, LineRange } from './answer.js';

export interface FileStat {
  /** Bytes. */
  size: number;
  /** Nanoseconds since the epoch. */
  mtimeNs: bigint;
  /** Nanoseconds since the epoch. */
  ctimeNs: bigint;
  inode: bigint;
}

export interface DirectoryEntry {
  name: string;
  kind: 'file' | 'directory' | 'link' | 'other';
}

/** Reading only: the index never writes in a workspace, so the port cannot. Paths are absolute. */
export interface FileSystem {
  /** The canonical path, links resolved. Throws when it does not exist. */
  realPath(path: string): Promise<string>;
  /** Entries in name order. Throws when the folder cannot be read. */
  list(path: string): Promise<DirectoryEntry[]>;
  /** Follows links. Throws when it does not exist. */
  stat(path: string): Promise<FileStat & { kind: 'file' | 'directory' | 'other' }>;
  /** The whole file. Throws when it cannot be read or is longer than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface GenerateOptions {
  /** The longest reply to ask for, in the model's tokens. */
  maxTokens: number;
  signal?: AbortSignal;
}

/** A language model that streams. Failures are `EngineError`s of a `model-…` kind; an abort rejects with the signal's reason. */
export interface LanguageModel {
  /** The model's name, for the answer's trace. */
  readonly name: string;
  /** Where text goes, for the person to see: an origin, or the editor (`base/destination`). */
  readonly destination: string;
  /** Tokens that it takes at once, prompt and reply; null or absent where that is not known. */
  readonly contextTokens?: number | null;
  /** Why it could not be used when it was last looked at or asked, a sentence; empty or absent while nothing is amiss. */
  readonly failure?: string;
  /** Yields the reply piece by piece. Never yields nothing: an empty reply is a `model-empty` error. */
  stream(messages: readonly ChatMessage[], options: GenerateOptions): AsyncIterable<string>;
}

/** A gap in a file, and what a model is given besides to fill it. */
export interface Gap {
  /** Relative to the root, with `/`. */
  path: string;
  prefix: string;
  suffix: string;
  /** Other places of the repository, the most telling first. */
  context: readonly { path: string; text: string }[];
  /** The longest text to ask for, in the model's tokens. */
  maxTokens: number;
  /** Texts that end it, besides those of the model's own format. */
  stops: readonly string[];
}

/** A model that fills gaps. Failures are `EngineError`s of a `model-…` kind; an abort rejects with the signal's reason. */
export interface InfillModel {
  readonly name: string;
  /** Where text goes, for the person to see: an origin. */
  readonly destination: string;
  /** How it is asked: `infill`, `suffix`, `fim`, `template`, a family, `chat`. Null until the first gap was filled. */
  readonly way: string | null;
  /** The text as the model gave it, without the tokens of its format; empty where it has nothing to say. */
  infill(gap: Gap, signal?: AbortSignal): Promise<string>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where notes go. Never contents of files, questions or keys. */
export type Log = (level: LogLevel, message: string) => void;

/** A file that the walk found. */
export interface FoundFile {
  /** Relative to the root, with `/`. */
  path: string;
  stat: FileStat;
  /** A `.scholiaignore` takes it in: it is indexed though its content says that it is generated or minified. */
  forced: boolean;
}

export interface Scan {
  files: FoundFile[];
  /** What was left out by name or size, counted by reason. */
  skipped: Record<string, number>;
  /** Folders and files that could not be read, each with a sentence. */
  failed: { path: string; reason: string }[];
}

/** What a team leaves out of the index besides everything else. */
export interface ScopeLimits {
  /** Patterns in `.gitignore` form of the only files to take; none: all. */
  include: readonly string[];
  /** Patterns in `.gitignore` form. */
  exclude: readonly string[];
  /** The smaller one counts where a limit is set elsewhere too. */
  maxFileBytes: number;
}

/** One folder of the workspace. */
export interface Workspace {
  /** Canonical absolute path. */
  readonly root: string;
  /** Looks at every file's name and stat; reads no content but ignore files. */
  scan(signal?: AbortSignal): Promise<Scan>;
  /** How a scan would take a file of this name, be it on the disk yet or not; null when it is left out. */
  includes(path: string): Promise<Pick<FoundFile, 'forced'> | null>;
  /** Whether there is a file of this name, to be indexed or not. */
  exists(path: string): Promise<boolean>;
  /** A sentence on why no scan takes this path; null when one does. Contents are not looked at. */
  explain(path: string): Promise<string | null>;
  /** Counts from the next scan, and from the next question about a path. */
  limit(limits: ScopeLimits): void;
  /** The bytes of one file. Throws when it is gone, unreadable or over the size limit. */
  read(path: string): Promise<Uint8Array>;
  /** The stat of one file that a scan would find, or null when it is gone or left out. */
  find(path: string): Promise<FoundFile | null>;
}

/** One change as version control remembers it. */
export interface Commit {
  hash: string;
  /** Seconds since the epoch. */
  at: number;
  /** At most 200 characters, secrets masked; what hides in it is not shown yet. */
  subject: string;
  /** Files it changed or made, as they were called then; empty for a bulk change. */
  paths: string[];
  /** Names before and after. */
  renames: [from: string, to: string][];
}

export interface HistoryRead {
  /** Stands for what was read: give it as `since` the next time. Empty where there is no history. */
  mark: string;
  /** The newest ones. */
  commits: Commit[];
  /** What was read before does not count any more. */
  rebuilt: boolean;
}

/** What version control remembers of the workspace. */
export interface History {
  /**
   * At most `limit` commits, only those that came after `since` (empty: nothing is known) where that can be told. Rejects with an `unavailable`
   * error, a sentence for the status, where there is a repository that cannot be read.
   */
  read(since: string, limit: number, signal?: AbortSignal): Promise<HistoryRead>;
  /**
   * Which commits were the last to change these lines of `text`: what the file holds now, saved or not. Lines out of
   * bounds do not count. Rejects with an `unavailable` error, a sentence for the answer, where that cannot be told.
   */
  ofLines(path: string, text: string, range: LineRange, signal?: AbortSignal): Promise<LineHistory>;
}
