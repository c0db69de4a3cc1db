/** Memory that really does not suffice: the process is given little more than it has, and a batch that needs far more. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { computeHost, writtenModel } from '../support/computeHost.js';
import { tiny } from '../support/onnx/folders.js';

/** Plenty for the process itself, and less than half of what one step of the batch needs. */
const SPARE_BYTES = 320 * 1024 * 1024;

test('a batch that does not fit is halved until it does, and every vector is the right one', async () => {
  // The limit of a process that runs can be set from outside on Linux alone.
  if (process.platform !== 'linux') return;
  const host = computeHost();
  const folder = writtenModel(tiny({ inner: 8192 }));
  const wish = { folder, use: 'embedder', device: 'cpu', threads: 1 } as const;
  await host.remote.openModel({ ...wish, id: 1, batchTokens: 48 });
  // No batch is divided but for want of memory.
  await host.remote.openModel({ ...wish, id: 2, batchTokens: 1e9 });
  const texts = Array.from({ length: 480 }, (_one, i) => `the total of cart ${i} `.repeat(10));
  // All of them, so that what JavaScript needs for as many is taken before the limit.
  const expected = await host.remote.embedTexts(1, texts);

  const { pid } = host;
  const size = Number(/VmSize:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  execFileSync('prlimit', ['--pid', String(pid), `--as=${size + SPARE_BYTES}`]);
  const { rows, failed } = await host.remote.embedTexts(2, texts);
  expect([host.pid, rows.length, failed]).toEqual([pid, texts.length * 32, null]);
  for (const [i, value] of expected.rows.entries()) expect(Math.abs(value - rows[i]!)).toBeLessThan(1e-5);
});
