/**
 * Cases for choosing what completion is given, from any repository, so that nothing is ever tuned on the judging data.
 *
 *   npm run bench -- xfile-cases --repos DIR --out DIR [--names OWNER/NAME,…] [--cases 60]
 *
 * REPOS holds clones as `owner+name`. Writes OUT/xfile-completion/NAME.jsonl, which
 * `scholia eval xfile-completion --data OUT` reads: lines of sources that call what one other source alone defines, by
 * its name. Definitions are found by regular expressions here, so that what the index does not see counts as missed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    out: { type: 'string' },
    names: { type: 'string' },
    cases: { type: 'string', default: '60' },
  },
});
if (!values.repos || !values.out) {
  console.error('xfile-cases needs --repos DIR and --out DIR');
  process.exit(2);
}

const NAME = '([A-Za-z_$][\\w$]{2,})';
/** By file ending, what defines a name that can be called. */
const DEFINITIONS = {
  py: [`^\\s*(?:async\\s+)?(?:def|class)\\s+${NAME}`],
  go: [`^func\\s+(?:\\([^)]*\\)\\s*)?${NAME}`, `^type\\s+${NAME}`],
  rs: [`\\bfn\\s+${NAME}`, `\\b(?:struct|enum|trait)\\s+${NAME}`],
  java: [
    `^\\s*(?:@\\w+\\s+)*(?:(?:public|protected|private|static|final|abstract|synchronized|default|native)\\s+|<[^>]*>\\s*)+[\\w<>\\[\\], ?.]*?\\b${NAME}\\s*\\([^;]*$`,
    `\\b(?:class|interface|enum|record)\\s+${NAME}`,
  ],
  ts: [
    `\\b(?:function\\*?|class|interface|type|enum)\\s+${NAME}`,
    `^\\s{0,2}(?:export\\s+)?(?:const|let|var)\\s+${NAME}\\s*=`,
    `^\\s{2,4}(?:(?:public|private|protected|static|async|override|readonly)\\s+)*${NAME}\\s*\\([^)]*\\)?[^;]*\\{\\s*$`,
  ],
  rb: [`^\\s*(?:def\\s+(?:self\\.)?|class\\s+|module\\s+)${NAME}`],
  php: [`\\b(?:function|class|interface|trait)\\s+${NAME}`],
  cs: [
    `^\\s*(?:(?:public|protected|private|internal|static|override|virtual|abstract|sealed|async)\\s+)+[\\w<>\\[\\], ?.]*?\\b${NAME}\\s*(?:<[^>]*>)?\\([^;]*$`,
    `\\b(?:class|interface|enum|record|struct)\\s+${NAME}`,
  ],
  kt: [`\\bfun\\s+(?:<[^>]*>\\s*)?(?:[\\w<>?]+\\.)?${NAME}`, `\\b(?:class|interface|object)\\s+${NAME}`],
  scala: [`\\bdef\\s+${NAME}`, `\\b(?:class|trait|object)\\s+${NAME}`],
  ex: [`^\\s*defp?\\s+${NAME}`],
};
DEFINITIONS.js = DEFINITIONS.mjs = DEFINITIONS.tsx = DEFINITIONS.ts;
const TEST =
  /(^|\/)(tests?|specs?|__tests__|testing|testdata|fixtures?|examples?|bench(mark)?s?|playground|docs?|vendor|node_modules|dist)\/|[._-](test|spec)s?\.|_test\.|(^|\/)test_|Tests?\.\w+$|\.d\.ts$/i;
const NO_CODE =
  /^\s*(#|\/\/|\*|\/\*|import\b|use\b|using\b|from\b|package\b|require\b|@|"""|'''|<|[A-Z][\w*']+ [\w*']+ [\w*']+ )/;
/** Shorter names are mostly those of a language's own library too. */
const CALL = /(?<![\w$])([A-Za-z_$][\w$]{4,})\s*(?:<[^<>()]*>)?[(!]/g;
const MAX_PER_FILE = 3;

const out = join(values.out, 'xfile-completion');
mkdirSync(out, { recursive: true });
const names = values.names?.split(',').map((name) => name.replace('/', '+')) ?? readdirSync(values.repos).sort();
for (const name of names) {
  const nested = join(resolve(values.repos), name, 'repo');
  const clone = existsSync(nested) ? nested : join(resolve(values.repos), name);
  const git = (...args) => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const commit = git('rev-parse', 'HEAD').trim();
  const paths = git('ls-tree', '-r', '--name-only', commit)
    .split('\n')
    .filter((path) => Object.hasOwn(DEFINITIONS, endingOf(path)) && !TEST.test(path));
  const files = paths.map((path) => ({ path, lines: git('show', `${commit}:${path}`).split('\n') }));
  const cases = casesOf(files).map((one, i) => ({ id: `${name}-${i}`, repo: name.replace('+', '/'), commit, ...one }));
  writeFileSync(join(out, `${name}.jsonl`), cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
  console.log(`${name}: ${cases.length} cases at ${commit.slice(0, 10)}`);
}

function casesOf(files) {
  const defined = new Map();
  for (const { path, lines } of files)
    for (const [i, line] of lines.entries())
      for (const pattern of DEFINITIONS[endingOf(path)]) {
        const found = new RegExp(pattern).exec(line)?.[1];
        if (found) defined.set(found, [...(defined.get(found) ?? []), { path, line: i + 1 }]);
      }
  const found = files.flatMap(({ path, lines }) => {
    const own = lines.flatMap((text, i) => {
      if (NO_CODE.test(text) || text.trim().length < 8 || text.length > 160 || isDefinition(path, text)) return [];
      const calls = [...text.matchAll(CALL)].filter(([, symbol]) => {
        const places = defined.get(symbol) ?? [];
        return places.length === 1 && places[0].path !== path && endingOf(places[0].path) === endingOf(path);
      });
      if (calls.length === 0) return [];
      const { 1: symbol, index } = calls[0];
      const [defined_in] = defined.get(symbol);
      return [{ path, line: i + 1, ground_truth: text.trim(), symbol, symbol_col: index, defined_in }];
    });
    return own.sort((a, b) => mixed(`${path}:${a.line}`) - mixed(`${path}:${b.line}`)).slice(0, MAX_PER_FILE);
  });
  return found
    .sort((a, b) => mixed(`${a.path}:${a.line}`) - mixed(`${b.path}:${b.line}`))
    .slice(0, Number(values.cases));
}

function isDefinition(path, text) {
  return DEFINITIONS[endingOf(path)].some((pattern) => new RegExp(pattern).test(text));
}

function endingOf(path) {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The same order in every run. */
function mixed(text) {
  let state = 7;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 0x9e3779b1) ^ (state >>> 13);
  return state >>> 0;
}
