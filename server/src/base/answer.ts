/**
 * What a question comes back with: the shapes that the command line prints, the language server sends and the chat
 * draws. Lines are 1-based and inclusive, paths are relative to the root with `/`.
 */

export interface LineRange {
  startLine: number;
  endLine: number;
}

/** How passages are searched: by words, by vectors, by both, or by all there is. */
export type Arm = 'lexical' | 'dense' | 'hybrid' | 'full';

/** A passage of the index with the reasons for its place. */
export interface Hit extends LineRange {
  path: string;
  /** Where in a document the lines stand, such as `page 3`; absent where the lines are the file's own. */
  place?: string;
  /** Name of what the passage defines, or the heading it stands under; empty if neither. */
  symbol: string;
  /** `function`, `method`, `class`, … or `section`, `text`. */
  kind: string;
  /** The sum of the parts in `why`. */
  score: number;
  /** The cited lines, exactly as in the file but for masked secrets, without the last line end. */
  text: string;
  /** Named score parts. */
  why: Record<string, number>;
}

/** A commit that was the last to change some of the lines in question. */
export interface LineCommit {
  hash: string;
  /** Seconds since the epoch. */
  at: number;
  /** Empty where nobody asked for names. */
  author: string;
  /** At most 200 characters, secrets masked; what hides in it is not shown yet. */
  subject: string;
  /** How many of the lines. */
  lines: number;
}

/** Every line in question is counted once. */
export interface LineHistory {
  /** Newest first. */
  commits: LineCommit[];
  /** Lines that the last commit does not hold as they are now. */
  uncommitted: number;
  /** Lines whose last change lies before a shallow clone begins, or was not reached in time. */
  unknown: number;
}

/** The history of the lines that a source shows, or begins to show where they are too many. */
export interface LineChanges extends LineRange, LineHistory {}

/** A hit numbered in a prompt. */
export interface Source extends Hit {
  n: number;
  /** Language id for colours, such as `typescript`. */
  language: string;
  /** The declaration of `symbol` on one line, or the heading; empty if neither. */
  signature: string;
  /** Where the question asks for it. */
  changes?: LineChanges;
}

/** A link from the answer to lines that were read again when the answer was finished. */
export interface Citation extends LineRange {
  /** The number of the marker in the answer. */
  n: number;
  path: string;
  /** As in a hit. */
  place?: string;
  /** Exactly the cited lines, without the last line end; secrets in them are masked, unit for unit. */
  quote: string;
  /** The lines held this text when the answer was shown. */
  verified: boolean;
  /** A secret is masked in the quote. Present only when true. */
  masked?: boolean;
}

/** A definition of a name that was asked for; its lines were read again. */
export interface Definition extends LineRange {
  path: string;
  /** Qualified by the definitions around it, joined by dots. */
  qualified: string;
  kind: string;
  /** The declaration on one line. */
  signature: string;
  /** The comment of it, without markers; empty if there is none. */
  documentation: string;
  /** As in a hit. */
  text: string;
}

/** A line that calls a name or uses it as a type; it was read again. */
export interface Use {
  path: string;
  line: number;
  text: string;
  kind: string;
  /** The function or type around it, qualified; empty outside of all. */
  within: string;
  /** What the name may mean there, as `path:line`; empty where it is defined elsewhere. */
  definitions: string[];
}

/** Lines of a file as they are now. */
export interface FileLines extends LineRange {
  path: string;
  /** Where in a document the first of them stands, such as `page 3`; empty otherwise. */
  place: string;
  /** Without the last line end; secrets in it are masked. */
  text: string;
  /** Of the whole file. */
  lines: number;
}

/** A bounded list of what there is. */
export interface Found<Item> {
  items: Item[];
  /** How many there are besides. */
  more: number;
}

export interface TraceStep {
  step: string;
  milliseconds: number;
  /** One sentence for a person. */
  note: string;
}

/** A model that helped to find passages: an embedder is given the question, a reranker passages with it. */
export interface SearchModel {
  role: 'embedder' | 'reranker';
  name: string;
  /** Where it runs: `cpu`, `webgpu`, an origin. */
  device: string;
  /** As it was given to the model: without filters, with the question that it follows up on. */
  question: string;
  /** How many passages were given with it. */
  passages: number;
  /** Why nothing came of it, a sentence; empty when it did its part. */
  failure: string;
}

/** A request to a model's server as it left this process. Its headers say nothing but the key. */
export interface SentRequest {
  method: string;
  /** Without its query, where some gateways put a key. */
  url: string;
  /** Exactly, but for a key in it; of very long ones the beginning. Empty where nothing was sent. */
  body: string;
  /** Of the whole body. */
  bytes: number;
}

export interface Trace {
  flow: string;
  /** The question as it was searched for, where it follows up on another one; absent where it was taken as typed. */
  readAs?: string;
  steps: TraceStep[];
  /** How likely it is that what was found answers, 0 to 1; under the threshold it is refused. */
  answerability: number;
  /** What that was judged by, by name. */
  signals: Record<string, number>;
  /** Words of the question that were searched for, rarest first. */
  terms: string[];
  /** Who was asked on the way to the passages, in that order, in vain or not. */
  searchModels: SearchModel[];
  /** Of the passages that were taken, estimated; absent where none were looked at. */
  tokens?: number;
  /** What did not get through, each with its reason. */
  dropped: { what: string; reason: string }[];
  /** Who wrote the answer: `extractive`, or the model's name. `destination`: where text was sent, empty if nowhere. */
  model: { name: string; destination: string };
  /** What was sent to the model, word for word; empty when nothing was. */
  sent: { role: string; content: string }[];
  /** All that went to servers for this answer, in vain or not: to the embedder, the reranker and the model. In order. */
  requests: SentRequest[];
}

/** What a person chose to ask about. Paths are relative to the root. */
export interface Scope {
  /** Files and folders; never empty. */
  within: readonly string[];
  /** Lines of one file that the question is about. */
  lines?: LineRange & { path: string };
}

/** Why there is no answer, in parts. */
export interface Refusal {
  /** Words of the question that nothing near it holds, weightiest first. */
  missing: string[];
  /** How much of what was asked the nearest passage holds, in percent; absent where an older version was asked. */
  nearest?: number;
  /** What was searched. */
  files: number;
  chunks: number;
  /** Files that could not be indexed. */
  failed: number;
  /** Files that are still being indexed. */
  waiting: number;
  /** ISO 8601; null before the first scan. */
  scannedAt: string | null;
  /** The question without its filters. Present exactly when something said where to look only. */
  everywhere?: string;
}

export interface Answer {
  /** Markdown with markers `[n]`. */
  answer: string;
  refused: boolean;
  /** Why it was refused or what is degraded; empty otherwise. */
  reason: string;
  /** Present exactly when refused. */
  refusal?: Refusal;
  /** Files that were still being indexed, and so not searched; absent when the index was whole. */
  waiting?: number;
  citations: Citation[];
  sources: Source[];
  trace: Trace;
}
