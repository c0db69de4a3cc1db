/**
 * The turns of one chat and what happens to them. It outlives the page, which the editor throws away when hidden, and
 * knows neither the page nor the server: it is given a way to ask and a way to tell.
 *
 * One question is asked at a time. A turn that was stopped or failed stays, but is not part of the history that goes
 * with the next question.
 */
import type { AskParams, AskProgress, AskResult } from '../../../server/src/protocol/messages.js';
import type { LocatedCitation } from '../citations.js';
import type { ToPage, Turn } from './messages.js';

export interface ConversationPorts {
  ask(params: AskParams, onProgress: (progress: AskProgress) => void, signal: AbortSignal): Promise<AskResult>;
  post(message: ToPage): void;
}

/** Older turns cost context that passages could use. */
const maxHistory = 8;

type LocatedTurn = Turn & { citations: LocatedCitation[]; sources: AskResult['sources'] };

export class Conversation {
  private readonly ports: ConversationPorts;
  private turns: LocatedTurn[] = [];
  private nextId = 1;
  private asking: AbortController | null = null;

  constructor(ports: ConversationPorts) {
    this.ports = ports;
  }

  get isAsking(): boolean {
    return this.asking !== null;
  }

  find(id: number): LocatedTurn | undefined {
    return this.turns.find((turn) => turn.id === id);
  }

  /** Tells everything, for a page that knows nothing yet. */
  tellAll(): void {
    this.ports.post({ kind: 'conversation', turns: this.turns });
  }

  clear(): void {
    this.stop();
    this.asking = null;
    this.turns = [];
    this.tellAll();
  }

  stop(): void {
    this.asking?.abort();
  }

  async ask(question: string): Promise<void> {
    if (this.asking) return;
    const turn = emptyTurn(this.nextId++, question);
    this.turns.push(turn);
    await this.run(turn);
  }

  /** Asks again in place of the last turn; an older one is asked anew at the end, since later turns built on it. */
  async retry(id: number): Promise<void> {
    const turn = this.find(id);
    if (!turn || this.asking) return;
    if (turn !== this.turns.at(-1)) return this.ask(turn.question);
    Object.assign(turn, emptyTurn(id, turn.question));
    await this.run(turn);
  }

  private async run(turn: LocatedTurn): Promise<void> {
    const controller = new AbortController();
    this.asking = controller;
    const { signal } = controller;
    const history = this.turns
      .filter((earlier) => earlier !== turn && earlier.state === 'done' && !earlier.refused)
      .slice(-maxHistory)
      .map(({ question, answer }) => ({ question, answer }));
    this.ports.post({ kind: 'turn', turn });
    try {
      const onProgress = (progress: AskProgress) => this.progress(turn, progress, signal);
      const asked = this.ports.ask({ question: turn.question, history }, onProgress, signal);
      // Stopping takes effect at once; a server that is slow to hear of it is not waited for.
      const result = await Promise.race([asked, aborted(signal)]);
      Object.assign(turn, result, { state: 'done' });
    } catch (error) {
      turn.state = signal.aborted ? 'stopped' : 'failed';
      turn.error = signal.aborted ? '' : error instanceof Error ? error.message : String(error);
    }
    turn.note = '';
    if (this.asking === controller) this.asking = null;
    if (this.turns.includes(turn)) this.ports.post({ kind: 'turn', turn });
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
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason), { once: true }));
}

function emptyTurn(id: number, question: string): LocatedTurn {
  return {
    id,
    question,
    state: 'asking',
    note: 'Searching',
    answer: '',
    refused: false,
    reason: '',
    citations: [],
    sources: [],
    trace: null,
    error: '',
  };
}
