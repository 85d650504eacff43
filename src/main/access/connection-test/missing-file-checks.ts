/**
 * Where the test file could not be written, the other rights are still told apart: S3 answers a request for a file that
 * is not there in one way to whoever has the right, and in another to whoever has not.
 */
import { SluiceError } from '../../../shared/errors.ts';
import type { Check } from '../../../shared/model.ts';
import type { Bucket } from '../bucket.ts';
import { cannotAbort } from './abort-check.ts';
import type { BucketFound, BucketRun } from './bucket-checks.ts';
import { failedRight } from './right.ts';
import { folderOf, outcomeOf } from './test-run.ts';
import { newTestKey } from './test-file.ts';

export async function* probeWithoutFile(
  run: BucketRun,
  bucket: Bucket,
  found: BucketFound,
): AsyncGenerator<Check> {
  const key = newTestKey(folderOf(run.settings));
  const got = await outcomeOf(() => bucket.get(key, run.signal));
  yield aboutGet(run, got, found);
  const aborted = await outcomeOf(() => bucket.abortUpload(key, madeUpUpload));
  yield isDenied(aborted)
    ? cannotAbort(run, aborted)
    : { check: 'abort', verdict: 'skipped', cause: 'There is no upload to take back: none could be begun' };
  const deleted = await outcomeOf(() => bucket.delete(key, run.signal));
  yield isDenied(deleted)
    ? failedRight(run, { check: 'delete', action: 's3:DeleteObject' }, deleted)
    : {
        check: 'delete',
        verdict: 'skipped',
        cause: 'Nothing says that it is missing; there was no test file to delete',
      };
}

/** No service has given this id to an upload. */
const madeUpUpload = 'c2x1aWNlLW5vLXN1Y2gtdXBsb2Fk';

const isDenied = (outcome: unknown): outcome is SluiceError =>
  outcome instanceof SluiceError && outcome.code === 'ACCESS_DENIED';

function aboutGet(run: BucketRun, got: unknown, { tellsMissing }: BucketFound): Check {
  const right = { check: 'get', action: 's3:GetObject' } as const;
  if (isDenied(got)) {
    const { deniedAction } = got.details;
    // Without a reason, a file that is not there looks denied to whoever may not list the whole bucket.
    if (deniedAction === 's3:GetObject' || (deniedAction === undefined && tellsMissing))
      return failedRight(run, right, got);
    return { check: 'get', verdict: 'skipped', cause: 'Without a file and without a list nobody can tell' };
  }
  return {
    check: 'get',
    verdict: 'skipped',
    cause: 'Nothing says that it is missing; there was no test file to read',
  };
}
