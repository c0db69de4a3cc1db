/**
 * Canaries: made-up secrets planted in a folder, looked for in everything that the engine keeps, says and sends.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Answer, Citation } from '../../server/src/base/answer.js';
import type { ComposeOptions } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { identifierKey, tokensOf } from '../../server/src/index/tokens.js';
import { keyLines, pem, SHAPED, UNSHAPED } from '../support/canaries.js';
import { engineOn, type Files, scratchFolder, writeFiles } from '../support/engine.js';
import { modelThatFails, modelThatSays } from '../support/model.js';
import { contentOf, openCopy } from '../support/store.js';

const shaped = (name: string) => SHAPED[name]!;

const KEY = keyLines(100);

const PAYMENT = `/** Charges the customer's card through the gateway. */
export const gatewaySecret = '${shaped('Stripe')}';

export function chargeCustomer(amount: number) {
  // An old gateway key was ${shaped('Stripe restricted')}, revoked in spring.
  return post('https://shop:${UNSHAPED.urlPassword}@gateway.test/charge', gatewaySecret, amount);
}
`;

const FILES: Files = {
  'src/payment.ts': PAYMENT,
  'src/assistant.py': [
    'def summarise_invoice(text):',
    '    """Summarises an invoice by the assistant."""',
    `    return ask(text, key="${shaped('Anthropic')}", fallback="${shaped('OpenAI, first form')}")`,
    '',
  ].join('\r\n'),
  'src/signer.go': `package signer\n\n// Sign signs a parcel label.\nfunc Sign() string {\n\treturn \`${pem(KEY)}\`\n}\n`,
  'docs/setup.md': `# Setting up the mirror\n\nClone the mirror with ${shaped('GitHub personal')} and publish with \`${shaped('npm')}\`.\n\n## Mirror in the cloud\n\n\`\`\`sh\nexport AWS_ACCESS_KEY_ID=${shaped('AWS access key id')}\nexport AWS_SECRET_ACCESS_KEY=${UNSHAPED.awsSecretKey}\n\`\`\`\n`,
  'config/app.yaml': `# Lantern telemetry\nlantern:\n  password: "${UNSHAPED.password}"\n  webhook_secret: ${UNSHAPED.hex}\n  slack: ${shaped('Slack bot')}\n`,
  'config/settings.json': `{\n  "harbour": {\n    "maps": "${shaped('Google API key')}",\n    "session": "${shaped('JWT')}",\n    "mail": "${shaped('SendGrid')}"\n  }\n}\n`,
  'notes.txt': `The packing list.\nToken of the runner: ${shaped('GitLab')}\n`,
  'latin.ini': Buffer.from(`; caf\xe9 register\ntoken=${UNSHAPED.token}\n`, 'latin1'),
};

const BUFFER = `/** Weighs the anchor from a draft. */\nexport function weighAnchor() {\n  return dial('${shaped('Twilio')}', '${shaped('GitHub fine-grained')}');\n}\n`;

const CANARIES: Record<string, string> = Object.fromEntries(
  [
    ...Object.entries({ ...SHAPED, ...UNSHAPED }),
    ...KEY.map((line, i): [string, string] => [`key line ${i + 1}`, line]),
  ].filter(([, secret]) => [...Object.values(FILES), BUFFER].some((text) => Buffer.from(text).includes(secret))),
);

const QUESTIONS = [
  'How is a customer charged through the gateway?',
  'What summarises an invoice?',
  'How is a parcel label signed?',
  'How is the mirror set up and published in the cloud?',
  'What is the lantern telemetry password and webhook secret?',
  'Which harbour maps, session and mail are configured?',
  'Where is the token of the runner in the packing list?',
  'What is the token of the café register?',
  'Who weighs the anchor from a draft?',
];

/** Any ten characters of a canary in a row. */
function canariesIn(text: string): string[] {
  return Object.entries(CANARIES).flatMap(([name, secret]) => {
    for (let i = 0; i + 10 <= secret.length; i++) if (text.includes(secret.slice(i, i + 10))) return [name];
    return [];
  });
}

function canariesInFolder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      const texts = [bytes.toString('latin1'), bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')];
      return texts.flatMap(canariesIn).map((name) => `${name} in ${entry.name}`);
    });
}

/** What the store packs, unpacked: texts, names, and the terms of every posting. */
function canariesInStore(storeBase: string): string[] {
  const database = openCopy(storeBase);
  const texts = database
    .prepare('SELECT data AS text FROM texts')
    .all()
    .map((row) => inflateSync(row['text'] as Uint8Array).toString('utf8'));
  database.close();
  // What was there before is looked at too.
  expect(texts.length).toBeGreaterThanOrEqual(Object.keys(FILES).length);
  const content = JSON.stringify(contentOf(storeBase));
  const terms = new Set(content.match(/[\p{L}\p{M}\p{N}]+/gu));
  const asTerm = Object.entries(CANARIES).filter(([, secret]) =>
    tokensOf(secret).some((token) => token.length >= 10 && terms.has(identifierKey(token))),
  );
  return [...canariesIn(texts.join('\n')), ...canariesIn(content), ...asTerm.map(([name]) => name)];
}

async function plantedEngine(
  options: Partial<ComposeOptions> = {},
): Promise<{ engine: Engine & { folder: string }; storeBase: string; logged: string[] }> {
  const storeBase = scratchFolder();
  const logged: string[] = [];
  const log: ComposeOptions['log'] = (...parts) => logged.push(parts.join(' '));
  const engine = await engineOn(FILES, { storeBase, log, ...options });
  engine.openBuffer('src/anchor.ts', BUFFER);
  return { engine, storeBase, logged };
}

async function ask(engine: Engine, question: string): Promise<Answer> {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, { contextTokens: 6000, maxAnswerTokens: 500 });
}

async function verifyOn(engine: Engine, citations: readonly Citation[]): Promise<Citation[]> {
  await using snapshot = await engine.snapshot();
  return await snapshot.verify(citations);
}

/** The cited lines are the file's but for the mask, and say whether there is one. */
async function checkQuotes(folder: string, citations: readonly Citation[]): Promise<void> {
  for (const { path, startLine, endLine, quote, verified, masked } of citations) {
    const encoding = path === 'latin.ini' ? 'latin1' : 'utf8';
    const text = path === 'src/anchor.ts' ? BUFFER : await readFile(join(folder, path), encoding);
    const lines = text.split(/(?<=\n)/).slice(startLine - 1, endLine);
    const real = lines.join('').replace(/\r?\n$/, '');
    expect(quote).toHaveLength(real.length);
    expect(quote.replace(/•/g, (_mask, at: number) => real[at]!)).toBe(real);
    expect({ verified, masked }).toEqual({ verified: true, masked: quote.includes('•') ? true : undefined });
  }
}

test('there are canaries of every kind', () => expect(Object.keys(CANARIES).length).toBeGreaterThanOrEqual(20));

test('no canary is in any byte of the store, packed or not, before and after it is folded together', async () => {
  const { engine, storeBase } = await plantedEngine();
  for (const question of QUESTIONS) await ask(engine, question);
  expect(canariesInFolder(storeBase)).toEqual([]);
  expect(canariesInStore(storeBase)).toEqual([]);
  await writeFiles(engine.folder, { 'src/payment.ts': `// moved\n${PAYMENT}` });
  await engine.filesChanged(['src/payment.ts']);
  await engine.close();
  expect(canariesInFolder(storeBase)).toEqual([]);
  expect(canariesInStore(storeBase)).toEqual([]);
});

test('no canary is in what is found, answered, traced, told or logged', async () => {
  const { engine, logged } = await plantedEngine();
  const said: unknown[] = [];
  const citations: Citation[] = [];
  for (const question of QUESTIONS) {
    const answer = await ask(engine, question);
    expect(answer, question).toMatchObject({ refused: false, reason: '' });
    citations.push(...answer.citations);
    await using snapshot = await engine.snapshot();
    said.push(answer, await snapshot.search(question, 20));
  }
  said.push(await engine.status(), await engine.update(), logged, await verifyOn(engine, citations));
  expect(canariesIn(JSON.stringify(said))).toEqual([]);
  expect(new Set(citations.filter(({ masked }) => masked).map(({ path }) => path)).size).toBe(9);
  await checkQuotes(engine.folder, citations);
});

test('no canary is in what a model is sent, whether it answers or fails', async () => {
  const told = modelThatSays('So it is [1] [2] [3].');
  const { engine } = await plantedEngine({ model: () => told });
  for (const question of QUESTIONS) {
    const answer = await ask(engine, question);
    expect(answer.trace.sent.length).toBeGreaterThan(0);
    expect(canariesIn(JSON.stringify(answer))).toEqual([]);
    await checkQuotes(engine.folder, answer.citations);
  }
  const sent = JSON.stringify(told.asked);
  expect(sent).toContain('•••');
  expect(canariesIn(sent)).toEqual([]);
  const failing = await plantedEngine({ model: () => modelThatFails('model-cut') });
  expect(canariesIn(JSON.stringify(await ask(failing.engine, QUESTIONS[0]!)))).toEqual([]);
});

test('a card shows a masked line, and there is none for a name inside a secret', async () => {
  const { engine } = await plantedEngine();
  await using snapshot = await engine.snapshot();
  const card = await snapshot.hover({ path: 'src/payment.ts', line: 2, column: 16 });
  expect(card).toMatchObject({
    name: 'gatewaySecret',
    citations: [{ masked: true, verified: true }, { masked: true }],
  });
  expect(JSON.stringify(card)).toContain('•••');
  expect(canariesIn(JSON.stringify(card))).toEqual([]);
  expect(await snapshot.hover({ path: 'src/payment.ts', line: 2, column: 36 })).toBeNull();
});

test('a search for a canary finds nothing', async () => {
  const { engine } = await plantedEngine();
  await using snapshot = await engine.snapshot();
  for (const [name, secret] of Object.entries(CANARIES)) {
    const body = secret.split(/[^A-Za-z0-9]+/).sort((a, b) => b.length - a.length)[0]!;
    const hits = await snapshot.search(`"${body}"`, 20);
    expect(canariesIn(JSON.stringify(hits)), name).toEqual([]);
    expect(
      hits.flatMap(({ why }) => Object.keys(why)),
      name,
    ).not.toContain('definition');
  }
});

test('a citation over a masked line is followed when it moves, and dropped when it changes', async () => {
  const { engine } = await plantedEngine();
  const { citations } = await ask(engine, QUESTIONS[0]!);
  const [cited] = citations.filter(({ path, masked }) => path === 'src/payment.ts' && masked);
  expect(cited).toBeDefined();
  expect(await verifyOn(engine, [cited!])).toEqual([cited]);

  engine.openBuffer('src/payment.ts', `// one\n// two\n${PAYMENT}`);
  const { startLine, endLine } = cited!;
  const moved = { ...cited, startLine: startLine + 2, endLine: endLine + 2 };
  expect(await verifyOn(engine, [cited!])).toEqual([moved]);

  engine.openBuffer('src/payment.ts', PAYMENT.replaceAll('customer', 'guest').replaceAll('Customer', 'Guest'));
  expect(await verifyOn(engine, [cited!])).toEqual([{ ...cited, verified: false }]);
});

test('a secret that a buffer adds is masked, and one that it takes away leaves no mask', async () => {
  const engine = await engineOn({ 'a.ts': 'export function lightLantern() {\n  return 1;\n}\n' });
  engine.openBuffer('a.ts', `export function lightLantern() {\n  return '${shaped('npm')}';\n}\n`);
  const open = await ask(engine, 'lightLantern');
  expect(open.citations).toMatchObject([{ masked: true, verified: true }]);
  expect(canariesIn(JSON.stringify(open))).toEqual([]);
  engine.closeBuffer('a.ts');
  const [citation] = (await ask(engine, 'lightLantern')).citations;
  expect(citation).not.toHaveProperty('masked');
});

test('a bullet that stands in the file is no mask', async () => {
  const engine = await engineOn({ 'list.md': '# Lantern oil\n\n• whale oil burns bright\n• tallow smokes\n' });
  const [citation] = (await ask(engine, 'Which lantern oil burns bright?')).citations;
  expect(citation!.quote).toContain('• whale');
  expect(citation).not.toHaveProperty('masked');
});
