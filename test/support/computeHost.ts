/** The real process for native code, and model folders to give it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ComputeHost, type ComputeHostOptions, createComputeHost } from '../../server/src/gpu/host.js';
import { dist } from './engine.js';
import { modelFiles, type TinyModel, writeModel } from './onnx/folders.js';

export const fixtureModels = join(import.meta.dirname, '../fixtures/models');

/** Ended with the test. Restarts at once, so that a test of many ends does not wait. */
export function computeHost(options: Partial<ComputeHostOptions> = {}): ComputeHost {
  const entry = join(dist, 'server/computeHost.cjs');
  const host = createComputeHost({
    entry,
    native: join(dist, 'native'),
    maxShortLives: 1000,
    backOffMs: 0,
    ...options,
  });
  onTestFinished(() => host.close());
  return host;
}

function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scholia-model-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a committed model, to be altered. */
export function copiedModel(name: string): string {
  const folder = join(scratchFolder(), name);
  cpSync(join(fixtureModels, name), folder, { recursive: true });
  return folder;
}

export function writtenModel(model: TinyModel): string {
  const folder = join(scratchFolder(), 'tiny');
  writeModel(folder, modelFiles(model));
  return folder;
}
