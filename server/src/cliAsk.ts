/** A question to whoever sits at the terminal. */
import { createInterface } from 'node:readline/promises';
import { EngineError } from './base/errors.js';

/** `yes` agrees beforehand. Rejects with a `usage` error where there is nobody to ask. */
export async function agrees(question: string, yes: boolean, signal?: AbortSignal): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) throw new EngineError('usage', `${question} Without a terminal to ask on, --yes agrees`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
