/**
 * Commits as the store keeps them, and what can be asked of them: which subjects fit a question, and which commits
 * changed a file. Pure.
 *
 * They are kept whole, packed into one row: whoever asks needs all of them, since a subject's rarity and a file's
 * earlier names are told by the rest. Their order is their own (newest first, then by hash) and names are followed when
 * they are read, so that commits added bit by bit are the same as those read at once.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Commit } from '../base/ports.js';
import { rarity } from './lexical.js';
import { tokensOf } from './tokens.js';

/** The newest ones are kept; what lies further back speaks of code that is mostly gone. */
export const MAX_COMMITS = 5000;

export interface CommitHit {
  hash: string;
  /** Seconds since the epoch. */
  at: number;
  subject: string;
  /** Files it changed, as they are called now. */
  paths: readonly string[];
  /** How much of what was asked the subject holds, by the rarity of its words: 0 to 1. */
  share: number;
}

export interface HistoryIndex {
  /** Best first; of equals the newer. */
  search(terms: readonly string[], limit: number): CommitHit[];
  /** Newest first. */
  of(path: string, limit: number): CommitHit[];
}

/** The newest `limit` of them, each once. */
export function mergeCommits(commits: readonly Commit[], limit: number): Commit[] {
  const once = new Map(commits.map((commit) => [commit.hash, commit]));
  return [...once.values()].sort((a, b) => b.at - a.at || (a.hash < b.hash ? -1 : 1)).slice(0, limit);
}

/** Names repeat from commit to commit, so that packing makes a sixth of them. */
export function packCommits(commits: readonly Commit[]): Uint8Array {
  return deflateRawSync(JSON.stringify(commits));
}

export function unpackCommits(bytes: Uint8Array): Commit[] {
  return JSON.parse(inflateRawSync(bytes).toString('utf8')) as Commit[];
}

/** `commits`: newest first. */
export function createHistoryIndex(commits: readonly Commit[]): HistoryIndex {
  const all = withNamesOfToday(commits);
  const byPath = listsOf(all, ({ paths }) => paths);
  let byTerm: Map<string, number[]> | null = null;
  return {
    search(terms, limit) {
      // Made when first asked for: a hover, which must be quick, does without.
      byTerm ??= listsOf(all, ({ subject }) => tokensOf(subject));
      const asked = [...new Set(terms)].sort();
      const weights = asked.map((term) => rarity(all.length, byTerm!.get(term)?.length ?? 0));
      const sum = weights.reduce((total, weight) => total + weight, 0);
      const shares = new Map<number, number>();
      asked.forEach((term, t) => {
        for (const i of byTerm!.get(term) ?? []) shares.set(i, (shares.get(i) ?? 0) + weights[t]! / sum);
      });
      const best = [...shares].sort(([a, shareA], [b, shareB]) => shareB - shareA || a - b).slice(0, limit);
      return best.map(([i, share]) => ({ ...all[i]!, share }));
    },
    of: (path, limit) => (byPath.get(path) ?? []).slice(0, limit).map((i) => ({ ...all[i]!, share: 0 })),
  };
}

/** From the newest back, each renaming says what the files of all older commits are called now. */
function withNamesOfToday(commits: readonly Commit[]): Omit<CommitHit, 'share'>[] {
  const names = new Map<string, string>();
  const today = (path: string) => names.get(path) ?? path;
  return commits.map(({ hash, at, subject, paths, renames }) => {
    const named = { hash, at, subject, paths: paths.map(today) };
    // Together, so that two files that change names with each other are told apart.
    const pairs = renames.map(([from, to]) => [from, today(to)] as const);
    for (const [from, to] of pairs) names.set(from, to);
    return named;
  });
}

/** For each key the numbers of the items that have it, in order. */
function listsOf<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): Map<string, number[]> {
  const lists = new Map<string, number[]>();
  items.forEach((item, i) => {
    for (const key of new Set(keysOf(item))) {
      const list = lists.get(key);
      if (list) list.push(i);
      else lists.set(key, [i]);
    }
  });
  return lists;
}
