/** What a package for one platform brings along is enough, far from any checkout. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stageNative } from '../../scripts/native.mjs';
import { openVectorGraph } from '../../server/src/gpu/graph.js';
import { scratchFolder } from '../support/engine.js';
import { startHost } from './graphs.js';

test('the native files of a package load where nothing else is installed', async () => {
  const native = scratchFolder();
  expect(stageNative(join(import.meta.dirname, '../..'), native)).toEqual([]);
  const graph = await openVectorGraph(startHost({ native }), scratchFolder());
  expect(graph.mark()).toBeNull();
  const program = `console.log(typeof require(${JSON.stringify(join(native, 'node_modules/onnxruntime-node'))}).InferenceSession)`;
  expect(execFileSync(process.execPath, ['-e', program], { cwd: native, encoding: 'utf8' }).trim()).toBe('function');
});
