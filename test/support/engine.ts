/**
 * An engine over real threads, a real store and either a real folder or files in memory: the boundary that most tests
 * enter at.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ComposeOptions, openEngine } from '../../server/src/compose.js';
import type { Engine } from '../../server/src/engine/engine.js';

export const dist = join(import.meta.dirname, '../../dist');

/** An empty folder that goes with the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scholia-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export type Files = Record<string, string | Uint8Array>;

export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** An engine on a folder with these files, updated once, closed with the test. */
export async function engineOn(
  files: Files,
  options: Partial<ComposeOptions> = {},
): Promise<Engine & { folder: string }> {
  const folder = options.root ?? join(scratchFolder(), 'root');
  await mkdir(folder, { recursive: true });
  await writeFiles(folder, files);
  const engine = await openEngine({
    root: folder,
    storeBase: scratchFolder(),
    dist,
    trusted: true,
    pointedMs: 10_000,
    ...options,
  });
  onTestFinished(() => engine.close());
  await engine.update();
  return Object.assign(engine, { folder });
}
