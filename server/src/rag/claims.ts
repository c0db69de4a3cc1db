/** What a card says of lines: it is shown only where they were read again and hold, and then by its number. */
import type { Citation } from '../base/answer.js';
import { verify } from './cite.js';
import type { CurrentText } from './view.js';

export type Claim = Pick<Citation, 'path' | 'startLine' | 'endLine' | 'quote'>;

export function lineClaim({ path, line, text }: { path: string; line: number; text: string }): Claim {
  return { path, startLine: line, endLine: line, quote: text };
}

/** Null for lines that no longer hold: then nothing is said of them. */
export function check(claims: readonly Claim[], currentText: CurrentText): Promise<(Citation | null)[]> {
  return Promise.all(
    claims.map(async ({ path, startLine, endLine, quote }) => {
      const checked = await verify({ n: 0, path, startLine, endLine, quote, verified: false }, currentText);
      return 'reason' in checked ? null : checked;
    }),
  );
}

/** Gives those claims that hold their numbers, in the order of the claims. */
export function numbering(checked: readonly (Citation | null)[]) {
  const citations: Citation[] = [];
  let at = 0;
  /** Of the next claims, one for each item. */
  function next<Item extends object>(items: readonly Item[]): (Item & { n: number })[] {
    return items.flatMap((item) => {
      const citation = checked[at++];
      if (!citation) return [];
      const n = citations.push({ ...citation, n: citations.length + 1 });
      return [{ ...item, n }];
    });
  }
  return { next, citations };
}
