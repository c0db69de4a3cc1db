/**
 * Posting lists in the database: appended to with every commit, searched through once for each term.
 *
 * Chunk numbers only rise, so new postings go to the end of a term's last row. A removed chunk stays in its lists until
 * they are written anew; whoever reads skips what is no longer alive, so that results depend on the living alone.
 */
import type { DatabaseSync } from 'node:sqlite';
import { type Posting, packPostings, visitPostings } from '../postings.js';
import { type PostingRow, sumAppended, sumOfPostings } from './checksums.js';
import { damaged } from './damage.js';

/** Bytes. Longer rows are rewritten whole to append a few bytes; shorter ones cost more to find. */
const MAX_ROW_BYTES = 4096;

export interface PostingWriter {
  /** Notes a chunk's terms; they are written by `flush`. Chunks must come in rising order. */
  add(chunk: number, frequencies: ReadonlyMap<string, Uint16Array>): void;
  flush(): void;
  /** Drops what was noted and not written: the transaction failed. */
  forget(): void;
  /** Writes every list anew without the chunks that are gone. */
  compact(isAlive: (chunk: number) => boolean): void;
}

export function createPostingWriter(database: DatabaseSync): PostingWriter {
  const lastRow = database.prepare(
    'SELECT first, last, sum, length(data) AS bytes FROM postings WHERE term = ? ORDER BY first DESC LIMIT 1',
  );
  const append = database.prepare(
    'UPDATE postings SET last = ?, sum = ?, data = CAST(data || ? AS BLOB) WHERE term = ? AND first = ?',
  );
  const insert = database.prepare('INSERT INTO postings (term, first, last, sum, data) VALUES (?, ?, ?, ?, ?)');
  let pending = new Map<string, Posting[]>();

  function write(term: string, postings: readonly Posting[]): void {
    const row = lastRow.get(term) as { first: number; last: number; sum: number; bytes: number } | undefined;
    if (row && row.bytes < MAX_ROW_BYTES) {
      const last = postings.at(-1)!.chunk;
      const data = packPostings(postings, row.last);
      append.run(last, sumAppended(row, data, last), data, term, row.first);
    } else begin(term, postings);
  }

  function begin(term: string, postings: readonly Posting[]): void {
    const row = { term, first: postings[0]!.chunk, last: postings.at(-1)!.chunk, data: packPostings(postings) };
    insert.run(row.term, row.first, row.last, sumOfPostings(row), row.data);
  }

  return {
    add(chunk, frequencies) {
      for (const [term, counts] of frequencies) {
        const list = pending.get(term);
        if (list) list.push({ chunk, frequencies: counts });
        else pending.set(term, [{ chunk, frequencies: counts }]);
      }
    },
    flush() {
      // In order of terms, so that neighbouring rows are touched together.
      for (const term of [...pending.keys()].sort()) write(term, pending.get(term)!);
      pending = new Map();
    },
    forget: () => pending.clear(),
    compact(isAlive) {
      const terms = database.prepare('SELECT DISTINCT term FROM postings').all() as { term: string }[];
      const remove = database.prepare('DELETE FROM postings WHERE term = ?');
      for (const { term } of terms) {
        const living: Posting[] = [];
        for (const data of postingRows(database, term))
          visitPostings(data, (chunk, frequencies) => {
            if (isAlive(chunk)) living.push({ chunk, frequencies: frequencies.slice() });
          });
        remove.run(term);
        if (living.length > 0) begin(term, living);
      }
    },
  };
}

/** The rows of one term, in order, each checked against its sum. */
export function postingRows(database: DatabaseSync, term: string): Uint8Array[] {
  const select = database.prepare('SELECT term, first, last, sum, data FROM postings WHERE term = ? ORDER BY first');
  return (select.all(term) as unknown as PostingRow[]).map((row) => {
    if (sumOfPostings(row) !== row.sum) throw damaged('a list of words is not what was written');
    return row.data;
  });
}
