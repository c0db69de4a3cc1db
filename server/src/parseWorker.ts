/** Entry of a parse worker thread: answers its calls. It holds no state but its loaded grammars. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { documentFormat } from './base/document.js';
import { speakLanguageOf } from './base/languages.js';
import { pack } from './base/packed.js';
import { workInBackground } from './base/priority.js';
import { linesOf } from './base/text.js';
import { openBundledModel } from './index/bundledModel.js';
import { openGrammars } from './index/grammars.js';
import { createHighlighter } from './index/highlight.js';
import { indexedFileOf, vectorsOf } from './index/indexedFile.js';
import { cutByLines, type Outliner, type ParseResult, parseDocument, parseFile } from './index/parse.js';
import type { ParseCalls, ParseJob, ParseThreadData } from './index/parsePool.js';
import { pointedAt } from './index/pointed.js';
import { maskSecrets } from './index/secrets.js';
import { createOutliner } from './index/syntax.js';

workInBackground();
// Optimising a grammar's lexer, one function of many thousand lines, takes V8 400 MB and saves a tenth of the time.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) setFlagsFromString(flag);

const { assets, locale, model } = workerData as ParseThreadData;
speakLanguageOf(locale);
const grammars = openGrammars(assets);
const outliner = grammars.then(createOutliner);
let highlight: ReturnType<typeof createHighlighter> | undefined;
const embedder = model ? openBundledModel(model) : null;

/** In a bundle of its own, loaded with the first document. */
async function convert(path: string, content: Uint8Array | string) {
  const bundle = pathToFileURL(join(assets, 'server/documents.cjs')).href;
  const documents = (await import(bundle)) as typeof import('./documents/convert.js');
  return documents.convert(path, content, assets);
}

async function parse({ path, content, deadlineMs, options }: ParseJob, outline: Outliner): Promise<ParseResult> {
  if (!documentFormat(path)) return parseFile(path, content, outline, deadlineMs, options);
  const converted = await convert(path, content);
  const digest = hash('sha256', content);
  if ('failed' in converted) return { kind: 'failed', digest, reason: converted.failed };
  return parseDocument(path, digest, converted, outline, deadlineMs, options);
}

function memoryBytes(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}

const calls: ParseCalls = {
  async parse(job) {
    const { path, cut, failure } = job;
    const result = await parse(job, cut === 'syntax' ? await outliner : async () => ({ failed: failure }));
    if (result.kind !== 'indexed') return { outcome: result, memoryBytes: memoryBytes() };
    const { kind, ...file } = result;
    if (failure) file.notes = [...new Set([...file.notes, cutByLines(path, failure)])];
    const start = performance.now();
    const vectors = embedder && vectorsOf(embedder, file);
    const embedSeconds = (performance.now() - start) / 1000;
    return { outcome: { kind, file: pack(indexedFileOf(file, vectors)), embedSeconds }, memoryBytes: memoryBytes() };
  },
  async convert({ path, content }) {
    const converted = await convert(path, content);
    if ('failed' in converted) return { outcome: converted, memoryBytes: memoryBytes() };
    const { text, anchors, name } = converted;
    return { outcome: { ...maskSecrets(text), anchors, name }, memoryBytes: memoryBytes() };
  },
  async point({ text, cut, name, deadlineMs }) {
    const outcome = await pointedAt(await grammars, linesOf(text), cut, name, deadlineMs);
    return { outcome, memoryBytes: memoryBytes() };
  },

  async highlight(pieces) {
    highlight ??= createHighlighter(assets, await grammars);
    return { outcome: await Promise.all(pieces.map(highlight)), memoryBytes: memoryBytes() };
  },
};
serveCalls(parentPort!, calls);
