/**
 * Brings the files' ranks up to date after a scan. They are a prior that orders what is otherwise equal, so between
 * scans a saved file keeps the rank it had.
 */
import type { DatabaseSync } from 'node:sqlite';
import { createDefiners, type Definers, fileGraph, type LinkedFile, pageRank } from '../centrality.js';
import { unpackText } from '../indexedFile.js';
import { languageFamily } from '../languages.js';
import { unpackNames } from '../references.js';
import { importPlaces, importResolver } from './linkQueries.js';

/** The kinds that references can mean. */
const REFERABLE = "'function', 'method', 'class', 'interface', 'type', 'enum', 'constant'";

export function updateRanks(database: DatabaseSync): void {
  const rows = database
    .prepare(
      'SELECT l.file AS id, l.rank, f.path, f.language FROM links l JOIN present f ON f.id = l.file ORDER BY f.path',
    )
    .all() as { id: number; rank: number; path: string; language: string }[];
  const read = database.prepare('SELECT data FROM links WHERE file = ?');
  const files = rows.map(({ id, path, language }): LinkedFile => {
    const links = () => unpackNames((read.get(id) as { data: Uint8Array }).data);
    return { path, language, links };
  });
  const resolve = importResolver(importPlaces(database), (path) => textOf(database, path), []);
  const ranks = pageRank(fileGraph(files, definersOf(database, rows), resolve));
  const put = database.prepare('UPDATE links SET rank = ? WHERE file = ?');
  for (const [i, { id, rank }] of rows.entries()) if (rank !== ranks[i]) put.run(ranks[i]!, id);
}

function definersOf(database: DatabaseSync, files: readonly { id: number; language: string }[]): Definers {
  const places = new Map(files.map(({ id }, place) => [id, place]));
  const rows = database
    .prepare(`SELECT name, file FROM symbols JOIN present ON id = file WHERE kind IN (${REFERABLE})`)
    .iterate();
  const definers = createDefiners();
  for (const { name, file } of rows as Iterable<unknown> as Iterable<{ name: string; file: number }>) {
    const place = places.get(file)!;
    definers.add(name, languageFamily(files[place]!.language), place);
  }
  return definers;
}

function textOf(database: DatabaseSync, path: string): string {
  const row = database.prepare('SELECT data AS text FROM texts JOIN present ON id = file WHERE path = ?').get(path);
  return row ? unpackText((row as { text: Uint8Array }).text) : '';
}
