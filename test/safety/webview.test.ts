/** The chat’s page: what it may load, and what may be said to it and by it. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type FromPage, readFromPage, readToPage, type ToPage, type Turn } from '../../client/src/chat/messages.js';

// The one function of the editor that making the page takes.
vi.mock('vscode', () => ({ Uri: { joinPath: (base: string, ...parts: string[]) => [base, ...parts].join('/') } }));
const { pageHtml } = await import('../../client/src/chat/document.js');

test('S6 the page may load its own two files and nothing else', () => {
  const webview = {
    cspSource: 'https://own.vscode-cdn.net',
    asWebviewUri: (uri: unknown) => `https://own.vscode-cdn.net${uri}`,
  };
  const spoken = { language: 'zh-cn', sentences: { Ask: '"><script src="//evil"></script>&quot;' } };
  const html = pageHtml(webview as never, '/extension' as never, spoken);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)![1]!;
  const directives = Object.fromEntries(
    policy
      .split('; ')
      .map((part) => part.split(' '))
      .map(([name, ...rest]) => [name, rest]),
  );
  const nonce = /'nonce-([\w-]{20,})'/.exec(policy)![1]!;
  expect(directives).toEqual({
    'default-src': ["'none'"],
    'style-src': ['https://own.vscode-cdn.net'],
    'font-src': ['https://own.vscode-cdn.net'],
    'script-src': [`'nonce-${nonce}'`],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  });
  expect(policy).not.toMatch(/unsafe|\*|data:|blob:|http:|connect-src|img-src|frame-src/);
  expect([...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag)).toEqual([
    `<script nonce="${nonce}" src="https://own.vscode-cdn.net/extension/dist/webview/chat.js">`,
  ]);
  expect(html).not.toMatch(/<style|\son\w+=|javascript:/);
  expect(pageHtml(webview as never, '/extension' as never, spoken)).not.toContain(nonce);
});

const TURN: Turn = {
  id: 1,
  question: 'Why?',
  scope: [{ id: 1, kind: 'file', label: 'a.ts', detail: 'src/a.ts' }],
  state: 'done',
  note: '',
  answer: 'So [1].',
  refused: false,
  reason: '',
  refusal: {
    missing: ['x'],
    nearest: 40,
    files: 1,
    chunks: 1,
    failed: 0,
    waiting: 1,
    scannedAt: '2026-01-01',
    everywhere: 'Why?',
  },
  waiting: 1,
  colours: { 1: [0, 1, 2] },
  codeColours: [{ line: 1, length: 3, runs: [0, 1, 2] }],
  restarted: false,
  citations: [
    { n: 1, path: 'a.ts', startLine: 1, endLine: 2, quote: 'x', verified: true, masked: true, place: 'page 1' },
  ],
  sources: [
    {
      ...{ n: 1, path: 'a.ts', startLine: 1, endLine: 2, symbol: 'a', kind: 'function', score: 1, text: 'x' },
      ...{ why: { lexical: 1 }, language: 'typescript', signature: 'a()' },
    },
  ],
  trace: {
    flow: 'naive',
    readAs: 'Why so?',
    tokens: 10,
    steps: [{ step: 'retrieve', milliseconds: 1, note: 'found' }],
    answerability: 0.5,
    signals: { coverage: 0.5 },
    terms: ['a'],
    searchModels: [{ role: 'embedder', name: 'e', device: 'cpu', question: 'Why?', passages: 0, failure: '' }],
    dropped: [{ what: '[2]', reason: 'none' }],
    model: { name: 'm', destination: '' },
    sent: [{ role: 'user', content: 'Why?' }],
    requests: [{ method: 'POST', url: 'https://models.example/v1', body: '{}', bytes: 2 }],
  },
  error: '',
};

const TO_PAGE: ToPage[] = [
  { kind: 'conversation', turns: [{ id: 1, question: 'Why?', state: 'done' }] },
  { kind: 'turn', turn: TURN },
  { kind: 'turn', turn: { ...TURN, state: 'asking', trace: null } },
  { kind: 'cut', id: 1 },
  { kind: 'colours', id: 1, colours: { 1: [0, 1, 2] }, codeColours: [{ line: 1, length: 3, runs: [] }] },
  { kind: 'checked', id: 1, citations: TURN.citations },
  { kind: 'scope', chips: TURN.scope },
  { kind: 'theme', colours: { comment: '#0a0' } },
  { kind: 'note', id: 1, note: 'Searching' },
  { kind: 'sources', id: 1, sources: TURN.sources },
  { kind: 'text', id: 1, delta: 'So' },
  {
    kind: 'overview',
    overview: {
      ...{ state: 'ready', progress: { done: 1, total: 2, step: 'Indexing' }, files: 1, lines: 1, failed: 0 },
      ...{ model: { name: '', destination: '', isHere: true }, search: [{ where: 'x', sentence: 'y' }] },
      ...{ degraded: [], trusted: true, examples: ['What?'] },
    },
  },
  { kind: 'focus' },
];

test.each(TO_PAGE)('S7 to the page: $kind comes through as it is', (message) =>
  expect(readToPage(message)).toBe(message),
);

/** Every place in a message, as a path of keys. */
function places(value: unknown, at: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inside = Object.entries(value).flatMap(([key, part]) => places(part, [...at, key]));
  return at.length > 0 ? [at, ...inside] : inside;
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

test('S7 to the page: a message with one wrong part is ignored, whichever part it is', () => {
  let tried = 0;
  for (const message of TO_PAGE)
    for (const place of places(message)) {
      // A function is no value of any field; it could not even be posted.
      tried++;
      expect(readToPage(replaced(message, place, () => {})), place.join('.')).toBeNull();
    }
  expect(tried).toBeGreaterThan(80);
});

test('S7 to the page: whatever is posted, only whole messages of known kinds come through', () => {
  const kinds = TO_PAGE.map(({ kind }) => kind);
  const kind = fc.oneof(fc.constantFrom(...kinds, '__proto__', 'constructor', 'toString', 'vscode'), fc.anything());
  const fields = ['turns', 'turn', 'id', 'note', 'sources', 'delta', 'colours', 'citations', 'chips', 'overview'];
  const message = fc.record(Object.fromEntries([['kind', kind], ...fields.map((field) => [field, fc.anything()])]));
  fc.assert(
    fc.property(fc.oneof(fc.anything(), message), (value) => {
      const read = readToPage(value);
      if (read === null) return;
      expect(read).toBe(value);
      expect(kinds).toContain(read.kind);
      if (read.kind === 'text') expect([typeof read.id, typeof read.delta]).toEqual(['number', 'string']);
      if (read.kind === 'note') expect([typeof read.id, typeof read.note]).toEqual(['number', 'string']);
      if (read.kind === 'conversation')
        expect(read.turns.every(({ question }) => typeof question === 'string')).toBe(true);
    }),
  );
});

const FROM_PAGE: FromPage[] = [
  { kind: 'ready' },
  { kind: 'ask', question: 'Where?' },
  { kind: 'edit', id: 3, question: 'Where else?' },
  { kind: 'retry', id: 3 },
  { kind: 'show', id: 3 },
  { kind: 'dropScope', id: 3 },
  { kind: 'open', id: 1, list: 'citations', at: 0, how: 'peek' },
  { kind: 'copyCode', code: 'x' },
];

test('S7 from the page: one wrong part and it is ignored, one part more and it is left behind', () => {
  for (const message of FROM_PAGE) {
    expect(readFromPage({ ...message, uri: 'file:///etc/passwd', command: 'quit', path: '../x' })).toEqual(message);
    for (const place of places(message))
      for (const wrong of [null, {}, [], true, -1, 1.5, Number.NaN, () => {}, { toString: () => 'sources' }])
        expect(readFromPage(replaced(message, place, wrong)), place.join('.')).toBeNull();
  }
});

test('S7 from the page: whatever it says, it names no file, no address and no command', () => {
  const field = fc.oneof(fc.anything(), fc.nat(), fc.string(), fc.constantFrom('sources', 'citations', 'command:x'));
  const kinds = ['ready', 'ask', 'edit', 'retry', 'show', 'open', 'copy', 'copyCode', 'executeCommand', 'openUri'];
  const message = fc.record({
    kind: fc.constantFrom(...kinds),
    question: field,
    id: field,
    list: field,
    at: field,
    uri: field,
  });
  fc.assert(
    fc.property(message, (value) => {
      const read = readFromPage(value);
      if (read)
        expect(
          Object.keys(read).filter((key) => !['kind', 'question', 'id', 'list', 'at', 'code'].includes(key)),
        ).toEqual([]);
    }),
  );
});
