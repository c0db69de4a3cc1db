/** Chats on a real disk: kept turn by turn, opened again, and whole whatever lies in their folder. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chatFolderAt } from '../../client/src/chat/chatFolder.js';
import { type ChatFolder, Chats } from '../../client/src/chat/chats.js';
import type { LocatedTurn } from '../../client/src/chat/conversation.js';
import { exportedChat } from '../../client/src/chat/exported.js';
import { SHAPED } from '../support/canaries.js';
import { scratchFolder } from '../support/engine.js';

function turn(id: number, question: string, state: LocatedTurn['state'] = 'done'): LocatedTurn {
  return {
    ...{ id, question, state, note: '', answer: `answer to ${question}`, refused: false, reason: '', error: '' },
    ...{ citations: [], sources: [], colours: {}, codeColours: [], trace: null, restarted: false, scope: [] },
    asked: { chips: [], filters: '' },
  } as LocatedTurn;
}

function clock() {
  let now = 0;
  return () => ++now;
}

const questionsIn = async (chats: Chats, id: string) => (await chats.open(id)).turns.map(({ question }) => question);

test('what was kept is there in another window, newest first', async () => {
  const folder = chatFolderAt(scratchFolder());
  const chats = new Chats(folder, clock());
  const [a, b] = [chats.begin(), chats.begin()];
  await a.keep(turn(1, 'one'));
  await b.keep(turn(1, 'other'));
  await a.keep(turn(2, 'two'));
  const again = new Chats(folder);
  expect(await again.list()).toEqual([
    { id: a.id, title: 'one', turns: 2, updatedAt: 3 },
    { id: b.id, title: 'other', turns: 1, updatedAt: 2 },
  ]);
  expect((await again.open(a.id)).turns.map(({ answer }) => answer)).toEqual(['answer to one', 'answer to two']);
});

test('the chat that was open last is remembered, until it is deleted', async () => {
  const folder = chatFolderAt(scratchFolder());
  const chats = new Chats(folder, clock());
  expect(await chats.remembered()).toBeNull();
  const [a, b] = [chats.begin(), chats.begin()];
  // Remembered before anything is asked in it: there is nothing to begin with yet.
  await chats.remember(a.id);
  expect(await chats.remembered()).toBeNull();
  await a.keep(turn(1, 'one'));
  await b.keep(turn(1, 'other'));
  expect((await new Chats(folder).remembered())?.turns.map(({ question }) => question)).toEqual(['one']);
  await chats.remember(b.id);
  expect((await new Chats(folder).remembered())?.id).toBe(b.id);
  expect((await chats.list()).map(({ id }) => id)).toEqual([b.id, a.id]);
  await chats.delete(b.id);
  expect(await chats.remembered()).toBeNull();
  for (const id of ['', '..', '../x', 'open']) {
    await chats.remember(id);
    expect(await chats.remembered()).toBeNull();
  }
});

test('turns that were edited away go, and so do chats', async () => {
  const chats = new Chats(chatFolderAt(scratchFolder()), clock());
  const chat = chats.begin();
  for (const [id, question] of ['one', 'two', 'three'].entries()) await chat.keep(turn(id + 1, question));
  await chat.forget([2, 3]);
  await chat.keep(turn(4, 'four'));
  expect(await questionsIn(chats, chat.id)).toEqual(['one', 'four']);
  await chats.delete(chat.id);
  // An answer that comes when its chat is gone does not bring it back.
  await chat.keep(turn(4, 'four'));
  expect(await chats.list()).toEqual([]);
  expect(await questionsIn(chats, chat.id)).toEqual([]);
});

test('many writes at once end as the last of them, and leave one file for each turn', async () => {
  const root = scratchFolder();
  const folder = chatFolderAt(root);
  const chat = new Chats(folder, clock()).begin();
  await Promise.all(Array.from({ length: 40 }, (_, i) => chat.keep(turn((i % 4) + 1, `version ${i}`))));
  expect(await questionsIn(new Chats(folder), chat.id)).toEqual([36, 37, 38, 39].map((i) => `version ${i}`));
  expect(await readdir(join(root, chat.id))).toHaveLength(4);
});

test('what is broken is left out, and an older whole one stands in for it', async () => {
  const root = scratchFolder();
  const folder = chatFolderAt(root);
  const chat = new Chats(folder, clock()).begin();
  for (const [id, question] of ['one', 'two', 'three'].entries()) await chat.keep(turn(id + 1, question));
  const [first, , third] = (await readdir(join(root, chat.id))).sort();
  await folder.write(`${chat.id}/${first}`, '{"id": 1, "question": 7');
  await folder.write(`${chat.id}/${third!.replace('.3-', '.9-')}`, '[]');
  // The window went in the midst of writing it.
  await folder.write(`${chat.id}/4-00000000.done.9-00000000.json.new`, '{"id": 4');
  await folder.write('b/chat.json', '[]');
  await writeFile(join(root, 'stray'), 'x');
  const again = new Chats(folder);
  expect((await again.list()).map(({ id }) => id)).toEqual([chat.id]);
  expect(await questionsIn(again, chat.id)).toEqual(['two', 'three']);
});

test('an attempt that comes to nothing does not cost the answer that was there', async () => {
  const folder = chatFolderAt(scratchFolder());
  const chat = new Chats(folder, clock()).begin();
  await chat.keep(turn(1, 'one'));
  await chat.keep({ ...turn(1, 'one', 'asking'), answer: '' });
  expect((await new Chats(folder).open(chat.id)).turns).toMatchObject([{ state: 'done', answer: 'answer to one' }]);
  await chat.keep({ ...turn(1, 'one'), answer: 'another' });
  expect((await new Chats(folder).open(chat.id)).turns).toMatchObject([{ state: 'done', answer: 'another' }]);
});

test('whatever a turn holds, no secret of it is written', async () => {
  const root = scratchFolder();
  const secret = SHAPED['npm']!;
  const chat = new Chats(chatFolderAt(root)).begin();
  const asked = { chips: [], filters: '', scope: { uris: [`file:///${secret}`] } };
  await chat.keep({ ...turn(1, `Is ${secret} it?`), error: `No: ${secret}`, asked });
  const [name] = await readdir(join(root, chat.id));
  const text = await readFile(join(root, chat.id, name!), 'utf8');
  expect(text).not.toContain(secret.slice(4, 20));
  expect(JSON.parse(text)).toMatchObject({ question: `Is ${'•'.repeat(secret.length)} it?` });
});

/** A disk on which anything may happen between the steps of a write, and between any two calls. */
function shakenFolder(step: () => Promise<void>): ChatFolder {
  const files = new Map<string, string>();
  return {
    async read(path) {
      await step();
      return files.get(path) ?? null;
    },
    async write(path, text) {
      await step();
      files.set(`${path}.new`, text.slice(0, text.length / 2));
      await step();
      files.delete(`${path}.new`);
      files.set(path, text);
    },
    async delete(path) {
      await step();
      for (const name of files.keys()) if (name === path || name.startsWith(`${path}/`)) files.delete(name);
    },
    async list(path) {
      await step();
      const inside = [...files.keys()].filter((name) => name.startsWith(path ? `${path}/` : ''));
      return [...new Set(inside.map((name) => name.slice(path ? path.length + 1 : 0).split('/')[0]!))];
    },
  };
}

/** What one window does: a new question or one of those it knows, answered or not yet. */
const write = fc.record({ known: fc.option(fc.nat({ max: 5 })), isDone: fc.boolean() });

test('two windows and more in one chat, however their writes meet, lose no answer', () =>
  fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.array(write, { maxLength: 6 }), { minLength: 2, maxLength: 3 }),
      async (scheduler, windows) => {
        const folder = shakenFolder(() => scheduler.schedule(Promise.resolve()));
        const first = new Chats(folder, () => 1).begin();
        // What must be read as answered from now on, and which answers anybody gave.
        const answeredNow = new Set<string>();
        const given = new Set<string>();
        const answered = async (chats: Chats) => {
          const wanted = [...answeredNow];
          const { turns } = await chats.open(first.id);
          for (const question of wanted) {
            const found = turns.filter((one) => one.question === question);
            expect(found).toMatchObject([{ state: 'done' }]);
            expect(given).toContain(`${question}: ${found[0]!.answer}`);
          }
        };
        const window = async (writes: readonly { known: number | null; isDone: boolean }[], w: number) => {
          // Clocks that disagree.
          const chats = new Chats(folder, () => 10 * (3 - w));
          const chat = await chats.open(first.id);
          const own = chat.turns.map(({ id, question }) => ({ id, question }));
          for (const [i, { known, isDone }] of writes.entries()) {
            const next = { id: 1 + Math.max(0, ...own.map(({ id }) => id)), question: `window ${w}, question ${i}` };
            const place = (known !== null && own[known]) || next;
            if (place === next) own.push(next);
            const answer = `window ${w}, answer ${i}`;
            if (isDone) given.add(`${place.question}: ${answer}`);
            await chat.keep({ ...turn(place.id, place.question, isDone ? 'done' : 'asking'), answer });
            if (isDone) answeredNow.add(place.question);
            await answered(chats);
          }
        };
        const all = async () => {
          await first.keep({ ...turn(1, 'first'), answer: 'first answer' });
          answeredNow.add('first');
          given.add('first: first answer');
          await Promise.all(windows.map(window));
          await answered(new Chats(folder));
          const { turns } = await new Chats(folder).open(first.id);
          expect(turns.map(({ id }) => id)).toEqual([...new Set(turns.map(({ id }) => id))].sort((a, b) => a - b));
        };
        await scheduler.waitFor(all());
      },
    ),
    { numRuns: 150 },
  ));

test('of very many chats the oldest go', async () => {
  const chats = new Chats(chatFolderAt(scratchFolder()), clock());
  for (let i = 0; i < 103; i++) await chats.begin().keep(turn(1, `question ${i}`));
  const heads = await chats.list();
  expect(heads).toHaveLength(100);
  expect(heads.at(-1)!.title).toBe('question 3');
});

test('a chat as Markdown says how each turn ended', () => {
  const stopped = { ...turn(2, 'two'), state: 'stopped' as const };
  expect(exportedChat([turn(1, 'one'), stopped])).toBe(
    '# one\n\n> one\n\nanswer to one\n\n---\n\n> two\n\nanswer to two\n\n*Stopped; what is above is not verified.*\n',
  );
});
