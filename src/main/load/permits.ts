/** A bound on how much of something is in use at once. */

export interface Permits {
  /**
   * Waits for its turn, first come, first served, and returns what gives the permit back (once; more is nothing).
   * Rejects when the signal fires before.
   */
  take(signal?: AbortSignal): Promise<() => void>;
}

/** At most `limit` permits are out at the same time. */
export function permitsOf(limit: number): Permits {
  let free = limit;
  const waiting = new Set<() => void>();

  function giveBack(): void {
    const [next] = waiting;
    if (next === undefined) {
      free++;
      return;
    }
    waiting.delete(next);
    next();
  }

  const permit = (): (() => void) => {
    let out = true;
    return () => {
      if (out) giveBack();
      out = false;
    };
  };

  return {
    async take(signal) {
      signal?.throwIfAborted();
      if (free > 0) {
        free--;
        return permit();
      }
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(turn);
          reject(signal?.reason);
        };
        const turn = (): void => {
          signal?.removeEventListener('abort', leave);
          resolve();
        };
        waiting.add(turn);
        signal?.addEventListener('abort', leave, { once: true });
      });
      return permit();
    },
  };
}
