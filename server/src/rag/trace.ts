/** The record of one run: its steps with their times, what was searched for, dropped and sent. */
import type { Trace } from '../base/answer.js';
import type { Clock } from '../base/ports.js';
import type { Step } from '../base/scoreParts.js';

/** The ways from a question to an answer, by name. */
export const FLOWS = ['naive'] as const;
export type Flow = (typeof FLOWS)[number];

export interface Tracer {
  readonly trace: Trace;
  /** Runs a step and notes how long it took; `note` turns its result into a sentence. */
  step<T>(name: Step, run: () => T | Promise<T>, note: (result: T) => string): Promise<T>;
}

export function startTrace(flow: Flow, clock: Clock): Tracer {
  const trace: Trace = {
    flow,
    steps: [],
    answerability: 0,
    signals: {},
    terms: [],
    searchModels: [],
    dropped: [],
    model: { name: 'extractive', destination: '' },
    sent: [],
    requests: [],
  };
  return {
    trace,
    async step(name, run, note) {
      const start = clock.now();
      const result = await run();
      trace.steps.push({ step: name, milliseconds: Math.round(clock.now() - start), note: note(result) });
      return result;
    },
  };
}
