/**
 * Suites on whole repositories, tests in the index, with the history up to the commit that is searched: later commits
 * and what they changed, issues and what mended them, questions and what their answers cite.
 */
import { basename, join } from 'node:path';
import { roleOf } from '../index/roles.js';
import { filesEnding, readLines } from './dataFiles.js';
import type { Wanted } from './metrics.js';
import type { Case, RepositoryTree, Suite } from './suite.js';

interface Gold {
  path: string;
  lines?: [start: number, end: number][];
}

export function loadCommitLoc(folder: string): Suite {
  interface Row {
    id: string;
    repo: string;
    base_commit: string;
    query: string;
    gold: Gold[];
  }
  const rows = filesEnding(folder, '.jsonl').flatMap((file) =>
    readLines<Row>(file).map(({ base_commit, ...row }) => ({
      ...row,
      commit: base_commit,
      group: basename(file, '.jsonl'),
    })),
  );
  const measures = ['MRR', 'nDCG@10', 'R@5', 'R@10', 'Hit@10', 'chunk@5', 'chunk@10'] as const;
  return { ...suiteOf('commit-loc', rows), measures, over: 'groups' };
}

export function loadSweBenchLite(folder: string): Suite {
  interface Row {
    id: string;
    repo: string;
    base_commit: string;
    query: string;
    gold: Gold[];
  }
  const rows = readLines<Row>(join(folder, 'cases.jsonl')).map(({ base_commit, ...row }) => ({
    ...row,
    commit: base_commit,
    group: row.repo,
  }));
  const measures = ['MRR', 'Acc@1', 'Acc@3', 'Acc@5', 'Acc@10', 'chunk@5', 'chunk@10'] as const;
  return { ...suiteOf('swebench-lite', rows), measures, over: 'cases' };
}

/** Wanted are the sources that the reference answer cites; questions without any are left out. */
export function loadSweQa(folder: string): Suite {
  interface Row {
    id: string;
    repo: string;
    commit: string;
    question: string;
    cited: Gold[];
  }
  const rows = readLines<Row>(join(folder, 'cases.jsonl'))
    .map(({ id, repo, commit, question, cited }) => ({
      id,
      repo,
      commit,
      query: question,
      gold: cited.filter(({ path }) => roleOf(path) === 'source'),
      group: repo,
    }))
    .filter(({ gold }) => gold.length > 0);
  const measures = ['MRR', 'R@5', 'R@10', 'Hit@5', 'chunk@10'] as const;
  return { ...suiteOf('swe-qa', rows), measures, over: 'cases' };
}

interface Row {
  id: string;
  repo: string;
  commit: string;
  query: string;
  gold: Gold[];
  group: string;
}

function suiteOf(name: string, rows: readonly Row[]): Pick<Suite, 'name' | 'trees' | 'cases'> {
  const trees = new Map<string, RepositoryTree>();
  const cases = rows.map(({ id, repo, commit, query, gold, group }): Case => {
    const key = `${repo.replace('/', '+')}@${commit.slice(0, 12)}`;
    trees.set(key, { kind: 'repository', key, repository: repo, commit, root: '', history: true });
    return { id, query, tree: key, group, parts: [], wanted: gold.flatMap(wantedOf) };
  });
  return { name, trees: [...trees.values()], cases };
}

/** Each of its ranges; the file alone where none is known. */
export function wantedOf({ path, lines = [] }: Gold): Wanted[] {
  if (lines.length === 0) return [{ path }];
  return lines.map(([startLine, endLine]) => ({ path, lines: { startLine, endLine } }));
}
