/** “When was X changed?” through the engine: what is found, told and cited, and what is said where nothing can be. */
import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { hoverMarkdown } from '../../server/src/base/hoverCard.js';
import type { LanguageModel } from '../../server/src/base/ports.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { snapshotOfAll } from '../../server/src/engine/snapshot.js';
import { engineOn, scratchFolder } from '../support/engine.js';
import { repositoryIn } from '../support/repository.js';

const LANTERN = 'export function lightLantern(oil: number) {\n  const wick = oil / 2;\n  return wick;\n}\n';
const REST = '\nexport function douse() {\n  return 0;\n}\n';
const CONFIG = { contextTokens: 6000, maxAnswerTokens: 200 };

/** `lightLantern` was begun in one commit and changed in another one; `douse` came with the first. */
function shop() {
  const repository = repositoryIn(join(realpathSync(scratchFolder()), 'work'));
  repository.commit('Begin', {
    'src/lantern.ts': LANTERN.replace('oil / 2', 'oil') + REST,
    'src/other.ts': 'export {};\n',
  });
  const hash = repository.commit('Halve the *wick* [1]', { 'src/lantern.ts': LANTERN + REST });
  repository.commit('Elsewhere', { 'src/other.ts': 'lightLantern(1);\n' });
  return { ...repository, hash };
}

async function ask(engine: Pick<Engine, 'snapshot'>, question: string) {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, CONFIG);
}

test('the answer is the definition, the commits that last changed its lines, and a citation of them', async () => {
  const { folder, hash, git } = shop();
  const engine = await engineOn({}, { root: folder });
  const { answer, citations, reason, sources } = await ask(engine, 'When was lightLantern last changed?');
  const day = git('log', '-1', '--format=%cs', hash);
  expect(answer).toBe(
    [
      '**`lightLantern`** · function in `src/lantern.ts` [1]',
      '```typescript\nfunction lightLantern(oil: number)\n```\n',
      'Commits that last changed `lightLantern`, lines 1–4:\n',
      `- ${day} \`${hash.slice(0, 10)}\` Halve the \\*wick\\* \\[1\\] (1 line) [1]`,
      `- ${day} \`${git('rev-list', '--max-parents=0', 'HEAD').slice(0, 10)}\` Begin (3 lines) [1]`,
    ].join('\n'),
  );
  expect(reason).toBe('');
  expect(citations).toMatchObject([{ path: 'src/lantern.ts', startLine: 1, endLine: 4, verified: true }]);
  expect(citations[0]!.quote).toBe(LANTERN.trimEnd());
  expect(sources[0]!.changes).toMatchObject({ startLine: 1, endLine: 4, uncommitted: 0, unknown: 0 });
  expect(sources[0]!.changes!.commits.map(({ author }) => author)).toEqual(['', '']);
  const chinese = await ask(engine, 'lightLantern 是什么时候修改的？');
  expect(chinese.answer).toMatch(/最后修改`lightLantern`.*：\n\n- [\d-]+ `[0-9a-f]{10}` Halve the/);
  expect(chinese.citations).toEqual(citations);
});

test('a definition of several passages is cited as a whole', async () => {
  const { folder, commit } = shop();
  const body = Array.from({ length: 120 }, (_, i) => `  log('step ${i} of the long ceremony');\n`).join('');
  commit('A ceremony', {
    'src/long.ts': `// first\n\nexport function ceremony() {\n${body}}\n\nexport const z = 1;\n`,
  });
  const engine = await engineOn({}, { root: folder });
  const { answer, citations } = await ask(engine, 'when was ceremony added?');
  expect(answer).toContain('`ceremony`, lines 3–124:');
  expect(citations).toMatchObject([{ path: 'src/long.ts', startLine: 3, endLine: 124, verified: true }]);
});

test('names of people are told to whoever asks for them', async () => {
  const { folder } = shop();
  const engine = await engineOn({}, { root: folder });
  expect((await ask(engine, 'Who last changed lightLantern?')).answer).toContain('(Ada, 1 line) [1]');
  expect((await ask(engine, 'Why was lightLantern changed?')).answer).not.toContain('Ada');
});

test('lines may be named by their file, and a file as a whole', async () => {
  const { folder } = shop();
  const engine = await engineOn({}, { root: folder });
  const one = await ask(engine, 'when was lantern.ts:2 changed?');
  expect(one.answer).toMatch(/Commits that last changed line 2:\n\n- [^\n]*Halve the [^\n]* \(1 line\) \[1\]$/);
  expect(one.citations).toMatchObject([{ path: 'src/lantern.ts', startLine: 2, endLine: 2 }]);
  const rest = await ask(engine, 'history of src/lantern.ts:6-8');
  expect(rest.answer).toMatch(/lines 6–8:\n\n- [^\n]*Begin \(3 lines\) \[1\]$/);
  expect((await ask(engine, 'history of src/lantern.ts')).answer).toMatch(
    /Halve[^\n]*1 line[^\n]*\n[^\n]*Begin \(7 lines\)/,
  );
});

test('a search puts what is asked about first, with a part of the score that says so', async () => {
  const { folder } = shop();
  const engine = await engineOn({}, { root: folder });
  await using snapshot = await engine.snapshot();
  const [hit] = await snapshot.search('which commit introduced douse', 5);
  expect(hit).toMatchObject({ path: 'src/lantern.ts' });
  expect(hit!.why['changed']).toBeGreaterThan(0);
  expect(Object.values(hit!.why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(hit!.score);
  // Nothing here is called so: an ordinary question.
  const others = await snapshot.search('when was nightfall last changed', 5);
  expect(others.every(({ why }) => why['changed'] === undefined)).toBe(true);
});

test('what is not committed is said to be so, in an open buffer too', async () => {
  const { folder, commit } = shop();
  const engine = await engineOn({}, { root: folder });
  const open = `// new\n${LANTERN.replace('return wick', 'return 2 * wick')}${REST}`;
  engine.openBuffer('src/lantern.ts', open);
  const { answer, citations } = await ask(engine, 'when was lightLantern last changed?');
  expect(answer).toContain('`lightLantern`, lines 2–5:');
  expect(answer).toMatch(
    /Halve[^\n]* \(1 line\) \[1\]\n[^\n]*Begin \(2 lines\) \[1\]\n- not committed as it stands here: 1 line \[1\]/,
  );
  expect(citations).toMatchObject([{ startLine: 2, endLine: 5 }]);
  engine.openBuffer('src/new.ts', 'export function strikeMatch() {}\n');
  expect((await ask(engine, 'when was strikeMatch changed?')).answer).toContain(
    'Not committed as they stand here: `strikeMatch`, line 1 [1]',
  );
  engine.closeBuffer('src/lantern.ts');
  commit('Once more', { 'src/lantern.ts': `${LANTERN.replace('oil: number', 'oil = 1')}${REST}` });
  await engine.update();
  expect((await ask(engine, 'when was lightLantern last changed?')).answer).toMatch(
    /Once more \(1 line\)[^\n]*\n[^\n]*Halve/,
  );
});

test('of several definitions of one name each has its own history', async () => {
  const { folder, commit } = shop();
  commit('Another lantern', { 'lib/lantern.py': 'def lightLantern():\n    return 1\n' });
  const engine = await engineOn({}, { root: folder });
  const { answer, citations } = await ask(engine, 'when was lightLantern last changed?');
  expect(answer).toMatch(/Another lantern \(2 lines\) \[\d\]/);
  expect(answer).toMatch(/Halve[^\n]* \(1 line\) \[\d\]/);
  expect(citations.map(({ path }) => path).sort()).toEqual(['lib/lantern.py', 'src/lantern.ts']);
});

test('a model is given the commits as data, with the lines that they changed', async () => {
  const { folder, hash } = shop();
  let sent = '';
  const model: LanguageModel = {
    name: 'parrot',
    destination: 'here',
    async *stream(messages) {
      sent = messages.at(-1)!.content;
      yield 'For the wick [1].';
    },
  };
  const engine = await engineOn({}, { root: folder, model: () => model });
  const { answer } = await ask(engine, 'Why was lightLantern changed?');
  expect(answer).toBe('For the wick [1].');
  const [, tag] = /<\/(source-[0-9a-f]+)>/.exec(sent)!;
  const first = sent.slice(0, sent.indexOf(`</${tag}>`));
  expect(first).toContain('newest first (date, commit, how many of the lines, subject):\n');
  expect(first).toContain(`\t${hash.slice(0, 10)}\t1 line\tHalve the *wick* [1]\n`);
  expect(sent).not.toContain('Ada');
});

test('where no history can be told the definition is shown, and why', async () => {
  const { folder } = shop();
  const careful = await engineOn({}, { root: folder, trusted: false });
  const untrusted = await ask(careful, 'when was lightLantern last changed?');
  expect(untrusted.reason).toContain('History is read in trusted workspaces only.');
  expect(untrusted.answer).toContain('function lightLantern(oil: number)');
  expect(untrusted.answer).not.toContain('Halve');
  const engine = await engineOn({}, { root: folder });
  rmSync(join(folder, '.git'), { recursive: true });
  const bare = await ask(engine, 'when was lightLantern last changed?');
  expect(bare.reason).toContain('src/lantern.ts is in no git repository.');
  expect(bare.citations[0]).toMatchObject({ path: 'src/lantern.ts' });
});

test('in several folders each is asked of its own repository', async () => {
  const first = shop();
  const second = repositoryIn(join(realpathSync(scratchFolder()), 'work'));
  second.commit('In the second', { 'a.ts': 'export function burnCoal() {\n  return 1;\n}\n' });
  const engines = [
    { name: 'one', engine: await engineOn({}, { root: first.folder }) },
    { name: 'two', engine: await engineOn({}, { root: second.folder }) },
  ];
  const both = { snapshot: () => snapshotOfAll(engines) };
  expect((await ask(both, 'when was burnCoal changed?')).answer).toContain('In the second (3 lines)');
  expect((await ask(both, 'when was two/a.ts:1 changed?')).answer).toContain('In the second (1 line)');
  expect((await ask(both, 'history of lightLantern')).answer).toContain('Halve');
});

test('a hover tells the last change of the lines, and of the file until git has said', async () => {
  const { folder, commit } = shop();
  commit('Douse slowly', { 'src/lantern.ts': LANTERN + REST.replace('0', '1') });
  const engine = await engineOn({}, { root: folder });
  const card = async () => {
    await using snapshot = await engine.snapshot();
    return (await snapshot.hover({ path: 'src/other.ts', line: 1, column: 2 }))!;
  };
  expect(['Douse slowly', 'Halve the *wick* [1]']).toContain((await card()).lastChange!.subject);
  await vi.waitFor(async () => expect((await card()).lastChange).toMatchObject({ of: 'lines' }), 20_000);
  const { lastChange } = await card();
  expect(lastChange).toMatchObject({ subject: 'Halve the *wick* [1]', uncommitted: false });
  expect(hoverMarkdown(await card())).toMatch(
    /Last change: Halve the \\\*wick\\\* \\\[1\\\] \([0-9a-f]{8}, \d{4}-\d\d-\d\d\)/,
  );
  engine.openBuffer('src/lantern.ts', LANTERN.replace('return wick', 'return 1') + REST);
  await vi.waitFor(
    async () => expect(hoverMarkdown(await card())).toContain('Last committed change: Halve the'),
    20_000,
  );
  // No line of it is committed: then the file has the word.
  engine.openBuffer('src/lantern.ts', 'function lightLantern() {}\n');
  expect((await card()).lastChange).toMatchObject({ of: 'file', subject: 'Douse slowly' });
});
