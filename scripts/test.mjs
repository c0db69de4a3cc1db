/**
 * `npm test`: installs and builds what is missing, then checks types, lint and generated files, and runs every test.
 * `fast` leaves the editor out; `vscode` runs the editor alone; `llama` talks to a real llama-server; `webgpu` computes
 * on a GPU in software; `neovim` drives the server from Neovim; `desktop` starts a desktop VS Code; `floor` runs
 * everything but the checks on the oldest Node and the oldest VS Code that package.json declares; `faults` kills and
 * damages at length; `properties` runs `fast` with new random cases, twenty times as many.
 * The last line counts: `N passed, N failed`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, nodeProgram, projectFolder, runTool } from './setup.mjs';

const [which = 'all', ...rest] = process.argv.slice(2);
const counts = { passed: 0, failed: 0 };
/** What failed, one name each: told once more at the end, where the output of a long run is looked at first. */
const failures = [];

try {
  ensureInstalled();
  ensureBuilt();
  if (which === 'all' || which === 'fast') {
    check('types of the server and tests', 'tsc', ['--noEmit']);
    check('types of the client', 'tsc', ['--noEmit', '-p', 'client']);
    check('lint and format', 'biome', ['check', '.']);
    check('generated files', nodeProgram, ['scripts/gen.mjs', '--check']);
    vitest(['--project', 'fast', ...rest]);
  }
  if (which === 'properties') {
    process.env.PROPERTIES = 'new';
    vitest(['--project', 'fast', ...rest]);
  }
  if (which === 'floor') {
    const { ensureOldNode } = await import('./oldNode.mjs');
    const old = await Promise.resolve()
      .then(() => ensureOldNode({ log: (line) => console.error(line) }))
      .catch((error) => notRun('the tests on the oldest Node', error.message));
    if (old) {
      console.error(`Node ${old.version}`);
      vitest(['--project', 'fast', ...rest], old.program);
    }
  }
  // The editor's tests always run on the oldest one.
  if (which === 'all' || which === 'vscode' || which === 'floor') {
    const { ensureChromium } = await import('./chromium.mjs');
    const ready = await Promise.resolve()
      .then(() => ensureChromium({ log: (line) => console.error(line) }))
      .then(() => true)
      .catch((error) => notRun('the editor suite', error.message));
    if (ready) vitest(['--project', 'vscode', ...rest]);
  }
  if (which === 'webgpu') vitest(['--config', 'test/webgpu/vitest.config.ts', ...rest]);
  if (which === 'desktop') {
    const program = process.env.VSCODE;
    if (program) {
      const { runInDesktop } = await import('./desktop.mjs');
      await runInDesktop(program);
      counts.passed++;
    } else notRun('the smoke suite in a desktop VS Code', 'VSCODE names no program');
  }
  if (which === 'neovim') vitest(['--config', 'test/neovim/vitest.config.ts', ...rest]);
  if (which === 'llama') vitest(['--config', 'test/llama/vitest.config.ts', ...rest]);
  if (which === 'faults') vitest(['--config', 'test/faults/vitest.config.ts', ...rest]);
} catch (error) {
  counts.failed++;
  failures.push(error.message);
}
for (const name of failures) console.error(`failed: ${name}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;

function check(what, program, args) {
  const failed = runTool(program, args) !== 0;
  console.error(`${failed ? '✗' : '✓'} ${what}`);
  counts[failed ? 'failed' : 'passed']++;
  if (failed) failures.push(what);
}

function vitest(args, node = nodeProgram) {
  const report = join(projectFolder, 'test-results', `vitest-${which}-${counts.passed}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
  const status = runTool(node, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
  const { numPassedTests, numFailedTests, success, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  counts.passed += numPassedTests;
  // A file that fails to load has no failing test of its own.
  counts.failed += Math.max(numFailedTests, status !== 0 || !success ? 1 : 0);
  for (const { name: file, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    failures.push(...failed.map(({ fullName, failureMessages: [why = ''] }) => `${fullName}: ${firstLine(why)}`));
    if (status === 'failed' && failed.length === 0) failures.push(`${file}: ${firstLine(message)}`);
  }
}

function firstLine(text) {
  return text.split('\n', 1)[0];
}

/** A suite that cannot run here says so in one line; where everything must run, that is a failure. */
function notRun(suite, reason) {
  console.error(`not run: ${suite}: ${reason}`);
  if (process.env.CI) {
    counts.failed++;
    failures.push(`${suite} did not run: ${reason}`);
  }
  return false;
}
