/** A chat's turns from question to answer, with a server that answers when the test says so. */
import { expect, test } from 'vitest';
import { Conversation } from '../../client/src/chat/conversation.js';
import { copiedAnswer } from '../../client/src/chat/copied.js';
import type { ToPage } from '../../client/src/chat/messages.js';
import type { AskParams, AskProgress, AskResult } from '../../server/src/protocol/messages.js';

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
  },
});

function conversationWith(answer: (params: AskParams, tell: (progress: AskProgress) => void) => Promise<AskResult>) {
  const asked: AskParams[] = [];
  const posted: ToPage[] = [];
  const conversation = new Conversation({
    ask(params, onProgress) {
      asked.push(params);
      return answer(params, onProgress);
    },
    // What is posted is copied on its way, as between processes.
    post: (message) => posted.push(structuredClone(message)),
  });
  return { conversation, asked, posted, kinds: () => posted.map(({ kind }) => kind) };
}

test('an answer streams, then is replaced by its final form', async () => {
  const { conversation, kinds } = conversationWith(async (_params, tell) => {
    tell({ kind: 'step', note: 'Searching' });
    tell({ kind: 'sources', sources: [] });
    tell({ kind: 'text', delta: 'It is [9]' });
    return result('It is');
  });
  await conversation.ask('What?');
  expect(kinds()).toEqual(['turn', 'note', 'sources', 'text', 'turn']);
  expect(conversation.find(1)).toMatchObject({ state: 'done', answer: 'It is', note: '' });
});

test('the history holds answers, not refusals, failures or stopped turns', async () => {
  const { conversation, asked } = conversationWith(async ({ question }) => {
    if (question === 'fails') throw new Error('The store is lost');
    return result(`answer to ${question}`, question === 'refused');
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
  const { conversation } = conversationWith((_params, tell) => {
    tellLater = tell;
    tell({ kind: 'text', delta: 'Half of' });
    return new Promise(() => {});
  });
  const asking = conversation.ask('What?');
  conversation.stop();
  await asking;
  tellLater({ kind: 'text', delta: ' it' });
  expect(conversation.find(1)).toMatchObject({ state: 'stopped', answer: 'Half of', error: '' });
  expect(conversation.isAsking).toBe(false);
});

test('a retry takes the place of the last turn', async () => {
  let tries = 0;
  const { conversation } = conversationWith(async () => {
    if (++tries === 1) throw new Error('No model');
    return result('Now');
  });
  await conversation.ask('What?');
  await conversation.retry(1);
  expect(conversation.find(1)).toMatchObject({ state: 'done', answer: 'Now', error: '' });
  expect(conversation.find(2)).toBeUndefined();
});

test('a new chat forgets, even while an answer is made', async () => {
  const { conversation, posted } = conversationWith(() => new Promise(() => {}));
  const asking = conversation.ask('What?');
  conversation.clear();
  await asking;
  expect(posted.at(-1)).toEqual({ kind: 'conversation', turns: [] });
  expect(conversation.isAsking).toBe(false);
});

test('one question at a time', async () => {
  const { conversation, asked } = conversationWith(async () => result('x'));
  await Promise.all([conversation.ask('one'), conversation.ask('two')]);
  expect(asked).toHaveLength(1);
});

test('a copied answer names its lines', () => {
  const citation = { n: 1, path: 'src/a b.ts', startLine: 3, endLine: 5, quote: '', verified: true };
  const turn = { ...result('So it is [1].'), id: 1, question: 'Is it?', state: 'done' as const, note: '', error: '' };
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
