/**
 * What the chat's page and its owner tell each other, declared once for both.
 *
 * The page is the less trusted side: it draws text that a model or a stranger's file wrote. Its messages therefore name
 * things by number and never by path, and each is read field by field; one that is not exactly right is ignored.
 */
import type { Citation, Refusal, Source, Trace } from '../../../server/src/base/answer.js';
import type { TokenClass } from '../../../server/src/base/tokenClasses.js';
import { isRecord, messagesToPage } from './shapes.js';

/** What a question is asked about, as a chip says it. */
export interface ScopeChip {
  /** Never reused while the window lives. */
  id: number;
  kind: 'folder' | 'file' | 'selection' | 'language';
  /** A name, with lines where it is a selection. */
  label: string;
  /** The whole path. */
  detail: string;
}

/** Coloured runs of a source's text: offset, length and place of the class, three numbers for each. */
export type Runs = readonly number[];

/** Colours of a piece of code in an answer. */
export interface CodeColours {
  /** Of the answer's line that opens it, from 0. */
  line: number;
  /** Of the code, in UTF-16 units: they are not for another one. */
  length: number;
  runs: Runs;
}

/** A question with what became of it. */
export interface Turn {
  /** Rises by one with every turn of a chat; never used again in it. */
  id: number;
  question: string;
  /** Empty: the whole workspace. */
  scope: ScopeChip[];
  /** `waiting`: the question before it is being answered. `unanswered`: its window went before it was. */
  state: 'waiting' | 'asking' | 'done' | 'stopped' | 'failed' | 'unanswered';
  /** What is being done, as a sentence; empty once something is done. */
  note: string;
  /** Markdown with markers `[n]`; grows while asking. */
  answer: string;
  refused: boolean;
  /** Why it was refused or what is degraded; empty otherwise. */
  reason: string;
  refusal?: Refusal;
  /** Files that were not searched because they were still being indexed. */
  waiting?: number;
  /** Not `verified`: the lines changed since the answer was given. */
  citations: Citation[];
  sources: Source[];
  /** By the number of the source; what is missing is coloured by the page. */
  colours: Record<number, Runs>;
  /** Of the answer's own code, once it is done; what is missing is coloured by the page. */
  codeColours: CodeColours[];
  /** Null until done. */
  trace: Trace | null;
  /** What went wrong, as a sentence; empty unless failed. */
  error: string;
  /** The server stopped meanwhile and was asked again. */
  restarted: boolean;
}

/** Enough of a turn to keep its place in a long conversation. */
export type TurnHead = Pick<Turn, 'id' | 'question' | 'state'>;

/** What the chat says about the index and the model. */
export interface Overview {
  state: 'starting' | 'stopped' | 'none' | 'empty' | 'indexing' | 'paused' | 'ready' | 'failed';
  progress: { done: number; total: number; step: string } | null;
  files: number;
  lines: number;
  failed: number;
  model: { name: string; destination: string; isHere: boolean };
  /** What a search sends to other machines, a sentence for each; empty when nothing leaves this one for it. */
  search: { where: string; sentence: string }[];
  degraded: string[];
  /** False in Restricted Mode. */
  trusted: boolean;
  /** Questions to begin with. */
  examples: string[];
}

export type ToPage =
  /** The whole, in answer to `ready` and when another chat is opened. The page asks for the turns that it shows. */
  | { kind: 'conversation'; turns: TurnHead[] }
  /** A turn began, or replaces the one of its id. */
  | { kind: 'turn'; turn: Turn }
  /** The turns from this one on are gone. */
  | { kind: 'cut'; id: number }
  | { kind: 'note'; id: number; note: string }
  | { kind: 'sources'; id: number; sources: Source[] }
  | { kind: 'text'; id: number; delta: string }
  | { kind: 'colours'; id: number; colours: Record<number, Runs>; codeColours: CodeColours[] }
  /** The citations as they hold now. */
  | { kind: 'checked'; id: number; citations: Citation[] }
  | { kind: 'scope'; chips: ScopeChip[] }
  /** The colours of the editor's theme; those that are missing are the page's own. */
  | { kind: 'theme'; colours: Partial<Record<TokenClass, string>> }
  | { kind: 'overview'; overview: Overview }
  /** Put the cursor in the question box. */
  | { kind: 'focus' };

export type FromPage =
  | { kind: (typeof plainKinds)[number] }
  | { kind: 'ask'; question: string }
  /** Ask another question in the place of a turn; later ones go. */
  | { kind: 'edit'; id: number; question: string }
  /** Ask the question of a turn again: `retry` in its place if it is the last one. Tell a turn: `show`. */
  | { kind: 'retry' | 'askEverywhere' | 'copy' | 'show' | 'dropScope'; id: number }
  /** Open the citation or source at this place of the turn's list. */
  | { kind: 'open'; id: number; list: 'citations' | 'sources'; at: number; how: OpenHow }
  /** Copy a piece of code that the page shows. */
  | { kind: 'copyCode'; code: string };

export type OpenHow = (typeof openHows)[number];

export const maxQuestionLength = 20_000;
const maxCodeLength = 1_000_000;

const plainKinds = [
  'ready',
  'stop',
  'chooseModel',
  'findModels',
  'showStatus',
  'reindex',
  'openFolder',
  'pickScope',
  'showChats',
] as const;
const openHows = ['here', 'beside', 'peek'] as const;

/** A message of the page with exactly its fields, or null for anything else. */
export function readFromPage(value: unknown): FromPage | null {
  if (!isRecord(value)) return null;
  const { kind, id } = value;
  for (const plain of plainKinds) if (kind === plain) return { kind: plain };
  switch (kind) {
    case 'ask':
    case 'edit': {
      const question = textOf(value['question'], maxQuestionLength)?.trim();
      if (!question) return null;
      if (kind === 'ask') return { kind, question };
      return isCount(id) ? { kind, id, question } : null;
    }
    case 'retry':
    case 'askEverywhere':
    case 'copy':
    case 'show':
    case 'dropScope':
      return isCount(id) ? { kind, id } : null;
    case 'open': {
      const { list, at } = value;
      const how = openHows.find((known) => known === value['how']);
      if ((list !== 'citations' && list !== 'sources') || !how) return null;
      return isCount(id) && isCount(at) ? { kind, id, list, at, how } : null;
    }
    case 'copyCode': {
      const code = textOf(value['code'], maxCodeLength);
      return code === null ? null : { kind, code };
    }
    default:
      return null;
  }
}

/** A message for the page, or null for anything else: other scripts of the frame may post too. */
export function readToPage(value: unknown): ToPage | null {
  if (!isRecord(value) || typeof value['kind'] !== 'string' || !Object.hasOwn(messagesToPage, value['kind']))
    return null;
  return messagesToPage[value['kind'] as ToPage['kind']](value) ? (value as unknown as ToPage) : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function textOf(value: unknown, maxLength: number): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength ? value : null;
}
