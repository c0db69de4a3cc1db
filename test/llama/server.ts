/**
 * Starts llama-server with a model whose every word is scripted, and stops it.
 *
 * It runs by the unpacked packages' own loader, since their C library is newer than most machines'. Loopback only and
 * behind a key.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { unpackedPackages } from '../support/debianPackages.js';

const run = promisify(execFile);

export const SERVER_KEY = 'sk-llama-0123456789abcdef';
/** Of the model; an endless reply outlives any test. */
const CONTEXT_TOKENS = 131_072;
const START_TIMEOUT_MS = 20_000;

const unpackedServer = () =>
  unpackedPackages({
    name: 'llama',
    suites: ['sid'],
    packages: [
      ...['libc6', 'libgcc-s1', 'gcc-16-base', 'libstdc++6', 'libgomp1', 'libssl3t64', 'zlib1g', 'libzstd1'],
      ...['libggml0', 'libllama0', 'llama.cpp-tools'],
    ],
    brings: 'usr/bin/llama-server',
  });

export interface LlamaServer {
  baseUrl: string;
  /** Slots that are at work. */
  busySlots(): Promise<number>;
  /** As when the machine runs out of memory. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface LlamaOptions {
  /** What the model says, by name; the first answers any prompt. */
  scripts: Record<string, string>;
  /** Instead of chats: vectors, or relevance. */
  mode?: 'embeddings' | 'rerank';
  /** Default is the model's own. */
  contextTokens?: number;
}

/** Describes these suites where the server can run. Elsewhere one line says why not, which is a failure in CI. */
export async function describeLlama(suites: Record<string, () => void>): Promise<void> {
  const reason = await reasonNotToRun();
  if (!reason) {
    for (const [name, check] of Object.entries(suites)) describe(name, check);
    return;
  }
  console.log(`not run: llama-server ${reason}`);
  test(`not run: llama-server ${reason}`, () => {
    expect(process.env['CI'], 'CI must be able to run this').not.toBe('true');
  });
}

/** Why no server can run here, or null. Fetches and unpacks on the first call. */
async function reasonNotToRun(): Promise<string | null> {
  const unpacked = await unpackedServer();
  if ('reason' in unpacked) return unpacked.reason;
  const found = await run('python3', ['--version']).then(
    () => true,
    () => false,
  );
  return found ? null : 'needs python3, to write the model';
}

export async function startLlama({
  scripts,
  mode,
  contextTokens = CONTEXT_TOKENS,
}: LlamaOptions): Promise<LlamaServer> {
  const unpacked = await unpackedServer();
  if ('reason' in unpacked) throw new Error(unpacked.reason);
  const folder = await mkdtemp(join(tmpdir(), 'scholia-llama-'));
  const model = join(folder, 'chat.gguf');
  const lines = Object.entries(scripts).map(([name, text]) => `${name}=${text}`);
  await run('python3', [join(import.meta.dirname, 'tinyModel.py'), model, String(CONTEXT_TOKENS), ...lines]);

  const libraries = join(unpacked.root, 'usr/lib/x86_64-linux-gnu');
  const port = await freePort();
  const server = spawn(
    join(libraries, 'ld-linux-x86-64.so.2'),
    [
      ...['--library-path', `${libraries}:${libraries}/llama`, join(unpacked.root, 'usr/bin/llama-server')],
      ...['--host', '127.0.0.1', '--port', String(port), '--no-ui', '--api-key', SERVER_KEY, '--alias', 'tiny-chat'],
      ...['-m', model, '-c', String(contextTokens), '-np', '1', '-b', '512', '--threads', '1'],
      ...(mode === 'embeddings' ? ['--embeddings', '--pooling', 'mean'] : mode === 'rerank' ? ['--rerank'] : []),
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      // The back end for any processor; outside its own system the server finds none by itself.
      env: { ...process.env, GGML_BACKEND_PATH: join(libraries, 'ggml/backends0/libggml-cpu-x64.so') },
    },
  );
  let log = '';
  server.stderr.on('data', (piece) => {
    log = (log + piece).slice(-4000);
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const origin = `http://127.0.0.1:${port}`;

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (server.exitCode === null) server.kill(signal);
    await ended;
    await rm(folder, { recursive: true, force: true });
  }

  async function busySlots(): Promise<number> {
    const response = await fetch(`${origin}/slots`, { headers: { authorization: `Bearer ${SERVER_KEY}` } });
    const slots = (await response.json()) as { is_processing: boolean }[];
    return slots.filter((slot) => slot.is_processing).length;
  }

  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isHealthy(origin))) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop('SIGKILL');
      throw new Error(`llama-server did not start:\n${log}`);
    }
    await delay(25);
  }
  return { baseUrl: `${origin}/v1`, busySlots, kill: () => stop('SIGKILL'), close: () => stop('SIGTERM') };
}

async function isHealthy(origin: string): Promise<boolean> {
  return fetch(`${origin}/health`).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
