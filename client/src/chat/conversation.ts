/**
 * The turns of one chat and what happens to them. It outlives the page, which the editor throws away when hidden, and
 * knows neither the page nor the server nor the disk: it is given a way to ask, to tell and to keep.
 *
 * Questions are answered one after another; one that comes meanwhile waits its turn. A turn that was stopped or failed
 * stays, but is not part of the history that goes with the next question. If the server stops in the midst of an answer
 * the question is asked once more, as soon as it is back. What a window left unanswered stands there in the next one.
 *
 * Secrets are masked in a question before anything else sees it, and in an answer as soon as it is whole.
 */
import { messageOf } from '../../../server/src/base/errors.js';
import { t } from '../../../server/src/base/l10n.js';
import { maskSecrets } from '../../../server/src/index/secrets.js';
import type { AskParams, AskProgress, AskResult, HighlightParams } from '../../../server/src/protocol/messages.js';
import type { LocatedCitation } from '../citations.js';
import { ServerLost } from '../serverLost.js';
import { fencesOf } from './fences.js';
import type { Runs, ScopeChip, ToPage, Turn } from './messages.js';

export interface ConversationPorts {
  /** Rejects with `ServerLost` when the server stopped meanwhile. */
  ask(params: AskParams, onProgress: (progress: AskProgress) => void, signal: AbortSignal): Promise<AskResult>;
  /** Resolves when a server that was lost runs again; rejects, with a sentence, when it does not come back. */
  back(signal: AbortSignal): Promise<void>;
  verify(citations: LocatedCitation[]): Promise<LocatedCitation[]>;
  /** Coloured runs, one for each piece. */
  highlight(pieces: HighlightParams['pieces']): Promise<(number[] | null)[]>;
  post(message: ToPage): void;
  /** A turn is to be kept as it is now. Resolves when it is, or cannot be. */
  keep(turn: LocatedTurn): Promise<void>;
  forget(ids: readonly number[]): void;
}

/** What is asked about, for the server and for the page. */
export interface AskedScope {
  chips: ScopeChip[];
  /** Absent: everything. */
  scope?: AskParams['scope'];
  /** `lang:` filters, one for each language. */
  filters: string;
}

/** Older turns cost context that passages could use. */
const maxHistory = 8;
/** A person who asks more than this ahead is a script. */
const maxWaiting = 100;

export type LocatedTurn = Omit<Turn, 'citations' | 'sources'> & {
  citations: LocatedCitation[];
  sources: AskResult['sources'];
  asked: AskedScope;
};

export const everything: AskedScope = { chips: [], filters: '' };

export class Conversation {
  private readonly ports: ConversationPorts;
  private turns: LocatedTurn[];
  private nextId: number;
  private asking: { turn: LocatedTurn; controller: AbortController } | null = null;
  private hasLeft = false;
  /** Whose citations were held against the files since the chat was opened. */
  private readonly checked = new Set<number>();

  constructor(ports: ConversationPorts, turns: LocatedTurn[] = []) {
    this.ports = ports;
    this.turns = turns.map(leftOf);
    this.nextId = 1 + Math.max(0, ...turns.map(({ id }) => id));
  }

  get isAsking(): boolean {
    return this.asking !== null;
  }

  get all(): readonly LocatedTurn[] {
    return this.turns;
  }

  find(id: number): LocatedTurn | undefined {
    return this.turns.find((turn) => turn.id === id);
  }

  /** Tells what there is, for a page that knows nothing yet, and the last turn whole. */
  tellAll(): void {
    this.ports.post({
      kind: 'conversation',
      turns: this.turns.map(({ id, question, state }) => ({ id, question, state })),
    });
    const last = this.turns.at(-1);
    if (last) this.show(last.id);
  }

  /** Tells one turn, and whether its citations still hold if nobody looked yet. */
  show(id: number): void {
    const turn = this.find(id);
    if (!turn) return;
    this.tell(turn);
    if (turn.state !== 'done' || this.checked.has(id)) return;
    this.checked.add(id);
    void this.check(turn);
  }

  /** Ends what is being answered and what waits. */
  stop(): void {
    for (const turn of this.turns.filter(({ state }) => state === 'waiting')) this.end(turn, { state: 'stopped' });
    this.asking?.controller.abort();
  }

  /** The window goes. What is asked stays as it was kept, for the next one to find it unanswered. */
  leave(): void {
    this.hasLeft = true;
    this.asking?.controller.abort();
  }

  async ask(question: string, asked: AskedScope = everything): Promise<void> {
    if (this.turns.filter(({ state }) => state === 'waiting').length >= maxWaiting) return;
    const turn = emptyTurn(this.nextId++, maskSecrets(question).text, asked);
    this.turns.push(turn);
    await this.start(turn);
  }

  /** Asks again in place of the turn; where later answers built on it, anew at the end. */
  async retry(id: number): Promise<void> {
    const turn = this.find(id);
    if (!turn || turn.state === 'asking' || turn.state === 'waiting') return;
    const later = this.turns.slice(this.turns.indexOf(turn) + 1);
    if (later.some(({ state }) => state === 'done')) return this.ask(turn.question, turn.asked);
    replace(turn, emptyTurn(id, turn.question, turn.asked));
    await this.start(turn);
  }

  /** The question of a refusal once more, without what said where to look only: its chips, and its filters. */
  async askEverywhere(id: number): Promise<void> {
    const question = this.find(id)?.refusal?.everywhere;
    if (question) await this.ask(question);
  }

  /** Another question in a turn's place. What came after answered to the old one, and goes. */
  async edit(id: number, question: string): Promise<void> {
    const at = this.turns.findIndex((turn) => turn.id === id);
    if (at < 0) return;
    const { asked } = this.turns[at]!;
    const gone = this.turns.splice(at);
    if (this.asking && gone.includes(this.asking.turn)) this.asking.controller.abort();
    this.ports.forget(gone.map((turn) => turn.id));
    this.ports.post({ kind: 'cut', id });
    await this.ask(question, asked);
  }

  /** Holds every citation of this file against it again. */
  async fileChanged(uri: string): Promise<void> {
    const citing = this.turns.filter(({ citations }) => citations.some((citation) => citation.uri === uri));
    for (const turn of citing) await this.check(turn, uri);
  }

  private async start(turn: LocatedTurn): Promise<void> {
    if (this.asking) {
      turn.state = 'waiting';
      this.tell(turn);
      await this.ports.keep(turn);
      return;
    }
    for (let next: LocatedTurn | undefined = turn; next; next = this.turns.find(({ state }) => state === 'waiting')) {
      await this.run(next);
      if (this.hasLeft) return;
    }
  }

  private async run(turn: LocatedTurn): Promise<void> {
    const controller = new AbortController();
    this.asking = { turn, controller };
    const { signal } = controller;
    turn.state = 'asking';
    this.tell(turn);
    try {
      // A question stands on the disk before anybody is asked: an answer may cost money, and a window may go at once.
      await until(this.ports.keep(turn), signal);
      const result = await this.answered(turn, signal);
      this.end(turn, { ...result, state: 'done' });
      this.checked.add(turn.id);
      void this.colour(turn);
    } catch (error) {
      const sentence = messageOf(error);
      this.end(turn, signal.aborted ? { state: 'stopped' } : { state: 'failed', error: sentence });
    } finally {
      this.asking = null;
    }
  }

  private async answered(turn: LocatedTurn, signal: AbortSignal): Promise<AskResult> {
    try {
      return await this.askOnce(turn, signal);
    } catch (error) {
      if (!(error instanceof ServerLost) || signal.aborted) throw error;
    }
    Object.assign(turn, {
      answer: '',
      sources: [],
      restarted: true,
      note: t('The server stopped; it is being started again'),
    });
    this.tell(turn);
    await until(this.ports.back(signal), signal);
    return this.askOnce(turn, signal);
  }

  private askOnce(turn: LocatedTurn, signal: AbortSignal): Promise<AskResult> {
    const { scope, filters } = turn.asked;
    const history = this.turns
      .slice(0, this.turns.indexOf(turn))
      .filter(({ state, refused }) => state === 'done' && !refused)
      .slice(-maxHistory)
      .map(({ question, answer }) => ({ question, answer }));
    const params = { question: [turn.question, filters].filter(Boolean).join(' '), history, ...(scope && { scope }) };
    const onProgress = (progress: AskProgress) => this.progress(turn, progress, signal);
    // Stopping takes effect at once; a server that is slow to hear of it is not waited for.
    return until(this.ports.ask(params, onProgress, signal), signal);
  }

  private progress(turn: LocatedTurn, progress: AskProgress, signal: AbortSignal): void {
    if (signal.aborted || turn.state !== 'asking') return;
    const { id } = turn;
    if (progress.kind === 'step') {
      turn.note = progress.note;
      this.ports.post({ kind: 'note', id, note: progress.note });
    } else if (progress.kind === 'sources') {
      turn.sources = progress.sources;
      this.ports.post({ kind: 'sources', id, sources: progress.sources });
    } else {
      turn.answer += progress.delta;
      this.ports.post({ kind: 'text', id, delta: progress.delta });
    }
  }

  /** Whatever came of it, it is told and kept, unless it was edited away meanwhile. */
  private end(turn: LocatedTurn, outcome: Partial<LocatedTurn>): void {
    if (this.hasLeft) return;
    Object.assign(turn, { note: '' }, outcome);
    turn.answer = maskSecrets(turn.answer).text;
    if (!this.turns.includes(turn)) return;
    this.tell(turn);
    void this.ports.keep(turn);
  }

  private async check(turn: LocatedTurn, uri?: string): Promise<void> {
    const before = turn.citations;
    const concerned = before.filter((citation) => uri === undefined || citation.uri === uri);
    if (concerned.length === 0) return;
    // Without a server nobody can tell; the citations stay as they were.
    const now = await this.ports.verify(concerned).catch(() => concerned);
    if (turn.citations !== before) return;
    const checked = new Map(concerned.map((citation, i) => [citation, now[i] ?? citation]));
    const citations = before.map((citation) => checked.get(citation) ?? citation);
    if (JSON.stringify(citations) === JSON.stringify(before)) return;
    turn.citations = citations;
    if (!this.turns.includes(turn)) return;
    this.ports.post({ kind: 'checked', id: turn.id, citations });
    void this.ports.keep(turn);
  }

  private async colour(turn: LocatedTurn): Promise<void> {
    const { id, sources } = turn;
    const fences = fencesOf(turn.answer);
    const runs = await this.ports
      .highlight([
        ...sources.map(({ text, language }) => ({ text, language })),
        ...fences.map(({ code, language }) => ({ text: code, language })),
      ])
      .catch(() => []);
    const colours: Record<number, Runs> = {};
    for (const [i, { n }] of sources.entries()) if (runs[i]) colours[n] = runs[i];
    const codeColours = fences.flatMap(({ line, code }, i) => {
      const found = runs[sources.length + i];
      return found ? [{ line, length: code.length, runs: found }] : [];
    });
    if (Object.keys(colours).length + codeColours.length === 0) return;
    if (turn.sources !== sources || !this.turns.includes(turn)) return;
    Object.assign(turn, { colours, codeColours });
    this.ports.post({ kind: 'colours', id, colours, codeColours });
    void this.ports.keep(turn);
  }

  private tell({ asked: _asked, ...turn }: LocatedTurn): void {
    this.ports.post({ kind: 'turn', turn });
  }
}

/** Rejects as soon as the signal says so, whatever the promise does. */
function until<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const stopped = new Promise<never>((_, fail) => {
    if (signal.aborted) fail(signal.reason);
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
  return Promise.race([promise, stopped]);
}

/** Whoever was to answer it is gone with its window. */
function leftOf(turn: LocatedTurn): LocatedTurn {
  const isOpen = turn.state === 'asking' || turn.state === 'waiting';
  return isOpen ? { ...turn, state: 'unanswered', note: '' } : turn;
}

function replace(turn: LocatedTurn, fresh: LocatedTurn): void {
  delete turn.refusal;
  delete turn.waiting;
  Object.assign(turn, fresh);
}

function emptyTurn(id: number, question: string, asked: AskedScope): LocatedTurn {
  return {
    id,
    question,
    asked,
    scope: asked.chips,
    state: 'asking',
    note: t('Searching'),
    answer: '',
    refused: false,
    reason: '',
    citations: [],
    sources: [],
    colours: {},
    codeColours: [],
    trace: null,
    error: '',
    restarted: false,
  };
}
