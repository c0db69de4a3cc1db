/** Entry of a parse worker thread: answers `parse` calls. It holds no state but its loaded grammars. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { pack } from './base/packed.js';
import { parseFile } from './index/parse.js';
import type { ParseCalls } from './index/parsePool.js';
import { createOutliner } from './index/syntax.js';

const { assets } = workerData as { assets: string };
const outliner = createOutliner(assets);

const calls: ParseCalls = {
  async parse({ path, content, cut, note, deadlineMs, options }) {
    const outline = cut === 'syntax' ? await outliner : async () => ({ failed: note });
    const result = await parseFile(path, content, outline, deadlineMs, options);
    const memoryBytes = process.memoryUsage().external;
    if (result.kind === 'skipped') return { outcome: result, memoryBytes };
    const { kind, ...file } = result;
    if (note) file.notes = [...file.notes.filter((known) => !known.includes(note)), note];
    return { outcome: { kind, file: pack(file) }, memoryBytes };
  },
};
serveCalls(parentPort!, calls);
