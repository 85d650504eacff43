/** A bound on how many requests run at once. */

export interface Slots {
  /**
   * Waits for a free slot, starts the task and returns without waiting for its end. The result is wrapped
   * because a promise of a promise would be awaited.
   */
  start<T>(task: () => Promise<T>, signal: AbortSignal): Promise<{ readonly result: Promise<T> }>;
}

/** At most `limit` tasks at once, first come, first served. */
export function slotsOf(limit: number): Slots {
  let free = limit;
  const waiting: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  }

  return {
    async start(task, signal) {
      signal.throwIfAborted();
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      if (signal.aborted) {
        release();
        signal.throwIfAborted();
      }
      return { result: task().finally(release) };
    },
  };
}
