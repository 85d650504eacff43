/** A connection test while it runs: the checks as they end. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { TestEvent } from '../../../shared/contract.ts';
import { after, idleRun, type TestRun } from './test-run.ts';

/** How a test ended. */
export interface TestEnd extends TestRun {
  readonly saved: boolean;
}

export interface TestRunner {
  readonly run: TestRun;
  /** Follows the events to their end. Stops what ran before. */
  readonly start: (open: (signal: AbortSignal) => Promise<AsyncIterable<TestEvent>>) => Promise<TestEnd>;
  /** Ends the test and forgets it. */
  readonly reset: () => void;
}

/** One test at a time; it ends when the page goes. */
export function useTestRun(): TestRunner {
  const [run, setRun] = useState(idleRun);
  const current = useRef<AbortController>(undefined);
  const stop = useCallback(() => current.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const start = useCallback<TestRunner['start']>(
    async (open) => {
      stop();
      const abort = new AbortController();
      current.current = abort;
      const { signal } = abort;
      let saved = false;
      let now: TestRun = { ...idleRun, state: 'running' };
      const show = (next: TestRun): void => {
        now = next;
        if (!signal.aborted) setRun(next);
      };
      show(now);
      try {
        for await (const event of await open(signal)) {
          if ('saved' in event) saved = event.saved;
          show(after(now, event));
        }
      } catch (error) {
        if (!signal.aborted) show({ ...now, state: 'failed', error, waiting: undefined });
      }
      return { ...now, saved };
    },
    [stop],
  );
  const reset = useCallback(() => {
    stop();
    setRun(idleRun);
  }, [stop]);
  return { run, start, reset };
}
