/**
 * Our reading of ignore files against git's own, on real repositories.
 *
 *   npm run bench -- ignore-rules --repos DIR
 *
 * Each repository is copied, and beside its own files a file is planted for every pattern of its ignore files, in the
 * pattern's folder and in others. Then every file is judged by `git check-ignore --no-index` and by the walk; printed are
 * the files, how many git ignores, on how many the two agree, the first few on which they do not, and how many files are
 * tracked although ignored (those the walk leaves out, since it does not read git's index).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({ options: { repos: { type: 'string' } } });
if (!values.repos) {
  console.error('ignore-rules needs --repos DIR');
  process.exit(2);
}
const OTHER_FOLDERS = 20;
const SHOWN = 10;
const scratch = mkdtempSync(join(tmpdir(), 'scholia-ignore-'));
const { disk, openWorkspace } = await importWorkspace();
try {
  for (const { name } of readdirSync(values.repos, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    await compare(name);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function compare(name) {
  const root = join(scratch, name);
  cpSync(join(values.repos, name), root, { recursive: true, verbatimSymlinks: true });
  const planted = plant(root);
  const paths = filesUnder(root).map((path) => relative(root, path));
  const ignored = new Set(git(root, ['check-ignore', '--no-index', '-z', '--stdin'], paths));
  const configuration = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  const config = { maxFileBytes: 1e9, exclude: [], hidden: [], user: { home: homedir(), configuration } };
  const workspace = await openWorkspace(disk, root, config);
  const wrong = [];
  for (const path of paths) {
    const reason = await workspace.explain(path);
    // Secrets stay out before any pattern is asked.
    if (reason?.includes('hold secrets')) continue;
    const isOurs = reason?.includes('a pattern leaves it out') ?? false;
    if (isOurs !== ignored.has(path))
      wrong.push(`${path}: git ${isOurs ? 'takes' : 'ignores'} it; ${reason ?? 'indexed'}`);
  }
  const tracked = git(root, ['ls-files', '-z'], []).filter((path) => ignored.has(path));
  const share = ((100 * (paths.length - wrong.length)) / paths.length).toFixed(2);
  console.log(
    `${name.padEnd(12)} ${paths.length} files (${planted} planted), ${ignored.size} ignored by git, agree on ${share} %, ${tracked.length} tracked though ignored`,
  );
  for (const line of wrong.slice(0, SHOWN)) console.log(`  ${line}`);
}

/** Files that the patterns are about; returns how many. */
function plant(root) {
  const folders = [...new Set(filesUnder(root).map(dirname))];
  const others = folders.filter((_, i) => i % Math.ceil(folders.length / OTHER_FOLDERS) === 0);
  let planted = 0;
  for (const file of filesUnder(root).filter((path) => basename(path) === '.gitignore'))
    for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
      const literal = literalOf(line);
      if (!literal) continue;
      for (const folder of [dirname(file), ...others])
        for (const path of [join(folder, literal), join(folder, literal, 'inside.txt')]) planted += put(path);
    }
  return planted;
}

/** A path that the pattern matches, without its wildcards. */
function literalOf(line) {
  if (line.trim() === '' || line.startsWith('#')) return null;
  return line
    .trim()
    .replace(/^!/, '')
    .replace(/^\/|\/$/g, '')
    .replace(/\*\*/g, 'any')
    .replace(/\[(.)[^\]]*\]/g, '$1')
    .replace(/[*?]/g, 'x');
}

function put(path) {
  if (existsSync(path)) return 0;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'x');
    return 1;
  } catch {
    // A file stands where a folder is wanted: that place is taken.
    return 0;
  }
}

/** No link is followed: git refuses paths beyond one. */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === '.git' ? [] : filesUnder(path);
    return entry.isFile() && entry.name !== '.git' ? [path] : [];
  });
}

/** NUL-separated lines; `check-ignore` says by a status of 1 that nothing is ignored. */
function git(root, args, paths) {
  try {
    const output = execFileSync('git', args, { cwd: root, input: paths.join('\0'), maxBuffer: 1e9 });
    return output.toString().split('\0').filter(Boolean);
  } catch (error) {
    if (error.status === 1) return [];
    throw error;
  }
}

/** The walk itself, from its source: it is no entry of the build. */
async function importWorkspace() {
  const workspace = join(import.meta.dirname, '../server/src/workspace');
  const contents = "export { disk } from './disk.ts'; export { openWorkspace } from './walk.ts';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: workspace, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');" },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
