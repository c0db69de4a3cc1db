/**
 * Completion while somebody types: a pause before a model is asked, one request at a time, and the last suggestions
 * kept, so that typing along one asks nobody. It holds for every client, since it is all on this side.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A cursor in a document as it is now. */
export interface Spot {
  uri: string;
  prefix: string;
  suffix: string;
}

export interface Suggestions {
  /** What `ask` says, or what is left of an earlier suggestion. Null when it was overtaken by the next request. */
  at(spot: Spot, ask: (signal: AbortSignal) => Promise<string>, options: SuggestionOptions): Promise<string | null>;
}

export interface SuggestionOptions {
  /** The person asked for it: then there is no pause. */
  explicit: boolean;
  pauseMs: number;
  signal: AbortSignal;
}

const MAX_KEPT = 20;

export function createSuggestions(): Suggestions {
  let kept: (Spot & { insert: string })[] = [];
  let running: AbortController | null = null;

  return {
    async at(spot, ask, { explicit, pauseMs, signal }) {
      running?.abort();
      const known = explicit ? null : kept.map((one) => restOf(one, spot)).find((rest) => rest !== null);
      if (known) return known;
      const own = new AbortController();
      running = own;
      const either = AbortSignal.any([own.signal, signal]);
      try {
        if (!explicit) await delay(pauseMs, undefined, { signal: either });
        const insert = await ask(either);
        if (insert !== '') kept = [{ ...spot, insert }, ...kept].slice(0, MAX_KEPT);
        return insert;
      } catch (error) {
        if (own.signal.aborted && !signal.aborted) return null;
        throw error;
      } finally {
        if (running === own) running = null;
      }
    },
  };
}

/** What is left of a suggestion after its beginning was typed; null where something else was. */
function restOf({ uri, prefix, suffix, insert }: Spot & { insert: string }, now: Spot): string | null {
  if (uri !== now.uri || suffix !== now.suffix || !now.prefix.startsWith(prefix)) return null;
  const typed = now.prefix.slice(prefix.length);
  return insert.startsWith(typed) && insert.length > typed.length ? insert.slice(typed.length) : null;
}
