/**
 * What the chat's page and its owner tell each other, declared once for both.
 *
 * The page is the less trusted side: it draws text that a model or a stranger's file wrote. Its messages therefore name
 * things by number and never by path, and each is read field by field; one that is not exactly right is ignored.
 */
import type { Citation, Source, Trace } from '../../../server/src/base/answer.js';
import { isRecord, messagesToPage } from './shapes.js';

/** A question with what became of it. */
export interface Turn {
  /** Rises by one with every turn; never reused while the window lives. */
  id: number;
  question: string;
  state: 'asking' | 'done' | 'stopped' | 'failed';
  /** What is being done, as a sentence; empty once something is done. */
  note: string;
  /** Markdown with markers `[n]`; grows while asking. */
  answer: string;
  refused: boolean;
  /** Why it was refused or what is degraded; empty otherwise. */
  reason: string;
  citations: Citation[];
  sources: Source[];
  /** Null until done. */
  trace: Trace | null;
  /** What went wrong, as a sentence; empty unless failed. */
  error: string;
}

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
  /** Everything, in answer to `ready` and after a new chat. */
  | { kind: 'conversation'; turns: Turn[] }
  /** A turn began, or replaces the one of its id. */
  | { kind: 'turn'; turn: Turn }
  | { kind: 'note'; id: number; note: string }
  | { kind: 'sources'; id: number; sources: Source[] }
  | { kind: 'text'; id: number; delta: string }
  | { kind: 'overview'; overview: Overview }
  /** Put the cursor in the question box. */
  | { kind: 'focus' };

export type FromPage =
  | { kind: 'ready' | 'stop' | 'setModel' | 'showStatus' | 'reindex' | 'openFolder' }
  | { kind: 'ask'; question: string }
  /** Ask the question of a turn again, in its place. */
  | { kind: 'retry'; id: number }
  /** Open the citation or source at this place of the turn's list. */
  | { kind: 'open'; id: number; list: 'citations' | 'sources'; at: number }
  /** Copy a whole answer, with its sources. */
  | { kind: 'copy'; id: number }
  /** Copy a piece of code that the page shows. */
  | { kind: 'copyCode'; code: string };

export const maxQuestionLength = 20_000;
const maxCodeLength = 1_000_000;

const plainKinds = ['ready', 'stop', 'setModel', 'showStatus', 'reindex', 'openFolder'] as const;

/** A message of the page with exactly its fields, or null for anything else. */
export function readFromPage(value: unknown): FromPage | null {
  if (!isRecord(value)) return null;
  const { kind, id } = value;
  for (const plain of plainKinds) if (kind === plain) return { kind: plain };
  switch (kind) {
    case 'ask': {
      const question = textOf(value['question'], maxQuestionLength)?.trim();
      return question ? { kind, question } : null;
    }
    case 'retry':
    case 'copy':
      return isCount(id) ? { kind, id } : null;
    case 'open': {
      const { list, at } = value;
      if (list !== 'citations' && list !== 'sources') return null;
      return isCount(id) && isCount(at) ? { kind, id, list, at } : null;
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
