/** The bucket itself: that it is there, in this region, and may be listed. */
import { SluiceError } from '../../../shared/errors.ts';
import type { Check, Identity } from '../../../shared/model.ts';
import type { Bucket } from '../bucket.ts';
import { adviceFor } from './advice.ts';
import { checkRight } from './right.ts';
import { failed, folderOf, outcomeOf, type Step, type TestRun } from './test-run.ts';

export type BucketRun = TestRun & { readonly identity: Identity | undefined };

export interface BucketFound {
  readonly mayList: boolean;
  /** A missing file is answered as missing, which S3 does only for whoever may list the whole bucket. */
  readonly tellsMissing: boolean;
}

export async function* checkBucket(
  run: BucketRun,
  bucket: Bucket,
): AsyncGenerator<Step, BucketFound | 'out of reach'> {
  const kept = run.kept.filter(({ check }) => check === 'bucket' || check === 'list');
  if (kept.length === 2) {
    yield* kept;
    return { mayList: true, tellsMissing: kept[0]?.verdict === 'passed' };
  }
  const looked = await outcomeOf(() => bucket.look(run.signal));
  const about = aboutBucket(looked, run);
  yield about;
  if (about.verdict === 'failed') return 'out of reach';
  const list = yield* checkRight(run, {
    check: 'list',
    action: 's3:ListBucket',
    attempt: () => bucket.list(folderOf(run.settings), 1, run.signal),
  });
  if (list !== undefined && list.code !== 'ACCESS_DENIED' && list.code !== 'DESTINATION_FAILED')
    return 'out of reach';
  return { mayList: list === undefined, tellsMissing: !(looked instanceof SluiceError) };
}

function aboutBucket(
  looked: { readonly region: string | undefined } | SluiceError,
  { settings }: BucketRun,
): Check {
  const check = 'bucket';
  const { endpoint, region } = settings;
  if (looked instanceof SluiceError) {
    const { status, bucketRegion } = looked.details;
    // HEAD has no words: whatever is wrong is told by the listing that follows.
    if (status !== 403) return failed(check, looked, adviceFor(looked, settings));
    if (typeof bucketRegion === 'string' && bucketRegion !== region && endpoint === undefined)
      return elsewhere(settings.bucket, bucketRegion);
    return {
      check,
      verdict: 'skipped',
      cause: 'S3 shows the bucket itself only to whoever may list all of it; the listing tells more',
    };
  }
  if (endpoint === undefined && looked.region !== undefined && looked.region !== region)
    return elsewhere(settings.bucket, looked.region);
  return { check, verdict: 'passed' };
}

const elsewhere = (bucket: string, region: string): Check => ({
  check: 'bucket',
  verdict: 'failed',
  cause: `The bucket ${bucket} is in ${region}`,
  fix: `The bucket is in ${region}. Use it.`,
  field: 'region',
  region,
  code: 'BUCKET_WRONG_REGION',
});
