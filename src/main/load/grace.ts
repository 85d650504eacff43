/** A moment more for requests whose outcome is worth hearing. */

/** Milliseconds; short enough for a cancel that ends within a second. */
const graceMs = 400;

export interface Grace extends Disposable {
  /** Fires a moment after the signal that it was made of. */
  readonly signal: AbortSignal;
}

/**
 * For a request that must not be cut off lightly, since it may have been carried out and then has to be looked for:
 * one that is nearly answered gets its answer, one that hangs is given up.
 */
export function graceAfter(signal: AbortSignal): Grace {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), graceMs);
  };
  if (signal.aborted) late.abort(signal.reason);
  else signal.addEventListener('abort', begin, { once: true });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal.removeEventListener('abort', begin);
    },
  };
}
