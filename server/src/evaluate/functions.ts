/** Suites on loose functions: each becomes a file of its own under a name that gives nothing away. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readLines } from './dataFiles.js';
import type { Case, Suite, WrittenTree } from './suite.js';

interface Function {
  id: string;
  code: string;
  lang?: string;
}

interface Query {
  id: string;
  query: string;
  gold: string[];
  lang?: string;
}

/** The ending of a language's files, and what stands before code for it to be code. */
const LANGUAGES: Readonly<Record<string, { ending: string; opening: string }>> = {
  python: { ending: 'py', opening: '' },
  java: { ending: 'java', opening: '' },
  javascript: { ending: 'js', opening: '' },
  php: { ending: 'php', opening: '<?php\n' },
  go: { ending: 'go', opening: '' },
  ruby: { ending: 'rb', opening: '' },
};

const MEASURES = ['MRR', 'nDCG@10', 'R@1', 'R@5', 'R@10', 'R@100'] as const;

/** Questions typed into a search engine. */
export function loadCosqa(folder: string): Suite {
  return { ...suiteOf('cosqa', folder), measures: ['nDCG@10', 'MRR', 'R@1', 'R@5', 'R@10', 'R@100'], over: 'cases' };
}

/** First sentences of documentation, each language searched by itself. */
export function loadCsn6(folder: string): Suite {
  return { ...suiteOf('csn6', folder), measures: MEASURES, over: 'groups' };
}

function suiteOf(name: string, folder: string): Pick<Suite, 'name' | 'trees' | 'cases'> {
  const functions = readLines<Function>(join(folder, 'corpus.jsonl.gz'));
  // Numbered in an order of their own: that of the file may say which functions are asked for.
  const ordered = functions.toSorted((a, b) => (digest(a.id) < digest(b.id) ? -1 : 1));
  const paths = new Map(ordered.map(({ id, lang }, i) => [id, pathOf(i, languageOf(lang).ending)]));
  const trees = [...Map.groupBy(functions, ({ lang = 'python' }) => lang)].map(
    ([key, members]): WrittenTree => ({
      kind: 'written',
      key,
      files: new Map([
        // Code on one long line would be taken for minified code.
        ['.scholiaignore', '/.scholiaignore\n!/f*\n'],
        ...members.map(({ id, code }): [string, string] => [paths.get(id)!, `${languageOf(key).opening}${code}\n`]),
      ]),
    }),
  );
  const cases = readLines<Query>(join(folder, 'queries.dev.jsonl')).map(
    ({ id, query, gold, lang = 'python' }): Case => ({
      id,
      query,
      tree: lang,
      group: lang,
      parts: [],
      wanted: gold.map((one) => ({ path: paths.get(one)! })),
    }),
  );
  return { name, trees, cases };
}

function languageOf(lang = 'python') {
  return LANGUAGES[lang] ?? { ending: 'txt', opening: '' };
}

/** Seven digits: no number that a question holds. */
function pathOf(number: number, ending: string): string {
  return `f${String(number).padStart(7, '0')}.${ending}`;
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
