/** What the checks of one connection test share, and how they tell what they found. */
import { SluiceError } from '../../../shared/errors.ts';
import type { Check, DestinationSettings, Waiting } from '../../../shared/model.ts';
import type { AccessContext } from '../signing.ts';
import type { Budget, Waits } from './waiting.ts';

export interface TestRun {
  readonly settings: DestinationSettings;
  readonly context: AccessContext;
  readonly signal: AbortSignal;
  /** Checks that were found a moment ago and are told again instead of run. */
  readonly kept: readonly Check[];
  /** Absent: every first answer stands. */
  readonly waits: Waits | undefined;
  /** For what shall work and does not yet. */
  readonly toWork: Budget;
  /** For what shall be refused and is not yet. */
  readonly toClose: Budget;
}

/** A setting that the test found out, to be kept with the destination. */
export interface Learned {
  readonly learned: Pick<DestinationSettings, 'checksums'>;
}

export type Step = Check | Waiting | Learned;

/** What a check found as it stands in its line. */
export const failed = (check: string, problem: SluiceError, advice: Partial<Check> = {}): Check => ({
  check,
  verdict: 'failed',
  cause: problem.message,
  fix: problem.fix,
  code: problem.code,
  ...advice,
});

/** Passes a cancellation on; everything else is a verdict. */
export function cancelledOr(error: unknown): SluiceError {
  if (!(error instanceof SluiceError)) throw error;
  if (error.code === 'CANCELLED') throw error;
  return error;
}

/** The error of an attempt, or what it gave. */
export async function outcomeOf<T>(attempt: () => Promise<T>): Promise<T | SluiceError> {
  try {
    return await attempt();
  } catch (error) {
    return cancelledOr(error);
  }
}

/** Path prefix with its slash, or ''. */
export const folderOf = ({ pathPrefix }: DestinationSettings): string =>
  pathPrefix === '' ? '' : `${pathPrefix}/`;
