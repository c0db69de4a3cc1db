/** Entry of a parse worker thread: answers `parse` calls. It holds no state but its loaded grammars. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { pack } from './base/packed.js';
import { workInBackground } from './base/priority.js';
import { indexedFileOf } from './index/indexedFile.js';
import { parseFile } from './index/parse.js';
import type { ParseCalls } from './index/parsePool.js';
import { createOutliner } from './index/syntax.js';

workInBackground();
// Optimising a grammar's lexer, one function of many thousand lines, takes V8 400 MB and saves a tenth of the time.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering', '--liftoff-only']) setFlagsFromString(flag);

const { assets } = workerData as { assets: string };
const outliner = createOutliner(assets);

const calls: ParseCalls = {
  async parse({ path, content, cut, note, deadlineMs, options }) {
    const outline = cut === 'syntax' ? await outliner : async () => ({ failed: note });
    const result = await parseFile(path, content, outline, deadlineMs, options);
    const { total_heap_size, external_memory } = getHeapStatistics();
    const memoryBytes = total_heap_size + external_memory;
    if (result.kind === 'skipped') return { outcome: result, memoryBytes };
    const { kind, ...file } = result;
    if (note) file.notes = [...file.notes.filter((known) => !known.includes(note)), note];
    return { outcome: { kind, file: pack(indexedFileOf(file)) }, memoryBytes };
  },
};
serveCalls(parentPort!, calls);
