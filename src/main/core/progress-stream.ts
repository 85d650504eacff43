/** Long work that tells how far it is: at most ten times a second, then its result. */

/** Milliseconds between two reports. */
const reportEvery = 100;

/**
 * Runs the work and yields its latest progress, then what it returns. Whoever stops listening stops the work:
 * its signal fires, and the generator ends when the work has.
 */
export async function* withProgress<T>(
  signal: AbortSignal,
  work: (report: (progress: T) => void, signal: AbortSignal) => Promise<T>,
): AsyncGenerator<T> {
  const stop = new AbortController();
  let latest: T | undefined;
  const report = (progress: T): void => {
    latest = progress;
  };
  const result = work(report, AbortSignal.any([signal, stop.signal]));
  let over = false;
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  void ended.then(() => {
    over = true;
  });
  try {
    for (;;) {
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(pause.resolve, reportEvery);
      await Promise.race([ended, pause.promise]);
      clearTimeout(timer);
      if (over) break;
      if (latest === undefined) continue;
      const progress = latest;
      latest = undefined;
      yield progress;
    }
    yield await result;
  } finally {
    stop.abort();
    await ended;
  }
}

/**
 * Works on the items, at most `limit` at a time, and returns the results in their order. After a failure nothing
 * more is begun, and the first one is thrown when what runs has ended.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const at = next++;
      try {
        results[at] = await work(items[at] as T);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  // The compiler does not see that the workers assign it.
  const failed = failure as { readonly error: unknown } | undefined;
  if (failed !== undefined) throw failed.error;
  return results;
}
