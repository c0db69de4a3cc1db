/** A time by which something must be said, with whatever is there by then. */
import type { Clock } from '../base/ports.js';

export interface Patience {
  /** What the work gives, or `otherwise` where it takes past a share of the time. The work itself goes on, unheard. */
  within<T>(what: string, work: Promise<T>, otherwise: T, share?: number): Promise<T>;
  /** What was done without, in words. */
  readonly late: readonly string[];
}

/** What is left is for making something of what was read, and for a busy machine. */
const READING = 0.8;

/** `milliseconds` from now on; throws what `signal` gives as its reason as soon as nobody waits any more. */
export function createPatience(clock: Clock, milliseconds: number, signal?: AbortSignal): Patience {
  const start = clock.now();
  const late: string[] = [];

  return {
    late,
    async within(what, work, otherwise, share = READING) {
      signal?.throwIfAborted();
      if (milliseconds === Number.POSITIVE_INFINITY) return work;
      const left = share * milliseconds - (clock.now() - start);
      const { promise: end, resolve } = Promise.withResolvers<'late'>();
      const timer = setTimeout(resolve, Math.max(0, left), 'late');
      try {
        const first = await Promise.race([work.then((value) => ({ value })), end]);
        signal?.throwIfAborted();
        if (first !== 'late') return first.value;
        // Nobody hears whether it fails.
        work.catch(() => {});
        if (!late.includes(what)) late.push(what);
        return otherwise;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
