/**
 * Questions for fitting refusal, about repositories that are in no judging data and that the bundled embedder never saw.
 *
 *   npm run bench -- refusal-cases --repos DIR --out DIR [--cases 24]
 *
 * Part `question`: those of support/refusalQuestions.tsv (repository, answering files, question), written by hand. Part
 * `comment`: so many first sentences of each repository's doc comments, every other one put as a question, asked of a
 * tree from which these comments are gone. Takes each repository's newest commit. Writes OUT/folders/cases.jsonl and the
 * trees beside it, which `scholia eval refusal:folders --data OUT` reads.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    out: { type: 'string' },
    cases: { type: 'string', default: '24' },
  },
});
if (!values.repos || !values.out) {
  console.error('refusal-cases needs --repos DIR and --out DIR');
  process.exit(2);
}

const SLASHES = { block: /^\s*\/\*\*/, line: /^\s*\/\/[/!]?/, end: /\*\// };
const HASHES = { line: /^\s*#(?!!|\[)/ };
const STYLES = Object.fromEntries([
  ...['js', 'ts', 'tsx', 'java', 'kt', 'scala', 'cs', 'swift', 'rs', 'go', 'php', 'c', 'h', 'cc', 'cpp', 'hpp'].map(
    (ending) => [`.${ending}`, SLASHES],
  ),
  ['.rb', HASHES],
  ['.py', { docstring: true }],
  ['.ex', { docstring: true }],
]);
const DEFINITION =
  /\b(def|fn|func|fun|function|class|struct|enum|trait|interface|protocol|impl|type|val|static|const|public|private|internal|export|async|void|int|bool|template|extension|final|abstract|object|case)\b|\w\s*\(/;
const NOT_SOURCE =
  /(^|\/)(tests?|specs?|examples?|samples?|benches|benchmarks?|vendor|third_party|docs?|__tests__|fixtures)(\/|$)|test|spec/i;
const PROSE = /\.(md|rst|txt|markdown|toml)$/;
const WORDS = { least: 6, most: 28 };

const folder = join(values.out, 'folders');
mkdirSync(folder, { recursive: true });
const cases = [];
const add = (folder, part, query, gold) =>
  cases.push({ id: `${folder} ${part} ${cases.length}`, folder, part, query, gold });
for (const [repository, written] of Map.groupBy(questions(), (row) => row.repository)) {
  const key = repository.replace('/', '+');
  const clone = [join(key, 'repo'), key].map((path) => resolve(values.repos, path)).find(existsSync);
  const tree = join(folder, key);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const git = (...args) => execFileSync('git', ['-C', clone, ...args], { maxBuffer: 2 ** 31 - 1 });
  const all = git('ls-tree', '-r', '--name-only', 'HEAD').toString().split('\n');
  const texts = all.filter((path) => STYLES[extname(path)] || PROSE.test(path));
  execFileSync('tar', ['-x', '-C', tree], { input: git('archive', 'HEAD', '--', ...texts) });
  const paths = texts.filter((path) => STYLES[extname(path)] && !NOT_SOURCE.test(path) && existsSync(join(tree, path)));
  const found = paths.flatMap((path) => commentsIn(join(tree, path)).map((comment) => ({ path, ...comment })));
  const seen = new Set();
  const unlike = found.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
  const kept = spread(unlike, Number(values.cases));
  for (const [path, own] of Map.groupBy(kept, (one) => one.path)) {
    const lines = readFileSync(join(tree, path), 'utf8').split('\n');
    for (const { from, to } of own) for (let line = from; line <= to; line++) lines[line] = '';
    writeFileSync(join(tree, path), lines.join('\n'));
  }
  for (const { path, sentence, at } of kept) {
    const text = sentence.replace(/[.:]$/, '');
    const query = cases.length % 2 ? `Where is the code that ${text[0].toLowerCase()}${text.slice(1)}?` : text;
    add(key, 'comment', query, [{ path, lines: [[at + 1, at + 1]] }]);
  }
  for (const { query, ends } of written) {
    const gold = texts.filter((path) => ends.some((end) => `/${path}`.endsWith(`/${end}`)));
    if (gold.length === 0) throw new Error(`${repository} has no ${ends.join()}`);
    add(
      key,
      'question',
      query,
      gold.map((path) => ({ path, lines: [] })),
    );
  }
  console.log(`${repository}: ${kept.length} of ${unlike.length} comments`);
}
writeFileSync(join(folder, 'cases.jsonl'), cases.map((one) => `${JSON.stringify(one)}\n`).join(''));

function questions() {
  return readFileSync(join(import.meta.dirname, 'support/refusalQuestions.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [repository, files, query] = row.split('\t');
      return { repository, ends: files.split(','), query };
    });
}

/** Doc comments with a whole first sentence: its lines (0-based), and that of the definition. */
function commentsIn(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  const style = STYLES[extname(path)];
  const found = [];
  const note = (from, to, text, at) => {
    const sentence = firstSentence(text);
    if (sentence && DEFINITION.test(lines[at] ?? '')) found.push({ from, to, sentence, at });
  };
  for (let i = 0; i < lines.length; i++) {
    if (style.docstring) {
      const opening = /^\s*(?:@(?:module)?doc\s+)?"""(.*)/.exec(lines[i]);
      if (!opening) continue;
      let to = i;
      if (!opening[1].includes('"""')) while (++to < lines.length && !lines[to].includes('"""'));
      const text = lines
        .slice(i, to + 1)
        .join('\n')
        .replace(/@\w+\s+/, '')
        .replaceAll('"""', ' ');
      let at = i - 1;
      while (at > 0 && lines[at].trim() === '') at--;
      if (/^\s*\)|:\s*$/.test(lines[at])) while (at > 0 && !/^\s*(async\s+)?(def|class)\b/.test(lines[at])) at--;
      if (extname(path) === '.ex') for (at = to + 1; at < lines.length && !/^\s*(def|@spec)/.test(lines[at]); at++);
      note(i, to, text, at);
      i = to;
    } else if (style.block?.test(lines[i])) {
      let to = i;
      while (to < lines.length && !style.end.test(lines[to])) to++;
      const text = lines
        .slice(i, to + 1)
        .map((line) => line.replace(/^\s*\/?\*+\/?|\*\/\s*$/g, ''))
        .join('\n');
      note(i, to, text, next(lines, to));
      i = to;
    } else if (style.line.test(lines[i])) {
      let to = i;
      while (to + 1 < lines.length && style.line.test(lines[to + 1])) to++;
      note(
        i,
        to,
        lines
          .slice(i, to + 1)
          .map((line) => line.replace(style.line, ''))
          .join('\n'),
        next(lines, to),
      );
      i = to;
    }
  }
  return found;
}

/** The line after a comment and its attributes. */
function next(lines, at) {
  let line = at + 1;
  while (line < lines.length && /^\s*([@#[]|$)/.test(lines[line])) line++;
  return line;
}

function firstSentence(text) {
  const plain = text
    .replace(/<[^>]+>/g, ' ')
    .split(/\n\s*(?:\n|[@\\-])/)
    .map((part) =>
      part
        .replace(/\{@\w+\s+([^}]*)\}/g, '$1')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .find((part) => part !== '');
  const sentence = /^.*?[.:](?=\s|$)/.exec(plain ?? '')?.[0] ?? plain ?? '';
  const words = sentence.split(' ').length;
  const isProse =
    /^[A-Za-z][\x20-\x7e]*$/.test(sentence) && !/copyright|licen[sc]e|todo|fixme|https?:|eslint/i.test(sentence);
  return isProse && words >= WORDS.least && words <= WORDS.most ? sentence : null;
}

/** So many of them, evenly from first to last. */
function spread(all, count) {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[Math.floor(i * step)]);
}
