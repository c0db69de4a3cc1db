/** Answers that a model writes, from end to end: one that says what it is told to, or fails, or is too slow for what changes. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer } from '../../server/src/base/answer.js';
import { EngineError, type ErrorKind } from '../../server/src/base/errors.js';
import { engineOn, scratchFolder } from '../support/engine.js';
import { many } from '../support/fixture.js';
import { modelThatFails, modelThatSays } from '../support/model.js';
import { ask, CONFIG, checkQuotes, SHOP } from './shop.js';

test('a written answer keeps what it cites and shows what was sent', async () => {
  const told = modelThatSays('The lantern is lit by ', '`lightLantern` [1].');
  const engine = await engineOn(SHOP, { model: () => told });
  const deltas: string[] = [];
  const answer = await ask(engine, 'How is the brass lantern lit?', {
    onProgress: (progress) => progress.kind === 'text' && deltas.push(progress.delta),
  });
  expect(deltas.join('')).toBe('The lantern is lit by `lightLantern` [1].');
  expect(answer).toMatchObject({ answer: deltas.join(''), refused: false, reason: '' });
  expect(answer.trace.model).toEqual({ name: 'told', destination: 'http://model.test' });
  expect(answer.trace.sent).toEqual(told.asked[0]);
  await checkQuotes(engine.folder, answer.citations);
});

test('a model reads a long function in one piece, and a person the passages that were found', async () => {
  const sweep = `/** Sweeps the lantern room. */\nexport function sweepRoom() {\n${many(90, "  broom('sweep lantern room #');")}\n}\n`;
  const told = modelThatSays('Swept [1:40-42].');
  const options = { root: join(scratchFolder(), 'root'), storeBase: scratchFolder() };
  const engine = await engineOn({ ...SHOP, 'src/sweep.ts': sweep }, { ...options, model: () => told });
  const written = await ask(engine, 'How is the lantern room swept by the broom?');
  const own = (answer: Answer) =>
    answer.sources
      .filter(({ path }) => path === 'src/sweep.ts')
      .map(({ startLine, endLine, symbol }) => [startLine, endLine, symbol]);
  expect(own(written)).toEqual([[1, 93, 'sweepRoom']]);
  expect(written.sources.map(({ n }) => n)).toEqual(written.sources.map((_, i) => i + 1));
  expect(written.citations).toMatchObject([{ path: 'src/sweep.ts', startLine: 40, endLine: 42, verified: true }]);
  await engine.close();
  const extracts = await ask(await engineOn({}, options), 'How is the lantern room swept by the broom?');
  expect(own(extracts).length).toBeGreaterThan(1);
});

test('pieces of a function stay pieces where the whole of it does not fit', async () => {
  const sweep = `export function sweepRoom() {\n${many(120, "  broom('sweep lantern room #');")}\n}\n`;
  const engine = await engineOn({ 'src/sweep.ts': sweep }, { model: () => modelThatSays('Swept [1].') });
  await using snapshot = await engine.snapshot();
  const turn = { question: 'How is the lantern room swept by the broom?', history: [] };
  const { sources } = await snapshot.ask(turn, { ...CONFIG, contextTokens: 1000 });
  expect(sources.every(({ endLine, startLine }) => endLine - startLine < 100)).toBe(true);
});

test('a model that cites sources there are none of is corrected and told on', async () => {
  const engine = await engineOn(SHOP, { model: () => modelThatSays('By magic [9]. And by oil [1:900].') });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).toBe('By magic. And by oil.');
  expect(answer.citations).toEqual([]);
  expect(answer.reason).toContain('[9] (there is no source of this number)');
  expect(answer.reason).toContain('Nothing in this answer is cited');
});

test('lines that change while the model writes are not cited', async () => {
  const folder = join(scratchFolder(), 'root');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () => modelThatSays('Lit so [1].', () => writeFile(join(folder, 'src/lantern.ts'), 'gone\n')),
  });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer).toMatchObject({ answer: 'Lit so.', citations: [] });
  expect(answer.reason).toMatch(/src\/lantern\.ts have changed/);
});

test('lines that move while the model writes are cited where they went', async () => {
  const folder = join(scratchFolder(), 'root');
  const path = join(folder, 'src/lantern.ts');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () =>
      modelThatSays('Lit so [1].', async () => writeFile(path, `// new\n// lines\n${await readFile(path, 'utf8')}`)),
  });
  const { citations } = await ask(engine, 'How is the brass lantern lit?');
  expect(citations[0]).toMatchObject({ startLine: 3, verified: true });
  await checkQuotes(folder, citations);
});

test('a file that is deleted while the model writes is not cited', async () => {
  const folder = join(scratchFolder(), 'root');
  const engine = await engineOn(SHOP, {
    root: folder,
    model: () => modelThatSays('Lit so [1].', () => rm(join(folder, 'src/lantern.ts'))),
  });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.citations).toEqual([]);
  expect(answer.reason).toContain('src/lantern.ts is gone');
});

test('links, images and commands that a model writes stay the text that they are', async () => {
  const said =
    '![x](https://evil.test/?q=1) [run](command:workbench.action.quit) <img src=x> [1](javascript:x) done [1].';
  const engine = await engineOn(SHOP, { model: () => modelThatSays(said) });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).toBe(said);
  expect(answer.citations).toHaveLength(1);
});

const FAILURES: ErrorKind[] = [
  'model-unreachable',
  'model-unauthorised',
  'model-not-found',
  'model-rate-limited',
  'model-rejected',
  'model-context',
  'model-timeout',
  'model-cut',
  'model-empty',
];

for (const kind of FAILURES)
  test(`a model that fails with ${kind} costs the prose, not the answer`, async () => {
    const engine = await engineOn(SHOP, { model: () => modelThatFails(kind) });
    const answer = await ask(engine, 'How is the brass lantern lit?');
    expect(answer).toMatchObject({
      refused: false,
      reason: 'The model at http://model.test does not answer. These are extracts instead of a written answer.',
    });
    expect(answer.trace.model.name).toBe('extractive');
    await checkQuotes(engine.folder, answer.citations);
  });

test('a model that fails in the middle leaves no half answer, and what was sent is still told', async () => {
  const told = modelThatSays('The lantern is', new EngineError('model-cut', 'The model stopped'));
  const engine = await engineOn(SHOP, { model: () => told });
  const answer = await ask(engine, 'How is the brass lantern lit?');
  expect(answer.answer).not.toContain('The lantern is');
  expect(answer.reason).toMatch(/^The model stopped\. /);
  expect(answer.trace.sent).toEqual(told.asked[0]);
});

test('an answer can be cancelled while the model writes', async () => {
  const controller = new AbortController();
  const engine = await engineOn(SHOP, {
    model: () => modelThatSays('The lantern', () => controller.abort(new Error('Stopped by hand')), ' is lit [1].'),
  });
  await expect(ask(engine, 'How is the brass lantern lit?', { signal: controller.signal })).rejects.toThrow(
    'Stopped by hand',
  );
});

test('an answer that was cancelled before it began asks no model', async () => {
  const told = modelThatSays('Lit [1].');
  const engine = await engineOn(SHOP, { model: () => told });
  await expect(
    ask(engine, 'How is the brass lantern lit?', { signal: AbortSignal.abort(new Error('Too late')) }),
  ).rejects.toThrow('Too late');
  expect(told.asked).toEqual([]);
});
