/** Meaning, from the engine: what a question finds that shares no word with the code, and whose vectors say so. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Arm } from '../../server/src/base/answer.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { choosing, wordEmbedder } from '../support/embedder.js';
import { engineOn, scratchFolder } from '../support/engine.js';

const HARBOUR = {
  'src/retry.py':
    'def retry_with_backoff(call, attempts):\n    """Calls again, waiting longer each time, until it works."""\n    for n in range(attempts):\n        try:\n            return call()\n        except OSError:\n            sleep(2 ** n)\n',
  'src/colour.py': 'def to_hex(red, green, blue):\n    return "#%02x%02x%02x" % (red, green, blue)\n',
  'src/mail.go':
    'package mail\n\n// Send delivers a message over SMTP.\nfunc Send(to string, body []byte) error {\n\treturn dial(to, body)\n}\n',
};

async function found(engine: Engine, query: string, arm: Arm = 'dense'): Promise<string[]> {
  await using snapshot = await engine.snapshot();
  return (await snapshot.search(query, 10, { arm })).map(({ path }) => path);
}

test('code is found by what it does, in words that do not stand there', async () => {
  const engine = await engineOn(HARBOUR);
  expect((await found(engine, 'try again after a failure'))[0]).toBe('src/retry.py');
  expect((await found(engine, 'send an email'))[0]).toBe('src/mail.go');
  expect((await found(engine, '如何发送邮件'))[0]).toBe('src/mail.go');
  expect((await engine.status()).embedder).toMatchObject({ device: 'cpu' });
  expect((await engine.status()).degraded).toEqual([]);
});

test('a hit says what it owes to meaning and what to words', async () => {
  const engine = await engineOn(HARBOUR);
  await using snapshot = await engine.snapshot();
  for (const arm of ['hybrid', 'full'] as const) {
    const [hit] = await snapshot.search('retry_with_backoff again after a failure', 3, { arm });
    expect(hit!.path).toBe('src/retry.py');
    expect(hit!.why['meaning']).toBeGreaterThan(0);
    expect(hit!.why['lexical']).toBeGreaterThan(0);
    expect(Object.values(hit!.why).reduce((sum, part) => sum + part, 0)).toBeCloseTo(hit!.score, 9);
  }
  const [hit] = await snapshot.search('retry_with_backoff', 3, { arm: 'lexical' });
  expect(hit!.why['meaning']).toBeUndefined();
});

test('a vector counts from the save that it came with, and from the keystroke in an open buffer', async () => {
  const engine = await engineOn(HARBOUR);
  const text =
    'def encrypt(plain, key):\n    """Turns plain text into a secret with a key."""\n    return xor(plain, key)\n';
  await writeFile(join(engine.folder, 'src/secret.py'), text);
  await engine.filesChanged(['src/secret.py']);
  expect((await found(engine, 'encryption of data'))[0]).toBe('src/secret.py');
  engine.openBuffer('src/colour.py', 'def unzip(archive):\n    """Decompresses an archive into a folder."""\n');
  expect((await found(engine, 'extract compressed files'))[0]).toBe('src/colour.py');
  expect(await found(engine, 'red green blue', 'lexical')).toEqual([]);
  engine.closeBuffer('src/colour.py');
  await rm(join(engine.folder, 'src/secret.py'));
  await engine.filesChanged(['src/secret.py']);
  expect(await found(engine, 'encryption of data')).not.toContain('src/secret.py');
});

test('a filter holds for words and for meaning', async () => {
  const engine = await engineOn(HARBOUR);
  for (const arm of ['lexical', 'dense', 'hybrid', 'full'] as const) {
    expect(new Set(await found(engine, 'lang:go send message retry', arm))).toEqual(new Set(['src/mail.go']));
    expect(await found(engine, 'path:src/colour.py hex send retry', arm)).toEqual(['src/colour.py']);
  }
});

test('a chosen embedder answers once every chunk has its vector, and the bundled one until then', async () => {
  const storeBase = scratchFolder();
  const chosen = wordEmbedder('chosen', { dimensions: 256, synonyms: { zebra: 'mail' } });
  chosen.failAfter = 1;
  const engine = await engineOn(HARBOUR, { storeBase, services: choosing(chosen) });
  const before = await engine.status();
  expect(before.embedder!.name).not.toBe('chosen');
  expect(before.degraded).toEqual([expect.stringContaining('chosen has had enough')]);
  expect((await found(engine, 'send an email'))[0]).toBe('src/mail.go');

  chosen.failAfter = Number.POSITIVE_INFINITY;
  await engine.update();
  expect(await engine.status()).toMatchObject({ embedder: { name: 'chosen', dimensions: 256 }, degraded: [] });
  expect((await found(engine, 'zebra'))[0]).toBe('src/mail.go');
  expect(chosen.asked).toHaveLength(3);
  await engine.update();
  expect(chosen.asked).toHaveLength(3);
});

test('a chosen embedder that fails at a question leaves it to the bundled one, and the status says so', async () => {
  const chosen = wordEmbedder('chosen');
  const engine = await engineOn(HARBOUR, { services: choosing(chosen) });
  chosen.failAfter = 0;
  expect((await found(engine, 'send an email'))[0]).toBe('src/mail.go');
  expect((await engine.status()).degraded).toEqual([expect.stringContaining('the bundled embedder did')]);
});

test('vectors of one model are never compared with those of another of the same width', async () => {
  const folder = join(scratchFolder(), 'root');
  const storeBase = scratchFolder();
  const first = await engineOn(HARBOUR, { root: folder, storeBase, services: choosing(wordEmbedder('one')) });
  await first.close();
  const other = wordEmbedder('other');
  const second = await engineOn({}, { root: folder, storeBase, services: choosing(other) });
  expect(other.asked).toHaveLength(3);
  expect((await second.status()).embedder).toMatchObject({ name: 'other' });
  expect((await found(second, 'hex red green blue'))[0]).toBe('src/colour.py');
  await second.close();
  const back = await engineOn({}, { root: folder, storeBase });
  expect((await back.status()).embedder!.name).not.toBe('other');
  expect((await found(back, 'send an email'))[0]).toBe('src/mail.go');
});

test('a chosen embedder is asked for a passage once: not again for what a file was before, nor for its other chunks', async () => {
  const body = (n: number) => `def step_${n}(cargo):\n${'    cargo.move("a long way", times=3)\n'.repeat(30)}\n`;
  const steps = (order: readonly number[]) => order.map(body).join('\n');
  const chosen = wordEmbedder('chosen');
  const engine = await engineOn({ 'steps.py': steps([1, 2, 3]) }, { services: choosing(chosen) });
  const first = chosen.asked.length;
  expect(first).toBeGreaterThan(2);
  await writeFile(join(engine.folder, 'steps.py'), steps([1, 4, 3]));
  await engine.update();
  const second = chosen.asked.slice(first);
  expect(second.length).toBeLessThan(first);
  expect(second.every(({ text }) => !text.includes('step_1'))).toBe(true);
  await writeFile(join(engine.folder, 'steps.py'), steps([1, 2, 3]));
  await engine.update();
  expect(chosen.asked).toHaveLength(first + second.length);
});

test('what costs something is not embedded before it is agreed to', async () => {
  const chosen = wordEmbedder('paid');
  const files = Object.fromEntries(
    Array.from({ length: 201 }, (_, i) => [`f${i}.ts`, `export const lamp${i} = ${i};\n`]),
  );
  const engine = await engineOn(files, { services: choosing(chosen, false) });
  expect(chosen.asked).toEqual([]);
  expect((await engine.status()).degraded).toEqual([expect.stringContaining('did not agree to the cost')]);
});
