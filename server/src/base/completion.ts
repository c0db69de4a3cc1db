/** What a completion is made from and what it gives, as every way in tells it. */
import type { LineRange, TraceStep } from './answer.js';
import type { Gap } from './ports.js';

/** A part of the repository that a model is given besides the text around the cursor. */
export interface ContextItem extends LineRange {
  path: string;
  /** What speaks for it, in words. */
  why: string;
  /** What the model sees of it. */
  text: string;
  /** Which lines of the file that is: of an outline, those of the definitions. */
  shown: LineRange[];
}

export interface Completion {
  /** What is to be inserted at the cursor; empty where there is nothing. */
  insert: string;
  /** Best first. */
  context: ContextItem[];
  steps: TraceStep[];
  /** What a model was sent, and where; null when none was asked. */
  sent: (Gap & { name: string; destination: string }) | null;
}
