/** AWS takes up to a minute to carry a change to everywhere: what is not yet so is looked at again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../../shared/errors.ts';
import type { Waiting } from '../../../shared/model.ts';

export interface Waits {
  /** Milliseconds that one kind of waiting takes at most. */
  readonly longest: number;
  /** Milliseconds before the first further try; later ones come up to four times as far apart. */
  readonly pause: number;
  /** Names a waiting, so that somebody can end it. */
  begin(): Disposable & { readonly id: string; readonly stopped: AbortSignal };
}

/** When all waiting of one kind is over, together; undefined while nothing had to be waited for. */
export interface Budget {
  until: number | undefined;
}

interface Again<T> {
  readonly check: string;
  /** What for, in plain words. */
  readonly cause: string;
  readonly budget: Budget;
  readonly attempt: () => Promise<T>;
  readonly settled: (found: T) => boolean;
}

interface Waiter {
  readonly waits: Waits | undefined;
  readonly signal: AbortSignal;
}

/**
 * Tries again until what is found is settled, the time is over, or somebody has seen enough; returns the last finding.
 * @throws SluiceError CANCELLED
 */
export async function* tryAgain<T>(
  { waits, signal }: Waiter,
  first: T,
  again: Again<T>,
): AsyncGenerator<Waiting, T> {
  const { check, cause, budget, attempt, settled } = again;
  if (waits === undefined || settled(first)) return first;
  budget.until ??= Date.now() + waits.longest;
  using waiting = waits.begin();
  let last = first;
  for (let pause = waits.pause; !settled(last); pause = Math.min(pause * 1.5, waits.pause * 4)) {
    const left = budget.until - Date.now();
    if (left <= 0) break;
    const until = new Date(budget.until).toISOString();
    yield { waiting: check, cause, until, secondsLeft: Math.ceil(left / 1000), wait: waiting.id };
    await pauseFor(Math.min(pause, left), AbortSignal.any([signal, waiting.stopped]));
    if (signal.aborted) throw new SluiceError('CANCELLED', 'The test was cancelled');
    // Whoever does not want to wait for this will not want to wait for the next.
    if (waiting.stopped.aborted) budget.until = 0;
    last = await attempt();
  }
  return last;
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
