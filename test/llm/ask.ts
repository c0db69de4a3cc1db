/**
 * One question to the adapter over a real wire, as the tests of this folder put it.
 *
 * The key and the prompt are known strings, so that every message can be searched for them.
 */
import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { EngineError, ErrorKind } from '../../server/src/base/errors.js';
import { type OpenaiOptions, openaiModel } from '../../server/src/llm/openai.js';
import { type Script, type ScriptedModel, startScriptedModel } from '../support/scriptedModel.js';

export const KEY = 'sk-test-0123456789abcdef';
export const PROMPT = 'Where does the harbour master keep the seventeen brass lanterns?';
export const MESSAGES = [
  { role: 'system' as const, content: 'Answer from the sources.' },
  { role: 'user' as const, content: PROMPT },
];

const open: ScriptedModel[] = [];

/** A server that is closed after the test. */
export async function start(script: Script, models?: string[]): Promise<ScriptedModel> {
  const server = await startScriptedModel(script, models);
  open.push(server);
  return server;
}

export interface Outcome {
  text: string;
  pieces: string[];
  error: EngineError | null;
}

/** Asks once and collects what comes. Pauses between attempts are recorded, not waited for. */
export async function ask(
  options: Partial<OpenaiOptions>,
  pausesMs: number[] = [],
  signal?: AbortSignal,
): Promise<Outcome> {
  const model = openaiModel({
    baseUrl: '',
    name: 'scripted',
    apiKey: KEY,
    timeoutMs: 2000,
    sleep: async (milliseconds) => void pausesMs.push(milliseconds),
    ...options,
  });
  const pieces: string[] = [];
  let error: EngineError | null = null;
  try {
    for await (const piece of model.stream(MESSAGES, { maxTokens: 64, signal })) pieces.push(piece);
  } catch (thrown) {
    error = thrown as EngineError;
  }
  return { text: pieces.join(''), pieces, error };
}

export function checkMessage(error: EngineError | null, kind: ErrorKind, part: string | RegExp): void {
  expect(error).toMatchObject({ name: 'EngineError', kind });
  expect(error!.message).toMatch(part);
  expect(error!.message).not.toMatch(/\.$/);
  for (const secret of [KEY, KEY.slice(0, 12), PROMPT, PROMPT.slice(4, 30)]) {
    expect(error!.message).not.toContain(secret);
    expect(JSON.stringify(error)).not.toContain(secret);
    expect(String(error!.stack)).not.toContain(secret);
  }
}

beforeEach(() => {
  // A proxy of the machine that runs the tests must not come between.
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) vi.stubEnv(name, '');
});

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  vi.unstubAllEnvs();
});
