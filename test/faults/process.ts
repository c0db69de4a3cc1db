/** Starts engines in processes of their own and talks to them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { dist, scratchFolder } from '../support/engine.js';
import type { Order } from './driver.js';

export interface EngineProcess {
  readonly pid: number;
  /** Sends an order; resolves to its result. Rejects when the order failed or the process ended first. */
  tell<T>(order: Order): Promise<T>;
  /** Resolves when it says it is there, or has ended. */
  reached(at: string): Promise<void>;
  kill(): Promise<void>;
  /** What it wrote on stderr, once it has ended. */
  readonly ended: Promise<string>;
}

/** Bundles the driver. Its path, until the end of the test. */
export async function buildDriver(): Promise<string> {
  const outfile = join(scratchFolder(), 'driver.cjs');
  const entryPoints = [join(import.meta.dirname, 'driver.ts')];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.16',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  return outfile;
}

/** Whether this machine lets us mount, in a namespace of its own. */
export function canMount(): boolean {
  return spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;
}

/** `mounts` is a shell command that mounts something for this process alone. */
export function startEngine(driver: string, root: string, storeBase: string, mounts?: string): EngineProcess {
  const args = [driver, JSON.stringify({ root, storeBase, dist })];
  const stdio = ['pipe', 'pipe', 'pipe'] as const;
  const child = mounts
    ? spawn('unshare', ['-rm', 'sh', '-c', `${mounts} && exec "$0" "$@"`, process.execPath, ...args], {
        stdio: [...stdio],
      })
    : spawn(process.execPath, args, { stdio: [...stdio] });
  let complaints = '';
  child.stderr!.on('data', (data) => {
    complaints += data;
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(complaints)));
  const replies: { resolve(result: unknown): void; reject(error: Error): void }[] = [];
  let watchers: { at: string; resolve(): void }[] = [];
  const kill = () => killed(child, ended);
  onTestFinished(kill);
  // Orders to a dead process fail by its end, below.
  child.stdin!.on('error', () => {});
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const said = JSON.parse(line) as { at?: string; result?: unknown; error?: string };
    if (said.at !== undefined) {
      for (const { at, resolve } of watchers) if (at === said.at) resolve();
      watchers = watchers.filter(({ at }) => at !== said.at);
    } else if (said.error !== undefined) replies.shift()?.reject(new Error(said.error));
    else replies.shift()?.resolve(said.result);
  });
  void ended.then(() => {
    for (const { reject } of replies) reject(new Error('The process ended'));
    for (const { resolve } of watchers) resolve();
  });
  return {
    pid: child.pid!,
    tell: <T>(order: Order) =>
      new Promise<T>((resolve, reject) => {
        replies.push({ resolve: (result) => resolve(result as T), reject });
        child.stdin!.write(`${JSON.stringify(order)}\n`);
      }),
    reached: (at) => new Promise((resolve) => watchers.push({ at, resolve })),
    kill,
    ended,
  };
}

async function killed(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}
