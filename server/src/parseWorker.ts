/** Entry of a parse worker thread: answers `parse` calls. It holds no state but its loaded grammars. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveCalls } from './base/calls.js';
import { parseFile } from './index/parse.js';
import type { ParseCalls } from './index/parsePool.js';
import { createOutliner } from './index/syntax.js';

const { assets } = workerData as { assets: string };
const outliner = createOutliner(assets);

const calls: ParseCalls = {
  async parse({ path, content, cut, deadlineMs }) {
    const outline = cut === 'syntax' ? await outliner : async () => ({ failed: 'its grammar hung before' });
    const result = await parseFile(path, content, outline, deadlineMs);
    return { result, memoryBytes: process.memoryUsage().external };
  },
};
serveCalls(parentPort!, calls);
