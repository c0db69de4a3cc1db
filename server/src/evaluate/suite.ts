/** What is measured: questions on trees of files, the places that answer them, and the measures that count. */

import type { Arms } from './arms.js';
import type { MeanOver } from './means.js';
import {
  allAt,
  filesOf,
  hitAt,
  ndcgAt,
  type Passage,
  passageHitAt,
  placesNdcgAt,
  recallAt,
  reciprocalRank,
  type Wanted,
} from './metrics.js';

export interface Case {
  /** Unlike that of every other case of the suite. */
  id: string;
  query: string;
  /** Where the next line is to be written, in a suite of completion; the line that stands there is not shown to an arm. */
  cursor?: { path: string; line: number; column: number };
  /** The key of the tree that it is asked of. */
  tree: string;
  /** The repository or language whose mean it counts in. */
  group: string;
  /** Parts of the suite that are told apart, such as a kind of question. */
  parts: readonly string[];
  wanted: readonly Wanted[];
}

/** A repository at a commit. */
export interface RepositoryTree {
  kind: 'repository';
  key: string;
  /** `owner/name`. */
  repository: string;
  commit: string;
  /** The folder of it that is searched; empty: all of it. */
  root: string;
  /** Whether its commits up to there are given to the index too. */
  history: boolean;
}

/** Files that are written out as they are given, by path. */
export interface WrittenTree {
  kind: 'written';
  key: string;
  files: ReadonlyMap<string, string>;
}

/** A copy of a folder as it stands, without its history. */
export interface FolderTree {
  kind: 'folder';
  key: string;
  folder: string;
}

export type Tree = RepositoryTree | WrittenTree | FolderTree;

export type MeasureName = keyof typeof MEASURES;

export interface Suite {
  name: string;
  trees: readonly Tree[];
  cases: readonly Case[];
  /** The first one is the one that intervals, parts and groups are shown of. */
  measures: readonly MeasureName[];
  over: MeanOver;
  /** Of a suite that is not of questions: its own ways, the first one the base. */
  arms?: Arms;
}

type Score = (list: readonly Passage[], wanted: readonly Wanted[]) => number | null;

const byFile =
  (score: (list: readonly string[], wanted: ReadonlySet<string>) => number): Score =>
  (list, wanted) =>
    score(filesOf(list), new Set(wanted.map(({ path }) => path)));

/** By files, but for those that say otherwise. */
export const MEASURES = {
  MRR: byFile(reciprocalRank),
  'nDCG@10': byFile((list, wanted) => ndcgAt(10, list, wanted)),
  'R@1': byFile((list, wanted) => recallAt(1, list, wanted)),
  'R@5': byFile((list, wanted) => recallAt(5, list, wanted)),
  'R@10': byFile((list, wanted) => recallAt(10, list, wanted)),
  'R@100': byFile((list, wanted) => recallAt(100, list, wanted)),
  'Hit@5': byFile((list, wanted) => hitAt(5, list, wanted)),
  'Hit@10': byFile((list, wanted) => hitAt(10, list, wanted)),
  'Acc@1': byFile((list, wanted) => allAt(1, list, wanted)),
  'Acc@3': byFile((list, wanted) => allAt(3, list, wanted)),
  'Acc@5': byFile((list, wanted) => allAt(5, list, wanted)),
  'Acc@10': byFile((list, wanted) => allAt(10, list, wanted)),
  /** By passages on places, as semble counts. */
  'chunk nDCG@10': (list, wanted) => placesNdcgAt(10, list, wanted),
  'chunk@5': (list, wanted) => passageHitAt(5, list, wanted),
  'chunk@10': (list, wanted) => passageHitAt(10, list, wanted),
} satisfies Record<string, Score>;
