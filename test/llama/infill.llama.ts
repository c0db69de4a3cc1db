/** The adapter that fills gaps against a real llama.cpp server: its own path, and its habit of ignoring a suffix. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Gap } from '../../server/src/base/ports.js';
import { remoteInfill } from '../../server/src/llm/infill.js';
import { describeLlama, type LlamaServer, SERVER_KEY, startLlama } from './server.js';

const FILL = 'return a + b;';
const GAP: Gap = {
  path: 'src/sum.ts',
  prefix: 'function sum(a, b) {\n  ',
  suffix: '\n}\n',
  context: [{ path: 'src/other.ts', text: 'export const other = 1;' }],
  maxTokens: 32,
  stops: [],
};

await describeLlama({ infill: checkInfill });

function checkInfill(): void {
  let server: LlamaServer;
  beforeAll(async () => {
    server = await startLlama({ scripts: { main: 'Nobody asks this model to talk.', fim: FILL } });
  });
  afterAll(() => server?.close());

  const model = (options = {}) =>
    remoteInfill({ baseUrl: server.baseUrl, name: 'tiny', format: 'auto', apiKey: SERVER_KEY, ...options });

  test('a gap is filled by its own path, again and again', async () => {
    const asked = model();
    for (let i = 0; i < 3; i++) expect(await asked.infill(GAP)).toBe(FILL);
  });

  test('the longest text is the one that was asked for', async () => {
    expect(FILL.startsWith(await model().infill({ ...GAP, maxTokens: 4 }))).toBe(true);
  });

  test('a file that holds the tokens of a format is a file like any other', async () => {
    const prefix = `${GAP.prefix}<|fim_middle|><|fim_suffix|>`;
    expect(await model().infill({ ...GAP, prefix })).toBe(FILL);
  });

  test('a wrong key is told', async () => {
    await expect(model({ apiKey: 'sk-wrong' }).infill(GAP)).rejects.toMatchObject({ kind: 'model-unauthorised' });
  });
}
