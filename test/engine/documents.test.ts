/** Documents from end to end: bytes to text in a parse thread, passages with their page or cell, faults by name. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Citation } from '../../server/src/base/answer.js';
import { linesOf, sliceLines } from '../../server/src/base/text.js';
import { answerText } from '../../server/src/cliText.js';
import type { Engine } from '../../server/src/engine/engine.js';
import { chinesePdf, docxOf, notebookOf, pdfBomb, pdfOf, zipOf } from '../support/documents.js';
import { engineOn, type Files } from '../support/engine.js';
import { modelThatSays } from '../support/model.js';

const CONFIG = { contextTokens: 6000, maxAnswerTokens: 500 };

const LIBRARY: Files = {
  'tides.pdf': pdfOf(
    [
      ['The harbour is quiet in the morning.'],
      ['Mooring', 'A brig must be moored before the ebb tide turns.', 'Its hawser is doubled in a gale.'],
      ['Pilots are paid by the fathom.'],
    ],
    { outline: [{ title: 'Mooring', page: 1 }] },
  ),
  'handbook.docx': docxOf([
    '# Lighthouse',
    'The keeper trims the wick at dusk.',
    '## Fog signal',
    'In fog the diaphone sounds every ninety seconds.',
    [
      ['Signal', 'Interval'],
      ['diaphone', '90 s'],
    ],
  ]),
  'soundings.ipynb': notebookOf([
    '# Soundings\n\nDepths are corrected for the barometer.',
    'def corrected_depth(fathoms, millibars):\n    return fathoms * millibars / 1013\n',
    'plot(corrected_depth(7, 990))\n',
  ]),
  'guide.rst': `Rigging
=======

General words about masts.

Shrouds
-------

Shrouds are tensioned with deadeyes::

    Not a title
    -----------
`,
  'page.html': `<!DOCTYPE html>
<html><body>
<h1>Ballast</h1>
<p class="lead">Ballast keeps a hull upright.</p>
<h2 id="shingle">Shingle <a href="#shingle">¶</a></h2>
<p>Shingle ballast is levelled with rakes.</p>
</body></html>
`,
};

async function ask(engine: Engine, question: string): Promise<Answer> {
  await using snapshot = await engine.snapshot();
  return await snapshot.ask({ question, history: [] }, CONFIG);
}

async function firstHit(engine: Engine, query: string) {
  await using snapshot = await engine.snapshot();
  return (await snapshot.search(query, 5))[0]!;
}

async function failuresOf(files: Files): Promise<Record<string, string>> {
  const engine = await engineOn(files);
  const { failed } = await engine.status();
  return Object.fromEntries(failed.map(({ path, reason }) => [path, reason]));
}

/** Every citation is verified, and its quote is the converted text's lines. */
async function checkQuotes(engine: Engine, citations: readonly Citation[]): Promise<void> {
  expect(citations.length).toBeGreaterThan(0);
  for (const { path, quote, verified, startLine, endLine } of citations) {
    const { text } = await engine.documentText(path);
    expect(verified).toBe(true);
    expect(sliceLines(linesOf(text), { startLine, endLine })).toBe(quote);
  }
}

test('each format is indexed whole, and found by its words with its place', async () => {
  const engine = await engineOn(LIBRARY);
  const status = await engine.status();
  expect(status).toMatchObject({ files: 5, failed: [], degraded: [] });
  expect(status.lines.covered).toBe(status.lines.total);
  expect(await firstHit(engine, 'hawser gale')).toMatchObject({
    path: 'tides.pdf',
    place: 'page 2',
    symbol: 'Mooring',
    kind: 'section',
    startLine: 3,
    endLine: 5,
  });
  expect(await firstHit(engine, 'diaphone seconds')).toMatchObject({
    path: 'handbook.docx',
    symbol: 'Fog signal',
    startLine: 5,
    endLine: 10,
  });
  expect(await firstHit(engine, 'fathoms millibars')).toMatchObject({
    path: 'soundings.ipynb',
    place: 'cell 2',
    kind: 'function',
    symbol: 'corrected_depth',
  });
  expect(await firstHit(engine, 'depths barometer')).toMatchObject({ place: 'cell 1', symbol: 'Soundings' });
  expect(await firstHit(engine, 'deadeyes')).toMatchObject({
    path: 'guide.rst',
    symbol: 'Shrouds',
    startLine: 1,
    endLine: 12,
  });
  expect(await firstHit(engine, 'shingle rakes')).toMatchObject({
    path: 'page.html',
    symbol: 'Shingle',
    startLine: 5,
    endLine: 7,
  });
});

test('an answer cites the page, the cell and the lines, which are those of the converted text', async () => {
  const engine = await engineOn(LIBRARY);
  const tides = await ask(engine, 'When must a brig be moored?');
  expect(tides.answer).toContain('before the ebb tide turns');
  expect(tides.citations[0]).toMatchObject({ path: 'tides.pdf', place: 'page 2' });
  expect(tides.sources[0]).toMatchObject({ path: 'tides.pdf', place: 'page 2' });
  await checkQuotes(engine, tides.citations);
  expect(answerText(tides, { explain: false, colour: false })).toMatch(/\[1\] tides\.pdf:\d+(-\d+)? \(page 2\)/);
  const fog = await ask(engine, 'How often does the diaphone sound in fog?');
  expect(fog.answer).toContain('every ninety seconds');
  expect(fog.citations[0]!.path).toBe('handbook.docx');
  expect(fog.citations[0]).not.toHaveProperty('place');
  await checkQuotes(engine, fog.citations);
  const depth = await ask(engine, 'What does corrected_depth do?');
  expect(depth.citations[0]).toMatchObject({ path: 'soundings.ipynb', place: 'cell 2' });
  await checkQuotes(engine, depth.citations);
});

test('a model is told the page, and what it cites is held against the document', async () => {
  const model = modelThatSays('Before the ebb tide turns [1].');
  const engine = await engineOn(LIBRARY, { model: () => model });
  const { citations, trace } = await ask(engine, 'When must a brig be moored?');
  expect(trace.sent.at(-1)!.content).toContain('path="tides.pdf" lines="3-5" place="page 2"');
  expect(citations).toMatchObject([{ path: 'tides.pdf', place: 'page 2', verified: true }]);
});

test('a citation follows its lines to another page, and is lost with them', async () => {
  const engine = await engineOn(LIBRARY);
  const { citations } = await ask(engine, 'When must a brig be moored?');
  const page = ['A brig must be moored before the ebb tide turns.', 'Its hawser is doubled in a gale.'];
  const before = citations.find(({ quote }) => quote.includes('brig'))!;
  const again = async (pages: string[][]) => {
    await writeFile(join(engine.folder, 'tides.pdf'), pdfOf(pages));
    await using snapshot = await engine.snapshot();
    return (await snapshot.verify([before]))[0]!;
  };
  const moved = await again([['A new title page.'], ['Contents'], ['Mooring', ...page]]);
  expect(moved).toMatchObject({ verified: true, place: 'page 3', quote: before.quote });
  expect(moved.startLine).toBeGreaterThan(before.startLine);
  expect(await again([['Nothing of it is left.']])).toMatchObject({ verified: false });
});

test('a changed document is indexed anew', async () => {
  const engine = await engineOn(LIBRARY);
  await writeFile(join(engine.folder, 'tides.pdf'), pdfOf([['Corsairs are hanged at noon.']]));
  await engine.filesChanged(['tides.pdf']);
  expect(await firstHit(engine, 'corsairs noon')).toMatchObject({ path: 'tides.pdf', place: 'page 1' });
});

test('Chinese in documents is found and cited, whatever names its characters', async () => {
  const engine = await engineOn({
    'manual.docx': docxOf(['# 灯塔手册', '看守人在黄昏时修剪灯芯。', '## 雾号', '浓雾中每九十秒鸣响一次。']),
    'chart.pdf': chinesePdf('海图上的水深以英寻计'),
    'notes.ipynb': notebookOf(['# 潮汐\n\n退潮之前必须系泊。']),
  });
  expect(await firstHit(engine, '浓雾鸣响')).toMatchObject({ path: 'manual.docx', symbol: '雾号' });
  expect(await firstHit(engine, '水深英寻')).toMatchObject({ path: 'chart.pdf', place: 'page 1' });
  expect(await firstHit(engine, '退潮系泊')).toMatchObject({ path: 'notes.ipynb', place: 'cell 1' });
  const { citations, answer } = await ask(engine, '浓雾中多久鸣响一次？');
  expect(answer).toContain('每九十秒');
  await checkQuotes(engine, citations);
});

test('a secret in a document is masked in the index, in quotes and in what is shown', async () => {
  const key = `ghp_${'a1B2'.repeat(9)}`;
  const engine = await engineOn({
    'runbook.docx': docxOf(['# Deploying', `The deploy token is ${key} for the crane.`]),
  });
  const { citations } = await ask(engine, 'What is the deploy token of the crane?');
  expect(citations[0]).toMatchObject({ masked: true, verified: true });
  expect(JSON.stringify([citations, await engine.documentText('runbook.docx')])).not.toContain(key);
});

test('documents that give no text are failures with a reason, each its own', async () => {
  const bomb = Buffer.alloc(60_000_000);
  const failed = await failuresOf({
    'encrypted.pdf': pdfOf([['secret']], { isEncrypted: true }),
    'cut.pdf': pdfOf([['whole']]).subarray(0, 200),
    'bomb.pdf': pdfBomb(320_000_000),
    'scanned.pdf': pdfOf([[], []]),
    'empty.pdf': '',
    'other.pdf': 'This is no PDF at all.',
    'encrypted.docx': Buffer.from('d0cf11e0a1b11ae1'.padEnd(2000, '0'), 'hex'),
    'cut.docx': docxOf(['whole']).subarray(0, 700),
    'empty.docx': '',
    'blank.docx': docxOf(['']),
    'other.docx': zipOf([{ name: 'a.txt', content: 'not a document' }]),
    'bomb.docx': docxOf(['harmless'], [{ name: 'word/footnotes.xml', content: bomb }]),
    'liar.docx': docxOf(['harmless'], [{ name: 'word/footnotes.xml', content: bomb, claims: 100 }]),
    'cut.ipynb': '{"cells": [{"cell_type": "code", "sou',
    'other.ipynb': '{"name": "not a notebook"}',
    'blank.ipynb': notebookOf(['']),
    'fine.md': '# Fine\n',
  });
  expect(failed).toEqual({
    'encrypted.pdf': 'it is encrypted',
    'cut.pdf': expect.stringMatching(/^it is broken or not a PDF: /),
    'bomb.pdf': 'it unpacks to far more than a document should',
    'scanned.pdf': 'it has no text, probably scanned images',
    'empty.pdf': 'it is empty',
    'other.pdf': expect.stringMatching(/^it is broken or not a PDF: /),
    'encrypted.docx': 'it is encrypted, or a Word document of before 2007',
    'cut.docx': 'it is broken or not a Word document: it has no zip directory',
    'empty.docx': 'it is empty',
    'blank.docx': 'it has no text',
    'other.docx': expect.stringMatching(/^it cannot be read: /),
    'bomb.docx': 'it unpacks to far more than a document should',
    'liar.docx': 'it is broken: a part does not unpack to what the directory says',
    'cut.ipynb': 'it is broken: it is not JSON',
    'other.ipynb': 'it is not a notebook: it has no cells',
    'blank.ipynb': 'it has no text',
  });
});

test('a document that failed is not tried again until it changes', async () => {
  const engine = await engineOn({ 'a.pdf': pdfOf([['secret']], { isEncrypted: true }) });
  const { generation } = await engine.status();
  await engine.update();
  expect(await engine.status()).toMatchObject({ generation, failed: [{ path: 'a.pdf' }] });
  await writeFile(join(engine.folder, 'a.pdf'), pdfOf([['The corsair is free.']]));
  await engine.update();
  expect(await engine.status()).toMatchObject({ files: 1, failed: [] });
});

test('an open notebook counts with what is in its buffer', async () => {
  const engine = await engineOn(LIBRARY);
  engine.openBuffer('soundings.ipynb', notebookOf(['# Buoys\n\nBuoys are painted in spring.']));
  const { citations } = await ask(engine, 'When are buoys painted?');
  expect(citations).toMatchObject([{ path: 'soundings.ipynb', place: 'cell 1', verified: true }]);
});

test('the text of a file that is no document of the index is refused', async () => {
  const engine = await engineOn({ ...LIBRARY, '.gitignore': 'private.pdf\n', 'private.pdf': pdfOf([['private']]) });
  for (const path of ['guide.rst', 'private.pdf', 'gone.pdf', '../tides.pdf'])
    await expect(engine.documentText(path)).rejects.toThrow(`There is no document ${path} in the index`);
});
