/**
 * The chats of a workspace on the disk, in a folder that the editor keeps for it outside of it.
 *
 * A chat is a folder: `chat.json` says its title and which turns it has, and each turn is a file, so that keeping one
 * costs the same in a chat of five hundred. A file is written beside its place and renamed into it. What cannot be read
 * is left out: a chat is nothing that anything else depends on.
 */
import type { LocatedTurn } from './conversation.js';

/** The disk, as far as it is needed; paths have `/` and are relative to the folder. */
export interface ChatFolder {
  /** Null where there is none. */
  read(path: string): Promise<string | null>;
  /** Whole or not at all; makes folders on the way. */
  write(path: string, text: string): Promise<void>;
  /** A file or a folder with all in it; nothing where there is none. */
  delete(path: string): Promise<void>;
  /** Names in a folder; none where there is no folder. */
  list(path: string): Promise<string[]>;
}

export interface ChatHead {
  id: string;
  /** The first question. */
  title: string;
  /** Milliseconds since the epoch. */
  updatedAt: number;
  turns: number[];
}

const format = 1;
/** Of a workspace; the oldest go. */
const maxChats = 100;
const maxTitleLength = 200;

export class Chats {
  private readonly folder: ChatFolder;
  private readonly now: () => number;
  private readonly heads = new Map<string, ChatHead>();
  /** Writes follow one another, so that a head never names a turn that is not there yet. */
  private last: Promise<void> = Promise.resolve();

  constructor(folder: ChatFolder, now: () => number = Date.now) {
    this.folder = folder;
    this.now = now;
  }

  newId(): string {
    return crypto.randomUUID();
  }

  /** Newest first. */
  async list(): Promise<ChatHead[]> {
    await this.last;
    const ids = await this.folder.list('');
    const heads = await Promise.all(ids.map(async (id) => headOf(id, await this.folder.read(`${id}/chat.json`))));
    return heads.filter((head) => head !== null).sort((a, b) => b.updatedAt - a.updatedAt);
  }

  async open(id: string): Promise<LocatedTurn[]> {
    await this.last;
    const head = headOf(id, await this.folder.read(`${id}/chat.json`));
    if (!head) return [];
    this.heads.set(id, head);
    const texts = await Promise.all(head.turns.map((turn) => this.folder.read(`${id}/${turn}.json`)));
    return texts.map(turnOf).filter((turn) => turn !== null);
  }

  keep(id: string, turn: LocatedTurn): Promise<void> {
    const head = this.heads.get(id) ?? { id, title: turn.question.slice(0, maxTitleLength), updatedAt: 0, turns: [] };
    const isNew = head.turns.length === 0;
    if (!head.turns.includes(turn.id)) head.turns.push(turn.id);
    head.turns.sort((a, b) => a - b);
    if (head.turns[0] === turn.id) head.title = turn.question.slice(0, maxTitleLength);
    head.updatedAt = this.now();
    this.heads.set(id, head);
    const [turnText, headText] = [JSON.stringify(turn), JSON.stringify({ format, ...head })];
    return this.inOrder(async () => {
      await this.folder.write(`${id}/${turn.id}.json`, turnText);
      await this.folder.write(`${id}/chat.json`, headText);
      if (isNew) await this.dropOldest();
    });
  }

  forget(id: string, turns: readonly number[]): Promise<void> {
    const head = this.heads.get(id);
    if (!head) return this.last;
    head.turns = head.turns.filter((turn) => !turns.includes(turn));
    const headText = JSON.stringify({ format, ...head });
    return this.inOrder(async () => {
      await this.folder.write(`${id}/chat.json`, headText);
      for (const turn of turns) await this.folder.delete(`${id}/${turn}.json`);
    });
  }

  delete(id: string): Promise<void> {
    this.heads.delete(id);
    return this.inOrder(() => this.folder.delete(id));
  }

  deleteAll(): Promise<void> {
    this.heads.clear();
    return this.inOrder(async () => {
      for (const id of await this.folder.list('')) await this.folder.delete(id);
    });
  }

  private inOrder(write: () => Promise<void>): Promise<void> {
    const written = this.last.then(write);
    // One that failed is the caller's to tell; the next is tried all the same.
    this.last = written.catch(() => {});
    return written;
  }

  private async dropOldest(): Promise<void> {
    const ids = await this.folder.list('');
    if (ids.length <= maxChats) return;
    const heads = await Promise.all(ids.map(async (id) => headOf(id, await this.folder.read(`${id}/chat.json`))));
    const known = heads.filter((head) => head !== null).sort((a, b) => b.updatedAt - a.updatedAt);
    for (const { id } of known.slice(maxChats)) await this.folder.delete(id);
  }
}

function headOf(id: string, text: string | null): ChatHead | null {
  const value = parsed(text);
  if (!value || value['format'] !== format) return null;
  const { title, updatedAt, turns } = value;
  if (typeof title !== 'string' || typeof updatedAt !== 'number' || !Array.isArray(turns)) return null;
  return { id, title, updatedAt, turns: turns.filter((turn) => Number.isSafeInteger(turn)) };
}

/** Enough that nothing of it breaks; it was written here. */
function turnOf(text: string | null): LocatedTurn | null {
  const value = parsed(text);
  if (!value || !Number.isSafeInteger(value['id'])) return null;
  const isText = ['question', 'answer', 'state', 'note', 'reason', 'error'].every(
    (key) => typeof value[key] === 'string',
  );
  const isList = ['citations', 'sources', 'scope'].every((key) => Array.isArray(value[key]));
  const isRecord = ['asked', 'colours'].every((key) => typeof value[key] === 'object' && value[key] !== null);
  return isText && isList && isRecord ? (value as unknown as LocatedTurn) : null;
}

function parsed(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
