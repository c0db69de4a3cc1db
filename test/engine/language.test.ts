/**
 * One language for one person: what an index keeps is told in the language of whoever reads it, and what fails in a
 * thread or in the compute process in the language of whoever waits for it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { kept, t, tellKept } from '../../server/src/base/l10n.js';
import { speakLanguageOf } from '../../server/src/base/languages.js';
import { computeHost } from '../support/computeHost.js';
import { pdfOf } from '../support/documents.js';
import { engineOn, scratchFolder } from '../support/engine.js';

afterEach(() => speakLanguageOf('en'));

test('an index that was made in English is told in Chinese, and in English again', async () => {
  const engine = await engineOn({
    'scanned.pdf': pdfOf([[], []]),
    'other.pdf': 'This is no PDF at all.',
    docs: Buffer.from('caf\xe9 au lait\n', 'latin1'),
  });
  const told = async () => {
    const { failed, degraded } = await engine.status();
    const { reason } = await engine.explain('scanned.pdf');
    return [...failed.map((file) => `${file.path}: ${file.reason}`), ...degraded, reason];
  };
  const inEnglish = [
    expect.stringMatching(/^other\.pdf: it is broken or not a PDF: /),
    'scanned.pdf: it has no text, probably scanned images',
    'docs is not UTF-8 and was read as Latin-1',
    'scanned.pdf could not be indexed: it has no text, probably scanned images',
  ];
  expect(await told()).toEqual(inEnglish);
  speakLanguageOf('zh-cn');
  expect(await told()).toEqual([
    expect.stringMatching(/^other\.pdf: 已损坏或不是 PDF：/),
    'scanned.pdf: 没有文本，可能是扫描的图像',
    'docs 不是 UTF-8，已按 Latin-1 读取',
    '无法索引 scanned.pdf：没有文本，可能是扫描的图像',
  ]);
  speakLanguageOf('en');
  expect(await told()).toEqual(inEnglish);
});

test('a thread and the compute process fail in the language of their owner', async () => {
  speakLanguageOf('zh-cn');
  const file = join(scratchFolder(), 'file');
  await writeFile(file, '');
  await expect(engineOn({}, { storeBase: file })).rejects.toThrow(/^无法在 .* 中保存索引：/);
  const host = computeHost();
  const prefixes = { query: '', passage: '' };
  const wish = { id: 1, folder: '/nowhere', use: 'embedder', device: 'cpu', prefixes, threads: 1, batchTokens: null };
  await expect(host.remote.openModel(wish as never)).rejects.toThrow(/^没有文件夹/);
});

test('a sentence that is kept is told as if it had been told at once', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constantFrom('docs', 'test', '["a"]', '["', '{0}'));
  fc.assert(
    fc.property(value, value, (first, second) => {
      const [reason, whole] = ['the {0} grammar failed: {1}', '{0} was cut by lines: {1}'] as const;
      expect(tellKept(kept(whole, first, kept(reason, second, first)))).toBe(t(whole, first, t(reason, second, first)));
    }),
  );
});
