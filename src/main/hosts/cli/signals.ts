/** Ctrl-C: the first one asks, the second one ends the process. */

/**
 * Milliseconds in which a second signal is taken for the first one: at Ctrl-C under `npm run` the terminal
 * signals us, and so does npm.
 */
const sameKeyMs = process.env.npm_lifecycle_event === undefined ? 0 : 150;

export interface Signals extends Disposable {
  /** Fires at the first SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
  /** Fires at the second one, just before the process ends with 130: for last words, said at once. */
  readonly kill: AbortSignal;
}

/** Catches SIGINT and SIGTERM until it is disposed of. */
export function catchSignals(): Signals {
  const stop = new AbortController();
  const kill = new AbortController();
  let first = 0;
  const interrupt = (): void => {
    if (!stop.signal.aborted) {
      first = performance.now();
      stop.abort();
    } else if (performance.now() - first >= sameKeyMs) {
      kill.abort();
      process.exit(130);
    }
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return {
    stop: stop.signal,
    kill: kill.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    },
  };
}
