/**
 * The adapter against a real llama.cpp server, whose model says what is scripted here.
 *
 * A command of its own, `npm run test:llama`, because it fetches packages on the first run. Where it cannot run, it
 * says so in one line, and fails where nobody reads lines (CI).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LanguageModel } from '../../server/src/base/ports.js';
import { type OpenaiOptions, openaiModel } from '../../server/src/llm/openai.js';
import { describeLlama, type LlamaServer, SERVER_KEY, startLlama } from './server.js';

const SCRIPTS = {
  main: 'The cart sums its lines in `total` [1]. Grüße, 漢字 and 🏮 arrive whole.',
  other: 'Another answer, with two sources [2][3].',
  'endless*': 'tick tock and on it goes, ',
};

await describeLlama({ 'llama-server': checkAdapter });

function checkAdapter(): void {
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlama({ scripts: SCRIPTS });
  });
  afterAll(() => server?.close());

  const modelAt = (baseUrl: string, options: Partial<OpenaiOptions> = {}) =>
    openaiModel({ baseUrl, name: '', apiKey: SERVER_KEY, timeoutMs: 10_000, maxAttempts: 1, ...options });

  test('a reply is the script, in pieces', async () => {
    const model = modelAt(server.baseUrl);
    const pieces = await ask(model, 'Where is the total?');
    expect(pieces.join('')).toBe(SCRIPTS.main);
    expect(pieces.length).toBeGreaterThan(5);
    expect(model.name).toBe('tiny-chat');
    expect((await ask(model, '@other please')).join('')).toBe(SCRIPTS.other);
  });

  test('a reply that reaches the limit of tokens just ends', async () => {
    const text = (await ask(modelAt(server.baseUrl), '@endless', { maxTokens: 4 })).join('');
    expect(SCRIPTS['endless*'].startsWith(text)).toBe(true);
    expect(text.length).toBeGreaterThan(8);
  });

  test('an abort frees the slot', async () => {
    const abort = new AbortController();
    const stop = new Error('stop');
    let pieces = 0;
    const work = ask(modelAt(server.baseUrl), '@endless', {
      maxTokens: 100_000,
      signal: abort.signal,
      onPiece: () => {
        if (++pieces === 5) abort.abort(stop);
      },
    });
    await expect(work).rejects.toBe(stop);
    await expect.poll(() => server.busySlots(), { timeout: 2000, interval: 10 }).toBe(0);
    expect((await ask(modelAt(server.baseUrl), 'Still there?')).join('')).toBe(SCRIPTS.main);
  });

  test('a wrong key and none', async () => {
    for (const apiKey of ['sk-wrong', '']) {
      const work = ask(modelAt(server.baseUrl, { apiKey, name: 'tiny-chat' }), 'Hello');
      await expect(work).rejects.toMatchObject({ kind: 'model-unauthorised' });
    }
  });

  test('an address without /v1 works too, one with another path does not', async () => {
    const { origin } = new URL(server.baseUrl);
    expect((await ask(modelAt(origin), 'Hello')).join('')).toBe(SCRIPTS.main);
    const work = ask(modelAt(`${origin}/v2`, { name: 'tiny-chat' }), 'Hello');
    await expect(work).rejects.toMatchObject({ kind: 'model-not-found', message: expect.stringContaining('/v1') });
  });

  test('a prompt beyond the context', async () => {
    const small = await startLlama({ scripts: SCRIPTS, contextTokens: 512 });
    try {
      const work = ask(modelAt(small.baseUrl), 'x'.repeat(700));
      await expect(work).rejects.toMatchObject({
        kind: 'model-context',
        message: expect.stringMatching(/\(7\d\d tokens, it takes 512\)/),
      });
    } finally {
      await small.close();
    }
  });

  test('a server that dies while it speaks, and after', async () => {
    const victim = await startLlama({ scripts: SCRIPTS });
    const model = modelAt(victim.baseUrl);
    let death: Promise<void> | undefined;
    const work = ask(model, '@endless', {
      maxTokens: 100_000,
      onPiece: () => {
        death ??= victim.kill();
      },
    });
    await expect(work).rejects.toMatchObject({ kind: 'model-cut' });
    await death;
    await expect(ask(model, 'Hello')).rejects.toMatchObject({ kind: 'model-unreachable' });
  });
}

interface AskOptions {
  maxTokens?: number;
  signal?: AbortSignal;
  onPiece?: () => void;
}

async function ask(model: LanguageModel, content: string, options: AskOptions = {}): Promise<string[]> {
  const { maxTokens = 1000, signal, onPiece } = options;
  const pieces: string[] = [];
  for await (const piece of model.stream([{ role: 'user', content }], { maxTokens, signal })) {
    pieces.push(piece);
    onPiece?.();
  }
  return pieces;
}
