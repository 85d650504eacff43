/** The connection test of a destination: run, streamed, and remembered. */
import type { TestEvent } from '../../shared/contract.ts';
import type { Check, DestinationSettings } from '../../shared/model.ts';
import { testConnection, type Waits } from '../access/connection-test/index.ts';
import type { CoreContext } from './context.ts';
import { checksBefore, rememberTest } from './last-test.ts';
import { isPractice, reach } from './reach-destination.ts';

export interface TestRequest {
  /** Instead of the one in the keychain. */
  readonly secret?: string | undefined;
  /** The check that the test goes on at, where the ones before it have just passed. */
  readonly from?: string | undefined;
  /** Waits where AWS may not have carried a change to everywhere yet. */
  readonly wait: boolean;
}

export interface TestOutcome {
  readonly passed: boolean;
  /** Settings that the test found out, to be kept with the destination. */
  readonly learned: Pick<DestinationSettings, 'checksums'>;
}

/** Milliseconds. AWS documents no time; a minute has been enough for everybody who asked in public. */
const patience = { longest: 60_000, pause: 1500 };

export async function* runTest(
  core: CoreContext,
  destination: DestinationSettings,
  { secret, from, wait }: TestRequest,
  signal: AbortSignal,
): AsyncGenerator<TestEvent, TestOutcome> {
  const { settings, context } = await reach(core, destination, secret);
  const waits = wait && !isPractice(destination) ? waitsOf(core) : undefined;
  let passed = true;
  let learned: TestOutcome['learned'] = {};
  const checks: Check[] = [];
  const kept = checksBefore(core, settings, from);
  try {
    for await (const step of testConnection(settings, context, { signal, kept, waits })) {
      if ('learned' in step) learned = { ...learned, ...step.learned };
      else if ('waiting' in step) yield step;
      else {
        if (step.verdict === 'failed') passed = false;
        checks.push(step);
        yield step;
      }
    }
  } finally {
    rememberTest(core, settings, { checks, kept });
  }
  yield { result: passed ? 'passed' : 'failed' };
  return { passed, learned };
}

const waitsOf = ({ waitings, waits }: CoreContext): Waits => ({
  ...patience,
  ...waits,
  begin: () => waitings.begin(),
});
