/** Chats on a real disk: kept turn by turn, opened again, and whole whatever lies in their folder. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ChatFolder, Chats } from '../../client/src/chat/chats.js';
import type { LocatedTurn } from '../../client/src/chat/conversation.js';
import { exportedChat } from '../../client/src/chat/exported.js';
import { scratchFolder } from '../support/engine.js';

function onDisk(root: string): ChatFolder {
  const none = (error: { code?: string }) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  };
  return {
    read: (path) => readFile(join(root, path), 'utf8').catch(none),
    async write(path, text) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, `${path}.new`), text);
      await rename(join(root, `${path}.new`), join(root, path));
    },
    delete: (path) => rm(join(root, path), { recursive: true, force: true }),
    list: async (path) => (await readdir(join(root, path)).catch(none)) ?? [],
  };
}

function turn(id: number, question: string): LocatedTurn {
  return {
    ...{
      id,
      question,
      state: 'done',
      note: '',
      answer: `answer to ${question}`,
      refused: false,
      reason: '',
      error: '',
    },
    ...{ citations: [], sources: [], colours: {}, trace: null, restarted: false, scope: [] },
    asked: { chips: [], filters: '' },
  } as LocatedTurn;
}

function clock() {
  let now = 0;
  return () => ++now;
}

test('what was kept is there in another window, newest first', async () => {
  const folder = onDisk(scratchFolder());
  const chats = new Chats(folder, clock());
  await chats.keep('a', turn(1, 'one'));
  await chats.keep('b', turn(1, 'other'));
  await chats.keep('a', turn(2, 'two'));
  const again = new Chats(folder);
  expect(await again.list()).toMatchObject([
    { id: 'a', title: 'one', turns: [1, 2] },
    { id: 'b', title: 'other', turns: [1] },
  ]);
  expect((await again.open('a')).map(({ answer }) => answer)).toEqual(['answer to one', 'answer to two']);
});

test('turns that were edited away go, and so do chats', async () => {
  const chats = new Chats(onDisk(scratchFolder()), clock());
  for (const [id, question] of ['one', 'two', 'three'].entries()) await chats.keep('a', turn(id + 1, question));
  await chats.forget('a', [2, 3]);
  await chats.keep('a', turn(4, 'four'));
  expect((await chats.open('a')).map(({ question }) => question)).toEqual(['one', 'four']);
  await chats.delete('a');
  expect(await chats.list()).toEqual([]);
  expect(await chats.open('a')).toEqual([]);
});

test('many writes at once end as the last of them', async () => {
  const folder = onDisk(scratchFolder());
  const chats = new Chats(folder, clock());
  await Promise.all(Array.from({ length: 40 }, (_, i) => chats.keep('a', turn((i % 4) + 1, `version ${i}`))));
  expect((await new Chats(folder).open('a')).map(({ question }) => question)).toEqual(
    [36, 37, 38, 39].map((i) => `version ${i}`),
  );
});

test('what is broken is left out', async () => {
  const root = scratchFolder();
  const folder = onDisk(root);
  const chats = new Chats(folder, clock());
  await chats.keep('a', turn(1, 'one'));
  await chats.keep('a', turn(2, 'two'));
  await folder.write('a/1.json', '{"id": 1, "question": 7');
  await folder.write('b/chat.json', '[]');
  await folder.write('c/chat.json', '{"format": 99, "title": "later", "updatedAt": 1, "turns": []}');
  await writeFile(join(root, 'stray'), 'x');
  const again = new Chats(folder);
  expect((await again.list()).map(({ id }) => id)).toEqual(['a']);
  expect((await again.open('a')).map(({ question }) => question)).toEqual(['two']);
});

test('of very many chats the oldest go', async () => {
  const chats = new Chats(onDisk(scratchFolder()), clock());
  for (let i = 0; i < 103; i++) await chats.keep(`chat ${i}`, turn(1, `question ${i}`));
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
