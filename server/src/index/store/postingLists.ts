/**
 * Posting lists in the database: appended to with every commit, searched through once for each term.
 *
 * Chunk numbers only rise, so new postings go to the end of a term's last row. A removed chunk stays in its lists until
 * they are written anew; whoever reads skips what is no longer alive, so that results depend on the living alone.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { t } from '../../base/l10n.js';
import type { FileTerms } from '../fileTerms.js';
import {
  type FlatPostings,
  firstChunk,
  POSTING_SIZE,
  packPostings,
  rebasePostings,
  visitPostings,
} from '../postings.js';
import { type PostingRow, sumAppended, sumOfPostings } from './checksums.js';
import { damaged } from './damage.js';

/** Bytes. Longer rows are rewritten whole to append a few bytes; shorter ones cost more to find. */
const MAX_ROW_BYTES = 4096;

export interface PostingWriter {
  /** Notes a file's terms, its chunks counted from `base` on; they are written by `flush`. Files must come in rising order. */
  add(base: number, file: FileTerms): void;
  flush(): void;
  /** Drops what was noted and not written: the transaction failed. */
  forget(): void;
  /** Writes every list anew without the chunks that are gone. */
  compact(isAlive: (chunk: number) => boolean): void;
}

/** A term's postings in one file; the file's chunks begin after `base`. */
interface Piece {
  packed: Uint8Array;
  base: number;
  last: number;
}

export function createPostingWriter(database: DatabaseSync): PostingWriter {
  const lastRow = database.prepare(
    'SELECT first, last, sum, length(data) AS bytes FROM postings WHERE term = ? ORDER BY first DESC LIMIT 1',
  );
  const append = database.prepare(
    'UPDATE postings SET last = ?, sum = ?, data = CAST(data || ? AS BLOB) WHERE term = ? AND first = ?',
  );
  const insert = database.prepare('INSERT INTO postings (term, first, last, sum, data) VALUES (?, ?, ?, ?, ?)');
  let pending = new Map<string, Piece[]>();

  function write(term: string, pieces: readonly Piece[]): void {
    const { last } = pieces.at(-1)!;
    const row = lastRow.get(term) as { first: number; last: number; sum: number; bytes: number } | undefined;
    if (!row || row.bytes >= MAX_ROW_BYTES) {
      begin(term, joined(pieces, 0), last);
      return;
    }
    const data = joined(pieces, row.last);
    append.run(last, sumAppended(row, data, last), data, term, row.first);
  }

  function begin(term: string, data: Uint8Array, last: number): void {
    const row = { term, first: firstChunk(data), last, data };
    insert.run(term, row.first, last, sumOfPostings(row), data);
  }

  return {
    add(base, { terms, ends, last, data }) {
      for (const [i, term] of terms.entries()) {
        const piece = { packed: data.subarray(ends[i - 1] ?? 0, ends[i]), base, last: base + last[i]! };
        const list = pending.get(term);
        if (list) list.push(piece);
        else pending.set(term, [piece]);
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
        const living: FlatPostings = [];
        for (const data of postingRows(database, term))
          visitPostings(data, (chunk, frequencies) => {
            if (isAlive(chunk)) living.push(chunk, ...frequencies);
          });
        remove.run(term);
        if (living.length > 0) begin(term, packPostings(living), living.at(-POSTING_SIZE)!);
      }
    },
  };
}

/** One list of several that follow each other, to be appended to one that ends at `after`. */
function joined(pieces: readonly Piece[], after: number): Uint8Array {
  let last = after;
  const parts = pieces.map(({ packed, base, last: own }) => {
    const part = rebasePostings(packed, base, last);
    last = own;
    return part;
  });
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** One for each connection: a query asks for hundreds of terms, and making a statement takes as long as a short list. */
const selects = new WeakMap<DatabaseSync, StatementSync>();

/** The rows of one term, in order, each checked against its sum. */
export function postingRows(database: DatabaseSync, term: string): Uint8Array[] {
  let select = selects.get(database);
  if (!select) {
    select = database.prepare('SELECT term, first, last, sum, data FROM postings WHERE term = ? ORDER BY first');
    selects.set(database, select);
  }
  return (select.all(term) as unknown as PostingRow[]).map((row) => {
    if (sumOfPostings(row) !== row.sum) throw damaged(t('a list of words is not what was written'));
    return row.data;
  });
}
