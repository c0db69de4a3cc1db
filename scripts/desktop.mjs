/** Runs the smoke suite in a desktop VS Code that is on this machine, with a profile and a folder of its own. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { projectFolder } from './setup.mjs';

/** `program`: the editor's executable. Rejects when the suite failed. */
export async function runInDesktop(program) {
  const scratch = mkdtempSync(join(tmpdir(), 'scholia-desktop-'));
  const folder = join(scratch, 'shop');
  cpSync(join(projectFolder, 'test/fixtures/shop'), folder, { recursive: true });
  const profile = ['--user-data-dir', join(scratch, 'user'), '--extensions-dir', join(scratch, 'extensions')];
  try {
    await runTests({
      vscodeExecutablePath: program,
      extensionDevelopmentPath: projectFolder,
      extensionTestsPath: join(projectFolder, 'test/desktop/smoke.cjs'),
      launchArgs: [folder, ...profile, '--disable-workspace-trust', '--disable-telemetry'],
      extensionTestsEnv: { XDG_CACHE_HOME: join(scratch, 'cache') },
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}
