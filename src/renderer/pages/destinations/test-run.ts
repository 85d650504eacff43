/** A connection test as far as it has come. Pure. */
import type { TestEvent } from '../../../shared/contract.ts';
import type { Check, Waiting } from '../../../shared/model.ts';

export interface TestRun {
  readonly state: 'idle' | 'running' | 'passed' | 'failed';
  readonly checks: readonly Check[];
  /** What is tried again and again at this moment. */
  readonly waiting?: Waiting | undefined;
  /** Why it could not go on; a check that failed is no such reason. */
  readonly error: unknown;
}

export const idleRun: TestRun = { state: 'idle', checks: [], error: null };

/** The test after one more event. */
export function after(run: TestRun, event: TestEvent): TestRun {
  if ('waiting' in event) return { ...run, waiting: event };
  if ('check' in event) return { ...run, checks: [...run.checks, event], waiting: undefined };
  if ('result' in event) return { ...run, state: event.result, waiting: undefined };
  // A draft has no test, and so no result.
  return { ...run, state: run.state === 'running' ? 'passed' : run.state };
}
