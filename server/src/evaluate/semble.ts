/** The semble benchmark: questions on 21 repositories, of each of which one folder is searched, without its history. */
import { basename, join } from 'node:path';
import { identifierKey } from '../index/tokens.js';
import { readJson, readLines } from './dataFiles.js';
import type { Wanted } from './metrics.js';
import type { Case, Suite, Tree } from './suite.js';

interface Place {
  path: string;
  start_line?: number;
  end_line?: number;
}

interface Row {
  id: string;
  name: string;
  query: string;
  relevant: Place[];
  secondary?: Place[];
  category: string;
}

interface Repository {
  name: string;
  repo: string;
  commit: string;
  root: string;
}

export function loadSemble(folder: string): Suite {
  const trees = readJson<Repository[]>(join(folder, 'repos.json')).map(
    ({ name, repo, commit, root }): Tree => ({
      kind: 'repository',
      key: name,
      repository: repo,
      commit,
      root,
      history: false,
    }),
  );
  const cases = readLines<Row>(join(folder, 'cases.jsonl')).map(
    ({ id, name, query, relevant, secondary = [], category }): Case => {
      const wanted = [...relevant, ...secondary].map(placeOf);
      return { id, query, tree: name, group: name, parts: [category, ...givesAway(query, category, wanted)], wanted };
    },
  );
  return { name: 'semble', trees, cases, measures: ['chunk nDCG@10', 'MRR', 'Hit@5'], over: 'groups' };
}

function placeOf({ path, start_line, end_line }: Place): Wanted {
  const isRange = start_line !== undefined && end_line !== undefined;
  return { path, ...(isRange && { lines: { startLine: start_line, endLine: end_line } }) };
}

/** Most of the benchmark's sentences hold the whole name of a wanted file, which real questions seldom do. */
function givesAway(query: string, category: string, wanted: readonly Wanted[]): string[] {
  if (category === 'symbol') return [];
  const asked = identifierKey(query);
  const isNamed = wanted.some(({ path }) => asked.includes(identifierKey(basename(path).split('.')[0]!) || '\0'));
  return [isNamed ? 'file named' : 'not named'];
}
