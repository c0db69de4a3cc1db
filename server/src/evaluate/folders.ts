/**
 * A suite of one's own: `cases.jsonl` beside the folders that it asks about.
 *
 * A line is `{id, folder, query, part?, gold: [{path, lines: [[start, end], …]}]}`.
 */
import { join } from 'node:path';
import { readLines } from './dataFiles.js';
import { wantedOf } from './repositories.js';
import type { Case, FolderTree, Suite } from './suite.js';

interface Row {
  id: string;
  folder: string;
  query: string;
  part?: string;
  gold: { path: string; lines?: [number, number][] }[];
}

export function loadFolders(folder: string): Suite {
  const rows = readLines<Row>(join(folder, 'cases.jsonl'));
  const names = [...new Set(rows.map((row) => row.folder))];
  const trees = names.map((name): FolderTree => ({ kind: 'folder', key: name, folder: join(folder, name) }));
  const cases = rows.map(
    ({ id, folder: name, query, part, gold }): Case => ({
      id,
      query,
      tree: name,
      group: name,
      parts: part ? [part] : [],
      wanted: gold.flatMap(wantedOf),
    }),
  );
  return { name: 'folders', trees, cases, measures: ['MRR', 'nDCG@10', 'Hit@5', 'chunk@5'], over: 'cases' };
}
