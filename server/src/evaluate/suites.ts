/** The suites by name. */
import { join } from 'node:path';
import { EngineError } from '../base/errors.js';
import { loadXfileCompletion } from './completion.js';
import { loadFolders } from './folders.js';
import { loadCosqa, loadCsn6 } from './functions.js';
import { loadCommitLoc, loadSweBenchLite, loadSweQa } from './repositories.js';
import { loadSemble } from './semble.js';
import type { Suite } from './suite.js';

const LOADERS: Readonly<Record<string, (folder: string) => Suite>> = {
  semble: loadSemble,
  'commit-loc': loadCommitLoc,
  'swebench-lite': loadSweBenchLite,
  'swe-qa': loadSweQa,
  cosqa: loadCosqa,
  csn6: loadCsn6,
  'xfile-completion': loadXfileCompletion,
  folders: loadFolders,
};

/** What `all` means: every published one. */
const ALL = Object.keys(LOADERS).filter((name) => name !== 'folders');

/** Whose questions are real ones about a whole repository: what `refusal` alone means. */
const ASKED_FOR_REFUSAL = ['semble', 'swe-qa', 'commit-loc'];
const REFUSAL = 'refusal';

/**
 * A comma-separated list divided: suites that are asked what is found, and suites that are asked what is refused, which
 * it names as `refusal`, or `refusal:` and one of them.
 */
export function divideNames(names: string): { found: string; refused: string } {
  const all = names === 'all' ? [...ALL, REFUSAL] : names.split(',');
  const isRefusal = (name: string) => name.split(':')[0] === REFUSAL;
  const refused = all.filter(isRefusal).flatMap((name) => (name === REFUSAL ? ASKED_FOR_REFUSAL : name.split(':')[1]!));
  return { found: all.filter((name) => !isRefusal(name)).join(), refused: refused.join() };
}

/** The suites of a comma-separated list, or `all`. Data of a suite lies in the folder of its name, or is the folder. */
export function loadSuites(names: string, data: string): Suite[] {
  return (names === 'all' ? ALL : names.split(',').filter(Boolean)).map((name) => {
    const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
    if (!load) throw new EngineError('usage', `There is no suite ${name}: ${Object.keys(LOADERS).join(', ')}, or all`);
    return load(join(data, name));
  });
}
