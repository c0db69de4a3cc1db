/** Clones of repositories: where they are, what Git says of them, their files at a commit, and which of those count. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';

const SOURCES = new Set(
  '.js .mjs .ts .tsx .jsx .vue .py .go .java .kt .rb .rs .c .h .cc .cpp .hpp .cs .php .swift .scala .ex .exs'.split(
    ' ',
  ),
);
const BESIDE =
  /(^|\/)(tests?|__tests__|spec|specs|testing|examples?|samples?|benchmarks?|bench|demo|docs?|vendor|third_party|fuzz)(\/|$)|[._-](test|spec)s?\.|_test\.|Tests?\.(cs|java|kt|swift)$/i;

/** The clone of `owner/name` in a folder of them: `owner+name`, or the bare `repo` inside it. */
export function cloneOf(folder, repository) {
  const clone = join(folder, repository.replace('/', '+'));
  const bare = join(clone, 'repo');
  return existsSync(join(bare, 'HEAD')) ? bare : clone;
}

/** What Git prints; throws an error that has Git's `status` and `stderr`. */
export function git(clone, ...args) {
  return gitBytes(clone, ...args).toString();
}

/** Makes `folder` hold the files of a commit and nothing else; it is not touched where Git lacks an object of them. */
export function layOut(clone, commit, folder) {
  const archive = gitBytes(clone, 'archive', commit);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
}

/** Source code, and not of a test, an example, documentation or somebody else. */
export function isSource(path) {
  return SOURCES.has(extname(path)) && !BESIDE.test(path);
}

function gitBytes(clone, ...args) {
  return execFileSync('git', ['-C', clone, ...args], { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
}
