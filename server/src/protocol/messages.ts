/**
 * The messages beyond LSP, declared once for both ends. Everything else Scholia does is plain LSP (hover, text
 * synchronisation, `$/progress`), so any client can use it; these are for clients that want the chat.
 * docs/protocol.md describes each; a test lists any omission.
 */
import {
  NotificationType,
  NotificationType0,
  ProgressType,
  RequestType,
  RequestType0,
} from 'vscode-languageserver-protocol';
import type { Answer, Citation, Hit, Source } from '../base/answer.js';
import type { Completion, ContextItem } from '../base/completion.js';
import type { Status } from '../base/status.js';

/** A file of the workspace as the editor names it. */
export interface Located {
  uri: string;
}

/** What a person chose to ask about. What lies in no open folder is left out; if nothing else is left, the request fails. */
export interface AskScope {
  /** Files and folders. */
  uris: string[];
  /** Lines that “this” means, in one of the files; 1-based and inclusive. */
  lines?: { uri: string; startLine: number; endLine: number };
}

export interface AskParams {
  /** The question, as typed. */
  question: string;
  /** Earlier turns, oldest first: the server keeps no conversation. */
  history?: { question: string; answer: string }[];
  /** The folder asked about, or any file in it; all folders as one when absent, their names before the paths. */
  scopeUri?: string;
  /** Where to look only; everywhere when absent. What a question says with `lang:` and `path:` counts besides. */
  scope?: AskScope;
  /** Token for `$/progress` notifications of type `AskProgress`; absent: no streaming. */
  progressToken?: string | number;
}

/** What arrives under the `progressToken` while an answer is made, in order. */
export type AskProgress =
  /** A step began; `note` is a sentence for a person. */
  | { kind: 'step'; note: string }
  /** The numbered sources, before the first text. */
  | { kind: 'sources'; sources: (Source & Located)[] }
  /** More of the answer, in markdown. The final result's `answer` replaces what was streamed. */
  | { kind: 'text'; delta: string };

export interface AskResult extends Omit<Answer, 'citations' | 'sources'> {
  citations: (Citation & Located)[];
  sources: (Source & Located)[];
}

/** Client → server. Cancellable. Fails only with a sentence for the person (no model, store lost). */
export const AskRequest = new RequestType<AskParams, AskResult, void>('scholia/ask');
export const AskProgressType = new ProgressType<AskProgress>();

export interface CompleteParams {
  textDocument: Located;
  /** As LSP counts. */
  position: { line: number; character: number };
  /** No model is asked: what one would be given is wanted. */
  contextOnly?: boolean;
}

export interface CompleteResult extends Completion {
  context: (ContextItem & Located)[];
}

/** Client → server. Cancellable. For clients without `textDocument/inlineCompletion`, and to show what a model is given. */
export const CompleteRequest = new RequestType<CompleteParams, CompleteResult, void>('scholia/complete');

export interface SearchParams {
  query: string;
  /** At most this many passages; 20 when absent. */
  limit?: number;
  scopeUri?: string;
}

/** Client → server. Passages, best first. */
export const SearchRequest = new RequestType<SearchParams, (Hit & Located)[], void>('scholia/search');

export interface ReindexResult {
  files: number;
  chunks: number;
  /** Wall time. */
  seconds: number;
  failed: number;
}

/** Client → server. Reads every file again, whatever its time stamps say. Cancellable; reports `$/progress`. */
export const ReindexRequest = new RequestType0<ReindexResult, void>('scholia/reindex');

/** Client → server. One status object for each folder of the workspace. */
export const StatusRequest = new RequestType0<Status[], void>('scholia/status');

/** Server → client, whenever the status changed; at most a few times a second. */
export const StatusNotification = new NotificationType<Status[]>('scholia/statusChanged');

export interface PauseParams {
  /** True: hold indexing back; false: let it go on. */
  on: boolean;
}

/** Client → server. Questions are answered meanwhile, from what is indexed and what is open. */
export const PauseRequest = new RequestType<PauseParams, void, void>('scholia/pause');

/** Client → server, when its window is looked at again: what no watcher told is found by a scan, at most once a minute. */
export const FocusNotification = new NotificationType0('scholia/focus');

export interface DeletedData {
  stores: number;
  bytes: number;
  /** Stores that stayed because another process uses them. */
  inUse: number;
}

/** Client → server. Deletes every index of this user; open folders stay open, with nothing indexed. */
export const DeleteDataRequest = new RequestType0<DeletedData, void>('scholia/deleteData');

export interface Diagnostics {
  version: string;
  node: string;
  /** Such as `linux x64`. */
  platform: string;
  /** Of the whole server, in bytes. */
  residentBytes: number;
  upSeconds: number;
}

/** Client → server. What runs, for a report. */
export const DiagnosticsRequest = new RequestType0<Diagnostics, void>('scholia/diagnostics');

export interface VerifyParams {
  citations: (Citation & Located)[];
}

/** Client → server. Reads cited lines again, say after an edit; each comes back held, moved, or with `verified: false`. */
export const VerifyRequest = new RequestType<VerifyParams, (Citation & Located)[], void>('scholia/verify');

export interface ExplainFileParams {
  uri: string;
}

export interface ExplainFileResult {
  /** Relative to its folder. */
  path: string;
  indexed: boolean;
  /** A sentence; null when it is indexed. */
  reason: string | null;
}

/** Client → server. Whether a file is in the index, and if not, which pattern, class or failure keeps it out. */
export const ExplainFileRequest = new RequestType<ExplainFileParams, ExplainFileResult, void>('scholia/explainFile');
export interface TextParams {
  /** A document of the workspace: PDF, Word or notebook. */
  uri: string;
}

export interface TextResult {
  /** The text whose lines are cited, secrets masked. */
  text: string;
  /** Language id. */
  language: string;
}

/** Client → server. A document as the text that is indexed, for an editor that cannot show it. Fails with a sentence. */
export const TextRequest = new RequestType<TextParams, TextResult, void>('scholia/text');

export interface TeamEmbedder {
  /** The folder whose `scholia.json` it is. */
  uri: string;
  /** The model's name. */
  name: string;
  /** The origin that code would be sent to. */
  destination: string;
  /** Of the file as it is now. */
  digest: string;
}

/** Client → server. The embedders that teams suggest and that wait for approval. */
export const TeamEmbeddersRequest = new RequestType0<TeamEmbedder[], void>('scholia/teamEmbedders');

export interface ApprovalsParams {
  /** Folder by folder, the `scholia.json` whose embedder the person approved. */
  approvals: Pick<TeamEmbedder, 'uri' | 'digest'>[];
}

/** Client → server, at the start and after each approval. All there are: what is not named is not approved. */
export const ApprovalsNotification = new NotificationType<ApprovalsParams>('scholia/approvals');

export interface ModelKeyParams {
  /** The origin that the key was entered for, such as `https://api.example.com`. */
  origin: string;
  /** The key; empty: forget it. */
  key: string;
}

/** Client → server, from the editor's secret storage. The server holds the key in memory and uses it for that origin only. */
export const ModelKeyNotification = new NotificationType<ModelKeyParams>('scholia/modelKey');

export interface FindModelsParams {
  /** Addresses to look at, on this machine; where model servers usually are when absent. */
  places?: string[];
}

export interface FoundModels {
  /** For `scholia.model.baseUrl`. */
  baseUrl: string;
  /** `Ollama`, `llama.cpp`, …; empty where it cannot be told. */
  product: string;
  /** `contextTokens`: of prompt and reply together; null where the server does not say. */
  models: { name: string; contextTokens: number | null }[];
}

/** Client → server, when a person wants it: the model servers on this machine. Cancellable. Never in an untrusted workspace. */
export const FindModelsRequest = new RequestType<FindModelsParams, FoundModels[], void>('scholia/findModels');

/** A language model that the editor lends to its extensions. */
export interface EditorModel {
  /** Of the editor's own making, such as `copilot/gpt-4o`. */
  id: string;
  /** For a person. */
  name: string;
  vendor: string;
  family: string;
  /** The longest prompt, in its tokens; 0 where that is not known. */
  maxInputTokens: number;
}

export interface EditorModelsParams {
  models: EditorModel[];
}

/** Client → server, when the settings choose one of the editor's models and whenever these change. All there are. */
export const EditorModelsNotification = new NotificationType<EditorModelsParams>('scholia/editorModels');

export interface EditorAskParams {
  id: string;
  messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
  /** The longest reply that is of use, in the model's tokens. */
  maxTokens: number;
  /** Each piece of the reply comes as `$/progress` under it, before the result. */
  progressToken: string;
}

export interface EditorAskResult {
  /** Null when the reply is whole. */
  failure: {
    kind: 'not-found' | 'unauthorised' | 'rate-limited' | 'rejected' | 'cut';
    /** What was said, for a person. */
    message: string;
  } | null;
}

/** Server → client: asks one of the editor's models. Cancellable; never fails but by its result. */
export const EditorAskRequest = new RequestType<EditorAskParams, EditorAskResult, void>('scholia/askEditorModel');
export const EditorAskProgressType = new ProgressType<string>();
export interface HighlightParams {
  /** Pieces of code, each with its language: its id, an ending of its files, or what people call it. */
  pieces: { text: string; language: string }[];
}

export interface HighlightResult {
  /**
   * For each piece the runs of its text that have a colour, in order and apart: offset, length and the place of the
   * run's class in `tokenClasses`, three numbers for each run. Null where no grammar tells.
   */
  runs: (number[] | null)[];
}

/** Client → server. What the grammars make of code, for a client that colours it. Never fails for a piece alone. */
export const HighlightRequest = new RequestType<HighlightParams, HighlightResult, void>('scholia/highlight');
