/**
 * A worker that does the least there is to do with files: read each, parse it with its grammar, let go of the tree.
 * Workers share a counter, so that none waits for another.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { Language, Parser } from 'web-tree-sitter';
import { languageOf, loadGrammar } from '../../server/src/index/languages.ts';

const { files, next, assets } = workerData;
await Parser.init();
const parsers = new Map();
for (let i = Atomics.add(next, 0, 1); i < files.length; i = Atomics.add(next, 0, 1)) {
  const text = readFileSync(files[i], 'utf8');
  const { cut } = languageOf(files[i], text.slice(0, 200));
  if (cut.by === 'syntax') (await parserOf(cut)).parse(text)?.delete();
}
parentPort.postMessage('done');

async function parserOf(cut) {
  if (!parsers.has(cut.grammar)) {
    const parser = new Parser();
    parser.setLanguage(await Language.load(loadGrammar(assets, cut).wasm));
    parsers.set(cut.grammar, parser);
  }
  return parsers.get(cut.grammar);
}
