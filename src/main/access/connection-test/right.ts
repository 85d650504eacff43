/** One right in the bucket, tried. */
import { SluiceError } from '../../../shared/errors.ts';
import type { BucketAction } from '../../../shared/iam.ts';
import type { Check, Waiting } from '../../../shared/model.ts';
import { adviceForRight } from './advice.ts';
import type { BucketRun } from './bucket-checks.ts';
import { failed, outcomeOf } from './test-run.ts';
import { tryAgain } from './waiting.ts';

export interface Right {
  readonly check: string;
  readonly action: BucketAction;
  readonly attempt: () => Promise<unknown>;
  /** Said with a pass. */
  readonly note?: (() => string | undefined) | undefined;
}

/** Passed, or failed with the statement that grants it. Returns the failure. */
export async function* checkRight(
  run: BucketRun,
  right: Right,
): AsyncGenerator<Check | Waiting, SluiceError | undefined> {
  const { check } = right;
  const problem = yield* triedRight(run, right);
  if (problem === undefined) {
    const cause = right.note?.();
    yield { check, verdict: 'passed', ...(cause === undefined ? {} : { cause }) };
  } else yield failedRight(run, right, problem);
  return problem;
}

export const failedRight = (
  { settings, identity }: BucketRun,
  { check, action }: Pick<Right, 'check' | 'action'>,
  problem: SluiceError,
): Check => failed(check, problem, adviceForRight(problem, { action, settings, identity }));

/** The failure of the attempt, after waiting for what may be on its way. */
export async function* triedRight(
  run: BucketRun,
  { check, action, attempt }: Pick<Right, 'check' | 'action' | 'attempt'>,
): AsyncGenerator<Waiting, SluiceError | undefined> {
  const once = async (): Promise<SluiceError | undefined> => {
    const outcome = await outcomeOf(attempt);
    return outcome instanceof SluiceError ? outcome : undefined;
  };
  const first = await once();
  // Only where something has just been changed: the role had to be waited for, or somebody tries again from here.
  const isNew = run.toWork.until !== undefined || run.kept.length > 0;
  return yield* tryAgain({ ...run, waits: isNew ? run.waits : undefined }, first, {
    check,
    cause: `AWS takes up to a minute until a changed policy works; ${action} is denied still`,
    budget: run.toWork,
    attempt: once,
    settled: (found) => found === undefined || !mayCome(found),
  });
}

const mayCome = ({ code, details }: SluiceError): boolean =>
  (code === 'ACCESS_DENIED' || code === 'KMS_DENIED') &&
  (details.deniedBy === undefined || details.deniedBy === 'identity-based policy');
