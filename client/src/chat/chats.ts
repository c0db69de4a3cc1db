/**
 * The chats of a workspace on the disk, in a folder that the editor keeps for it outside of it.
 *
 * A chat is a folder, and nothing in it is written twice: each time a turn is kept, a file is made whose name says which
 * turn it holds, whether that is answered, when it was written and by whom. Of several files for a turn the best is read,
 * and whoever wrote a better one deletes those it knew. So several windows may add to one chat: no order in which their
 * writes meet loses an answer, keeping one costs the same in a chat of five hundred, and there is no list to be wrong.
 * Beside the chats is a file with the id of the one that was open last.
 *
 * Secrets are masked here too, whatever became of them before. What cannot be read is left out.
 */
import { maskSecrets } from '../../../server/src/index/secrets.js';
import type { LocatedTurn } from './conversation.js';

/** The disk, as far as it is needed; paths have `/` and are relative to the folder. */
export interface ChatFolder {
  /** Null where there is none. */
  read(path: string): Promise<string | null>;
  /** A new file, whole or not at all; makes folders on the way. */
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
  turns: number;
}

/** One chat as one window has it. */
export interface Chat {
  readonly id: string;
  /** As they were when it was opened. Where two windows gave a number twice, the later ones have the next. */
  readonly turns: LocatedTurn[];
  keep(turn: LocatedTurn): Promise<void>;
  forget(turns: readonly number[]): Promise<void>;
}

/** A file of a turn. */
interface Version {
  name: string;
  /** Place in the chat and who began it: `3-1f0c9a2e`. */
  turn: string;
  isDone: boolean;
  /** Milliseconds since the epoch, or more where it had to come after another. */
  at: number;
  by: string;
}

/** Which chat the next window begins with; no name of a chat. */
const openFile = 'open';
/** Of a workspace; the oldest go. */
const maxChats = 100;
const maxTitleLength = 200;
/** A file that another window replaced meanwhile makes a look void. */
const maxLooks = 10;
const versionName = /^(\d{1,9}-[0-9a-f]{8})\.(open|done)\.(\d{1,15})-([0-9a-f]{8})\.json$/;

export class Chats {
  private readonly folder: ChatFolder;
  private readonly now: () => number;
  /** What was asked in a chat may be answered when it is gone. */
  private readonly deleted = new Set<string>();
  /** One after another, so that the last word of a window is its last. */
  private last: Promise<void> = Promise.resolve();

  constructor(folder: ChatFolder, now: () => number = Date.now) {
    this.folder = folder;
    this.now = now;
  }

  /** A new one. Nothing is written before its first question. */
  begin(): Chat {
    return this.chatOf(crypto.randomUUID(), []);
  }

  /** Newest first. */
  async list(): Promise<ChatHead[]> {
    await this.last;
    const heads = await Promise.all((await this.ids()).map((id) => this.headOf(id)));
    return heads.filter((head) => head !== null).sort((a, b) => b.updatedAt - a.updatedAt);
  }

  /** With no turns where there is none. */
  async open(id: string): Promise<Chat> {
    await this.last;
    return this.chatOf(id, await this.turnsIn(id));
  }

  delete(id: string): Promise<void> {
    this.deleted.add(id);
    return this.inOrder(() => this.folder.delete(id));
  }

  deleteAll(): Promise<void> {
    return this.inOrder(async () => {
      for (const id of await this.folder.list('')) {
        this.deleted.add(id);
        await this.folder.delete(id);
      }
    });
  }

  /** The next window begins with this chat. */
  remember(id: string): Promise<void> {
    return this.inOrder(() => this.folder.write(openFile, id));
  }

  /** The chat that was remembered last, whichever window did; null where there is none. */
  async remembered(): Promise<Chat | null> {
    const id = (await this.folder.read(openFile)) ?? '';
    return (await this.ids()).includes(id) ? this.open(id) : null;
  }

  /** Resolves when all is written that was to be kept so far. */
  written(): Promise<void> {
    return this.last;
  }

  private chatOf(id: string, found: readonly { versions: Version[]; turn: LocatedTurn }[]): Chat {
    const by = crypto.randomUUID().slice(0, 8);
    const known = new Map<number, Version[]>();
    let latest = 0;
    let hasTurns = found.length > 0;
    const turns = found.map(({ versions, turn }) => {
      latest = Math.max(latest + 1, placeOf(versions[0]!));
      known.set(latest, versions);
      return { ...turn, id: latest };
    });

    const keep = (turn: LocatedTurn) => {
      const text = JSON.stringify(turn, (_key, value) => (typeof value === 'string' ? maskSecrets(value).text : value));
      return this.inOrder(async () => {
        if (this.deleted.has(id)) return;
        const before = known.get(turn.id) ?? [];
        const key = before[0]?.turn ?? `${turn.id}-${by}`;
        const at = Math.max(this.now(), ...before.map((version) => version.at + 1));
        const isDone = turn.state === 'done';
        const name = `${key}.${isDone ? 'done' : 'open'}.${at}-${by}.json`;
        await this.folder.write(`${id}/${name}`, text);
        const version = { name, turn: key, isDone, at, by };
        known.set(turn.id, [version, ...before].sort(bestFirst));
        // An answer stays until there is another: an attempt that comes to nothing does not cost it.
        for (const worse of before.filter((other) => bestFirst(version, other) < 0)) {
          await this.folder.delete(`${id}/${worse.name}`);
          known.set(
            turn.id,
            known.get(turn.id)!.filter((other) => other !== worse),
          );
        }
        if (!hasTurns) await this.dropOldest();
        hasTurns = true;
      });
    };

    const forget = (gone: readonly number[]) =>
      this.inOrder(async () => {
        const keys = gone.flatMap((turn) => known.get(turn)?.[0]?.turn ?? []);
        const names = (await this.folder.list(id)).filter((name) => keys.some((key) => name.startsWith(`${key}.`)));
        for (const name of names) await this.folder.delete(`${id}/${name}`);
        for (const turn of gone) known.delete(turn);
      });

    return { id, turns, keep, forget };
  }

  /** In order, each with all its files, best first. */
  private async turnsIn(id: string): Promise<{ versions: Version[]; turn: LocatedTurn }[]> {
    for (let look = 1; ; look++) {
      const groups = turnsOf(await this.folder.list(id));
      const turns = await Promise.all(groups.map((versions) => this.bestOf(id, versions)));
      if (turns.includes('gone') && look < maxLooks) continue;
      return groups.flatMap((versions, i) => {
        const turn = turns[i]!;
        return turn === 'gone' || turn === 'broken' ? [] : [{ versions, turn }];
      });
    }
  }

  private async bestOf(id: string, versions: readonly Version[]): Promise<LocatedTurn | 'gone' | 'broken'> {
    for (const { name } of versions) {
      const text = await this.folder.read(`${id}/${name}`);
      if (text === null) return 'gone';
      const turn = turnOf(text);
      if (turn) return turn;
    }
    return 'broken';
  }

  private async headOf(id: string): Promise<ChatHead | null> {
    for (let look = 1; look <= maxLooks; look++) {
      const groups = turnsOf(await this.folder.list(id));
      if (groups.length === 0) return null;
      const first = await this.bestOf(id, groups[0]!);
      if (first === 'gone') continue;
      const title = first === 'broken' ? '' : first.question.slice(0, maxTitleLength);
      return { id, title, updatedAt: latestOf(groups), turns: groups.length };
    }
    return null;
  }

  private async ids(): Promise<string[]> {
    return (await this.folder.list('')).filter((name) => name !== openFile);
  }

  private inOrder(write: () => Promise<void>): Promise<void> {
    const written = this.last.then(write);
    // One that failed is the caller's to tell; the next is tried all the same.
    this.last = written.catch(() => {});
    return written;
  }

  private async dropOldest(): Promise<void> {
    const ids = await this.ids();
    if (ids.length <= maxChats) return;
    const known = await Promise.all(ids.map(async (id) => ({ id, at: latestOf(turnsOf(await this.folder.list(id))) })));
    for (const { id } of known.sort((a, b) => b.at - a.at).slice(maxChats)) await this.folder.delete(id);
  }
}

/** Files of turns by turn, in the order of the chat, the best of each first. */
function turnsOf(names: readonly string[]): Version[][] {
  const byTurn = Map.groupBy(
    names.flatMap((name) => versionOf(name) ?? []),
    ({ turn }) => turn,
  );
  const order = (a: Version, b: Version) => placeOf(a) - placeOf(b) || (a.turn < b.turn ? -1 : 1);
  return [...byTurn.values()].map((versions) => versions.sort(bestFirst)).sort(([a], [b]) => order(a!, b!));
}

function versionOf(name: string): Version | null {
  const [, turn, state, at, by] = versionName.exec(name) ?? [];
  return turn && by ? { name, turn, isDone: state === 'done', at: Number(at), by } : null;
}

/** An answer before none, then the later one, then anything that is the same for all. */
function bestFirst(a: Version, b: Version): number {
  return Number(b.isDone) - Number(a.isDone) || b.at - a.at || (a.by < b.by ? -1 : 1);
}

function placeOf({ turn }: Version): number {
  return Number.parseInt(turn, 10);
}

function latestOf(groups: readonly (readonly Version[])[]): number {
  return Math.max(0, ...groups.flat().map(({ at }) => at));
}

/** Enough that nothing of it breaks; it was written here. Null for anything else. */
function turnOf(text: string): LocatedTurn | null {
  const value = parsed(text);
  if (!value || !Number.isSafeInteger(value['id'])) return null;
  const isText = ['question', 'answer', 'state', 'note', 'reason', 'error'].every(
    (key) => typeof value[key] === 'string',
  );
  const isList = ['citations', 'sources', 'scope', 'codeColours'].every((key) => Array.isArray(value[key]));
  const isRecord = ['asked', 'colours'].every((key) => typeof value[key] === 'object' && value[key] !== null);
  return isText && isList && isRecord ? (value as unknown as LocatedTurn) : null;
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
