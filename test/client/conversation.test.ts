/** A chat's turns from question to answer, with a server that answers when the test says so. */
import { expect, test } from 'vitest';
import { chatFolderAt } from '../../client/src/chat/chatFolder.js';
import { Chats } from '../../client/src/chat/chats.js';
import { Conversation, type ConversationPorts, type LocatedTurn } from '../../client/src/chat/conversation.js';
import { copiedAnswer } from '../../client/src/chat/copied.js';
import type { ToPage } from '../../client/src/chat/messages.js';
import { ServerLost } from '../../client/src/serverLost.js';
import type { AskParams, AskProgress, AskResult } from '../../server/src/protocol/messages.js';
import { scratchFolder } from '../support/engine.js';

const result = (answer: string, refused = false): AskResult => ({
  answer,
  refused,
  reason: '',
  citations: [],
  sources: [],
  trace: {
    flow: 'naive',
    steps: [],
    answerability: 1,
    signals: {},
    terms: [],
    searchModels: [],
    dropped: [],
    model: { name: '', destination: '' },
    sent: [],
    requests: [],
  },
});

interface Scripted extends Partial<ConversationPorts> {
  answer?(params: AskParams, tell: (progress: AskProgress) => void): Promise<AskResult>;
  turns?: LocatedTurn[];
}

function conversationWith({ answer = async () => result('x'), turns, ...ports }: Scripted) {
  const asked: AskParams[] = [];
  const posted: ToPage[] = [];
  const kept = new Map<number, LocatedTurn>();
  const conversation = new Conversation(
    {
      ask(params, onProgress) {
        asked.push(params);
        return answer(params, onProgress);
      },
      back: async () => {},
      verify: async (citations) => citations,
      highlight: async (pieces) => pieces.map(() => null),
      // What is posted is copied on its way, as between processes.
      post: (message) => posted.push(structuredClone(message)),
      keep: async (turn) => void kept.set(turn.id, structuredClone(turn)),
      forget(ids) {
        for (const id of ids) kept.delete(id);
      },
      ...ports,
    },
    turns,
  );
  return { conversation, asked, posted, kept, kinds: () => posted.map(({ kind }) => kind) };
}

const located = (citation: Partial<LocatedTurn['citations'][number]> = {}) => ({
  ...{ n: 1, path: 'a.ts', uri: 'file:///a.ts', startLine: 1, endLine: 1, quote: 'x', verified: true },
  ...citation,
});

test('an answer streams, then is replaced by its final form', async () => {
  const { conversation, kinds, kept } = conversationWith({
    async answer(_params, tell) {
      tell({ kind: 'step', note: 'Searching' });
      tell({ kind: 'sources', sources: [] });
      tell({ kind: 'text', delta: 'It is [9]' });
      return result('It is');
    },
  });
  await conversation.ask('What?');
  expect(kinds()).toEqual(['turn', 'note', 'sources', 'text', 'turn']);
  expect(conversation.find(1)).toMatchObject({ state: 'done', answer: 'It is', note: '' });
  expect(kept.get(1)).toMatchObject({ state: 'done', answer: 'It is' });
});

test('the history holds answers, not refusals, failures or stopped turns', async () => {
  const { conversation, asked } = conversationWith({
    async answer({ question }) {
      if (question === 'fails') throw new Error('The store is lost');
      return result(`answer to ${question}`, question === 'refused');
    },
  });
  for (const question of ['first', 'refused', 'fails', 'second', 'third']) await conversation.ask(question);
  expect(asked.at(-1)!.history).toEqual([
    { question: 'first', answer: 'answer to first' },
    { question: 'second', answer: 'answer to second' },
  ]);
  expect(conversation.find(3)).toMatchObject({ state: 'failed', error: 'The store is lost' });
});

test('stopping takes effect although the server goes on', async () => {
  let tellLater = (_progress: AskProgress) => {};
  const { conversation } = conversationWith({
    answer(_params, tell) {
      tellLater = tell;
      tell({ kind: 'text', delta: 'Half of' });
      return new Promise(() => {});
    },
  });
  const asking = conversation.ask('What?');
  await expect.poll(() => conversation.find(1)?.answer).toBe('Half of');
  conversation.stop();
  await asking;
  tellLater({ kind: 'text', delta: ' it' });
  expect(conversation.find(1)).toMatchObject({ state: 'stopped', answer: 'Half of', error: '' });
  expect(conversation.isAsking).toBe(false);
});

test('a retry takes the place of the last turn', async () => {
  let tries = 0;
  const { conversation } = conversationWith({
    async answer() {
      if (++tries === 1) throw new Error('No model');
      return result('Now');
    },
  });
  await conversation.ask('What?');
  await conversation.retry(1);
  expect(conversation.find(1)).toMatchObject({ state: 'done', answer: 'Now', error: '' });
  expect(conversation.find(2)).toBeUndefined();
});

test('fifty quick questions are answered one after another, in order', async () => {
  let atOnce = 0;
  let most = 0;
  const { conversation, asked } = conversationWith({
    async answer() {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
      return result('x');
    },
  });
  const questions = Array.from({ length: 50 }, (_, i) => `question ${i}`);
  await Promise.all(questions.map((question) => conversation.ask(question)));
  expect(most).toBe(1);
  expect(asked.map(({ question }) => question)).toEqual(questions);
  expect(conversation.all.every(({ state }) => state === 'done')).toBe(true);
});

test('stopping ends what waits as well', async () => {
  const { conversation, asked } = conversationWith({ answer: () => new Promise(() => {}) });
  const asking = conversation.ask('one');
  await conversation.ask('two');
  expect(conversation.find(2)).toMatchObject({ state: 'waiting' });
  conversation.stop();
  await asking;
  expect(conversation.all.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  expect(asked).toHaveLength(1);
});

test('an edited question takes the place of its turn, and of all after it', async () => {
  const { conversation, asked, posted, kept } = conversationWith({});
  for (const question of ['one', 'two', 'three']) await conversation.ask(question);
  await conversation.edit(2, 'other');
  expect(conversation.all.map(({ question }) => question)).toEqual(['one', 'other']);
  expect(asked.at(-1)!.history).toEqual([{ question: 'one', answer: 'x' }]);
  expect(posted).toContainEqual({ kind: 'cut', id: 2 });
  expect([...kept.keys()]).toEqual([1, 4]);
});

test('a question that is edited while it is answered is not answered any more', async () => {
  const { conversation } = conversationWith({
    answer: ({ question }) => (question === 'one' ? new Promise(() => {}) : Promise.resolve(result('x'))),
  });
  const asking = conversation.ask('one');
  await conversation.edit(1, 'two');
  await asking;
  expect(conversation.all.map(({ question, state }) => [question, state])).toEqual([['two', 'done']]);
});

test('a server that stops is waited for and asked once more, and the answer says so', async () => {
  let tries = 0;
  const notes: string[] = [];
  const { conversation } = conversationWith({
    async answer(_params, tell) {
      tell({ kind: 'text', delta: `try ${++tries}` });
      if (tries === 1) throw new ServerLost();
      return result('whole');
    },
    async back() {
      notes.push(conversation.find(1)!.note);
    },
  });
  await conversation.ask('What?');
  expect(notes).toEqual(['The server stopped; it is being started again']);
  expect(conversation.find(1)).toMatchObject({ question: 'What?', state: 'done', answer: 'whole', restarted: true });
});

test('one that stops again, or does not come back, leaves the question and a sentence', async () => {
  const lost = () => Promise.reject(new ServerLost());
  const { conversation } = conversationWith({ answer: lost });
  await conversation.ask('What?');
  expect(conversation.find(1)).toMatchObject({ state: 'failed', error: 'The server stopped while it was answering' });
  const gone = conversationWith({ answer: lost, back: () => Promise.reject(new Error('It did not start again')) });
  await gone.conversation.ask('What?');
  expect(gone.conversation.find(1)).toMatchObject({
    question: 'What?',
    state: 'failed',
    error: 'It did not start again',
  });
});

test('citations are held against a file that changed, and only those of that file', async () => {
  const asked: string[] = [];
  const { conversation, posted, kept } = conversationWith({
    answer: async () => ({
      ...result('x [1][2]'),
      citations: [located(), located({ n: 2, path: 'b.ts', uri: 'file:///b.ts' })] as AskResult['citations'],
    }),
    verify: async (citations) => {
      asked.push(...citations.map(({ path }) => path));
      return citations.map((citation) => ({ ...citation, verified: false }));
    },
  });
  await conversation.ask('What?');
  await conversation.fileChanged('file:///c.ts');
  await conversation.fileChanged('file:///a.ts');
  expect(asked).toEqual(['a.ts']);
  expect(posted.at(-1)).toMatchObject({
    kind: 'checked',
    id: 1,
    citations: [
      { n: 1, verified: false },
      { n: 2, verified: true },
    ],
  });
  expect(kept.get(1)!.citations[0]!.verified).toBe(false);
});

test('a chat that is opened again tells its questions, and each turn when it is asked for', async () => {
  const first = conversationWith({
    answer: async ({ question }) => ({ ...result(question), citations: [located()] as AskResult['citations'] }),
  });
  for (const question of ['one', 'two']) await first.conversation.ask(question);
  const looked: number[] = [];
  const { conversation, posted, asked } = conversationWith({
    turns: [...first.kept.values(), { ...first.kept.get(1)!, id: 3, question: 'three', state: 'asking' }],
    verify: async (citations) => {
      looked.push(citations.length);
      return citations;
    },
  });
  conversation.tellAll();
  // What was being answered when the window went is not answered any more.
  expect(posted[0]).toEqual({
    kind: 'conversation',
    turns: [
      { id: 1, question: 'one', state: 'done' },
      { id: 2, question: 'two', state: 'done' },
      { id: 3, question: 'three', state: 'unanswered' },
    ],
  });
  conversation.show(1);
  conversation.show(1);
  expect(posted.filter(({ kind }) => kind === 'turn')).toHaveLength(3);
  expect(looked).toEqual([1]);
  await conversation.ask('four');
  expect(conversation.find(4)).toMatchObject({ question: 'four', state: 'done' });
  expect(asked.at(-1)!.history?.map(({ question }) => question)).toEqual(['one', 'two']);
});

test('questions that a window left unanswered stand in the next one, and are asked again in their places', async () => {
  const chats = new Chats(chatFolderAt(scratchFolder()));
  const chat = chats.begin();
  const writes: Promise<void>[] = [];
  const keep = (turn: LocatedTurn) => {
    writes.push(chat.keep(turn));
    return writes.at(-1)!;
  };
  const first = conversationWith({
    answer: ({ question }) => (question === 'one' ? Promise.resolve(result('x')) : new Promise(() => {})),
    keep,
  });
  await first.conversation.ask('one');
  const asking = first.conversation.ask('two');
  await first.conversation.ask('three');
  first.conversation.leave();
  await asking;
  await Promise.all(writes);
  const { turns } = await chats.open(chat.id);
  const { conversation, asked } = conversationWith({ turns });
  const states = () => conversation.all.map(({ question, state }) => `${question} ${state}`);
  expect(states()).toEqual(['one done', 'two unanswered', 'three unanswered']);
  expect(asked).toEqual([]);
  // Nothing came after it that was answered, so it stays where it is.
  await Promise.all([conversation.retry(3), conversation.retry(2)]);
  expect(states()).toEqual(['one done', 'two done', 'three done']);
  await conversation.retry(2);
  expect(states()).toEqual(['one done', 'two done', 'three done', 'two done']);
});

test('when the server is gone for good, every question that waited stays, to be asked again', async () => {
  let isGone = true;
  const { conversation, kept } = conversationWith({
    answer: () => (isGone ? Promise.reject(new ServerLost()) : Promise.resolve(result('x'))),
    back: () => Promise.reject(new Error('It did not start again')),
  });
  await Promise.all(['one', 'two', 'three'].map((question) => conversation.ask(question)));
  expect([...kept.values()].map(({ question, state }) => `${question} ${state}`)).toEqual([
    'one failed',
    'two failed',
    'three failed',
  ]);
  isGone = false;
  await conversation.retry(1);
  expect(conversation.all.map(({ question, state }) => `${question} ${state}`)).toEqual([
    'one done',
    'two failed',
    'three failed',
  ]);
});

test('nobody is asked before the question is kept', async () => {
  let written = () => {};
  const { conversation, asked } = conversationWith({ keep: () => new Promise((done) => (written = done)) });
  const asking = conversation.ask('What?');
  await new Promise((done) => setImmediate(done));
  expect(asked).toEqual([]);
  written();
  await asking;
  expect(asked).toHaveLength(1);
  // A disk that hangs does not hang the button that stops.
  const stuck = conversation.ask('And then?');
  conversation.stop();
  await stuck;
  expect(conversation.find(2)).toMatchObject({ state: 'stopped' });
});

test('what was chosen to be asked about goes along, and stays with a retry', async () => {
  const chip = { id: 1, kind: 'file' as const, label: 'a.ts', detail: 'src/a.ts' };
  const scope = { uris: ['file:///src/a.ts'] };
  const { conversation, asked } = conversationWith({});
  await conversation.ask('What?', { chips: [chip], scope, filters: 'lang:go' });
  await conversation.retry(1);
  expect(asked).toMatchObject([
    { question: 'What? lang:go', scope },
    { question: 'What? lang:go', scope },
  ]);
  expect(conversation.find(1)).toMatchObject({ question: 'What?', scope: [chip] });
});

test('a refused question is asked everywhere as a turn of its own, without chips and filters', async () => {
  const chip = { id: 1, kind: 'language' as const, label: 'go', detail: 'lang:go' };
  const refusal = { missing: [], files: 1, chunks: 1, failed: 0, waiting: 0, scannedAt: null, everywhere: 'What?' };
  const { conversation, asked } = conversationWith({
    answer: async ({ scope }) => (scope ? { ...result('', true), refusal } : result('So.')),
  });
  await conversation.ask('What? path:src', { chips: [chip], scope: { uris: ['file:///src'] }, filters: 'lang:go' });
  await conversation.askEverywhere(1);
  // Of an answer there is nothing to ask again.
  await conversation.askEverywhere(2);
  expect(asked.map(({ question, scope }) => ({ question, scope }))).toEqual([
    { question: 'What? path:src lang:go', scope: { uris: ['file:///src'] } },
    { question: 'What?', scope: undefined },
  ]);
  expect(conversation.all).toMatchObject([
    { refused: true, scope: [chip] },
    { state: 'done', refused: false, scope: [] },
  ]);
});

test('code is coloured when the answer is there', async () => {
  const source = {
    n: 2,
    path: 'a.ts',
    uri: 'file:///a.ts',
    startLine: 1,
    endLine: 1,
    text: 'let a',
    language: 'typescript',
  };
  const { conversation, posted } = conversationWith({
    answer: async () => ({ ...result('x'), sources: [source] as AskResult['sources'] }),
    highlight: async (pieces) => pieces.map(() => [0, 3, 3]),
  });
  await conversation.ask('What?');
  await expect
    .poll(() => posted.at(-1))
    .toEqual({ kind: 'colours', id: 1, colours: { 2: [0, 3, 3] }, codeColours: [] });
});

test('code that a model writes is coloured too, by its place and length', async () => {
  const pieces: unknown[] = [];
  const { conversation, posted, kept } = conversationWith({
    answer: async () => result('So:\n\n```Go\nvar a\n```\n\n```\nplain\n```\n\n~~~py\nx\n~~~\n'),
    highlight: async (asked) => {
      pieces.push(...asked);
      return asked.map(({ language }) => (language === 'Go' ? [0, 3, 3] : null));
    },
  });
  await conversation.ask('What?');
  const codeColours = [{ line: 2, length: 5, runs: [0, 3, 3] }];
  await expect.poll(() => posted.at(-1)).toEqual({ kind: 'colours', id: 1, colours: {}, codeColours });
  expect(pieces).toEqual([
    { text: 'var a', language: 'Go' },
    { text: 'x', language: 'py' },
  ]);
  expect(kept.get(1)!.codeColours).toEqual(codeColours);
  // Of another answer in its place they are not.
  await conversation.retry(1);
  expect(posted.findLast(({ kind }) => kind === 'turn')).toMatchObject({ turn: { codeColours: [] } });
});

test('a copied answer names its lines', () => {
  const citation = { n: 1, path: 'src/a b.ts', startLine: 3, endLine: 5, quote: '', verified: true };
  const turn = {
    ...result('So it is [1].'),
    id: 1,
    question: 'Is it?',
    state: 'done' as const,
    note: '',
    error: '',
    scope: [],
    colours: {},
    codeColours: [],
    restarted: false,
  };
  expect(
    copiedAnswer({
      ...turn,
      citations: [
        citation,
        { ...citation, n: 2, endLine: 3, verified: false },
        { ...citation, n: 3, path: 'a.pdf', place: 'page 2' },
      ],
    }),
  ).toMatchInlineSnapshot(`
      "> Is it?

      So it is [1].

      - [1] [src/a b.ts:3-5](src/a%20b.ts#L3-L5)
      - [2] [src/a b.ts:3](src/a%20b.ts#L3) (no longer matches)
      - [3] [a.pdf:3-5](a.pdf) (page 2)
      "
    `);
});
