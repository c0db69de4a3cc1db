/** The process for native code: it dies, comes back, gives up, and never outlives its owner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { kindOf } from '../../server/src/base/errors.js';
import { openVectorGraph } from '../../server/src/gpu/graph.js';
import { dist, scratchFolder } from '../support/engine.js';
import { startHost } from './graphs.js';
import { killRounds } from './killSeries.js';

test('killed at any moment, its graph is taken up again or built anew, and nothing else is found', async () => {
  const tally = await killRounds(20);
  expect(Object.values(tally).reduce((sum, times) => sum + times, 0)).toBe(20);
}, 60_000);

test('several short lives in a row are enough, and the reason is told', async () => {
  const host = startHost({ maxShortLives: 3 });
  const graph = await openVectorGraph(host, scratchFolder());
  for (let life = 1; life <= 3; life++) {
    await host.remote.graphCheck();
    const lost = new Promise<void>((resolve) => void host.onLost(resolve));
    process.kill(host.pid!, 'SIGKILL');
    await lost;
  }
  const failure = await host.remote.graphCheck().catch((error) => error);
  expect(kindOf(failure)).toBe('unavailable');
  expect(failure.message).toMatch(/^The compute process ended 3 times in a row \(SIGKILL\) and stays off until /);
  expect(await graph.search(new Float32Array(3), 1)).toBeNull();
});

test('a program that is not there is a named failure, not one of the server', async () => {
  const host = startHost({ entry: join(scratchFolder(), 'nowhere.cjs') });
  expect(kindOf(await host.remote.graphCheck().catch((error) => error))).toBe('worker-lost');
});

test('it is given no key, and gives way to others', async () => {
  process.env['OPENAI_API_KEY'] = 'sk-canary';
  onTestFinished(() => void delete process.env['OPENAI_API_KEY']);
  const host = startHost();
  await host.remote.graphCheck();
  if (process.platform !== 'linux') return;
  const environment = readFileSync(`/proc/${host.pid}/environ`, 'utf8');
  expect(environment).toContain('PATH=');
  expect(environment).not.toContain('sk-canary');
  const fields = readFileSync(`/proc/${host.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  expect(Number(fields[16])).toBeGreaterThan(0);
});

test('it ends when it is closed, and no call starts it again', async () => {
  const host = startHost();
  await host.remote.graphCheck();
  const pid = host.pid!;
  await host.close();
  expect(isAlive(pid)).toBe(false);
  expect(kindOf(await host.remote.graphCheck().catch((error) => error))).toBe('unavailable');
});

test('it ends when its owner is killed', async () => {
  const program = `
    const child = require('node:child_process').fork(${JSON.stringify(join(dist, 'server/computeHost.cjs'))}, [${JSON.stringify(dist)}]);
    child.on('message', () => console.log(child.pid));
    child.send({ id: 1, name: 'graphCheck', args: [] });`;
  const owner: ChildProcess = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void owner.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) =>
    createInterface({ input: owner.stdout! }).once('line', (line) => resolve(Number(line))),
  );
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  while (isAlive(pid)) await pause(10);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A child that nobody waits for stays as a name alone.
    return !(process.platform === 'linux' && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
  } catch {
    return false;
  }
}
