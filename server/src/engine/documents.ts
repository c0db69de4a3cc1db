/**
 * Texts of documents as they are now, for citations to be held against and for the editor to show. A conversion takes
 * seconds, so the last few are kept; the digest of the bytes says whether one still holds.
 */
import { createHash } from 'node:crypto';
import type { ParsePool } from '../index/parsePool.js';

const MAX_KEPT = 8;

export function createDocumentTexts({ convert }: Pick<ParsePool, 'convert'>) {
  const kept = new Map<string, ReturnType<ParsePool['convert']>>();

  return {
    /** Rejects only when the threads are closed. */
    textOf(path: string, content: Uint8Array | string): ReturnType<ParsePool['convert']> {
      const key = `${createHash('sha256').update(content).digest('hex')} ${path}`;
      const text = kept.get(key) ?? convert(path, content);
      // Moved to the end: the one that was asked for longest ago goes first.
      kept.delete(key);
      kept.set(key, text);
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
      return text;
    },
  };
}
